"""nn.utils."""
from __future__ import annotations

import pytest

import cytorch
from cytorch import nn
from cytorch.nn import utils


def parameters_with_gradients():
    parameters = [cytorch.zeros(2, requires_grad=True), cytorch.zeros(1, requires_grad=True),
                  cytorch.zeros(1, requires_grad=True)]
    parameters[0].grad = cytorch.tensor([3.0, 0.0])
    parameters[1].grad = cytorch.tensor([-4.0])
    return parameters


def test_clip_grad_norm():
    parameters = parameters_with_gradients()
    assert utils.clip_grad_norm_(parameters, 1.0).item() == 5.0
    assert cytorch.allclose(parameters[0].grad, cytorch.tensor([0.6, 0.0]), atol=1e-5)
    assert utils.get_total_norm([p.grad for p in parameters[:2]]).item() == pytest.approx(1.0)
    assert utils.clip_grad_norm_(parameters, 10.0, norm_type=float("inf")).item() == (
        pytest.approx(0.8, rel=1e-4))
    assert parameters[1].grad.item() == pytest.approx(-0.8, rel=1e-4)


def test_clip_grad_norm_of_nothing():
    assert utils.clip_grad_norm_([cytorch.zeros(1, requires_grad=True)], 1.0).item() == 0.0
    with pytest.warns(UserWarning, match="empty generator"):
        utils.clip_grad_norm_([], 1.0)


def test_non_finite_norm():
    parameters = parameters_with_gradients()
    parameters[1].grad.fill_(float("nan"))
    with pytest.raises(RuntimeError, match="non-finite"):
        utils.clip_grad_norm_(parameters, 1.0, error_if_nonfinite=True)
    assert parameters[0].grad.tolist() == [3.0, 0.0]


def test_clip_grad_value():
    parameters = parameters_with_gradients()
    utils.clip_grad_value_(parameters, 2.0)
    assert parameters[0].grad.tolist() == [2.0, 0.0]
    assert parameters[1].grad.tolist() == [-2.0]


def test_parameters_as_vector():
    layer = nn.Linear(2, 3)
    vector = utils.parameters_to_vector(layer.parameters())
    assert vector.shape == (9,)
    utils.vector_to_parameters(cytorch.arange(9.0), layer.parameters())
    assert layer.bias.tolist() == [6.0, 7.0, 8.0]
    with pytest.raises(TypeError, match="expected Tensor"):
        utils.vector_to_parameters([1.0], layer.parameters())


def test_fuse_conv_and_norm():
    conv, norm = nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3)
    x = cytorch.randn(4, 2, 5, 5)
    norm(conv(x))
    conv.eval()
    norm.eval()
    fused = utils.fuse_conv_bn_eval(conv, norm)
    assert cytorch.allclose(fused(x), norm(conv(x)), atol=1e-5)


def test_skip_init():
    layer = utils.skip_init(nn.Linear, 2, 3)
    assert layer.weight.shape == (3, 2)
    assert not layer.weight.is_meta
