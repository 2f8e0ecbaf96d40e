"""Names of the package whose module is imported when they are first asked for."""
from __future__ import annotations

_NAMES = {
    "from_data": "tensor as_tensor from_numpy frombuffer asarray",
    "dlpack": "from_dlpack to_dlpack",
    "limits": "finfo iinfo",
    "printing": "set_printoptions",
    "autograd":
        "no_grad enable_grad inference_mode set_grad_enabled set_anomaly_enabled "
        "is_anomaly_check_nan_enabled",
    "serialization": "save load",
    "random":
        "Generator manual_seed seed initial_seed get_rng_state set_rng_state "
        "default_generator",
    "amp":
        "autocast is_autocast_enabled set_autocast_enabled get_autocast_dtype set_autocast_dtype "
        "is_autocast_available is_autocast_cpu_enabled get_autocast_cpu_dtype "
        "set_autocast_cpu_enabled set_autocast_cpu_dtype get_autocast_gpu_dtype "
        "clear_autocast_cache is_autocast_cache_enabled set_autocast_cache_enabled",
    "func": "vmap",
    "sparse": "sparse_coo_tensor spmm",
    "default_device": "set_default_device get_default_device",
    "queries":
        "is_tensor is_storage is_nonzero result_type "
        "set_default_tensor_type use_deterministic_algorithms "
        "are_deterministic_algorithms_enabled typename set_float32_matmul_precision "
        "get_float32_matmul_precision",
    "settings":
        "broadcast_shapes compiled_with_cxx11_abi get_deterministic_debug_mode get_device "
        "get_device_module get_num_interop_threads has_lapack has_mkl has_openmp has_spectral "
        "init_num_threads is_deterministic_algorithms_warn_only_enabled is_distributed "
        "is_same_size is_signed is_vulkan_available is_warn_always_enabled resize_as_ detach_ "
        "set_deterministic_debug_mode set_flush_denormal set_num_interop_threads "
        "set_warn_always sym_float sym_int sym_ite sym_max sym_min sym_not sym_sum "
        "unravel_index _assert _softmax_backward_data"
        " _log_softmax_backward_data",
    "storage":
        "Storage TypedStorage UntypedStorage FloatStorage DoubleStorage HalfStorage "
        "BFloat16Storage ByteStorage CharStorage ShortStorage IntStorage LongStorage "
        "BoolStorage ComplexFloatStorage ComplexDoubleStorage",
    "compiler": "compile",
}
MODULE_OF = {name: module for module, names in _NAMES.items() for name in names.split()}
LEGACY = {f"{kind}Tensor" for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int",
                                      "Short", "Char", "Byte", "Bool")}
_MODULES = """
    __config__ _dynamo accelerator accepted ao autograd backends classes compiler criterions
    cuda datasets demo distributions errors export func futures fx hub jit masked models
    multiprocessing nested nn onnx optim overrides printing profiler quantization random
    refused return_types serialization sparse storage testing transforms utils version vision
"""
MODULES = set(_MODULES.split())
