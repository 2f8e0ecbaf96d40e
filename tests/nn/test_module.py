"""Module: registration, attributes, walking, moving, modes, copies."""
from __future__ import annotations

import copy
import gc
import pickle
import weakref

import pytest

import cytorch
from cytorch import nn


class Scale(nn.Module):
    def __init__(self, size=2):
        super().__init__()
        self.factor = nn.Parameter(cytorch.ones(size))
        self.register_buffer("count", cytorch.zeros(1))
        self.register_buffer("cache", cytorch.zeros(1), persistent=False)
        self.inner = nn.Linear(size, size)

    def forward(self, x, power=1):
        return self.inner(x * self.factor) ** power


def test_assignment_registers():
    module = Scale()
    assert [n for n, _ in module.named_parameters()] == ["factor", "inner.weight", "inner.bias"]
    assert [n for n, _ in module.named_buffers()] == ["count", "cache"]
    assert [n for n, _ in module.named_children()] == ["inner"]
    assert [n for n, _ in module.named_modules()] == ["", "inner"]
    assert list(module.state_dict()) == ["factor", "count", "inner.weight", "inner.bias"]


def test_attributes_follow_the_dicts():
    module = Scale()
    new = nn.Parameter(cytorch.zeros(2))
    module._parameters["factor"] = new
    assert module.factor is new
    del module._parameters["factor"]
    assert not hasattr(module, "factor")
    module.factor = 3
    assert module.factor == 3
    module._parameters = {"other": new}
    assert module.other is new
    assert dict(module.named_parameters())["other"] is new


def test_parameter_can_be_set_to_none_and_back():
    linear = nn.Linear(2, 2)
    linear.bias = None
    assert linear.bias is None
    assert list(linear.state_dict()) == ["weight"]
    linear.bias = nn.Parameter(cytorch.zeros(2))
    assert len(list(linear.parameters())) == 2


def test_kinds_of_attributes_replace_each_other():
    module = nn.Module()
    module.x = nn.Parameter(cytorch.zeros(1))
    with pytest.raises(TypeError, match="cannot assign 'Tensor' as parameter 'x'"):
        module.x = cytorch.zeros(1)
    del module.x
    module.x = nn.Linear(1, 1)
    assert not module._parameters
    assert isinstance(module.x, nn.Linear)
    with pytest.raises(TypeError, match="child module 'x'"):
        module.x = 3
    module.x = None
    assert module.x is None


def test_buffer_class_registers():
    module = nn.Module()
    module.kept = nn.Buffer(cytorch.ones(2))
    module.loose = nn.Buffer(cytorch.ones(2), persistent=False)
    assert list(module.state_dict()) == ["kept"]
    assert [n for n, _ in module.named_buffers()] == ["kept", "loose"]
    assert isinstance(module.kept, nn.Buffer)
    assert not isinstance(cytorch.ones(1), nn.Buffer)


@pytest.mark.parametrize(("name", "message"), [
    ("a.b", "contain"), ("", "empty string"), ("forward", "already exists")])
def test_bad_names(name, message):
    module = nn.Linear(1, 1)
    for register, value in ((module.register_parameter, nn.Parameter(cytorch.zeros(1))),
                            (module.register_buffer, cytorch.zeros(1)),
                            (module.add_module, nn.Identity())):
        with pytest.raises(KeyError, match=message):
            register(name, value)


def test_assignment_before_init():
    class Early(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match=r"before Module.__init__\(\) call"):
        Early()


def test_missing_attribute_names_class_and_attribute():
    with pytest.raises(AttributeError, match="'Linear' object has no attribute 'wieght'"):
        nn.Linear(1, 1).wieght  # noqa: B018 (the look-up is the test)


def test_shared_parameters_count_once():
    module = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    module[1].weight = module[0].weight
    assert len(list(module.parameters())) == 3
    names = [n for n, _ in module.named_parameters(remove_duplicate=False)]
    assert names == ["0.weight", "0.bias", "1.weight", "1.bias"]


def test_by_path():
    module = nn.Sequential(nn.Sequential(nn.Linear(2, 3)))
    assert module.get_submodule("0.0") is module[0][0]
    assert module.get_parameter("0.0.weight") is module[0][0].weight
    with pytest.raises(AttributeError, match="has no attribute `1`"):
        module.get_submodule("0.1")
    with pytest.raises(AttributeError, match="is not an nn.Module"):
        module.get_submodule("0.0.weight")
    with pytest.raises(AttributeError, match="is not a buffer"):
        module.get_buffer("0.0.weight")
    module.set_submodule("0.0", nn.Identity())
    assert isinstance(module[0][0], nn.Identity)


