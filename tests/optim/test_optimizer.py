"""Optimizer: groups, options, state_dict, hooks, bad arguments; and rules that all share."""
from __future__ import annotations

import copy
import math

import pytest

import cytorch
from cytorch import nn, optim
from cytorch.errors import ShapeError
from cytorch.optim.optimizer import required

MAKERS = {
    "SGD": lambda p, **k: optim.SGD(p, lr=0.1, momentum=0.9, **k),
    "Adam": lambda p, **k: optim.Adam(p, lr=0.1, amsgrad=True, **k),
    "AdamW": lambda p, **k: optim.AdamW(p, lr=0.1, **k),
    "RMSprop": lambda p, **k: optim.RMSprop(p, lr=0.1, centered=True, momentum=0.5, **k),
    "Adagrad": lambda p, **k: optim.Adagrad(p, lr=0.5, **k),
    "Adadelta": lambda p, **k: optim.Adadelta(p, lr=50.0, **k),
    "Adamax": lambda p, **k: optim.Adamax(p, lr=0.1, **k),
    "NAdam": lambda p, **k: optim.NAdam(p, lr=0.1, **k),
    "RAdam": lambda p, **k: optim.RAdam(p, lr=0.1, betas=(0.9, 0.9), **k),
    "Rprop": lambda p, **k: optim.Rprop(p, **k),
}
every = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS.keys())


def leaf(*values, dtype=None):
    return cytorch.tensor(list(values), dtype=dtype or cytorch.float64, requires_grad=True)


def descend(optimizer, parameters, steps=5):
    for _ in range(steps):
        optimizer.zero_grad()
        sum((p * p * 3 + p).sum() for p in parameters).backward()
        optimizer.step()
    return [p.tolist() for p in parameters]


@every
def test_loss_becomes_smaller(make):
    parameters = [leaf(1.0, -2.0), leaf(3.0)]
    optimizer = make(parameters)
    descend(optimizer, parameters, 100)
    assert all(p.add(1 / 6).abs().max().item() < 0.5 for p in parameters)


@every
def test_resumed_run_is_the_same(make):
    first = [leaf(1.0, -2.0), leaf(3.0)]
    optimizer = make(first)
    descend(optimizer, first)
    second = [p.detach().clone().requires_grad_() for p in first]
    resumed = make(second)
    resumed.load_state_dict(optimizer.state_dict())
    assert descend(optimizer, first) == descend(resumed, second)


@every
def test_deepcopy_continues_on_its_own(make):
    model = nn.Linear(2, 1).double()
    pair = copy.deepcopy((model, make(model.parameters())))
    assert pair[1].param_groups[0]["params"][0] is pair[0].weight
    before = model.weight.tolist()
    descend(pair[1], list(pair[0].parameters()))
    assert model.weight.tolist() == before


@every
def test_layouts_give_the_same(make):
    values = cytorch.arange(12.0, dtype=cytorch.float64).reshape(3, 4)
    plain = values.clone().requires_grad_()
    turned = values.t().clone().t().requires_grad_()
    assert not turned.is_contiguous()
    for parameter in (plain, turned):
        descend(make([parameter]), [parameter])
    assert cytorch.equal(plain, turned)


@every
def test_large_tensors_give_the_same_as_small_ones(make):
    values = cytorch.randn(40_001, dtype=cytorch.float32)
    whole = values.clone().requires_grad_()
    parts = [part.clone().requires_grad_() for part in values.split(1000)]
    descend(make([whole]), [whole], 3)
    descend(make(parts), parts, 3)
    assert cytorch.equal(whole, cytorch.cat([p.detach() for p in parts]))


@every
def test_more_tensors_than_one_call_takes(make):
    parameters = [leaf(1.0) for _ in range(1100)]
    descend(make(parameters), parameters, 2)
    assert len({p.item() for p in parameters}) == 1
    assert parameters[0].item() != 1.0


@every
def test_dtypes_side_by_side(make):
    parameters = [leaf(1.0, dtype=d) for d in (cytorch.float32, cytorch.float64,
                                               cytorch.float16, cytorch.bfloat16)]
    descend(make(parameters), parameters, 3)
    single, double, half, brain = (p.item() for p in parameters)
    assert single == pytest.approx(double, rel=1e-5)
    assert half == pytest.approx(double, rel=1e-2)
    assert brain == pytest.approx(double, rel=6e-2)


