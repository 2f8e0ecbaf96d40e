"""Helpers for tests: `assert_close` and `make_tensor`."""
from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import cytorch

__all__ = ["assert_allclose", "assert_close", "make_tensor"]

# Relative and absolute tolerance per dtype; exact for all others.
_TOLERANCES = {
    "float16": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5), "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7), "complex64": (1.3e-6, 1e-5), "complex128": (1e-7, 1e-7),
}
_NUMBERS = (int, float, complex)


class _Comparison:
    """The options of one `assert_close`, and where inside of the containers it is."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.path: list[Any] = []

    def fail(self, message: str, kind: type[Exception] = AssertionError) -> NoReturn:
        custom = self.options["msg"]
        if self.path:
            where = "".join(f"[{item!r}]" for item in self.path)
            message = f"{message}\n\nThe failure occurred for item {where}"
        if kind is AssertionError and custom is not None:
            message = custom(message) if callable(custom) else custom
        raise kind(message)

    def compare(self, actual: Any, expected: Any) -> None:
        if _is_sequence(actual) and _is_sequence(expected):
            self._compare_sequences(actual, expected)
        elif isinstance(actual, Mapping) and isinstance(expected, Mapping):
            self._compare_mappings(actual, expected)
        elif actual is None or expected is None:
            if actual is not expected:
                self.fail(f"None mismatch: {actual} is not {expected}")
        elif isinstance(actual, bool) and isinstance(expected, bool):
            if actual is not expected:
                self.fail(f"Booleans mismatch: {actual} is not {expected}")
        elif isinstance(actual, _NUMBERS) and isinstance(expected, _NUMBERS):
            self._compare_numbers(actual, expected)
        else:
            self._compare_tensors(actual, expected)

    def _compare_items(self, actual: Any, expected: Any, keys: Any) -> None:
        for key in keys:
            self.path.append(key)
            self.compare(actual[key], expected[key])
            self.path.pop()

    def _compare_sequences(self, actual: Any, expected: Any) -> None:
        if len(actual) != len(expected):
            self.fail(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}")
        self._compare_items(actual, expected, range(len(actual)))

    def _compare_mappings(self, actual: Any, expected: Any) -> None:
        missing, additional = expected.keys() - actual.keys(), actual.keys() - expected.keys()
        if missing or additional:
            self.fail("The keys of the mappings do not match:\n"
                      f"Missing keys in the actual mapping: {sorted(missing)}\n"
                      f"Additional keys in the actual mapping: {sorted(additional)}")
        self._compare_items(actual, expected, actual)

    def _tolerances(self, *dtypes: str) -> tuple[float, float]:
        rtol, atol = self.options["rtol"], self.options["atol"]
        if (rtol is None) != (atol is None):
            self.fail("Both 'rtol' and 'atol' must be either specified or omitted, but got no "
                      f"{'atol' if atol is None else 'rtol'}.", ValueError)
        if rtol is not None:
            return rtol, atol
        pairs = [_TOLERANCES.get(name, (0.0, 0.0)) for name in dtypes]
        return max(r for r, _ in pairs), max(a for _, a in pairs)

    def _compare_numbers(self, actual: Any, expected: Any) -> None:
        if self.options["check_dtype"] and type(actual) is not type(expected):
            self.fail(f"The (d)types do not match: {type(actual)} != {type(expected)}.")
        rtol, atol = self._tolerances(*(_number_dtype(x) for x in (actual, expected)))
        both_nan = actual != actual and expected != expected
        if actual == expected or (both_nan and self.options["equal_nan"]):
            return
        difference = abs(actual - expected)
        if difference <= atol + rtol * abs(expected) and math.isfinite(difference):
            return
        self._fail_scalars(actual, expected, rtol, atol)

    def _fail_scalars(self, actual: Any, expected: Any, rtol: float, atol: float) -> NoReturn:
        difference = abs(actual - expected)
        relative = math.inf if expected == 0 else difference / abs(expected)
        self._fail_mismatch("Scalars", f"Expected {expected} but got {actual}.",
                            (difference, relative), (atol, rtol), None)

    def _fail_mismatch(self, what: str, extra: str, differences: tuple[Any, Any],
                       allowed: tuple[float, float], places: Any) -> NoReturn:
        exact = allowed == (0, 0)
        text = f"{what} are not {'equal' if exact else 'close'}!\n\n{extra}\n"
        names = ("Absolute", "Relative")
        for i, name in enumerate(names):
            name = name if places is None else f"Greatest {name.lower()}"
            text += f"{name} difference: {differences[i]}"
            text += "" if places is None else f" at index {places[i]}"
            text += "" if exact else f" (up to {allowed[i]} allowed)"
            text += "\n"
        self.fail(text.strip())

    def _compare_tensors(self, actual: Any, expected: Any) -> None:
        related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
        if not related or (not self.options["allow_subclasses"]
                           and type(actual) is not type(expected)):
            self.fail("No comparison pair was able to handle inputs of type "
                      f"{type(actual)} and {type(expected)}.", TypeError)
        try:
            actual, expected = cytorch.as_tensor(actual), cytorch.as_tensor(expected)
        except (TypeError, ValueError, RuntimeError):
            self.fail("No comparison pair was able to handle inputs of type "
                      f"{type(actual)} and {type(expected)}.", TypeError)
        with cytorch.no_grad():
            self._compare_attributes(actual, expected)
            self._compare_values(actual.detach(), expected.detach())

    def _compare_attributes(self, actual: Any, expected: Any) -> None:
        checks = [("shape", actual.shape, expected.shape, True),
                  ("device", actual.device, expected.device, self.options["check_device"]),
                  ("dtype", actual.dtype, expected.dtype, self.options["check_dtype"]),
                  ("stride()", actual.stride(), expected.stride(), self.options["check_stride"])]
        for name, a, b, wanted in checks:
            if wanted and a != b:
                self.fail(f"The values for attribute '{name}' do not match: {a} != {b}.")

    def _compare_values(self, actual: Any, expected: Any) -> None:
        if actual.is_meta or expected.is_meta:
            return
        rtol, atol = self._tolerances(*(_name(x.dtype) for x in (actual, expected)))
        if actual.device != expected.device:
            actual, expected = actual.cpu(), expected.cpu()
        if actual.dtype != expected.dtype:
            common = cytorch.promote_types(actual.dtype, expected.dtype)
            actual, expected = actual.to(common), expected.to(common)
        matches = cytorch.isclose(actual, expected, rtol=rtol, atol=atol,
                                  equal_nan=self.options["equal_nan"])
        if bool(matches.all()):
            return
        if actual.dim() == 0:
            self._fail_scalars(actual.item(), expected.item(), rtol, atol)
        self._fail_tensors(actual, expected, matches, rtol, atol)

    def _fail_tensors(self, actual: Any, expected: Any, matches: Any, rtol: float,
                      atol: float) -> NoReturn:
        total = matches.numel()
        wrong = total - int(matches.sum())
        if not (actual.is_floating_point() or actual.is_complex()):
            actual, expected = actual.to(cytorch.int64), expected.to(cytorch.int64)
        difference = (actual.reshape(-1) - expected.reshape(-1)).abs()
        difference[matches.reshape(-1)] = 0
        relative = difference / expected.reshape(-1).abs()
        relative[matches.reshape(-1)] = 0
        places = tuple(_position(int(x.argmax()), matches.shape) for x in (difference, relative))
        self._fail_mismatch(
            "Tensor-likes", f"Mismatched elements: {wrong} / {total} ({wrong / total:.1%})",
            (difference.max().item(), relative.max().item()), (atol, rtol), places)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _name(dtype: Any) -> str:
    return str(dtype).rpartition(".")[2]


def _number_dtype(number: Any) -> str:
    if isinstance(number, complex):
        return "complex128"
    return "float64" if isinstance(number, float) else "int64"


def _position(flat: int, shape: Any) -> tuple[int, ...]:
    """The index of element number `flat`."""
    position: list[int] = []
    for size in reversed(shape):
        flat, rest = divmod(flat, size)
        position.insert(0, rest)
    return tuple(position)


def assert_close(actual: Any, expected: Any, *, allow_subclasses: bool = True,
                 rtol: float | None = None, atol: float | None = None, equal_nan: bool = False,
                 check_device: bool = True, check_dtype: bool = True, check_layout: bool = True,
                 check_stride: bool = False,
                 msg: str | Callable[[str], str] | None = None) -> None:
    """Raise AssertionError unless |actual - expected| <= atol + rtol * |expected| everywhere.

    actual, expected: tensors, arrays, numbers, None, or sequences and mappings of them. rtol,
    atol: both or none; by default they follow from the dtype (float32: 1.3e-6 and 1e-5, integers:
    exact). equal_nan: NaNs are equal. check_device, check_dtype, check_stride: what else must be
    equal; shapes always must. msg: replaces the message, or a function of it.

    >>> cytorch.testing.assert_close(cytorch.tensor([1.0]), cytorch.tensor([1.0 + 1e-7]))
    """
    comparison = _Comparison({
        "allow_subclasses": allow_subclasses, "rtol": rtol, "atol": atol, "equal_nan": equal_nan,
        "check_device": check_device, "check_dtype": check_dtype, "check_stride": check_stride,
        "msg": msg})
    comparison.compare(actual, expected)


def assert_allclose(actual: Any, expected: Any, rtol: float | None = None,
                    atol: float | None = None, equal_nan: bool = True, msg: Any = "") -> None:
    """The older form of `testing.assert_close`: dtypes and devices need not be equal."""
    warnings.warn("`torch.testing.assert_allclose()` is deprecated since 1.12. Please use "
                  "`torch.testing.assert_close()` instead.", FutureWarning, stacklevel=2)
    if not isinstance(actual, cytorch.Tensor):
        actual = cytorch.tensor(actual)
    if not isinstance(expected, cytorch.Tensor):
        expected = cytorch.tensor(expected, dtype=actual.dtype)
    if rtol is None and atol is None:
        wide = {cytorch.float16: 1e-3, cytorch.float32: 1e-4, cytorch.float64: 1e-5}
        rtol, atol = wide.get(actual.dtype, 0.0), 1e-3 if actual.dtype == cytorch.float16 else 1e-5
    assert_close(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan,
                                 check_device=False, check_dtype=False, msg=msg or None)


def _bounds(low: Any, high: Any, default: tuple[Any, Any], limits: tuple[Any, Any],
            dtype: Any) -> tuple[Any, Any]:
    """The interval [low, high) cut to what the dtype holds; ValueError for an impossible one."""
    low = default[0] if low is None else low
    high = default[1] if high is None else high
    if low != low or high != high:
        raise ValueError(f"`low` and `high` cannot be NaN, but got low={low} and high={high}")
    if low == high and dtype.is_floating_point:
        warnings.warn("Passing `low==high` to `torch.testing.make_tensor` for floating or complex "
                      "types is deprecated. Use `torch.full(...)` instead.", FutureWarning,
                      stacklevel=3)
    elif low >= high:
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    elif high < limits[0] or low >= limits[1]:
        raise ValueError(f"The value interval specified by `low` and `high` is [{low}, {high}), "
                         f"but {dtype} only supports [{limits[0]}, {limits[1]})")
    return min(max(low, limits[0]), limits[1]), min(max(high, limits[0]), limits[1])


def _integers(shape: tuple[int, ...], dtype: Any, device: Any, low: Any, high: Any) -> Any:
    if dtype == cytorch.bool:
        low, high = _bounds(low, high, (0, 2), (0, 2), dtype)
    else:
        info = cytorch.iinfo(dtype)
        low, high = _bounds(low, high, (-9, 10), (info.min, info.max), dtype)
    return cytorch.randint(math.ceil(low), math.ceil(high), shape, dtype=dtype, device=device)


def _floats(shape: tuple[int, ...], dtype: Any, device: Any, low: Any, high: Any) -> Any:
    info = cytorch.finfo(dtype)
    low, high = _bounds(low, high, (-9, 9), (info.min, info.max), dtype)
    if dtype.is_complex:
        part = cytorch.float32 if dtype == cytorch.complex64 else cytorch.float64
        real, imag = (cytorch.empty(shape, dtype=part, device=device).uniform_(low, high)
                      for _ in range(2))
        return real + imag * 1j
    return cytorch.empty(shape, dtype=dtype, device=device).uniform_(low, high)


def make_tensor(*shape: Any, dtype: Any, device: Any = "cpu", low: Any = None, high: Any = None,
                requires_grad: bool = False, noncontiguous: bool = False,
                exclude_zero: bool = False) -> Any:
    """A tensor of random numbers, uniform in [low, high).

    shape: ints, or one sequence. dtype: required. low, high: by default -9 and 9 (10 for integers).
    noncontiguous: the elements do not lie one behind the other. exclude_zero: zeros become the
    smallest positive number.

    >>> cytorch.testing.make_tensor(2, 3, dtype=cytorch.float32).shape
    torch.Size([2, 3])
    """
    if len(shape) == 1 and isinstance(shape[0], Sequence):
        shape = tuple(shape[0])
    floating = dtype.is_floating_point or dtype.is_complex
    if requires_grad and not floating:
        raise ValueError("`requires_grad=True` is not supported for boolean and integral dtypes, "
                         f"but got dtype={dtype}")
    noncontiguous = noncontiguous and math.prod(shape) > 1
    if noncontiguous:
        shape = (*shape[:-1], 2 * shape[-1])
    make = _floats if floating else _integers
    result = make(shape, dtype, device, low, high)
    if noncontiguous:
        result = result[..., ::2]
    if exclude_zero:
        smallest = cytorch.finfo(dtype).tiny if floating else 1
        result[result == 0] = smallest
    return result.requires_grad_() if requires_grad else result