def test_train_and_eval():
    module = nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout()))
    assert module.eval() is module
    assert not any(m.training for m in module.modules())
    module.train()
    assert all(m.training for m in module.modules())
    with pytest.raises(ValueError, match="boolean"):
        module.train(1)


def test_moving_keeps_parameter_objects():
    module = Scale()
    before = list(module.parameters())
    module(cytorch.ones(1, 2)).sum().backward()
    assert module.double() is module
    assert all(a is b for a, b in zip(before, module.parameters(), strict=True))
    assert module.factor.dtype is cytorch.float64
    assert module.factor.grad.dtype is cytorch.float64
    assert module.count.dtype is cytorch.float64
    assert module.to(cytorch.float16).inner.weight.dtype is cytorch.float16
    assert module.float().factor.dtype is cytorch.float32


def test_moving_leaves_integer_buffers():
    norm = nn.BatchNorm1d(2).double()
    assert norm.num_batches_tracked.dtype is cytorch.int64
    assert norm.running_mean.dtype is cytorch.float64
    with pytest.raises(TypeError, match="only accepts floating point or complex dtypes"):
        norm.to(cytorch.int32)


def test_meta_and_back():
    module = nn.Linear(2, 3, device="meta")
    assert module.weight.is_meta
    module.to_empty(device="cpu")
    assert not module.weight.is_meta
    assert module.weight.requires_grad
    assert nn.Linear(2, 3).to("meta").weight.is_meta


def test_zero_grad():
    module = Scale()
    module(cytorch.ones(1, 2)).sum().backward()
    module.zero_grad(set_to_none=False)
    assert module.factor.grad.tolist() == [0.0, 0.0]
    module.zero_grad()
    assert all(p.grad is None for p in module.parameters())


def test_requires_grad_and_apply():
    module = Scale().requires_grad_(False)
    assert not any(p.requires_grad for p in module.parameters())
    seen = []
    module.apply(seen.append)
    assert seen == [module.inner, module]


def test_deepcopy_is_independent():
    module = Scale()
    module.register_forward_hook(lambda *args: None)
    other = copy.deepcopy(module)
    assert other.factor is other._parameters["factor"]
    assert other.factor is not module.factor
    assert len(other._forward_hooks) == 1
    with cytorch.no_grad():
        other.factor.zero_()
    assert module.factor.tolist() == [1.0, 1.0]
    other.factor = nn.Parameter(cytorch.full((2,), 7.0))
    assert module.factor.tolist() == [1.0, 1.0]


def test_shallow_copy_shares_values_not_registries():
    module = Scale()
    other = copy.copy(module)
    assert other.factor is module.factor
    other.factor = nn.Parameter(cytorch.zeros(2))
    assert module.factor.tolist() == [1.0, 1.0]


def test_pickle():
    module = pickle.loads(pickle.dumps(nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)).eval()))
    assert not module.training
    assert module[0].weight is module[0]._parameters["weight"]
    assert isinstance(module[0].weight, nn.Parameter)
    assert module(cytorch.ones(1, 2)).shape == (1, 3)


def test_module_is_freed_without_the_collector():
    gc.disable()
    try:
        module = Scale()
        watch = weakref.ref(module)
        del module
        assert watch() is None
    finally:
        gc.enable()


def test_repr():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(2, 3), nn.ReLU())

        def extra_repr(self):
            return "size=2"

    assert repr(Net()) == """Net(
  size=2
  (body): Sequential(
    (0): Linear(in_features=2, out_features=3, bias=True)
    (1): ReLU()
  )
)"""


def test_dir_lists_members():
    names = dir(nn.Sequential(nn.Linear(1, 1)))
    assert "forward" in names
    assert "0" not in names
    assert "weight" in dir(nn.Linear(1, 1))


def test_forward_is_required():
    with pytest.raises(NotImplementedError, match='missing the required "forward"'):
        nn.Module()(1)


def test_shape_error_names_the_module_a3():
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    with pytest.raises(cytorch.errors.ShapeError) as caught:
        model(cytorch.zeros(2, 1, 27, 28))
    text = str(caught.value)
    for part in ("linear", "(2, 756)", "(10, 784)", "756 != 784",
                 "Sequential.1 (Linear(784, 10))"):
        assert part in text


def test_error_path_goes_through_uncalled_containers():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList([nn.Sequential(nn.ReLU(), nn.Linear(3, 1))])

        def forward(self, x):
            return self.blocks[0](x)

    with pytest.raises(cytorch.errors.ShapeError, match=r"in Net\.blocks\.0\.1 \(Linear\(3, 1\)\)"):
        Net()(cytorch.zeros(2, 2))


def test_other_errors_stay_as_they_are():
    class Stops(nn.Module):
        def forward(self, x):
            raise StopIteration("end")

    with pytest.raises(StopIteration, match="^end$"):
        Stops()(1)
