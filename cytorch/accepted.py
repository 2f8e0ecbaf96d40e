"""What is accepted and has no effect here, each with the reason: the one list of it."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

_FUSER = "there is no just-in-time compiler whose fusers could be switched"
_ONE_KERNEL = "every kernel gives the same bits each time, and there is no other library to choose"
_NO_GPU = "there is no GPU whose generator, cache or stream it could concern"
_EAGER = "functions run as they are: there is nothing to compile, and results are the same"
_LAYOUT = "tensors are strided in row-major order; the format is a hint for speed"

# Names below `cytorch`.
IGNORED = {
    "compile": _EAGER, "compiler.disable": _EAGER, "_dynamo.reset": _EAGER,
    "_dynamo.config": _EAGER, "jit.script": _EAGER, "jit.trace": _EAGER, "jit.ignore": _EAGER,
    "jit.export": _EAGER, "jit.unused": _EAGER, "jit.script_method": _EAGER,
    "fx.wrap": "nothing is traced, so the function need not be kept whole",
    "backends.cudnn.benchmark": _ONE_KERNEL, "backends.cudnn.deterministic": _ONE_KERNEL,
    "backends.cudnn.enabled": _ONE_KERNEL, "backends.cudnn.allow_tf32": _ONE_KERNEL,
    "backends.cudnn.flags": _ONE_KERNEL, "backends.cuda.matmul.allow_tf32": _ONE_KERNEL,
    "backends.cuda.sdp_kernel": _ONE_KERNEL, "backends.opt_einsum.strategy": _ONE_KERNEL,
    "backends.opt_einsum.enabled": _ONE_KERNEL, "use_deterministic_algorithms": _ONE_KERNEL,
    "set_deterministic_debug_mode": _ONE_KERNEL, "set_float32_matmul_precision": _ONE_KERNEL,
    "cuda.manual_seed": _NO_GPU, "cuda.manual_seed_all": _NO_GPU, "cuda.empty_cache": _NO_GPU,
    "Tensor.record_stream": _NO_GPU,
    "memory_format": _LAYOUT, "channels_last": _LAYOUT,
    "non_blocking": "copies within the host are finished when the call returns",
    "pin_memory": "memory is page-locked for a GPU only",
    "set_num_interop_threads": "there is one pool of threads, see set_num_threads",
    "set_flush_denormal": "denormal numbers are computed exactly; the answer is False",
    "set_warn_always": "warnings go through Python's filters, which decide",
    **{f"_C.{name}": _FUSER for name in (
        "_jit_set_profiling_executor", "_jit_set_profiling_mode", "_jit_set_nvfuser_enabled",
        "_jit_set_nvfuser_guard_mode", "_jit_set_texpr_fuser_enabled",
        "_jit_override_can_fuse_on_cpu", "_jit_override_can_fuse_on_gpu",
        "_jit_can_fuse_on_cpu", "_jit_can_fuse_on_gpu", "_jit_set_bailout_depth",
        "_jit_set_num_profiled_runs")},
}


def ignored(name: str, result: Any = None) -> Callable[..., Any]:
    """A function that accepts anything and returns `result`; its doc says why."""
    def function(*args: Any, **options: Any) -> Any:
        return result

    function.__name__ = function.__qualname__ = name.rpartition(".")[2]
    function.__doc__ = f"Accepted, without effect: {IGNORED[name]}."
    return function


def of_compiled_core(name: str) -> Any:
    """`cytorch._C.<name>` for the few names of it that programs call."""
    full = f"_C.{name}"
    if full in IGNORED:
        return ignored(full, result=False)
    if name == "_get_privateuse1_backend_name":
        return lambda: "privateuseone"
    if full == "_C._jit_get_operation":
        from cytorch.refused import refused

        return refused(full)
    raise AttributeError(f"module 'cytorch._C' has no attribute {name!r}")
