"""nn.functional.multi_head_attention_forward: projections, heads, attention, output projection."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.errors import ArgumentError, DTypeError, ShapeError
from cytorch.ops.spec import F


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ShapeError(f"multi_head_attention_forward: {message}")


def _check_shapes(query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor | None,
                  attn_mask: Tensor | None, num_heads: int) -> bool:
    """Whether the input is batched."""
    shapes = f"{tuple(query.shape)}, {tuple(key.shape)} and {tuple(value.shape)}"
    _require(query.dim() in (2, 3), "query should be unbatched 2D or batched 3D tensor but got "
             f"query of shape {tuple(query.shape)}")
    batched = query.dim() == 3
    _require(key.dim() == value.dim() == query.dim(), "query, key and value must be all 2D or all "
             f"3D, got {shapes}")
    if key_padding_mask is not None:
        _require(key_padding_mask.dim() == query.dim() - 1, "key_padding_mask must be "
                 f"{query.dim() - 1}D, got shape {tuple(key_padding_mask.shape)}")
    if attn_mask is not None:
        _require(attn_mask.dim() in (2, 3), "attn_mask must be 2D or 3D, got shape "
                 f"{tuple(attn_mask.shape)}")
        if attn_mask.dim() == 3 and not batched:
            wanted = (num_heads, query.shape[0], key.shape[0])
            _require(tuple(attn_mask.shape) == wanted, f"expected attn_mask of shape {wanted} but "
                     f"got {tuple(attn_mask.shape)}")
    return batched


def _additive(mask: Tensor | None, name: str, dtype: Any) -> Tensor | None:
    """A bool mask (True: left out) as numbers to add."""
    if mask is None:
        return None
    if mask.dtype == cytorch.bool:
        zeros = cytorch.zeros(mask.shape, dtype=dtype, device=mask.device)
        return zeros.masked_fill(mask, -math.inf)
    if not mask.is_floating_point():
        raise DTypeError("multi_head_attention_forward: only bool and floating types of "
                         f"{name} are supported, got {mask.dtype}")
    return mask


def _packed_projection(query: Tensor, key: Tensor, value: Tensor, weight: Tensor,
                       bias: Tensor | None) -> list[Tensor]:
    """The three projections whose weights are rows of one matrix, as few products as possible."""
    size = query.shape[-1]
    if key is value and query is key:
        return list(F.linear(query, weight, bias).split(size, -1))
    weights = weight.split(size)
    biases = (None, None, None) if bias is None else bias.split(size)
    return [F.linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases)]


def _projected(query: Tensor, key: Tensor, value: Tensor, in_proj_weight: Tensor | None,
               in_proj_bias: Tensor | None, separate: Any) -> list[Tensor]:
    if separate is None:
        if in_proj_weight is None:
            raise ArgumentError("multi_head_attention_forward: use_separate_proj_weight is False "
                                "but in_proj_weight is None")
        return _packed_projection(query, key, value, in_proj_weight, in_proj_bias)
    biases = (None, None, None) if in_proj_bias is None else in_proj_bias.chunk(3)
    for name, weight in zip("qkv", separate):
        if weight is None:
            raise ArgumentError("multi_head_attention_forward: use_separate_proj_weight is True "
                                f"but {name}_proj_weight is None")
    return [F.linear(x, w, b) for x, w, b in zip((query, key, value), separate, biases)]


def _heads(x: Tensor, num_heads: int) -> Tensor:
    """(length, batch, embed) -> (batch * heads, length, head size)."""
    length, batch, embed = x.shape
    return x.reshape(length, batch * num_heads, embed // num_heads).transpose(0, 1)


def _static(given: Tensor | None, computed: Tensor, num_heads: int, name: str) -> Tensor:
    if given is None:
        return _heads(computed, num_heads)
    wanted = (computed.shape[1] * num_heads, computed.shape[2] // num_heads)
    _require((given.shape[0], given.shape[2]) == wanted, f"expecting {name} of shape ({wanted[0]}, "
             f"*, {wanted[1]}), but got {tuple(given.shape)}")
    return given


def _wider(mask: Tensor | None) -> Tensor | None:
    """One more key, which is always seen."""
    return None if mask is None else F.pad(mask, (0, 1))


def _joined_mask(attn_mask: Tensor | None, padding: Tensor | None, num_heads: int,
                 shape: tuple[int, int, int]) -> Tensor | None:
    """Both masks as one that broadcasts to (batch, heads, target, source)."""
    batch, target, source = shape
    if attn_mask is not None:
        if attn_mask.dim() == 2:
            _require(tuple(attn_mask.shape) == (target, source), "the shape of the 2D attn_mask is "
                     f"{tuple(attn_mask.shape)}, but should be {(target, source)}.")
            attn_mask = attn_mask.view(1, 1, target, source)
        else:
            wanted = (batch * num_heads, target, source)
            _require(tuple(attn_mask.shape) == wanted, "the shape of the 3D attn_mask is "
                     f"{tuple(attn_mask.shape)}, but should be {wanted}.")
            attn_mask = attn_mask.view(batch, num_heads, target, source)
    if padding is None:
        return attn_mask
    _require(tuple(padding.shape) == (batch, source), "expecting key_padding_mask shape of "
             f"{(batch, source)}, but got {tuple(padding.shape)}")
    padding = padding.view(batch, 1, 1, source)
    return padding if attn_mask is None else attn_mask + padding


def multi_head_attention_forward(
        query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int,
        in_proj_weight: Tensor | None, in_proj_bias: Tensor | None, bias_k: Tensor | None,
        bias_v: Tensor | None, add_zero_attn: bool, dropout_p: float, out_proj_weight: Tensor,
        out_proj_bias: Tensor | None, training: bool = True,
        key_padding_mask: Tensor | None = None, need_weights: bool = True,
        attn_mask: Tensor | None = None, use_separate_proj_weight: bool = False,
        q_proj_weight: Tensor | None = None, k_proj_weight: Tensor | None = None,
        v_proj_weight: Tensor | None = None, static_k: Tensor | None = None,
        static_v: Tensor | None = None, average_attn_weights: bool = True,
        is_causal: bool = False) -> tuple[Tensor, Tensor | None]:
    """What nn.MultiheadAttention computes, with all weights as arguments.

    query (L, N, E), key and value (S, N, ...), or all without N; returns the output (L, N, E) and
    the attention weights (N, L, S) (by head (N, heads, L, S) unless averaged), or None for them.
    """
    batched = _check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    if is_causal and attn_mask is None:
        raise ArgumentError("multi_head_attention_forward: need attn_mask if specifying the "
                            "is_causal hint.")
    if not batched:
        same = key is value, query is key
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        # One object again where it was one: that is what allows a single product.
        value = key if same[0] else value
        query = key if same[1] else query
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    target, batch, embed = query.shape
    _require(embed == embed_dim_to_check, f"was expecting embedding dimension of "
             f"{embed_dim_to_check}, but got {embed}")
    _require(embed % num_heads == 0, f"embed_dim {embed} not divisible by num_heads {num_heads}")
    _require(key.shape[:2] == value.shape[:2], f"key's sequence and batch dims "
             f"{tuple(key.shape[:2])} do not match value's {tuple(value.shape[:2])}")
    separate = (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else None
    q, k, v = _projected(query, key, value, in_proj_weight, in_proj_bias, separate)
    padding = _additive(key_padding_mask, "key_padding_mask", q.dtype)
    # The hint stands for the mask where the weights themselves are not wanted.
    by_hint = is_causal and padding is None and not need_weights
    mask = None if by_hint else _additive(attn_mask, "attn_mask", q.dtype)
    if (bias_k is None) != (bias_v is None):
        raise ArgumentError("multi_head_attention_forward: bias_k and bias_v must be given both "
                            "or not at all")
    if bias_k is not None and bias_v is not None:
        if static_k is not None or static_v is not None:
            raise ArgumentError("multi_head_attention_forward: bias cannot be added to static key "
                                "or value")
        k = cytorch.cat([k, bias_k.expand(1, batch, embed)])
        v = cytorch.cat([v, bias_v.expand(1, batch, embed)])
        mask, padding = _wider(mask), _wider(padding)
    q = _heads(q, num_heads)
    k = _static(static_k, k, num_heads, "static_k")
    v = _static(static_v, v, num_heads, "static_v")
    if add_zero_attn:
        nothing = k.new_zeros((k.shape[0], 1, k.shape[2]))
        k, v = cytorch.cat([k, nothing], 1), cytorch.cat([v, nothing], 1)
        mask, padding = _wider(mask), _wider(padding)
    source, size = k.shape[1], embed // num_heads
    joined = _joined_mask(mask, padding, num_heads, (batch, target, source))
    dropped = dropout_p if training else 0.0
    q, k, v = (x.view(batch, num_heads, -1, size) for x in (q, k, v))
    weights = None
    if need_weights:
        scores = (q * math.sqrt(1.0 / size)) @ k.transpose(-2, -1)
        weights = scores.softmax(-1) if joined is None else (scores + joined).softmax(-1)
        if dropped > 0:
            weights = F.dropout(weights, dropped)
        attended = weights @ v
    else:
        attended = F.scaled_dot_product_attention(q, k, v, joined, dropped, by_hint)
    attended = attended.permute(2, 0, 1, 3).reshape(target, batch, embed)
    output = F.linear(attended, out_proj_weight, out_proj_bias)
    if weights is not None and average_attn_weights:
        weights = weights.mean(1)
    if not batched:
        output = output.squeeze(1)
        weights = None if weights is None else weights.squeeze(0)
    return output, weights
