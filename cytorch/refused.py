"""What cytorch leaves out of PyTorch, and what to use instead: the one list of refusals.

A name in it exists, so that `import` lines and attribute look-ups work; calling it, subclassing it
or asking it for more raises NotProvided with the alternative.
"""
from __future__ import annotations

from typing import Any, NoReturn

from cytorch.errors import NotProvided

_GRAPHS = ("programs are not traced into graphs here: call the function itself, and see "
           "cytorch.utils.graph for the graph of gradients")
_EXPORT = "save the weights with cytorch.save and build the model from its source"
_QUANTIZED = "tensors are not quantized here: use float16 or bfloat16 to save memory"
_NESTED = "nested tensors are not provided: pad with nn.utils.rnn.pad_sequence and keep a mask"
_FUTURES = "use concurrent.futures of the standard library"
_CUSTOM = "compiled extension classes are not provided: write an autograd.Function"
_COMPRESSED = "compressed sparse layouts are not provided: use sparse_coo_tensor"

# Names below `cytorch`, each with the alternative.
REFUSED = {
    "fx": _GRAPHS, "fx.symbolic_trace": _GRAPHS, "fx.Proxy": _GRAPHS, "fx.Node": _GRAPHS,
    "fx.Graph": _GRAPHS, "fx.GraphModule": _GRAPHS, "fx.Tracer": _GRAPHS,
    "fx.replace_pattern": _GRAPHS, "fx.node.map_arg": _GRAPHS, "fx.node.Target": _GRAPHS,
    "fx.proxy.GraphAppendingTracer": _GRAPHS,
    "export": _EXPORT, "export.export": _EXPORT,
    "onnx": _EXPORT, "onnx.export": _EXPORT, "onnx.TrainingMode": _EXPORT,
    "onnx.OperatorExportTypes": _EXPORT,
    "jit.load": _EXPORT, "jit.CompilationUnit": _EXPORT, "jit.freeze": _EXPORT,
    "quantization": _QUANTIZED, "quantization.quantize_dynamic": _QUANTIZED,
    "quantization.default_dynamic_qconfig": _QUANTIZED, "ao": _QUANTIZED,
    "quantize_per_tensor": _QUANTIZED, "quantize_per_channel": _QUANTIZED,
    "_make_per_tensor_quantized_tensor": _QUANTIZED, "qint8": _QUANTIZED, "quint8": _QUANTIZED,
    "qint32": _QUANTIZED, "per_tensor_affine": _QUANTIZED,
    "nested": _NESTED, "nested.nested_tensor": _NESTED, "jagged": _NESTED,
    "futures": _FUTURES, "futures.Future": _FUTURES, "futures.wait_all": _FUTURES,
    "classes": _CUSTOM, "classes.load_library": _CUSTOM,
    "sparse_csr_tensor": _COMPRESSED, "sparse_csc_tensor": _COMPRESSED,
    "sparse_bsr_tensor": _COMPRESSED, "sparse_bsc_tensor": _COMPRESSED,
    "sparse_compressed_tensor": _COMPRESSED,
    "hub.load": "code is not downloaded and run: get the repository yourself and import it",
    "npu": "there is no such device here: use device('cpu')",
    "_C._jit_get_operation": _GRAPHS,
}


def refuse(name: str) -> NoReturn:
    """Raise NotProvided for a name of the list, or below one."""
    place = name
    while place not in REFUSED:
        place = place.rpartition(".")[0]
    raise NotProvided(f"{name} is not provided by cytorch: {REFUSED[place]}")


class _Meta(type):
    """A class that refuses to be called and has refusing members."""

    _path: str

    def __call__(cls, *args: Any, **options: Any) -> NoReturn:
        refuse(cls._path)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return refused(f"{cls._path}.{name}")

    def __instancecheck__(cls, value: object) -> bool:
        return False

    def __repr__(cls) -> str:
        return f"<{cls._path}: not provided by cytorch>"


def _no_subclass(cls: Any, **options: Any) -> NoReturn:
    refuse(cls.__mro__[1]._path)


def refused(name: str) -> Any:
    """A stand-in for `cytorch.<name>`: a class, so that annotations and isinstance work."""
    return _Meta(name.rpartition(".")[2], (), {
        "_path": name, "__doc__": f"Not provided by cytorch: {name}.",
        "__init_subclass__": classmethod(_no_subclass)})


def names_of(module: str) -> Any:
    """The `__getattr__` of a module of which nothing is provided."""
    def lookup(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return refused(f"{module}.{name}")
    return lookup
