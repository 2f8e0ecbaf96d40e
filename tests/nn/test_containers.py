"""Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict."""
from __future__ import annotations

from collections import OrderedDict

import pytest

import cytorch
from cytorch import nn


def test_sequential_is_a_list():
    a, b, c, d = (nn.Linear(1, 1) for _ in range(4))
    module = nn.Sequential(a, b)
    assert module[0] is a
    assert module[-1] is b
    assert len(module) == 2
    module.append(c)
    module.insert(1, d)
    assert list(module) == [a, d, b, c]
    assert isinstance(module[1:3], nn.Sequential)
    assert list(module[1:3]) == [d, b]
    assert module.pop(0) is a
    del module[0]
    assert list(module) == [b, c]
    assert list(module._modules) == ["0", "1"]
    assert list(module + nn.Sequential(a)) == [b, c, a]
    assert len(module * 2) == 4
    module[0] = a
    assert module[0] is a
    module.extend([d])
    assert module[2] is d
    with pytest.raises(IndexError, match="index 3 is out of range for 3 elements"):
        module[3]


def test_sequential_with_names():
    module = nn.Sequential(OrderedDict(first=nn.Linear(1, 1), act=nn.ReLU()))
    assert module.first is module[0]
    assert list(module.state_dict()) == ["first.weight", "first.bias"]


def test_module_list():
    a, b, c = (nn.Linear(1, 1) for _ in range(3))
    layers = nn.ModuleList([a, b])
    layers += [c]
    assert list(layers) == [a, b, c]
    assert len(list(layers.parameters())) == 6
    layers.insert(0, c)
    assert layers[0] is c
    del layers[0]
    assert layers[-1] is c
    assert list(layers[:2]) == [a, b]
    assert layers.pop(1) is b
    assert len(layers) == 2
    assert repr(nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.Tanh()])) == (
        "ModuleList(\n  (0-1): 2 x ReLU()\n  (2): Tanh()\n)")
    with pytest.raises(NotImplementedError):
        layers(1)


def test_module_dict():
    modules = nn.ModuleDict({"a": nn.ReLU()})
    modules["b"] = nn.Tanh()
    modules.update([("c", nn.Sigmoid())])
    assert list(modules) == ["a", "b", "c"]
    assert "b" in modules
    assert isinstance(modules.pop("b"), nn.Tanh)
    assert [type(m).__name__ for m in modules.values()] == ["ReLU", "Sigmoid"]
    with pytest.raises(ValueError, match="length 1; 2 is required"):
        modules.update([("x",)])
    with pytest.raises(TypeError, match="not a Module subclass"):
        modules["y"] = 3
    modules.clear()
    assert len(modules) == 0


def test_parameter_list():
    values = nn.ParameterList([cytorch.zeros(2)])
    values.append(cytorch.ones(1))
    assert isinstance(values[1], nn.Parameter)
    assert [n for n, _ in values.named_parameters()] == ["0", "1"]
    assert len(values[:1]) == 1
    values[0] = cytorch.ones(3)
    assert values[0].shape == (3,)
    assert "Parameter containing: [torch.float32 of size 3]" in repr(values)


def test_parameter_dict():
    values = nn.ParameterDict({"a": cytorch.zeros(2)})
    values["b"] = cytorch.ones(1)
    assert list(values.state_dict()) == ["a", "b"]
    assert values.pop("a").shape == (2,)
    assert "a" not in values
    assert values.get("a", 5) == 5
    assert dict(values.items())["b"] is values.b
    assert list(values | {"c": cytorch.zeros(1)}) == ["b", "c"]
