"""gradcheck and gradgradcheck find wrong derivatives, and accept right ones."""
from __future__ import annotations

from typing import Any

import pytest

import cytorch
from cytorch.autograd import Function, GradcheckError, gradcheck, gradgradcheck

MODES = pytest.mark.parametrize("fast_mode", [False, True])


class WrongSquare(Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        return 3 * grad * ctx.saved_tensors[0]


def double(*shape: int) -> Any:
    return cytorch.rand(*shape, dtype=cytorch.float64).add_(0.5).requires_grad_()


@MODES
@pytest.mark.parametrize("function", [
    cytorch.tanh, lambda x: x.sum(0), lambda x: (x.t() * 2, x[0]), lambda x: x * x * x,
    lambda x: x[:, :0]])
def test_right(function: Any, fast_mode: bool) -> None:
    x = double(3, 2)
    before = x.tolist()
    assert gradcheck(function, (x,), fast_mode=fast_mode) or function(x).numel() == 0
    assert x.tolist() == before


@MODES
def test_right_twice(fast_mode: bool) -> None:
    assert gradgradcheck(lambda x, y: x.exp() * y, (double(2, 3), double(3)),
                         fast_mode=fast_mode)
    assert gradgradcheck(cytorch.tanh, double(2), gen_non_contig_grad_outputs=True)


@MODES
def test_wrong(fast_mode: bool) -> None:
    x = double(2)
    with pytest.raises(GradcheckError, match="Jacobian mismatch for output 0 with respect to "
                                             "input 0"):
        gradcheck(WrongSquare.apply, (x,), fast_mode=fast_mode)
    assert gradcheck(WrongSquare.apply, (x,), fast_mode=fast_mode, raise_exception=False) is False


def test_constant_output() -> None:
    assert gradcheck(lambda x: x.detach() * 0, (double(2),))
    with pytest.raises(GradcheckError, match="expected to be zero"):
        gradcheck(lambda x: x.detach() * 2, (double(2),))


def test_unrepeatable_backward() -> None:
    factors = iter([1.0] * 2 + [1.0 + 1e-7 * i for i in range(100)])

    class Drifts(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 1

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * next(factors)

    with pytest.raises(GradcheckError, match="not reentrant"):
        gradcheck(Drifts.apply, (double(2),))


def test_backward_must_scale_with_its_gradient() -> None:
    class Ignores(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x.sum()

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return cytorch.ones(2, dtype=grad.dtype)

    with pytest.raises(GradcheckError, match="not multiplied by grad_output"):
        gradcheck(Ignores.apply, (double(2),))


def test_batched_gradients() -> None:
    assert gradcheck(lambda x: x * x, (double(2),), check_batched_grad=True)


def test_needs_something_to_check() -> None:
    with pytest.raises(ValueError, match="at least one input tensor"):
        gradcheck(cytorch.tanh, (cytorch.ones(2),))


def test_single_precision_warns() -> None:
    with pytest.warns(UserWarning, match="not a double precision"):
        gradcheck(lambda x: x * 2, (cytorch.ones(2, requires_grad=True),), eps=1e-2, atol=1e-2)


def test_overlapping_input() -> None:
    x = double(1).detach().expand(3).requires_grad_()
    with pytest.raises(RuntimeError, match="stride 0"):
        gradcheck(cytorch.tanh, (x,))
