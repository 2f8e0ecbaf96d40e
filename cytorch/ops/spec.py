"""What an entry of the op table is: signature, rules, kernel, derivative, samples, reference, doc.

This module and the family files beside it are data. They import neither NumPy nor the compiled
core, so that setup.py can read the table before anything is built. `install` turns entries into
functions, methods, in-place forms and operators.
"""
from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

FLOATING = ("float32", "float64")
INTEGRAL = ("uint8", "int8", "int16", "int32", "int64")
REAL = INTEGRAL + FLOATING
ALL = ("bool",) + REAL
BITS = ("bool",) + INTEGRAL
COMPLEX = ("complex64", "complex128")
FLOATING_AND_COMPLEX = FLOATING + COMPLEX
REAL_AND_COMPLEX = REAL + COMPLEX
ALL_AND_COMPLEX = ALL + COMPLEX
ANY = ("bool",) + INTEGRAL + ("float16", "bfloat16") + FLOATING + COMPLEX

TABLE: list[Op] = []


class Namespace:
    """`ops.tanh`, `ops.nn.functional.silu`: filled by `install`, used by bodies and derivatives."""

    nn: Any
    linalg: Any
    _default_generator: Any
    _gradients: Any

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no op named {name!r} is installed")


ops = Namespace()
ops.nn = Namespace()
F = ops.nn.functional = Namespace()
ops.linalg = Namespace()


@dataclass(frozen=True)
class Param:
    """One parameter of a signature; `type` is PyTorch's schema type."""

    name: str
    type: str
    default: Any = None
    required: bool = True
    kwonly: bool = False


@dataclass(frozen=True)
class Kernel:
    """How the innermost step runs: elementwise, reduction, structured, compiled or host.

    elementwise: a scalar body of the op's name in pyx/kernels/elementwise, every parameter an
    operand. reduction: a kernel over canonical (kept, reduced) axes. structured: a kernel that
    gets the operands and the other arguments in order. compiled: a function of that name in
    `cytorch._C.call` does everything (views, indexing, copies, creation). host: a Python function
    on NumPy arrays.
    """

    kind: str
    dtypes: tuple[str, ...] = ()
    name: str = ""
    contiguous: bool = True
    key: str = ""


def elementwise(dtypes: tuple[str, ...], name: str = "") -> Kernel:
    return Kernel("elementwise", dtypes, name)


def reduction(dtypes: tuple[str, ...], name: str = "") -> Kernel:
    return Kernel("reduction", dtypes, name)


def structured(dtypes: tuple[str, ...], name: str = "", contiguous: bool = True,
               key: str = "") -> Kernel:
    """`key` names the tensor parameter whose dtype selects the kernel (default: the first)."""
    return Kernel("structured", dtypes, name, contiguous, key)


def compiled(name: str = "") -> Kernel:
    return Kernel("compiled", (), name)


def host(dtypes: tuple[str, ...], name: str) -> Kernel:
    """`name` is "module.function", of `cytorch/host/`: imported when the op is first called.

    The function gets all arguments in order, tensors as NumPy arrays, and returns one new array
    for each output, of the shape and dtype that `shape=` gives. `dtypes` are those of the first
    tensor parameter; any other is an error.
    """
    return Kernel("host", dtypes, name)