@every
def test_no_gradient_means_no_change(make):
    parameters = [leaf(1.0), leaf(2.0)]
    optimizer = make(parameters)
    parameters[0].grad = cytorch.ones(1, dtype=cytorch.float64)
    optimizer.step()
    assert parameters[1].item() == 2.0
    assert parameters[1] not in optimizer.state
    assert parameters[0].item() != 1.0


@every
def test_nan_gradient_spoils_its_element_alone(make):
    parameter = leaf(1.0, 1.0)
    parameter.grad = cytorch.tensor([math.nan, 1.0], dtype=cytorch.float64)
    make([parameter]).step()
    assert math.isnan(parameter[0].item())
    assert math.isfinite(parameter[1].item())


@every
def test_empty_parameter(make):
    parameter = cytorch.zeros(0, 3, requires_grad=True)
    parameter.grad = cytorch.zeros(0, 3)
    make([parameter]).step()


@every
def test_maximize(make):
    up, down = leaf(1.0), leaf(1.0)
    up.grad, down.grad = leaf(2.0).detach(), leaf(-2.0).detach()
    make([up], maximize=True).step()
    make([down]).step()
    assert up.tolist() == down.tolist()


@every
def test_state_of_another_model_is_refused(make):
    small, large = leaf(1.0), leaf(1.0, 2.0)
    first, second = make([small]), make([large])
    descend(first, [small], 1)
    second.load_state_dict(first.state_dict())
    large.grad = cytorch.ones(2, dtype=cytorch.float64)
    with pytest.raises(ShapeError, match=r"parameter 0 is \(2,\).*state is \(1,\)"):
        second.step()
    assert large.tolist() == [1.0, 2.0]


@every
def test_in_place_change_is_noticed_by_autograd(make):
    parameter = leaf(1.0, 2.0)
    kept = (parameter * parameter).sum()
    parameter.grad = cytorch.ones(2, dtype=cytorch.float64)
    make([parameter]).step()
    with pytest.raises(RuntimeError, match="changed"):
        kept.backward()


@pytest.mark.parametrize(("call", "kind", "message"), [
    (lambda p: optim.SGD(p, lr=-1), ValueError, "Invalid learning rate: -1"),
    (lambda p: optim.SGD(p, momentum=-1), ValueError, "Invalid momentum value: -1"),
    (lambda p: optim.SGD(p, weight_decay=-1), ValueError, "Invalid weight_decay value: -1"),
    (lambda p: optim.SGD(p, nesterov=True), ValueError, "Nesterov momentum requires"),
    (lambda p: optim.SGD(p, lr=cytorch.ones(2)), ValueError, "1-element"),
    (lambda p: optim.Adam(p, betas=(1.0, 0.9)), ValueError, "beta parameter at index 0: 1.0"),
    (lambda p: optim.Adam(p, eps=-1), ValueError, "Invalid epsilon value: -1"),
    (lambda p: optim.RMSprop(p, alpha=-1), ValueError, "Invalid alpha value: -1"),
    (lambda p: optim.LBFGS(p, lr=-1), ValueError, "Invalid learning rate"),
    (lambda p: optim.LBFGS([{"params": p}, {"params": [leaf(1.0)]}]), ValueError, "groups"),
    (lambda p: optim.SGD([]), ValueError, "empty parameter list"),
    (lambda p: optim.SGD(p[0]), TypeError, "should be an iterable of Tensors"),
    (lambda p: optim.SGD([1.0]), TypeError, "one of the params is float"),
    (lambda p: optim.SGD([{"params": set(p)}]), TypeError, "ordered collections"),
    (lambda p: optim.SGD([p[0] * 2]), ValueError, "can't optimize a non-leaf Tensor"),
    (lambda p: optim.SGD([{"params": p}, {"params": p}]), ValueError, "more than one"),
    (lambda p: optim.SGD([("a", p[0]), leaf(1.0)]), ValueError, "names are missing"),
    (lambda p: optim.Optimizer(p, {"lr": required}), ValueError, "required optimization param"),
    (lambda p: optim.SGD(p, differentiable=True), ValueError, "differentiable"),
    (lambda p: optim.SGD(p).add_param_group([leaf(1.0)]), TypeError, "must be a dict"),
])
def test_bad_arguments(call, kind, message):
    with pytest.raises(kind, match=message):
        call([leaf(1.0)])


