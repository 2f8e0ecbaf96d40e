"""VGG-11 and VGG-16, with torchvision's names."""
from __future__ import annotations

from typing import Any

from cytorch import Tensor, nn

# Widths of the 3 x 3 convolutions; 0 is a 2 x 2 max pool.
_LAYERS = {
    11: (64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0),
    16: (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0),
}


def _features(widths: tuple[int, ...], batch_norm: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    inputs = 3
    for width in widths:
        if width == 0:
            layers.append(nn.MaxPool2d(2, 2))
            continue
        layers.append(nn.Conv2d(inputs, width, 3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(width))
        layers.append(nn.ReLU(inplace=True))
        inputs = width
    return nn.Sequential(*layers)


class VGG(nn.Module):
    """3 x 3 convolutions and max pools, then three linear layers.

    Images (N, 3, H, W), H and W at least 32, -> scores (N, num_classes). Source: Simonyan and
    Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2014).
    """

    def __init__(self, features: nn.Module, num_classes: int = 1000, init_weights: bool = True,
                 dropout: float = 0.5) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096), nn.ReLU(inplace=True), nn.Dropout(dropout),
            nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout(dropout),
            nn.Linear(4096, num_classes))
        if init_weights:
            self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
            if isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def vgg11(**options: Any) -> VGG:
    """VGG with 11 layers and 133 million parameters; `options` are VGG's."""
    return VGG(_features(_LAYERS[11], batch_norm=False), **options)


def vgg11_bn(**options: Any) -> VGG:
    """VGG-11 with batch normalisation; `options` are VGG's."""
    return VGG(_features(_LAYERS[11], batch_norm=True), **options)


def vgg16(**options: Any) -> VGG:
    """VGG with 16 layers and 138 million parameters; `options` are VGG's."""
    return VGG(_features(_LAYERS[16], batch_norm=False), **options)


def vgg16_bn(**options: Any) -> VGG:
    """VGG-16 with batch normalisation; `options` are VGG's."""
    return VGG(_features(_LAYERS[16], batch_norm=True), **options)
