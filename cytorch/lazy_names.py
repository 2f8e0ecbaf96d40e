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
    "func": "vmap",
    "default_device": "set_default_device get_default_device",
    "queries":
        "is_tensor is_storage is_nonzero result_type "
        "set_default_tensor_type use_deterministic_algorithms "
        "are_deterministic_algorithms_enabled typename set_float32_matmul_precision "
        "get_float32_matmul_precision",
}
MODULE_OF = {name: module for module, names in _NAMES.items() for name in names.split()}
LEGACY = {f"{kind}Tensor" for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int",
                                      "Short", "Char", "Byte", "Bool")}
_MODULES = """
    autograd backends criterions cuda datasets demo errors func masked models nn optim
    overrides printing random serialization testing transforms utils vision
"""
MODULES = set(_MODULES.split())
