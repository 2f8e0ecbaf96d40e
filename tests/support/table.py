"""What the tests over the op table share: entries, how to call them, how to compare."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

import cytorch
from cytorch.ops import TABLE
from cytorch.ops.spec import ANY, Call, Op, ops
from support.layouts import to_numpy
from support.samples import Samples, dtype_name, is_tensor, map_tensors, tensors_in

# (relative, absolute) error that rounding alone may cause, by the coarsest dtype involved.
TOLERANCE = {"float64": (1e-9, 1e-9), "complex128": (1e-9, 1e-9), "float32": (2e-5, 2e-5),
             "complex64": (2e-5, 2e-5), "float16": (4e-3, 4e-3), "bfloat16": (3e-2, 3e-2)}


def entry_ids() -> dict[str, Op]:
    """Every entry under a unique name: `max`, `max#2`, ..."""
    seen: Counter[str] = Counter()
    named: dict[str, Op] = {}
    for entry in TABLE:
        seen[entry.name] += 1
        count = seen[entry.name]
        named[entry.name if count == 1 else f"{entry.name}#{count}"] = entry
    return named


def find(root: Any, dotted: str) -> Any:
    return reduce(getattr, dotted.split("."), root)


def function_of(entry: Op) -> Callable[..., Any]:
    """The installed op, public or private."""
    return find(ops, entry.name)


def changes_argument(entry: Op) -> bool:
    """Whether the op itself, not only a derived form, writes into its arguments."""
    in_place_name = entry.short_name.endswith("_") and not entry.short_name.endswith("__")
    return in_place_name or bool(entry.extra.get("mutates"))


def has_no_history(entry: Op) -> bool:
    """Whether the op changes a tensor's memory or metadata, outside of what autograd records."""
    unrecorded = entry.private and changes_argument(entry) and entry.grad is None
    return unrecorded or entry.short_name in ("resize_", "resize_as_", "set_", "requires_grad_")


def is_random(entry: Op) -> bool:
    return bool(entry.extra.get("random")) or any(p.type == "Generator?" for p in entry.params)


def samples_of(entry: Op, dtype: str = "float32", device: str = "cpu",
               library: Any = cytorch) -> list[Call]:
    if "needs" in entry.extra:
        return []  # something that not every machine has
    assert entry.samples is not None, f"{entry.name} has no samples"
    calls = list(entry.samples(Samples(library, dtype, device)))
    assert calls, f"{entry.name}: samples= gives no call"
    return [with_dtypes(entry, library, call) for call in calls]


def complex_samples(entry: Op, dtype: str = "complex128") -> list[tuple[int, Call]]:
    """The numbered samples with complex tensors, as far as the op takes them.

    A kernel says that it does. Of the others, those do that raise no error.
    """
    if entry.kernel is None or entry.kernel.kind == "compiled":
        if refuses(lambda: [run(entry, call) for call in samples_of(entry, dtype)]):
            return []
    elif dtype not in entry.kernel.dtypes:
        return []
    return [(index, call) for index, call in enumerate(samples_of(entry, dtype))
            if any(dtype_name(tensor) == dtype for tensor in tensors_in(call))]


def refuses(function: Callable[[], Any]) -> bool:
    """Whether it raises the error of a dtype that is not taken."""
    try:
        function()
    except (cytorch.errors.DTypeError, cytorch.errors.ArgumentError):
        return True
    return False


def with_dtypes(entry: Op, library: Any, call: Call) -> Call:
    """The table names dtypes by strings; the call takes the library's dtype objects."""
    types = {p.name: p.type for p in entry.params}
    positional = [p.type for p in entry.params if not p.kwonly]

    def resolve(value: Any, type_name: str) -> Any:
        if isinstance(value, str) and value in ANY and not type_name.startswith("str"):
            return getattr(library, value)
        return value

    args = tuple(resolve(value, positional[i] if i < len(positional) else "")
                 for i, value in enumerate(call.args))
    return Call(args, {k: resolve(v, types.get(k, "")) for k, v in call.kwargs.items()})


def run(entry: Op, call: Call) -> list[Any]:
    """What the op returns, as a flat list, with the same random stream each time.

    An op that writes into its arguments gets copies; one that returns nothing, such as an
    optimizer step, gives its arguments as they are afterwards.
    """
    if changes_argument(entry):
        call = map_tensors(lambda t: t.clone(), call)
    if is_random(entry):
        cytorch.manual_seed(0)
    result = function_of(entry)(*call.args, **call.kwargs)
    return flat(result) if entry.outputs else tensors_in(call)


def run_tensors(entry: Op, call: Call) -> list[Any]:
    """The tensors among the results of `run`."""
    return tensors_in(run(entry, call))


def flat(result: Any) -> list[Any]:
    """Tensors, numbers and strings in nested results, in order."""
    if isinstance(result, (tuple, list)):
        return [item for part in result for item in flat(part)]
    return [] if result is None else [result]


def tolerance(*results: Any) -> tuple[float, float]:
    """Tolerance of the coarsest floating dtype among the results."""
    names = {"float64" if isinstance(r, float) else dtype_name(r) for r in results}
    coarsest = [pair for name, pair in TOLERANCE.items() if name in names]
    return coarsest[-1] if coarsest else (0.0, 0.0)


def assert_close(actual: Any, expected: Any, context: str, pair: tuple[float, float]) -> None:
    """Same shape, and values within (relative, absolute) tolerance; NaN equals NaN."""
    got, want = (to_numpy(x) if is_tensor(x) else np.asarray(x) for x in (actual, expected))
    assert got.shape == want.shape, f"{context}: shape {got.shape}, expected {want.shape}"
    relative, absolute = pair
    np.testing.assert_allclose(got, want, rtol=relative, atol=absolute, err_msg=context)


def describe(entry: Op, index: int, call: Call) -> str:
    """Which sample of which op, for a failure's message."""
    def short(value: Any) -> str:
        found = tensors_in(value)
        if found and found[0] is value:
            return f"{dtype_name(value)}{list(value.shape)}"
        if isinstance(value, (list, tuple)):
            return f"[{', '.join(map(short, value))}]"
        return repr(value)

    words = [short(a) for a in call.args] + [f"{k}={short(v)}" for k, v in call.kwargs.items()]
    return f"{entry.name}({', '.join(words)}), sample {index}"
