"""The table of layers."""
from __future__ import annotations

import cytorch
from cytorch import nn
from cytorch.models import LeNet
from cytorch.utils import summary


def test_lenet() -> None:
    found = summary(LeNet(), (2, 1, 28, 28))
    assert found.parameters == 61_706
    assert [layer.kind for layer in found.layers] == ["Conv2d", "Conv2d", "Linear", "Linear",
                                                      "Linear"]
    assert found.layers[1].output_shape == (2, 16, 10, 10)
    assert found.layers[1].multiply_adds == 2 * 16 * 10 * 10 * 6 * 25
    assert "61,706 parameters" in str(found)


def test_transposed_convolution_and_groups() -> None:
    found = summary(nn.Sequential(nn.ConvTranspose2d(4, 6, 3, groups=2), nn.Conv2d(6, 6, 1,
                                                                                 groups=3)),
                    cytorch.zeros(1, 4, 5, 5))
    # each output element of the first: 2 input channels of its group times 3 x 3
    assert found.layers[0].multiply_adds == 6 * 7 * 7 * 2 * 9
    assert found.layers[1].multiply_adds == 6 * 7 * 7 * 2


def test_mode_and_hooks_are_left_alone() -> None:
    model = nn.Sequential(nn.BatchNorm1d(3)).eval()
    summary(model, (4, 3))
    assert not model.training
    assert not model[0]._forward_hooks
    model[0].weight.requires_grad_(False)
    assert summary(model, (4, 3)).trainable == 3
