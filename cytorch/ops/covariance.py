"""Covariance and correlation of variables (rows) over observations (columns)."""
from __future__ import annotations

import warnings
from typing import Any

from .dtypes import dtype_named, is_integral
from .spec import argument_error, call, dtype_error, op, ops, shape_error


def _check_input(name: str, input: Any) -> None:
    if input.dim() > 2:
        raise shape_error(f"{name}(): expected input to have two or fewer dimensions but got an "
                          f"input with {input.dim()} dimensions, shape {tuple(input.shape)}")


def _check_weights(name: str, weights: Any, count: int) -> None:
    if weights.dim() > 1:
        raise shape_error(f"cov(): expected {name} to have one or fewer dimensions but got {name} "
                          f"with {weights.dim()} dimensions, shape {tuple(weights.shape)}")
    if weights.numel() != count:
        raise shape_error(f"cov(): expected {name} to have the same numel as there are "
                          f"observations in the input but got {weights.numel()} != {count}")
    if count and float(weights.amin().item()) < 0:
        raise argument_error(f"cov(): {name} cannot be negative, got {weights.amin().item()}")


def _weights_of(fweights: Any, aweights: Any, count: int) -> Any:
    """How often times how much each observation counts; None where all count once."""
    if fweights is not None:
        if not is_integral(fweights.dtype) or str(fweights.dtype) == "torch.bool":
            raise dtype_error("cov(): expected fweights to have integral dtype but got fweights "
                              f"with {fweights.dtype} dtype")
        _check_weights("fweights", fweights, count)
    if aweights is not None:
        if not aweights.dtype.is_floating_point:
            raise dtype_error("cov(): expected aweights to have floating point dtype but got "
                              f"aweights with {aweights.dtype} dtype")
        _check_weights("aweights", aweights, count)
    given = [w.reshape(-1) for w in (fweights, aweights) if w is not None]
    return None if not given else given[0] if len(given) == 1 else given[0] * given[1]


def _cov(input: Any, correction: int, fweights: Any, aweights: Any) -> Any:
    _check_input("cov", input)
    if str(input.dtype) == "torch.bool":
        raise dtype_error("cov(): bool dtype is not supported for input, got torch.bool")
    rows = input.reshape(1, -1) if input.dim() < 2 else input
    weights = _weights_of(fweights, aweights, rows.shape[1])
    if weights is None:
        total = ops.full((), rows.shape[1], dtype=dtype_named("int64"), device=rows.device)
        weighted = rows
    else:
        total = weights.sum()
        if total.item() == 0:
            raise argument_error("cov(): weights sum to zero, can't be normalized")
        weighted = rows * weights
    centred = rows - weighted.sum(1, True) / total
    freedom = total - correction
    if aweights is not None and correction != 0:
        freedom = total - correction * (weights * aweights.reshape(-1)).sum() / total
    if (freedom <= 0).item():
        warnings.warn("cov(): degrees of freedom is <= 0. Correction should be strictly less than "
                      "the number of observations.", stacklevel=2)
        freedom = ops.zeros_like(freedom)
    weighted = centred if weights is None else centred * weights
    return (ops.mm(centred, weighted.transpose(0, 1).conj()) / freedom).squeeze()


op("cov(Tensor input, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None)"
   " -> Tensor", body=_cov, forms="function method", extra={"data_dependent": True},
   samples=lambda s: [call(s.tensor(3, 5)), call(s.tensor(5)), call(s.tensor(2, 4), correction=0),
                      call(s.tensor(2, 4), fweights=s.ints(4, low=1, high=4)),
                      call(s.tensor(2, 4), correction=2, fweights=s.ints(4, low=2, high=4),
                           aweights=s.tensor(4, low=0.5)), call(s.ints(2, 4))],
   ref=lambda input, correction=1, fweights=None, aweights=None: __import__("numpy").cov(
       input, ddof=correction, fweights=fweights, aweights=aweights),
   errors=lambda s: [(call(s.tensor(2, 2, 2)), "ShapeError", r"\(2, 2, 2\)"),
                     (call(s.bools(3)), "DTypeError", "bool"),
                     (call(s.tensor(2, 3), fweights=s.tensor(3)), "DTypeError", "integral"),
                     (call(s.tensor(2, 3), fweights=s.ints(4)), "ShapeError", "4 != 3"),
                     (call(s.tensor(2, 2), fweights=s.values([1, -1])), "ArgumentError", "-1")],
   doc="""The covariance matrix of variables (rows) over observations (columns).

sum(w * (x - mean(x)) * conj(y - mean(y))) / (sum(w) - correction), where w = fweights * aweights
says how often and how much each observation counts. Shapes: (V, N) -> (V, V); (N) -> (), the
variance.

>>> cytorch.cov(cytorch.tensor([[0.0, 2.0, 1.0], [2.0, 0.0, 1.0]]))
tensor([[ 1., -1.],
        [-1.,  1.]])
""")


def _corrcoef(input: Any) -> Any:
    _check_input("corrcoef", input)
    covariance = ops.cov(input)
    if covariance.dim() == 0:
        return covariance / covariance
    variances = covariance.diagonal()
    deviations = (variances.real if variances.dtype.is_complex else variances).sqrt()
    result = covariance / deviations.reshape(-1, 1) / deviations.reshape(1, -1)
    if result.dtype.is_complex:
        return ops.complex(result.real.clip(-1, 1), result.imag.clip(-1, 1))
    return result.clip(-1, 1)


op("corrcoef(Tensor input) -> Tensor", body=_corrcoef, forms="function method",
   extra={"data_dependent": True},
   samples=lambda s: [call(s.tensor(3, 5)), call(s.tensor(4)), call(s.ints(2, 4))],
   ref="numpy.corrcoef",
   errors=lambda s: [(call(s.tensor(2, 2, 2)), "ShapeError", r"\(2, 2, 2\)")],
   doc="""The correlation coefficients of variables (rows) over observations (columns).

cov(x, y) / sqrt(cov(x, x) * cov(y, y)), from -1 to 1. Shapes: (V, N) -> (V, V); (N) -> ().

>>> cytorch.corrcoef(cytorch.tensor([[0.0, 2.0, 1.0], [2.0, 0.0, 1.0]]))
tensor([[ 1., -1.],
        [-1.,  1.]])
""")
