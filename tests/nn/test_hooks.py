"""Hooks of modules."""
from __future__ import annotations

import pytest

import cytorch
from cytorch import nn
from cytorch.nn import module_hooks


@pytest.fixture
def layer():
    return nn.Linear(2, 2)


X = [[1.0, 2.0]]


def test_order_prepend_and_removal(layer):
    seen = []
    layer.register_forward_pre_hook(lambda m, args: seen.append("before 2"))
    layer.register_forward_pre_hook(lambda m, args: seen.append("before 1"), prepend=True)
    handle = layer.register_forward_hook(lambda m, args, out: seen.append("after"))
    layer(cytorch.tensor(X))
    assert seen == ["before 1", "before 2", "after"]
    handle.remove()
    handle.remove()
    layer(cytorch.tensor(X))
    assert seen == ["before 1", "before 2", "after", "before 1", "before 2"]


def test_hooks_replace_arguments_and_output(layer):
    layer.register_forward_pre_hook(lambda m, args: args[0] * 0)
    layer.register_forward_hook(lambda m, args, out: out + 1)
    assert cytorch.equal(layer(cytorch.tensor(X)), (layer.bias + 1).reshape(1, 2))


def test_keyword_arguments():
    class Power(nn.Module):
        def forward(self, x, power=1):
            return x**power

    module = Power()
    module.register_forward_pre_hook(lambda m, args, kwargs: (args, {"power": 3}),
                                     with_kwargs=True)
    seen = []
    module.register_forward_hook(lambda m, args, kwargs, out: seen.append(kwargs),
                                 with_kwargs=True)
    assert module(cytorch.tensor(2.0), power=2).item() == 8.0
    assert seen == [{"power": 3}]


def test_bad_answer_of_a_hook(layer):
    layer.register_forward_pre_hook(lambda m, args, kwargs: args, with_kwargs=True)
    with pytest.raises(RuntimeError, match="new_args, new_kwargs"):
        layer(cytorch.tensor(X))


def test_always_called(layer):
    seen = []
    layer.register_forward_hook(lambda m, args, out: seen.append(out), always_call=True)
    with pytest.raises(RuntimeError):
        layer(cytorch.zeros(1, 5))
    assert seen == [None]


def test_handle_as_context(layer):
    seen = []
    with layer.register_forward_hook(lambda m, args, out: seen.append(1)):
        layer(cytorch.tensor(X))
    layer(cytorch.tensor(X))
    assert seen == [1]


def test_full_backward_hooks(layer):
    seen = []
    layer.register_full_backward_pre_hook(lambda m, grad_output: (grad_output[0] * 2,))
    layer.register_full_backward_hook(
        lambda m, grad_input, grad_output: seen.append((grad_input, grad_output)))
    x = cytorch.tensor(X, requires_grad=True)
    layer(x).sum().backward()
    (grad_input,), (grad_output,) = seen[0]
    assert grad_output.tolist() == [[2.0, 2.0]]
    assert cytorch.equal(grad_input, x.grad)
    assert cytorch.allclose(x.grad, 2 * layer.weight.sum(0, keepdim=True))


def test_backward_hook_replaces_grad_input(layer):
    layer.register_full_backward_hook(lambda m, grad_input, grad_output: (grad_input[0] * 0,))
    x = cytorch.tensor(X, requires_grad=True)
    layer(x).sum().backward()
    assert x.grad.tolist() == [[0.0, 0.0]]


def test_backward_hook_without_input_gradients(layer):
    seen = []
    layer.register_full_backward_hook(lambda m, grad_in, grad_out: seen.append(grad_in))
    layer(cytorch.tensor(X)).sum().backward()
    assert seen == [(None,)]


def test_wrong_number_of_gradients(layer):
    layer.register_full_backward_hook(lambda m, grad_in, grad_out: (grad_in[0], None))
    x = cytorch.tensor(X, requires_grad=True)
    with pytest.raises(RuntimeError, match="invalid number of grad_input, got 2, but expected 1"):
        layer(x).sum().backward()


def test_hooks_of_all_modules(layer):
    seen = []
    with module_hooks.register_module_forward_hook(lambda m, args, out: seen.append(m)):
        layer(cytorch.tensor(X))
    layer(cytorch.tensor(X))
    assert seen == [layer]
    assert not module_hooks.GLOBAL.active


def test_state_dict_hooks(layer):
    layer.register_state_dict_pre_hook(lambda m, prefix, keep_vars: m.bias.data.zero_())
    layer.register_state_dict_post_hook(
        lambda m, state, prefix, metadata: state.update({prefix + "extra": 1}))
    state = nn.Sequential(layer).state_dict()
    assert state["0.extra"] == 1
    assert state["0.bias"].tolist() == [0.0, 0.0]


def test_load_state_dict_hooks(layer):
    def rename(module, state, prefix, metadata, strict, missing, unexpected, errors):
        state[prefix + "weight"] = state.pop(prefix + "w")

    layer.register_load_state_dict_pre_hook(rename)
    layer.register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear())
    report = layer.load_state_dict({"w": cytorch.ones(2, 2)})
    assert report.missing_keys == []
    assert layer.weight.tolist() == [[1.0, 1.0], [1.0, 1.0]]
