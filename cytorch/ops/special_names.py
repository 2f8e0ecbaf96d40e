"""torch.special's names for ops that have one elsewhere."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import exponential, reduction, rounding, softmax, special
from .spec import TABLE, call, op, ops

_READ_FIRST = (exponential, reduction, rounding, softmax, special)
_NAMES = {"digamma": "digamma psi", "erf": "erf", "erfc": "erfc", "erfinv": "erfinv",
          "exp2": "exp2", "expm1": "expm1", "lgamma": "gammaln", "log1p": "log1p",
          "polygamma": "polygamma", "round": "round", "sigmoid": "expit", "sinc": "sinc",
          "xlogy": "xlogy", "logit": "logit"}

for _entry in [entry for entry in TABLE if entry.name in _NAMES and "function" in entry.forms]:
    for _name in _NAMES[_entry.name].split():
        _name = f"special.{_name}"
        TABLE.append(replace(
            _entry, name=_name, forms=_entry.forms & {"function", "out"}, operators=(), errors=None,
            signature=_name + _entry.signature[_entry.signature.index("("):],
            kernel=_entry.kernel and replace(_entry.kernel, name=_entry.kernel_name),
            doc=f"The same as `{_entry.name}`.", torch=_name))


def _rows(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4), 1), call(s.tensor(2, 3), dim=0)]


op("special.logsumexp(Tensor input, int[] dim, bool keepdim=False) -> Tensor",
   body=lambda input, dim, keepdim: ops.logsumexp(input, dim, keepdim), forms="function out",
   samples=_rows, doc="The same as `logsumexp`.")
op("special.softmax(Tensor input, int dim, DType? dtype=None) -> Tensor",
   body=lambda input, dim, dtype: ops.softmax(input, dim, dtype=dtype), forms="function",
   samples=_rows, doc="The same as `softmax`.")
op("special.log_softmax(Tensor input, int dim, *, DType? dtype=None) -> Tensor",
   body=lambda input, dim, dtype: ops.log_softmax(input, dim, dtype=dtype), forms="function",
   samples=_rows, doc="The same as `log_softmax`.")
