"""Constructors of the first PyTorch: `Tensor(2, 3)`, `FloatTensor([1, 2])`, `x.type(...)`."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch.errors import ArgumentError, DTypeError

from .from_data import _is_array, _new

_NAMES = {"FloatTensor": "float32", "DoubleTensor": "float64", "HalfTensor": "float16",
          "BFloat16Tensor": "bfloat16", "ByteTensor": "uint8", "CharTensor": "int8",
          "ShortTensor": "int16", "IntTensor": "int32", "LongTensor": "int64",
          "BoolTensor": "bool", "ComplexFloatTensor": "complex64",
          "ComplexDoubleTensor": "complex128"}


def _sizes(arguments: tuple[Any, ...]) -> tuple[int, ...] | None:
    """The arguments as sizes, or None when they are data."""
    if len(arguments) == 1 and isinstance(arguments[0], cytorch.Size):
        return tuple(arguments[0])
    if all(isinstance(a, int) and not isinstance(a, bool) for a in arguments):
        return arguments
    return None


def construct(arguments: tuple[Any, ...], options: dict[str, Any], dtype: Any = None) -> Any:
    """The tensor that `Tensor(*arguments)` stands for; of `dtype`, or of the default dtype.

    No argument gives an empty tensor, ints or a Size an uninitialised one of that shape, a tensor
    another one over the same memory; anything else is data. Raises TypeError for a float.

    >>> construct((2, 3), {}).shape
    torch.Size([2, 3])
    """
    device = options.pop("device", None)
    if "data" in options and not arguments:
        arguments = (options.pop("data"),)
    if options:
        raise ArgumentError(f"Tensor: unexpected keyword arguments {sorted(options)}")
    wanted = cytorch.get_default_dtype() if dtype is None else dtype
    sizes = _sizes(arguments or (0,))
    if sizes is not None:
        return cytorch.empty(sizes, dtype=wanted, device=device)
    if len(arguments) != 1:
        raise DTypeError("Tensor: expected sizes (ints), or one sequence, array or tensor; got "
                         f"{tuple(type(a).__name__ for a in arguments)}")
    data = arguments[0]
    if isinstance(data, cytorch.Tensor):
        if dtype is not None and data.dtype != dtype:
            raise DTypeError(f"Tensor: expected a {dtype} tensor (got {data.dtype}); convert it "
                             f"with .to({dtype})")
        return data.detach()
    if isinstance(data, (str, bytes)):
        raise DTypeError(f"Tensor: invalid data type '{type(data).__name__}'")
    if not _is_array(data) and not hasattr(data, "__len__"):
        raise DTypeError(f"Tensor: data must be a sequence (got {type(data).__name__})")
    return _new(data, wanted, device)


class _LegacyType(type):
    """`FloatTensor` and its like: a dtype that looks like a class."""

    dtype_name: str
    is_cuda = False

    @property
    def dtype(cls) -> Any:
        return getattr(cytorch, cls.dtype_name)

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        return construct(arguments, options, cls.dtype)

    def __instancecheck__(cls, value: Any) -> bool:
        return (isinstance(value, cytorch.Tensor) and value.dtype == cls.dtype
                and value.device.type == "cpu")

    def __repr__(cls) -> str:
        return f"<class 'torch.{cls.__name__}'>"


for _name, _dtype in _NAMES.items():
    globals()[_name] = _LegacyType(_name, (), {
        "dtype_name": _dtype,
        "__doc__": f"`{_name}(...)`: a tensor of {_dtype} of the given sizes, or of the given data."
                   "\n\nAn isinstance test is true for host tensors of that dtype.",
    })
_BY_DTYPE = {dtype: name for name, dtype in _NAMES.items()}


def type_name(tensor: Any) -> str:
    """What `tensor.type()` returns, such as "torch.FloatTensor".

    >>> type_name(cytorch.ones(2))
    'torch.FloatTensor'
    """
    prefix = "" if tensor.device.type == "cpu" else f"{tensor.device.type}."
    return f"torch.{prefix}{_BY_DTYPE[str(tensor.dtype).rpartition('.')[2]]}"


def type_dtype(kind: Any) -> Any:
    """The dtype that `tensor.type(kind)` asks for: a dtype, a legacy class or its name.

    >>> type_dtype("torch.LongTensor")
    torch.int64
    """
    if isinstance(kind, _LegacyType):
        return kind.dtype
    if not isinstance(kind, str):
        return kind
    name = kind.rpartition(".")[2]
    if name == "Tensor":
        return cytorch.get_default_dtype()
    if name not in _NAMES:
        raise ArgumentError(f"type: invalid type: {kind!r}")
    return getattr(cytorch, _NAMES[name])
