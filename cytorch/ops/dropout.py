"""nn.functional: dropout in all its kinds, and gumbel_softmax."""
from __future__ import annotations

import math
from typing import Any

from .distributions import exponential_like
from .random_fill import check_floating, check_probability, take
from .spec import call, op, ops, shape_error

# Where the SELU activation saturates: the value that alpha dropout puts in.
_ALPHA = 1.7580993408473766


def _finish(input: Any, result: Any, inplace: bool) -> Any:
    return input.copy_(result) if inplace else result


def _dropout(input: Any, p: float, training: bool, inplace: bool) -> Any:
    check_probability(p, "dropout")
    if not training or p == 0.0:
        return input
    check_floating(input, "dropout")
    return _finish(input, ops._dropout(input, *take(None, input.numel()), p), inplace)


op("nn.functional.dropout(Tensor input, float p=0.5, bool training=True, bool inplace=False) "
   "-> Tensor", body=_dropout, forms="function", extra={"random": True},
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(70), 0.3), call(s.tensor(3), 0.5, False),
                      call(s.tensor(3), 1.0)],
   errors=lambda s: [(call(s.tensor(2), 1.5), "ArgumentError", "1.5"),
                     (call(s.tensor(2), -0.1), "ArgumentError", "-0.1")],
   doc="""Each element becomes 0 with probability p; the others are divided by 1 - p.

Without `training` the input comes back as it is.

>>> cytorch.nn.functional.dropout(cytorch.ones(2), 0.0)
tensor([1., 1.])
""")


def _keep_channels(input: Any, p: float, alpha: bool) -> Any:
    """A mask (alpha) or scale for whole channels: (N, C, 1, 1, ...)."""
    if input.dim() < 2:
        raise shape_error(f"feature dropout requires at least 2 dimensions in the input, got "
                          f"{tuple(input.shape)}")
    shape = (*input.shape[:2], *([1] * (input.dim() - 2)))
    ones = ops.ones(shape, dtype=input.dtype, device=input.device)
    kept = ops._dropout(ones, *take(None, ones.numel()), p)
    return kept * (1.0 - p) if alpha else kept


def _channel_dropout(name: str, unbatched: int) -> Any:
    def body(input: Any, p: float, training: bool, inplace: bool) -> Any:
        check_probability(p, name)
        if not training or p == 0.0:
            return input
        check_floating(input, name)
        whole = input.unsqueeze(0) if input.dim() == unbatched else input
        result = whole * _keep_channels(whole, p, False)
        return _finish(input, result.squeeze(0) if whole is not input else result, inplace)
    return body


# dropout2d takes three dimensions as (N, C, L), as PyTorch does.
for _name, _unbatched, _shape in (("dropout1d", 2, (2, 3, 4)), ("dropout2d", -1, (2, 3, 2, 2)),
                                  ("dropout3d", 4, (2, 3, 1, 2, 2))):
    op(f"nn.functional.{_name}(Tensor input, float p=0.5, bool training=True, bool inplace=False) "
       "-> Tensor", body=_channel_dropout(_name, _unbatched), forms="function",
       extra={"random": True},
       samples=lambda s, shape=_shape: [call(s.tensor(*shape)), call(s.tensor(*shape), 0.3),
                                        call(s.tensor(*shape), 0.5, False)],
       errors=lambda s, shape=_shape: [(call(s.tensor(*shape), 1.5), "ArgumentError", "1.5")],
       doc=f"""Whole channels of an (N, C, ...) input become 0 with probability p.

>>> cytorch.nn.functional.{_name}(cytorch.ones{_shape}, 0.5, training=False).shape
torch.Size({list(_shape)})
""")


def _alpha_dropout(name: str, by_channel: bool) -> Any:
    def body(input: Any, p: float, training: bool, inplace: bool) -> Any:
        check_probability(p, name)
        if not training or p == 0.0:
            return input
        check_floating(input, name)
        if p == 1.0:
            return _finish(input, input * 0.0, inplace)
        if by_channel:
            mask = _keep_channels(input, p, True)
        else:
            ones = ops.ones_like(input)
            mask = ops._dropout(ones, *take(None, ones.numel()), p) * (1.0 - p)
        scale = 1.0 / math.sqrt((_ALPHA * _ALPHA * p + 1.0) * (1.0 - p))
        shift = (mask - 1.0) * (_ALPHA * scale) + _ALPHA * scale * p
        return _finish(input, input * (mask * scale) + shift, inplace)
    return body


for _name, _by_channel in (("alpha_dropout", False), ("feature_alpha_dropout", True)):
    op(f"nn.functional.{_name}(Tensor input, float p=0.5, bool training=False, "
       "bool inplace=False) -> Tensor", body=_alpha_dropout(_name, _by_channel),
       forms="function", extra={"random": True},
       samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4, 2), 0.3, True)],
       errors=lambda s: [(call(s.tensor(2, 2), 1.5), "ArgumentError", "1.5")],
       doc=f"""Dropout that keeps mean and variance of SELU activations{
           ', by channel' if _by_channel else ''}.

>>> cytorch.nn.functional.{_name}(cytorch.ones(2, 2), 0.5)
tensor([[1., 1.],
        [1., 1.]])
""")


def _gumbel_softmax(logits: Any, tau: float, hard: bool, eps: float, dim: int) -> Any:
    noise = -exponential_like(logits, 1.0, None).log()
    soft = ((logits + noise.to(logits.dtype)) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.detach().argmax(dim, keepdim=True)
    one_hot = ops.zeros_like(soft).scatter(dim, index, 1.0)
    return one_hot - soft.detach() + soft


op("nn.functional.gumbel_softmax(Tensor logits, float tau=1, bool hard=False, float eps=1e-10, "
   "int dim=-1) -> Tensor", body=_gumbel_softmax, forms="function", extra={"random": True},
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), 0.5)],
   doc="""A sample of the Gumbel-Softmax distribution of the logits.

hard: one-hot values whose gradient is that of the soft ones.

>>> cytorch.nn.functional.gumbel_softmax(cytorch.zeros(3), hard=True).sum()
tensor(1.)
""")
