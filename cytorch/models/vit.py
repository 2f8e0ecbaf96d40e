"""Vision transformers, with torchvision's names."""
from __future__ import annotations

from collections import OrderedDict
from typing import Any

import cytorch
from cytorch import Tensor, nn


class EncoderBlock(nn.Module):
    """Self-attention and a perceptron, each normalised before and added: (N, T, C)."""

    def __init__(self, heads: int, width: int, mlp_width: int, dropout: float) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width, eps=1e-6)
        self.self_attention = nn.MultiheadAttention(width, heads, dropout=dropout,
                                                    batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.ln_2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(width, mlp_width), nn.GELU(), nn.Dropout(dropout),
                                 nn.Linear(mlp_width, width), nn.Dropout(dropout))

    def forward(self, x: Tensor) -> Tensor:
        y = self.ln_1(x)
        y, _ = self.self_attention(y, y, y, need_weights=False)
        x = x + self.dropout(y)
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    """Learned positions, blocks, a last normalisation: (N, T, C) -> (N, T, C)."""

    def __init__(self, length: int, layers: int, heads: int, width: int, mlp_width: int,
                 dropout: float) -> None:
        super().__init__()
        self.pos_embedding = nn.Parameter(cytorch.empty(1, length, width).normal_(std=0.02))
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.Sequential(OrderedDict(
            (f"encoder_layer_{i}", EncoderBlock(heads, width, mlp_width, dropout))
            for i in range(layers)))
        self.ln = nn.LayerNorm(width, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        return self.ln(self.layers(self.dropout(x + self.pos_embedding)))


class VisionTransformer(nn.Module):
    """Images (N, 3, image_size, image_size) -> scores (N, num_classes).

    Parameters
    ----------
    image_size, patch_size : pixels; the first is a multiple of the second
    num_layers, num_heads, hidden_dim, mlp_dim : of the encoder
    dropout : float
    num_classes : int

    Source: Dosovitskiy et al., "An Image is Worth 16x16 Words" (2020). Raises ValueError for
    images of another size.

    >>> import cytorch
    >>> model = VisionTransformer(32, 8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32,
    ...                           num_classes=10)
    >>> model(cytorch.zeros(1, 3, 32, 32)).shape
    torch.Size([1, 10])
    """

    def __init__(self, image_size: int, patch_size: int, num_layers: int, num_heads: int,
                 hidden_dim: int, mlp_dim: int, dropout: float = 0.0,
                 num_classes: int = 1000) -> None:
        super().__init__()
        if image_size % patch_size:
            raise ValueError(f"VisionTransformer: image size {image_size} is not a multiple of "
                             f"the patch size {patch_size}")
        self.image_size = image_size
        self.conv_proj = nn.Conv2d(3, hidden_dim, patch_size, stride=patch_size)
        self.class_token = nn.Parameter(cytorch.zeros(1, 1, hidden_dim))
        length = (image_size // patch_size) ** 2 + 1
        self.encoder = Encoder(length, num_layers, num_heads, hidden_dim, mlp_dim, dropout)
        self.heads = nn.Sequential(OrderedDict(head=nn.Linear(hidden_dim, num_classes)))
        self._initialise()

    def _initialise(self) -> None:
        fan_in = self.conv_proj.weight[0].numel()
        nn.init.trunc_normal_(self.conv_proj.weight, std=fan_in ** -0.5)
        nn.init.zeros_(self.conv_proj.bias)
        for block in self.encoder.layers:
            for layer in (block.mlp[0], block.mlp[3]):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.normal_(layer.bias, std=1e-6)
        nn.init.zeros_(self.heads.head.weight)
        nn.init.zeros_(self.heads.head.bias)

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-2:] != (self.image_size, self.image_size):
            raise ValueError(f"VisionTransformer: images are {tuple(x.shape[-2:])}, the model "
                             f"is for {self.image_size} x {self.image_size}")
        patches = self.conv_proj(x).flatten(2).transpose(1, 2)
        token = self.class_token.expand(x.shape[0], -1, -1)
        return self.heads(self.encoder(cytorch.cat([token, patches], dim=1))[:, 0])


def vit_b_16(image_size: int = 224, **options: Any) -> VisionTransformer:
    """ViT-Base with 16 x 16 patches, 86.6 million parameters; `options`: dropout, num_classes."""
    return VisionTransformer(image_size, 16, 12, 12, 768, 3072, **options)


def vit_b_32(image_size: int = 224, **options: Any) -> VisionTransformer:
    """ViT-Base with 32 x 32 patches, 88.2 million parameters; `options`: dropout, num_classes."""
    return VisionTransformer(image_size, 32, 12, 12, 768, 3072, **options)
