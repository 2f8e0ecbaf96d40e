"""What the ops on matrices share: checks of shapes and dtypes, adjoints, masks."""
from __future__ import annotations

from typing import Any

from .dtypes import dtype_named
from .matmul import batch_shape
from .spec import COMPLEX, FLOATING, call, dtype_error, linalg_error, ops, shape_error

# The dtypes that LAPACK has.
INEXACT = FLOATING + COMPLEX
# Of ops whose results are determined up to signs, or that read one triangle only.
GAUGE = {"derivative_tested_by": "tests/linalg", "parity": False}
_REAL_OF = {"complex64": "float32", "complex128": "float64"}
_COMPLEX_OF = {"float32": "complex64", "float64": "complex128"}


def real_dtype(dtype: Any) -> str:
    """The dtype of absolute values: singular values, norms."""
    return _REAL_OF.get(dtype.name, dtype.name)


def complex_dtype(dtype: Any) -> str:
    return _COMPLEX_OF.get(dtype.name, dtype.name)


def check_matrix(name: str, matrix: Any, argument: str = "A") -> None:
    if matrix.ndim < 2:
        raise shape_error(f"{name}: The input tensor {argument} must have at least 2 dimensions, "
                          f"got shape {tuple(matrix.shape)}")


def check_square(name: str, matrix: Any, argument: str = "A") -> None:
    check_matrix(name, matrix, argument)
    if matrix.shape[-1] != matrix.shape[-2]:
        raise shape_error(f"{name}: {argument} must be batches of square matrices, but they are "
                          f"{matrix.shape[-2]} by {matrix.shape[-1]} matrices: shape "
                          f"{tuple(matrix.shape)}")


def check_inexact(name: str, tensor: Any) -> None:
    if tensor.dtype.name not in INEXACT:
        raise dtype_error(f"{name}: Expected a tensor of float32, float64, complex64 or "
                          f"complex128, got {tensor.dtype}")


def check_same_dtype(name: str, first: Any, second: Any) -> None:
    if first.dtype != second.dtype:
        raise dtype_error(f"{name}: Expected both tensors to have the same dtype, got "
                          f"{first.dtype} and {second.dtype}")


def adjoint(matrix: Any) -> Any:
    """The conjugate transpose."""
    return matrix.transpose(-2, -1).conj()


def eye_like(matrix: Any, rows: int | None = None, columns: int | None = None) -> Any:
    """The identity, of the matrix's dtype, device and number of columns unless sizes are given."""
    rows = matrix.shape[-1] if rows is None else rows
    return ops.eye(rows, rows if columns is None else columns, dtype=matrix.dtype,
                   device=matrix.device)


def diagonal_mask(matrix: Any) -> Any:
    """True on the diagonal of the square matrices."""
    return ops.eye(matrix.shape[-1], dtype=dtype_named("bool"), device=matrix.device)


def expand_batches(name: str, first: Any, second: Any) -> tuple[Any, Any]:
    """Both with the same batch dimensions in front of their matrices."""
    batch = batch_shape(name, tuple(first.shape), tuple(second.shape))
    return (first.expand(batch + tuple(first.shape[-2:])),
            second.expand(batch + tuple(second.shape[-2:])))


def check_info(name: str, info: Any, message: str) -> None:
    """Raise LinAlgError for the first matrix whose info is not 0; `message` says what it means."""
    if info.device.type == "meta" or not bool(info.any()):
        return
    values = info.reshape(-1).tolist()
    index = next(i for i, value in enumerate(values) if value)
    where = f"(Batch element {index}): " if info.ndim else ""
    raise linalg_error(f"{name}: {where}{message.format(values[index])}")


def square_samples(s: Any) -> list[Any]:
    return [call(s.definite(3)), call(s.definite(2, 4)), call(s.definite(0)),
            call(s.definite(0, 3)), call(s.definite(1))]


def square_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(3)), "ShapeError", "at least 2 dim"),
            (call(s.tensor(2, 3)), "ShapeError", "square"),
            (call(s.ints(2, 2)), "DTypeError", "int64")]


def matrix_samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4)), call(s.tensor(2, 4, 3)), call(s.tensor(3, 3)),
            call(s.tensor(0, 3)), call(s.tensor(0, 2, 2)), call(s.tensor(2, 3, 0))]


def matrix_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(3)), "ShapeError", "at least 2 dim"),
            (call(s.ints(2, 2)), "DTypeError", "int64")]
