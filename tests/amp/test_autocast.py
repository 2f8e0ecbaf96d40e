"""autocast: dtypes inside, gradients outside, nesting, threads, refusals."""
from __future__ import annotations

import threading

import pytest

import cytorch
from cytorch.amp import autocast, custom_bwd, custom_fwd


def test_products_run_in_16_bits_and_losses_in_32() -> None:
    model = cytorch.nn.Sequential(cytorch.nn.Linear(8, 4), cytorch.nn.ReLU(),
                                  cytorch.nn.Linear(4, 2))
    x, y = cytorch.randn(5, 8), cytorch.randn(5, 2)
    with autocast("cpu"):
        out = model(x)
        loss = cytorch.nn.functional.mse_loss(out, y)
        assert out.dtype is cytorch.bfloat16
        assert loss.dtype is cytorch.float32
        assert (x + x).dtype is cytorch.float32
    loss.backward()
    assert all(p.grad.dtype is cytorch.float32 for p in model.parameters())
    exact = cytorch.nn.functional.mse_loss(model(x), y)
    assert abs(float(exact) - float(loss)) < 0.1


def test_convolution_and_double() -> None:
    with autocast("cpu", dtype=cytorch.float16):
        image = cytorch.ones(1, 1, 4, 4)
        assert cytorch.nn.Conv2d(1, 2, 3)(image).dtype is cytorch.float16
        double = cytorch.ones(2, 2, dtype=cytorch.float64)
        assert (double @ double).dtype is cytorch.float64


def test_nesting_and_decorator() -> None:
    x = cytorch.ones(2, 2)

    @autocast("cpu")
    def product():
        with autocast("cpu", enabled=False):
            assert (x @ x).dtype is cytorch.float32
        return x @ x

    assert product().dtype is cytorch.bfloat16
    assert (x @ x).dtype is cytorch.float32
    with pytest.raises(ZeroDivisionError), autocast("cpu"):
        raise ZeroDivisionError
    assert not cytorch.is_autocast_enabled("cpu")


def test_other_threads_are_not_concerned() -> None:
    found = []
    with autocast("cpu"):
        thread = threading.Thread(
            target=lambda: found.append((cytorch.ones(2, 2) @ cytorch.ones(2, 2)).dtype))
        thread.start()
        thread.join()
    assert found == [cytorch.float32]


def test_refusals() -> None:
    with pytest.warns(UserWarning, match="CUDA is not available"):
        assert not autocast("cuda")._enabled
    with pytest.warns(UserWarning, match="not supported"):
        assert not autocast("cpu", dtype=cytorch.float64)._enabled
    with pytest.raises(RuntimeError, match="abacus"):
        autocast("abacus")
    with pytest.raises(TypeError, match="context manager"):
        autocast("cpu")(3)


def test_custom_function() -> None:
    class Square(cytorch.autograd.Function):
        @staticmethod
        @custom_fwd(device_type="cpu", cast_inputs=cytorch.float32)
        def forward(ctx, x):
            ctx.save_for_backward(x)
            assert x.dtype is cytorch.float32
            return x @ x

        @staticmethod
        @custom_bwd(device_type="cpu")
        def backward(ctx, g):
            x, = ctx.saved_tensors
            out = g @ x.t() + x.t() @ g
            assert out.dtype is cytorch.float32
            return out

    x = cytorch.randn(3, 3).bfloat16().requires_grad_()
    with autocast("cpu"):
        out = Square.apply(x)
    assert out.dtype is cytorch.float32
    out.sum().backward()
    assert x.grad.dtype is cytorch.bfloat16
