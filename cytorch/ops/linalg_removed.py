"""Names that PyTorch has removed: each says what to call instead."""
from __future__ import annotations

from typing import Any

from .spec import argument_error, op

_INSTEAD = {
    "eig": "linalg.eig, which gives complex tensors: L, V = torch.linalg.eig(A)",
    "symeig": "linalg.eigh, which reads the lower triangle unless UPLO='U' is given: "
              "L, V = torch.linalg.eigh(A, UPLO='U')",
    "lstsq": "linalg.lstsq, whose arguments are the other way round: "
             "X = torch.linalg.lstsq(A, B).solution",
    "solve": "linalg.solve, whose arguments are the other way round and which gives no LU: "
             "X = torch.linalg.solve(A, B)",
    "matrix_rank": "linalg.matrix_rank, where `symmetric` is called `hermitian`: "
                   "torch.linalg.matrix_rank(A)",
}


def _refuse(name: str) -> Any:
    raise argument_error(f"{name}: This function was deprecated since version 1.9 and is now "
                         f"removed. Use {_INSTEAD[name]}")


def _doc(name: str) -> str:
    return f"""Removed. Use {_INSTEAD[name]}

    >>> import cytorch
    >>> cytorch.{name}(cytorch.eye(2))  # doctest: +SKIP
    """


_REMOVED = {"needs": "an older PyTorch"}

op("eig(Tensor input, bool eigenvectors=False) -> any",
   body=lambda input, eigenvectors: _refuse("eig"), extra=_REMOVED, doc=_doc("eig"))
op("symeig(Tensor input, bool eigenvectors=False, bool upper=True) -> any",
   body=lambda input, eigenvectors, upper: _refuse("symeig"), extra=_REMOVED, doc=_doc("symeig"))
op("lstsq(Tensor input, any A=None) -> any", body=lambda input, A: _refuse("lstsq"),
   extra=_REMOVED, doc=_doc("lstsq"))
op("solve(Tensor input, any A=None) -> any", body=lambda input, A: _refuse("solve"),
   extra=_REMOVED, doc=_doc("solve"))
op("matrix_rank(Tensor input, any tol=None, bool symmetric=False) -> any",
   body=lambda input, tol, symmetric: _refuse("matrix_rank"), forms="function", extra=_REMOVED,
   doc=_doc("matrix_rank"))
