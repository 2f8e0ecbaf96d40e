"""torch.func and torch.vmap against PyTorch: the same programs in both libraries."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import cytorch
from support.layouts import to_numpy
from support.parity import array_of

# PyTorch's forward mode compiles its decompositions, and warns about its own way of doing so.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
POINT = np.linspace(0.3, 1.4, 6).reshape(2, 3)
OTHER = np.linspace(-1.0, 1.0, 6).reshape(2, 3)


def arrays(library: Any, result: Any) -> Any:
    """The result with arrays for tensors."""
    if isinstance(result, (tuple, list)):
        return [arrays(library, item) for item in result]
    if isinstance(result, dict):
        return {key: arrays(library, value) for key, value in result.items()}
    return to_numpy(result) if library is cytorch else array_of(result)


def same(program: Callable[[Any, Any, Any], Any]) -> None:
    """program(library, x, y) gives the same in both libraries."""
    results = [arrays(lib, program(lib, lib.tensor(POINT.tolist(), dtype=lib.float64),
                                   lib.tensor(OTHER.tolist(), dtype=lib.float64)))
               for lib in (cytorch, torch)]
    compare(*results)


def compare(got: Any, want: Any) -> None:
    assert type(got) is type(want)
    if isinstance(got, list):
        assert len(got) == len(want)
        for a, b in zip(got, want, strict=True):
            compare(a, b)
    elif isinstance(got, dict):
        assert got.keys() == want.keys()
        for key, value in got.items():
            compare(value, want[key])
    else:
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9)


def smooth(lib: Any) -> Callable[..., Any]:
    return lambda x, y: lib.sin(x * y) + lib.exp(x @ y.transpose(0, 1)).sum(1, keepdim=True)


def dual_numbers(lib: Any, x: Any, y: Any) -> Any:
    forward_ad = lib.autograd.forward_ad
    with forward_ad.dual_level():
        first = forward_ad.make_dual(x, y)
        second = forward_ad.make_dual(y, x)
        result = smooth(lib)(first, second)
        assert forward_ad.unpack_dual(x).tangent is None
        return [*forward_ad.unpack_dual(result), *forward_ad.unpack_dual(first)]


PROGRAMS = {
    "grad": lambda lib, x, y: lib.func.grad(lambda a: (a ** 3).sum())(x),
    "grad of two": lambda lib, x, y: lib.func.grad(
        lambda a, b: smooth(lib)(a, b).sum(), argnums=(0, 1))(x, y),
    "grad by the last": lambda lib, x, y: lib.func.grad(
        lambda a, b: smooth(lib)(a, b).sum(), argnums=-1)(x, y),
    "grad of nested arguments": lambda lib, x, y: lib.func.grad(
        lambda p: (p["w"] * p["parts"][0]).exp().sum())({"w": x, "parts": [y]}),
    "grad of an unused argument": lambda lib, x, y: lib.func.grad(
        lambda a, b: b.sum(), argnums=0)(x, y),
    "grad with aux": lambda lib, x, y: lib.func.grad(
        lambda a: ((a * a).sum(), {"same": a}), has_aux=True)(x),
    "grad and value": lambda lib, x, y: lib.func.grad_and_value(
        lambda a: ((a * a).sum(), a), has_aux=True)(x),
    "third derivative": lambda lib, x, y: lib.func.grad(lib.func.grad(lib.func.grad(
        lambda a: lib.sin(a))))(x[0, 0]),
    "derivative of a captured value": lambda lib, x, y: lib.func.grad(lambda a: lib.func.grad(
        lambda b: a * a * b * b)(a))(x[0, 0]),
    "vjp": lambda lib, x, y: lib.func.vjp(smooth(lib), x, y)[1](y),
    "vjp of a tuple": lambda lib, x, y: lib.func.vjp(lambda a, b: (a * b, a.sum()), x, y)[1](
        (y, x.sum())),
    "jvp": lambda lib, x, y: lib.func.jvp(smooth(lib), (x, y), (y, x)),
    "jvp with aux": lambda lib, x, y: lib.func.jvp(lambda a: (a * a, a), (x,), (y,), has_aux=True),
    "jvp of jvp": lambda lib, x, y: lib.func.jvp(
        lambda a: lib.func.jvp(lambda b: b ** 3, (a,), (y,))[1], (x,), (y,)),
    "jvp of grad": lambda lib, x, y: lib.func.jvp(
        lib.func.grad(lambda a: (a ** 4).sum()), (x,), (y,)),
    "linearize": lambda lib, x, y: lib.func.linearize(lib.sin, x)[1](y),
    "jacrev": lambda lib, x, y: lib.func.jacrev(smooth(lib))(x, y),
    "jacrev of two": lambda lib, x, y: lib.func.jacrev(
        lambda a, b: {"product": a * b, "rows": (a.sum(1),)}, argnums=(0, 1))(x, y),
    "jacrev with aux": lambda lib, x, y: lib.func.jacrev(lambda a: (a * a, a), has_aux=True)(x),
    "jacfwd": lambda lib, x, y: lib.func.jacfwd(smooth(lib), argnums=1)(x, y),
    "jacfwd of two": lambda lib, x, y: lib.func.jacfwd(
        lambda a, b: (a * b, a.sum()), argnums=(0, 1))(x, y),
    "hessian": lambda lib, x, y: lib.func.hessian(lambda a: (a ** 3).sum() * a[0, 0])(x),
    "hessian of two": lambda lib, x, y: lib.func.hessian(
        lambda a, b: smooth(lib)(a, b).sum(), argnums=(0, 1))(x, y),
    "jacfwd of jacrev": lambda lib, x, y: lib.func.jacfwd(lib.func.jacrev(
        lambda a: lib.sin(a).sum()))(x),
    "dual numbers": lambda lib, x, y: dual_numbers(lib, x, y),
    "Jacobian in forward mode": lambda lib, x, y: lib.autograd.functional.jacobian(
        smooth(lib), (x, y), vectorize=True, strategy="forward-mode"),
    "vmap": lambda lib, x, y: lib.vmap(lib.dot)(x, y),
    "vmap in and out": lambda lib, x, y: lib.vmap(
        lambda a, b: (a * b, a.sum()), in_dims=(1, None), out_dims=(1, 0))(x, x[:, 0]),
    "vmap of nested arguments": lambda lib, x, y: lib.vmap(
        lambda p, scale: {"s": p["a"] @ p["b"] * scale}, in_dims=({"a": 0, "b": 0}, None))(
            {"a": x, "b": y}, 2.0),
    "vmap by keyword": lambda lib, x, y: lib.vmap(lambda a, *, b: a - b)(x, b=y),
    "vmap of vmap": lambda lib, x, y: lib.vmap(lib.vmap(lambda a, b: a * b), in_dims=(0, None))(
        x, y[0]),
    "vmap over a negative dimension": lambda lib, x, y: lib.vmap(
        lib.sum, in_dims=-1, out_dims=-1)(x),
    "vmap in chunks": lambda lib, x, y: lib.vmap(lib.sin, chunk_size=1)(x),
    "vmap of an empty batch": lambda lib, x, y: lib.vmap(lambda a: (a * 2, a.sum()))(x[:0]),
    "gradients of samples": lambda lib, x, y: lib.vmap(
        lib.func.grad(lambda w, a: (w * a).sin().sum()), in_dims=(None, 0))(y[0], x),
    "gradient through vmap": lambda lib, x, y: lib.func.grad(
        lambda a: lib.vmap(lambda r, s: (r * s).sum() ** 2)(a, y).sum())(x),
    "vmap of vjp": lambda lib, x, y: lib.vmap(lib.func.vjp(lib.sin, x)[1])(lib.stack([x, y])),
    "vmap of jacrev": lambda lib, x, y: lib.vmap(lib.func.jacrev(lambda r: r * r.sum()))(x),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    same(PROGRAMS[name])


@pytest.mark.parametrize("name", ["grad of two", "vjp", "jvp", "dual numbers", "jacrev", "hessian",
                                  "vmap", "gradients of samples", "gradient through vmap"])
def test_results_belong_to_the_outer_graph(name: str) -> None:
    """Inputs that ask for a gradient: the results can be differentiated further."""
    def program(lib: Any, x: Any, y: Any) -> Any:
        x.requires_grad_()
        y.requires_grad_()
        result = PROGRAMS[name](lib, x, y)
        tensors = result if isinstance(result, (tuple, list)) else (result,)
        total = sum((t * lib.cos(t.detach())).sum() for t in tensors)
        return lib.autograd.grad(total, (x, y), allow_unused=True, materialize_grads=True)

    same(program)


def test_captured_tensors_belong_to_the_outer_graph() -> None:
    def program(lib: Any, x: Any, y: Any) -> Any:
        y.requires_grad_()
        result = lib.func.grad(lambda a: (a * a * y).sum())(x)
        assert result.requires_grad
        with lib.no_grad():
            assert not lib.func.grad(lambda a: (a * a * y).sum())(x).requires_grad
        return lib.autograd.grad(result.sum(), y)

    same(program)


def model_and_state(lib: Any) -> tuple[Any, dict[str, Any]]:
    model = lib.nn.Sequential(lib.nn.Linear(3, 2), lib.nn.Tanh(), lib.nn.Linear(2, 1))
    values = {name: np.cos(np.arange(p.numel())).reshape(tuple(p.shape))
              for name, p in model.named_parameters()}
    return model, {name: lib.tensor(v.tolist(), dtype=lib.float64) for name, v in values.items()}


def test_functional_call() -> None:
    def program(lib: Any, x: Any, y: Any) -> Any:
        model, state = model_and_state(lib)
        before = model[0].weight

        def loss(params: Any, row: Any) -> Any:
            return lib.func.functional_call(model, params, (row,)).sum()

        result = [lib.func.functional_call(model, state, x), lib.func.grad(loss)(state, x),
                  lib.vmap(lib.func.grad(loss), in_dims=(None, 0))(state, x)]
        assert model[0].weight is before
        return result

    same(program)


def test_tied_weights() -> None:
    def program(lib: Any, x: Any, y: Any) -> Any:
        model = lib.nn.ModuleDict({"a": lib.nn.Linear(3, 3, bias=False),
                                   "b": lib.nn.Linear(3, 3, bias=False)})
        model["b"].weight = model["a"].weight
        model.forward = lambda value: model["b"](model["a"](value))
        weight = lib.eye(3, dtype=lib.float64) * 2
        return lib.func.functional_call(model, {"a.weight": weight}, x)

    same(program)


def test_stack_module_state() -> None:
    def program(lib: Any, x: Any, y: Any) -> Any:
        models = [lib.nn.BatchNorm1d(3) for _ in range(2)]
        params, buffers = lib.func.stack_module_state(models)
        assert all(p.requires_grad and p.is_leaf for p in params.values())
        return [{k: v.detach() for k, v in params.items()}, buffers]

    same(program)


@pytest.mark.parametrize("program", [
    lambda lib, x: lib.func.grad(lambda a: a * 2)(x),
    lambda lib, x: lib.func.grad(lambda a: 3)(x),
    lambda lib, x: lib.func.grad(lambda a: a.sum(), argnums=1)(x),
    lambda lib, x: lib.func.grad(lambda a: a.sum(), argnums=())(x),
    lambda lib, x: lib.func.grad(lambda a: a.sum(), has_aux=True)(x),
    lambda lib, x: lib.func.vjp(lambda a: a * 2, x)[1]((x, x)),
    lambda lib, x: lib.func.jvp(lambda a: a, x, x),
    lambda lib, x: lib.func.jvp(lambda a: a, (x,), (x, x)),
    lambda lib, x: lib.func.jvp(lambda a: a, (x,), (x[0],)),
    lambda lib, x: lib.vmap(lib.sin)(),
    lambda lib, x: lib.vmap(lib.sin, in_dims=2)(x),
    lambda lib, x: lib.vmap(lib.mul, in_dims=(0,))(x, x),
    lambda lib, x: lib.vmap(lib.mul)(x, 2.0),
    lambda lib, x: lib.vmap(lib.mul)(x, x[0]),
    lambda lib, x: lib.vmap(lib.sin, in_dims=None)(x),
    lambda lib, x: lib.vmap(lambda a: 3)(x),
    lambda lib, x: lib.vmap(lib.sin, out_dims=(0, 1))(x),
    lambda lib, x: lib.vmap(lib.sin, randomness="none")(x),
    lambda lib, x: lib.vmap(lambda a: lib.rand(3))(x),
    lambda lib, x: lib.func.stack_module_state([]),
], ids=str)
def test_errors(program: Any) -> None:
    """What PyTorch refuses is refused, with an error that its handlers catch."""
    with pytest.raises(Exception) as theirs:
        program(torch, torch.ones(2, 3))
    with pytest.raises(type(theirs.value)):
        program(cytorch, cytorch.ones(2, 3))
