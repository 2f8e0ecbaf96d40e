"""Dtypes by name. Entries are read before anything is built, so the classes are looked up late."""
from __future__ import annotations

from typing import Any

from .spec import dtype_error


def dtype_named(name: str) -> Any:
    """The dtype object of this name."""
    import cytorch

    return getattr(cytorch, name)


def default_dtype() -> Any:
    import cytorch

    return cytorch.get_default_dtype()


def dtype_of_number(value: Any) -> Any:
    """The dtype that a Python number asks for: bool, int64 or the default floating one."""
    if isinstance(value, bool):
        return dtype_named("bool")
    if isinstance(value, int):
        return dtype_named("int64")
    if isinstance(value, complex):
        return dtype_named("complex128" if default_dtype().itemsize == 8 else "complex64")
    return default_dtype()


def promoted(tensors: Any) -> Any:
    """The dtype that holds the elements of all tensors, by the rules for tensors of equal rank."""
    import cytorch

    common = None
    for tensor in tensors:
        if common is None:
            common = tensor.dtype
        elif tensor.dtype != common:
            common = cytorch.promote_types(common, tensor.dtype)
    return common


def is_integral(dtype: Any) -> bool:
    """An integer dtype or bool."""
    return not (dtype.is_floating_point or dtype.is_complex)


def refuse_complex(name: str, *tensors: Any) -> None:
    """Raise where PyTorch has no complex kernel though the composition would run."""
    for tensor in tensors:
        if tensor.dtype.is_complex:
            raise dtype_error(f"{name}(): not implemented for {tensor.dtype}")


_OF_PYTHON_TYPES = {float: "float64", int: "int64", bool: "bool", complex: "complex128"}


def as_dtype(dtype: Any) -> Any:
    """A dtype object for what a caller may give: None means the default, `float` float64."""
    if dtype is None:
        return default_dtype()
    return dtype_named(_OF_PYTHON_TYPES[dtype]) if dtype in _OF_PYTHON_TYPES else dtype
