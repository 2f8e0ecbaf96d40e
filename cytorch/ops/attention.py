"""Scaled dot-product attention."""
from __future__ import annotations

import math
from typing import Any

from .spec import F, argument_error, call, dtype_error, op, ops, shape_error

_NAME = "scaled_dot_product_attention"
_CAUSAL_BLOCK = 128    # rows that are worked at a time when later keys are out of sight


def _check(query: Any, key: Any, value: Any, attn_mask: Any, dropout_p: float,
           is_causal: bool) -> None:
    shapes = f"query {tuple(query.shape)}, key {tuple(key.shape)}, value {tuple(value.shape)}"
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise shape_error(f"{_NAME}: all of query, key and value must have at least 2 dimensions, "
                          f"got {shapes}")
    if not query.dtype == key.dtype == value.dtype:
        raise dtype_error(f"{_NAME}: query, key and value must have the same dtype, got "
                          f"{query.dtype}, {key.dtype} and {value.dtype}")
    if not query.is_floating_point():
        raise dtype_error(f"{_NAME}: expected floating-point numbers, got {query.dtype}")
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise shape_error(f"{_NAME}: query and key must have the same last dimension, key and "
                          f"value the same length, got {shapes}")
    if not 0 <= dropout_p <= 1:
        raise argument_error(f"{_NAME}: dropout probability has to be between 0 and 1, got "
                             f"{dropout_p}")
    if attn_mask is None:
        return
    if is_causal:
        raise argument_error(f"{_NAME}: attn_mask must be None when is_causal=True, got a mask of "
                             f"shape {tuple(attn_mask.shape)}")
    if str(attn_mask.dtype) != "torch.bool" and attn_mask.dtype != query.dtype:
        raise dtype_error(f"{_NAME}: attn_mask must be bool or have the dtype of query "
                          f"{query.dtype}, got {attn_mask.dtype}")


def _repeated_heads(query: Any, key: Any) -> Any:
    """Each head of key serves several heads of query."""
    heads, groups = query.shape[-3], key.shape[-3]
    if groups == 0 or heads % groups:
        raise shape_error(f"{_NAME}: with enable_gqa the number of heads of query must be a "
                          f"multiple of that of key and value, got {heads} and {groups}")
    return key if heads == groups else key.repeat_interleave(heads // groups, -3)


def safe_softmax(scores: Any) -> Any:
    """softmax over the last dimension; a row of nothing but -inf gives zeros instead of NaN."""
    empty = (scores == -math.inf).all(-1, keepdim=True)
    return ops._softmax(scores.masked_fill(empty, 0), -1).masked_fill(empty, 0)


def _bool_dtype() -> Any:
    from cytorch import bool as dtype

    return dtype


def _attend(query: Any, key: Any, value: Any, attn_mask: Any, dropout_p: float) -> Any:
    """`query` is scaled already. attn_mask: None, bool or added."""
    scores = query @ key.transpose(-2, -1)
    if attn_mask is None:
        weights = ops._softmax(scores, -1)
    elif attn_mask.dtype == _bool_dtype():
        weights = safe_softmax(scores.masked_fill(attn_mask.logical_not(), -math.inf))
    else:
        weights = safe_softmax(scores + attn_mask)
    if dropout_p > 0:
        weights = F.dropout(weights, dropout_p)
    return weights @ value


def _causal(query: Any, key: Any, value: Any, dropout_p: float) -> Any:
    """Blocks of rows, each with no more keys than its last row sees."""
    rows, length, results = query.shape[-2], key.shape[-2], []
    for start in range(0, max(rows, 1), _CAUSAL_BLOCK):
        count = min(_CAUSAL_BLOCK, rows - start)
        seen = min(start + count, length)
        # Only the columns from `start` on differ from row to row.
        later = ops.full((count, seen), -math.inf, dtype=query.dtype,
                         device=query.device).triu(start + 1)
        part = query.narrow(-2, start, count)
        scores = part @ key.narrow(-2, 0, seen).transpose(-2, -1) + later
        weights = ops._softmax(scores, -1)
        if dropout_p > 0:
            weights = F.dropout(weights, dropout_p)
        results.append(weights @ value.narrow(-2, 0, seen))
    return results[0] if len(results) == 1 else ops.cat(results, -2)


def _attention(query: Any, key: Any, value: Any, attn_mask: Any, dropout_p: float,
               is_causal: bool, scale: float | None, enable_gqa: bool) -> Any:
    _check(query, key, value, attn_mask, dropout_p, is_causal)
    if enable_gqa:
        key, value = _repeated_heads(query, key), _repeated_heads(query, value)
    if scale is None:
        scale = 1 / math.sqrt(query.shape[-1]) if query.shape[-1] else 1.0
    query = query * scale
    if is_causal:
        return _causal(query, key, value, dropout_p)
    return _attend(query, key, value, attn_mask, dropout_p)


def _samples(s: Any) -> list[Any]:
    def triple(*shape: int, length: int = 0) -> list[Any]:
        other = (*shape[:-2], length or shape[-2], shape[-1])
        return [s.tensor(*shape), s.tensor(*other), s.tensor(*other)]

    return [call(*triple(2, 3, 4)), call(*triple(2, 2, 3, 4, length=5)), call(*triple(3, 4)),
            call(*triple(2, 2, 3, 4), is_causal=True),
            call(*triple(2, 3, 4, length=6), is_causal=True, scale=0.3),
            call(*triple(5, 2, length=3), is_causal=True), call(*triple(150, 1), is_causal=True),
            call(*triple(2, 2, 3, 4), attn_mask=s.tensor(3, 3)),
            call(*triple(2, 2, 3, 4), attn_mask=s.values([[True, False, True], [False] * 3,
                                                          [True] * 3])),
            call(s.tensor(2, 4, 3, 2), s.tensor(2, 2, 5, 2), s.tensor(2, 2, 5, 2),
                 enable_gqa=True), call(*triple(0, 3, 4))]


op(f"nn.functional.{_NAME}(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, "
   "float dropout_p=0.0, bool is_causal=False, float? scale=None, bool enable_gqa=False)"
   " -> Tensor", body=_attention, forms="function", samples=_samples,
   errors=lambda s: [
       (call(s.tensor(2, 3), s.tensor(2, 4), s.tensor(2, 4)), "ShapeError", "last dimension"),
       (call(s.tensor(3), s.tensor(3), s.tensor(3)), "ShapeError", "at least 2"),
       (call(s.tensor(2, 3), s.tensor(2, 3), s.tensor(2, 3), s.tensor(2, 2), is_causal=True),
        "ArgumentError", "must be None"),
       (call(s.tensor(2, 3), s.tensor(2, 3), s.tensor(2, 3), s.ints(2, 2)), "DTypeError", "int64"),
       (call(s.tensor(2, 3), s.tensor(2, 3), s.tensor(2, 3), dropout_p=2.0), "ArgumentError",
        "2.0")],
   doc="""softmax(query @ key^T * scale + mask) @ value.

query (*, L, E), key (*, S, E), value (*, S, Ev) give (*, L, Ev); scale is 1/sqrt(E) unless given.
attn_mask: bool (True: takes part) or numbers that are added; it broadcasts to (*, L, S). is_causal:
row i sees columns up to i. dropout_p drops weights always, so pass 0 outside of training.
enable_gqa: each head (dimension -3) of key and value serves several heads of query. A row that sees
nothing gives zeros.

>>> q = cytorch.ones(1, 2, 4)
>>> cytorch.nn.functional.scaled_dot_product_attention(q, q, q, is_causal=True).shape
torch.Size([1, 2, 4])
""")
