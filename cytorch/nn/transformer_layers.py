"""One layer of a Transformer's encoder and of its decoder."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cytorch import Tensor

from . import functional as F
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .multihead_attention import MultiheadAttention
from .normalization import LayerNorm


def _activation(activation: str | Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    if not isinstance(activation, str):
        return activation
    if activation not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {activation}")
    return getattr(F, activation)


class _Layer(Module):
    """What both layers share: widths, feed-forward block, normalisation before or after."""

    activation: Any

    def _feed_forward_parts(self, d_model: int, dim_feedforward: int, dropout: float, bias: bool,
                            factory: dict[str, Any]) -> None:
        self.linear1 = Linear(d_model, dim_feedforward, bias, **factory)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, **factory)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.__dict__.setdefault("activation", F.relu)

    def _feed_forward(self, x: Tensor) -> Tensor:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))

    @staticmethod
    def _attend(attention: MultiheadAttention, x: Tensor, memory: Tensor,
                attn_mask: Tensor | None, key_padding_mask: Tensor | None,
                is_causal: bool) -> Tensor:
        output, _ = attention(x, memory, memory, attn_mask=attn_mask,
                              key_padding_mask=key_padding_mask, is_causal=is_causal,
                              need_weights=False)
        return output


class TransformerEncoderLayer(_Layer):
    """x + self-attention, then + feed-forward block, each normalised after, or before norm_first.

    Parameters
    ----------
    d_model, nhead, dim_feedforward : widths of the model and of the block, number of heads
    dropout : in both parts
    activation : "relu", "gelu", or a function
    layer_norm_eps, batch_first, norm_first, bias : as in LayerNorm; (N, L, E) instead of
        (L, N, E); normalise what goes into each part; biases everywhere

    >>> TransformerEncoderLayer(8, 2)(cytorch.zeros(5, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    def __init__(self, d_model: int, nhead: int, dim_feedforward: int = 2048,
                 dropout: float = 0.1, activation: Any = F.relu, layer_norm_eps: float = 1e-5,
                 batch_first: bool = False, norm_first: bool = False, bias: bool = True,
                 device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        factory = {"device": device, "dtype": dtype}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias,
                                            batch_first=batch_first, **factory)
        self._feed_forward_parts(d_model, dim_feedforward, dropout, bias, factory)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, **factory)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, **factory)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(self, src: Tensor, src_mask: Tensor | None = None,
                src_key_padding_mask: Tensor | None = None, is_causal: bool = False) -> Tensor:
        """`src_mask` (L, L) and `src_key_padding_mask` (N, L): True, or -inf, leaves out."""
        if self.norm_first:
            src = src + self._self_attention(self.norm1(src), src_mask, src_key_padding_mask,
                                             is_causal)
            return src + self.dropout2(self._feed_forward(self.norm2(src)))
        src = self.norm1(src + self._self_attention(src, src_mask, src_key_padding_mask,
                                                    is_causal))
        return self.norm2(src + self.dropout2(self._feed_forward(src)))

    def _self_attention(self, x: Tensor, mask: Tensor | None, padding: Tensor | None,
                        is_causal: bool) -> Tensor:
        return self.dropout1(self._attend(self.self_attn, x, x, mask, padding, is_causal))


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to the encoder's memory, feed-forward block, as in the encoder.

    >>> layer = TransformerDecoderLayer(8, 2)
    >>> layer(cytorch.zeros(4, 3, 8), cytorch.zeros(5, 3, 8)).shape
    torch.Size([4, 3, 8])
    """

    def __init__(self, d_model: int, nhead: int, dim_feedforward: int = 2048,
                 dropout: float = 0.1, activation: Any = F.relu, layer_norm_eps: float = 1e-5,
                 batch_first: bool = False, norm_first: bool = False, bias: bool = True,
                 device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        factory = {"device": device, "dtype": dtype}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias,
                                            batch_first=batch_first, **factory)
        self.multihead_attn = MultiheadAttention(d_model, nhead, dropout, bias,
                                                 batch_first=batch_first, **factory)
        self._feed_forward_parts(d_model, dim_feedforward, dropout, bias, factory)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, **factory)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, **factory)
        self.norm3 = LayerNorm(d_model, layer_norm_eps, bias=bias, **factory)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.dropout3 = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor | None = None,
                memory_mask: Tensor | None = None, tgt_key_padding_mask: Tensor | None = None,
                memory_key_padding_mask: Tensor | None = None, tgt_is_causal: bool = False,
                memory_is_causal: bool = False) -> Tensor:
        """Masks of the target and of the memory, as in the encoder layer."""
        def own(x: Tensor) -> Tensor:
            return self.dropout1(self._attend(self.self_attn, x, x, tgt_mask,
                                              tgt_key_padding_mask, tgt_is_causal))

        def cross(x: Tensor) -> Tensor:
            return self.dropout2(self._attend(self.multihead_attn, x, memory, memory_mask,
                                              memory_key_padding_mask, memory_is_causal))

        if self.norm_first:
            x = tgt + own(self.norm1(tgt))
            x = x + cross(self.norm2(x))
            return x + self.dropout3(self._feed_forward(self.norm3(x)))
        x = self.norm1(tgt + own(tgt))
        x = self.norm2(x + cross(x))
        return self.norm3(x + self.dropout3(self._feed_forward(x)))
