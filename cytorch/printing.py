"""How a tensor is printed: the text of `repr(tensor)`, laid out as PyTorch 2.13 does.

Only the elements that appear in the text are read, so that a tensor of a billion elements prints
as quickly as a small one. They are read once, as nested Python lists; all the rest is text.
"""
from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Iterator
from typing import Any

import cytorch

ELLIPSIS = "..."


@dataclasses.dataclass
class PrintOptions:
    """What `set_printoptions` sets. `sci_mode=None` chooses per tensor."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}
options = PrintOptions()


def set_printoptions(precision: int | None = None, threshold: float | None = None,
                     edgeitems: int | None = None, linewidth: int | None = None,
                     profile: str | None = None, sci_mode: bool | None = None) -> None:
    """Set how tensors print.

    precision: digits after the point (4). threshold: number of elements above which a tensor is
    summarised (1000). edgeitems: elements shown at each end of a summarised dimension (3).
    linewidth: characters per line (80). profile: "default", "short" or "full", applied first.
    sci_mode: True or False forces scientific notation on or off; None, also when left out, lets
    each tensor choose.

    >>> cytorch.set_printoptions(precision=2)
    >>> cytorch.tensor([1.12345])
    tensor([1.12])
    >>> cytorch.set_printoptions(profile="default")
    """
    if profile is not None and profile not in _PROFILES:
        raise cytorch.errors.ArgumentError(
            f"set_printoptions: profile must be one of {sorted(_PROFILES)}, got {profile!r}")
    changes: dict[str, Any] = dict(_PROFILES[profile]) if profile is not None else {}
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems,
             "linewidth": linewidth}
    changes.update((name, value) for name, value in given.items() if value is not None)
    for name, value in changes.items():
        setattr(options, name, value)
    options.sci_mode = sci_mode


def get_printoptions() -> dict[str, Any]:
    """The current options, as keyword arguments for `set_printoptions`.

    >>> cytorch.printing.get_printoptions()["precision"]
    4
    """
    return dataclasses.asdict(options)


@contextlib.contextmanager
def printoptions(**changes: Any) -> Iterator[None]:
    """`set_printoptions` for the time of a `with` block.

    >>> with cytorch.printing.printoptions(precision=1):
    ...     print(cytorch.tensor([0.25]))
    tensor([0.2])
    """
    before = get_printoptions()
    set_printoptions(**changes)
    try:
        yield
    finally:
        set_printoptions(**before)


class NumberFormat:
    """One width and one notation for all the numbers of a tensor."""

    def __init__(self, numbers: list[Any], floating: bool) -> None:
        self.floating = floating
        self.integral = True
        self.scientific = False
        self.width = 1
        if floating:
            self._choose_notation(numbers)
        elif numbers:
            self.width = max(len(str(number)) for number in numbers)

    def _choose_notation(self, numbers: list[float]) -> None:
        # Zeros, infinities and NaNs say nothing about the scale: they take the others' notation.
        scaled = [x for x in numbers if x != 0 and math.isfinite(x)]
        if not scaled:
            return
        smallest = min(abs(x) for x in scaled)
        largest = max(abs(x) for x in scaled)
        self.integral = all(x.is_integer() for x in scaled)
        if options.sci_mode is None:
            self.scientific = largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4
        else:
            self.scientific = options.sci_mode
        self.width = max(len(self._text(x)) for x in scaled)

    def _text(self, number: Any) -> str:
        if not self.floating:
            return str(number)
        if self.scientific:
            return f"{number:.{options.precision}e}"
        if not self.integral:
            return f"{number:.{options.precision}f}"
        # The point says that a whole number is a float.
        return f"{number:.0f}." if math.isfinite(number) else f"{number:.0f}"

    def __call__(self, number: Any) -> str:
        return self._text(number).rjust(self.width)


class ComplexFormat:
    """Real and imaginary parts, each with a width and notation of its own."""

    def __init__(self, numbers: list[complex]) -> None:
        self.real = NumberFormat([x.real for x in numbers], floating=True)
        self.imag = NumberFormat([x.imag for x in numbers], floating=True)
        # One more for the "j".
        self.width = self.real.width + self.imag.width + 1

    def __call__(self, number: complex) -> str:
        imag = self.imag(number.imag).lstrip() + "j"
        sign = "" if imag[0] in "+-" else "+"
        return self.real(number.real) + sign + imag


def _join_edges(head: Any, tail: Any, depth: int) -> Any:
    if depth == 0:
        return head + [ELLIPSIS] + tail
    return [_join_edges(a, b, depth - 1) for a, b in zip(head, tail, strict=True)]


def _shown(tensor: Any, dim: int, edge: int) -> Any:
    """The shown elements as nested lists, with an ellipsis where a dimension is cut.

    A cut dimension gives two narrow views; so at most 2 ** ndim reads happen, of any size of
    tensor.
    """
    if dim == tensor.dim():
        return tensor.tolist()
    size = tensor.size(dim)
    if size <= 2 * edge:
        return _shown(tensor, dim + 1, edge)
    head = _shown(tensor.narrow(dim, 0, edge), dim + 1, edge)
    tail = _shown(tensor.narrow(dim, size - edge, edge), dim + 1, edge)
    return _join_edges(head, tail, dim)


def _flatten(nested: Any) -> list[Any]:
    if not isinstance(nested, list):
        return [nested]
    flat: list[Any] = []
    for item in nested:
        if isinstance(item, list):
            flat.extend(_flatten(item))
        elif item is not ELLIPSIS:
            flat.append(item)
    return flat


def _row_text(row: list[Any], indent: int, write: Any) -> str:
    per_line = max(1, (options.linewidth - indent) // (write.width + 2))
    # Among numbers PyTorch sets the dots off by one more space.
    words = [" ..." if item is ELLIPSIS else write(item) for item in row]
    lines = [", ".join(words[i:i + per_line]) for i in range(0, len(words), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _nested_text(nested: Any, dims: int, indent: int, write: Any) -> str:
    if dims == 0:
        return str(write(nested))
    if dims == 1:
        return _row_text(nested, indent, write)
    parts = [ELLIPSIS if item is ELLIPSIS else _nested_text(item, dims - 1, indent + 1, write)
             for item in nested]
    return "[" + ("," + "\n" * (dims - 1) + " " * (indent + 1)).join(parts) + "]"


def _contents(tensor: Any, indent: int) -> str:
    """The bracketed numbers of a tensor that has elements."""
    summarise = tensor.numel() > options.threshold
    if summarise and options.edgeitems <= 0 and tensor.dim() > 0:
        return "[...]"
    # Nothing is cut when both edges together cover every dimension.
    edge = options.edgeitems if summarise else max((1, *tensor.shape))
    nested = _shown(tensor, 0, edge)
    numbers = _flatten(nested)
    write: Any
    if tensor.is_complex():
        write = ComplexFormat(numbers)
    else:
        write = NumberFormat(numbers, tensor.is_floating_point())
    return _nested_text(nested, tensor.dim(), indent, write)


def _autograd_suffix(tensor: Any) -> str | None:
    try:
        grad_fn = tensor.grad_fn
    except RuntimeError:
        # A view that was changed under no_grad has no grad_fn that could be shown.
        return "grad_fn=<Invalid>"
    if grad_fn is not None:
        return f"grad_fn=<{grad_fn.name().rpartition('::')[2]}>"
    return "requires_grad=True" if tensor.requires_grad else None


def _suffixes(tensor: Any) -> list[str]:
    """What follows the numbers: only what they do not show themselves."""
    default = cytorch.get_default_dtype()
    default_complex = cytorch.complex128 if default == cytorch.float64 else cytorch.complex64
    dtype = tensor.dtype
    size = f"size={tuple(tensor.shape)}"
    suffixes = [] if tensor.device.type == "cpu" else [f"device='{tensor.device}'"]
    if tensor.is_meta:
        suffixes += [size] if dtype == default else [size, f"dtype={dtype}"]
    elif tensor.numel() == 0:
        suffixes += [size] if tensor.dim() != 1 else []
        suffixes += [f"dtype={dtype}"] if dtype != default else []
    else:
        suffixes += [] if options.edgeitems else [size]
        if dtype not in (default, default_complex, cytorch.int64, cytorch.bool):
            suffixes.append(f"dtype={dtype}")
    autograd = _autograd_suffix(tensor)
    return suffixes if autograd is None else [*suffixes, autograd]


def _append_suffixes(text: str, suffixes: list[str], indent: int) -> str:
    parts = [text]
    last_line = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if last_line + len(suffix) + 2 > options.linewidth:
            parts.append(",\n" + " " * indent + suffix)
            last_line = indent + len(suffix)
        else:
            parts.append(", " + suffix)
            last_line += len(suffix) + 2
    return "".join(parts) + ")"


def tensor_str(tensor: Any, *, tensor_contents: str | None = None) -> str:
    """The text of `repr(tensor)`; `tensor_contents` replaces the numbers.

    A subclass prints its own name instead of "tensor".

    >>> tensor_str(cytorch.tensor([1.0, 2.5]))
    'tensor([1.0000, 2.5000])'
    """
    plain = type(tensor) is cytorch.Tensor or type(tensor) is cytorch.nn.Parameter
    prefix = "tensor(" if plain else f"{type(tensor).__name__}("
    indent = len(prefix)
    with cytorch.no_grad(), cytorch.overrides.DisableTorchFunctionSubclass():
        if tensor_contents is not None:
            contents = tensor_contents
        elif tensor.is_meta:
            contents = ELLIPSIS
        elif tensor.numel() == 0:
            contents = "[]"
        else:
            contents = _contents(tensor.detach(), indent)
        text = _append_suffixes(prefix + contents, _suffixes(tensor), indent)
    if not plain and isinstance(tensor, cytorch.nn.Parameter):
        return f"Parameter({text})"
    return text