@dataclass
class Op:
    """One entry. See docs/adding_an_op.md for what each field means and when it is needed."""

    name: str
    params: tuple[Param, ...]
    outputs: tuple[str, ...]
    signature: str
    kernel: Kernel | None = None
    body: Callable[..., Any] | None = None
    grad: dict[str, Callable[..., Any]] | Callable[..., Any] | None = None
    promote: str = "default"
    result: str = "same"
    shape: str | Callable[..., Any] = ""
    forms: frozenset[str] = frozenset()
    operators: tuple[str, ...] = ()
    nondiff: tuple[str, ...] = ()
    samples: Callable[..., Any] | None = None
    errors: Callable[..., Any] | None = None
    ref: str | Callable[..., Any] | None = None
    torch: str = ""
    doc: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def short_name(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def private(self) -> bool:
        return self.short_name.startswith("_") and not self.short_name.startswith("__")

    @property
    def kernel_name(self) -> str:
        if self.kernel is None:
            return ""
        return self.kernel.name or self.short_name.lstrip("_")

    @property
    def tensor_params(self) -> tuple[Param, ...]:
        return tuple(p for p in self.params if p.type.startswith("Tensor"))


_SIGNATURE = re.compile(r"^([\w.]+)\((.*)\)\s*->\s*(.*)$", re.S)
_LITERALS = {"None": None, "True": True, "False": False}


def _default(text: str) -> Any:
    if text in _LITERALS:
        return _LITERALS[text]
    if text.startswith(("'", '"')):
        return text[1:-1]
    if text.startswith("["):
        inner = text[1:-1].strip()
        return tuple(_default(x.strip()) for x in inner.split(",")) if inner else ()
    try:
        return int(text)
    except ValueError:
        return float(text)


def _split(text: str) -> list[str]:
    """Split at commas that are not inside brackets."""
    parts, depth, start = [], 0, 0
    for i, character in enumerate(text):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return [p.strip() for p in parts if p.strip()]


def read_signature(text: str) -> tuple[str, tuple[Param, ...], tuple[str, ...]]:
    """Name, parameters and output names of a PyTorch schema string."""
    match = _SIGNATURE.match(text.strip())
    if match is None:
        raise ValueError(f"not a signature: {text!r}")
    name, arguments, results = match.groups()
    params: list[Param] = []
    kwonly = False
    for part in _split(arguments):
        if part == "*":
            kwonly = True
            continue
        declared, _, default = part.partition("=")
        type_name, _, param_name = declared.strip().rpartition(" ")
        if not type_name:
            raise ValueError(f"{name}: parameter {part!r} has no type")
        required = not default
        value = None if required else _default(default.strip())
        params.append(Param(param_name, type_name.strip(), value, required, kwonly))
    results = results.strip()
    items = _split(results[1:-1]) if results.startswith("(") else [results]
    outputs = tuple(item.split()[1] if " " in item else ("out" if len(items) == 1 else f"out{i}")
                    for i, item in enumerate(items))
    return name, tuple(params), outputs


def table_hash() -> str:
    """A number that changes with what compiled code knows of the table: tells a stale build.

    Composed and host ops are not part of it, so adding one needs no build.
    """
    text = "\n".join(f"{entry.signature} {entry.kernel_name} {entry.operators}" for entry in TABLE
                     if (entry.kernel is not None and entry.kernel.kind != "host")
                     or entry.operators)
    return f"{zlib.crc32(text.encode()):08x}"


def op(signature: str, *, kernel: Kernel | None = None, body: Callable[..., Any] | None = None,
       forms: str = "function method", **fields: Any) -> Op:
    """Declare one op. `forms`: function, method, inplace, out, operator:__add__,__radd__."""
    name, params, outputs = read_signature(signature)
    if (kernel is None) == (body is None):
        raise ValueError(f"{name}: give either kernel= or body=")
    words = forms.split()
    operators = tuple(o for w in words if w.startswith("operator:") for o in w[9:].split(","))
    plain = frozenset(w for w in words if not w.startswith("operator:"))
    unknown = plain - {"function", "method", "inplace", "out", "property"}
    if unknown:
        raise ValueError(f"{name}: unknown forms {sorted(unknown)}")
    entry = Op(name, params, outputs, signature, kernel=kernel, body=body, forms=plain,
               operators=operators, **fields)
    TABLE.append(entry)
    return entry


@dataclass
class Call:
    """Arguments of one sample call."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def call(*args: Any, **kwargs: Any) -> Call:
    return Call(args, kwargs)


def unary(low: float = -3.0, high: float = 3.0) -> Callable[..., Any]:
    """Samples of a function of one tensor whose values lie in [low, high]."""
    return lambda s: [call(s.tensor(*shape, low=low, high=high)) for shape in ((3, 4), (), (0, 2))]


def binary(low: float = -3.0, high: float = 3.0, scalar: Any = 1.5) -> Callable[..., Any]:
    """Samples of a function of two tensors: same shape, broadcast, 0-dim, Python scalar."""

    def make(s: Any) -> list[Call]:
        def t(*shape: int) -> Any:
            return s.tensor(*shape, low=low, high=high)

        calls = [call(t(3, 4), t(3, 4)), call(t(2, 1, 4), t(3, 1)), call(t(3), t()),
                 call(t(0, 3), t(3))]
        if scalar is not None:
            calls.append(call(t(2, 3), scalar))
        return calls

    return make


def _error(name: str, message: str) -> Exception:
    # The table is read by setup.py before anything is built; only a failing call needs the classes.
    from cytorch import errors

    return getattr(errors, name)(message)


def shape_error(message: str) -> Exception:
    return _error("ShapeError", message)


def dtype_error(message: str) -> Exception:
    return _error("DTypeError", message)


def index_error(message: str) -> Exception:
    return _error("IndexOutOfRange", message)


def linalg_error(message: str) -> Exception:
    return _error("LinAlgError", message)


def argument_error(message: str) -> Exception:
    return _error("ArgumentError", message)


def autograd_error(message: str) -> Exception:
    return _error("AutogradError", message)