def test_duplicates_warn():
    parameter = leaf(1.0)
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optim.SGD([parameter, parameter])


def test_groups():
    a, b, c = leaf(1.0), leaf(1.0), leaf(1.0)
    optimizer = optim.SGD([{"params": a, "lr": 1.0}, {"params": [b]}], lr=0.5)
    optimizer.add_param_group({"params": c, "lr": 0.0})
    for parameter in (a, b, c):
        parameter.grad = cytorch.ones(1, dtype=cytorch.float64)
    optimizer.step()
    assert [a.item(), b.item(), c.item()] == [0.0, 0.5, 1.0]
    text = repr(optimizer)
    assert text.startswith("SGD (\nParameter Group 0\n    dampening: 0\n")
    assert "Parameter Group 2" in text


def test_named_parameters():
    model = nn.Linear(1, 1)
    optimizer = optim.SGD(model.named_parameters(), lr=0.1)
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]


def test_learning_rate_as_tensor():
    parameter = leaf(1.0)
    optimizer = optim.SGD([parameter], lr=cytorch.tensor(0.5))
    parameter.grad = cytorch.ones(1, dtype=cytorch.float64)
    optimizer.step()
    assert parameter.item() == 0.5


def test_closure_and_zero_grad():
    parameter = leaf(2.0)
    optimizer = optim.SGD([parameter], lr=0.25)

    def closure():
        optimizer.zero_grad(set_to_none=False)
        loss = (parameter**2).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 4.0
    assert parameter.item() == 1.0
    optimizer.zero_grad(set_to_none=False)
    assert parameter.grad.tolist() == [0.0]
    optimizer.zero_grad()
    assert parameter.grad is None


def test_state_dict_layout():
    parameters = [leaf(1.0), leaf(2.0)]
    optimizer = optim.Adam(parameters, lr=0.1)
    descend(optimizer, parameters, 3)
    saved = optimizer.state_dict()
    assert saved["param_groups"][0]["params"] == [0, 1]
    assert list(saved["state"]) == [0, 1]
    assert list(saved["state"][0]) == ["step", "exp_avg", "exp_avg_sq"]
    assert saved["state"][0]["step"].item() == 3.0
    assert saved["state"][0]["step"].dtype is cytorch.float32


def test_loading_checks_first():
    optimizer = optim.SGD([leaf(1.0)], lr=0.1)
    other = optim.SGD([{"params": [leaf(1.0)]}, {"params": [leaf(2.0)]}], lr=0.2)
    with pytest.raises(ValueError, match="different number of parameter groups: 2, .* has 1"):
        optimizer.load_state_dict(other.state_dict())
    with pytest.raises(ValueError, match="doesn't match the size.*2 and 1"):
        optimizer.load_state_dict(optim.SGD([leaf(1.0), leaf(2.0)]).state_dict())
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_loaded_state_gets_the_dtype_of_the_parameter():
    double, single = leaf(1.0), leaf(1.0, dtype=cytorch.float32)
    first, second = MAKERS["Adam"]([double]), MAKERS["Adam"]([single])
    descend(first, [double])
    second.load_state_dict(first.state_dict())
    assert second.state[single]["exp_avg"].dtype is cytorch.float32
    descend(second, [single])
    assert first.state[double]["step"].item() == 5.0


def test_hooks():
    parameter = leaf(1.0)
    optimizer = optim.SGD([parameter], lr=0.1)
    seen = []
    optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append("pre"))
    handle = optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append("post"))
    optimizer.step()
    handle.remove()
    optimizer.step()
    assert seen == ["pre", "post", "pre"]
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "more": 1})
    assert optimizer.state_dict()["more"] == 1


def test_subclass_of_the_user():
    class Sign(optim.Optimizer):
        def __init__(self, params, lr=1.0):
            super().__init__(params, {"lr": lr})

        @cytorch.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    p.add_(p.grad.sign(), alpha=-group["lr"])

    parameter = leaf(5.0)
    optimizer = Sign([parameter])
    seen = []
    optimizer.register_step_post_hook(lambda *args: seen.append(1))
    parameter.grad = cytorch.tensor([3.0], dtype=cytorch.float64)
    optimizer.step()
    assert parameter.item() == 4.0
    assert seen == [1]
