"""Methods of Tensor written in Python: those that are no ops. `install_methods` puts them in."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cytorch._C.autograd import api
from cytorch._C.device import set_context_hooks
from cytorch._C.tensor import Tensor, add_method, set_python_methods, with_type
from cytorch.errors import AutogradError, ShapeError
from cytorch.tensor_more import METHODS


def represent(self: Any) -> str:
    """The tensor as text."""
    from cytorch.printing import tensor_str

    return tensor_str(self)


def construct(arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What `Tensor(...)` means."""
    from cytorch import legacy

    return legacy.construct(arguments, options)


def iterate(self: Any) -> Iterator[Any]:
    """The entries of the first dimension, as views."""
    if self.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(self.unbind(0))


def contains(self: Any, value: Any) -> bool:
    """Whether some element equals `value`."""
    if not isinstance(value, (Tensor, int, float, complex)):
        raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in "
                           f"a {type(value)}.")
    return bool((self == value).any())


def backward(self: Any, gradient: Any = None, retain_graph: bool | None = None,
             create_graph: bool = False, inputs: Any = None) -> None:
    """Add the gradients of this tensor to the `grad` of the leaves that it depends on.

    gradient: the vector of the vector-Jacobian product, of this tensor's shape; needed when it has
    more than one element. Raises RuntimeError when there is no history, or none any more.

    >>> import cytorch
    >>> x = cytorch.tensor([3.0], requires_grad=True)
    >>> (x * x).backward()
    >>> x.grad
    tensor([6.])
    """
    api.backward(self, gradient, retain_graph, create_graph, inputs=inputs)


def numpy(self: Any, *, force: bool = False) -> Any:
    """A NumPy array over the same memory.

    force: detach and copy to the host first. Raises RuntimeError for a tensor that requires grad
    and TypeError for a dtype that NumPy lacks.

    >>> import cytorch
    >>> cytorch.ones(2).numpy()
    array([1., 1.], dtype=float32)
    """
    import numpy as np

    if force:
        self = self.detach().cpu()
    if self.requires_grad:
        raise AutogradError("Can't call numpy() on Tensor that requires grad. Use "
                            "tensor.detach().numpy() instead.")
    if not self.is_cpu:
        raise TypeError(f"can't convert {self.device} device type tensor to numpy. Use "
                        "Tensor.cpu() to copy the tensor to host memory first.")
    return np.asarray(memoryview(self))


def as_array(self: Any, dtype: Any = None, copy: bool | None = None) -> Any:
    """What `np.asarray(tensor)` calls."""
    array = numpy(self)
    if dtype is None and not copy:
        return array
    if copy is False and array.dtype != dtype:
        raise ValueError(f"__array__: a copy is needed to convert {array.dtype} to {dtype}")
    return array.astype(array.dtype if dtype is None else dtype, copy=bool(copy))


def type_(self: Any, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the type (`'torch.FloatTensor'`), or the tensor as another one."""
    from cytorch import legacy

    if dtype is None:
        return legacy.type_name(self)
    return self.to(legacy.type_dtype(dtype))


def transposed(self: Any) -> Any:
    """All dimensions in reverse order."""
    return self.permute(tuple(range(self.ndim))[::-1])


def matrix_transposed(self: Any) -> Any:
    """The last two dimensions swapped."""
    if self.ndim < 2:
        raise ShapeError(f"tensor.mT is only supported on matrices or batches of matrices. Got "
                         f"{self.ndim}-D tensor.")
    return self.transpose(-2, -1)


def conjugate_transposed(self: Any) -> Any:
    """The conjugate of the last two dimensions swapped."""
    return matrix_transposed(self).conj()


def matrix_conjugate_transposed(self: Any) -> Any:
    """The conjugate transpose of one matrix."""
    if self.ndim not in (0, 2):
        raise ShapeError(f"tensor.H is only supported on matrices (2-D tensors). Got {self.ndim}-D "
                         "tensor.")
    return self.t().conj()


def _part(name: str, what: str) -> property:
    """The property `real` or `imag`: a view, which an assignment writes into."""
    from cytorch.ops.spec import ops

    def read(self: Any) -> Any:
        return getattr(ops, name)(self)

    def write(self: Any, value: Any) -> None:
        read(self)[...] = value

    return property(read, write, doc=what)


def reduce_ex(self: Any, protocol: int) -> Any:
    """Pickling."""
    from cytorch.pickling import reduce_tensor

    return reduce_tensor(self, protocol)


def deepcopy(self: Any, memo: dict[int, Any]) -> Any:
    """copy.deepcopy."""
    from cytorch.pickling import deepcopy_tensor

    return deepcopy_tensor(self, memo)


def format_(self: Any, format_spec: str) -> str:
    """format(): 0-dim tensors like their number."""
    if self.ndim == 0 and not self.is_meta and type(self) is Tensor:
        return str(self.item().__format__(format_spec))
    return object.__format__(self, format_spec)


def dlpack(self: Any, **options: Any) -> Any:
    """What `from_dlpack` of another library calls."""
    from cytorch.dlpack import tensor_dlpack

    return tensor_dlpack(self, **options)


def dlpack_device(self: Any) -> tuple[int, int]:
    """DLPack's pair (device type, device number)."""
    from cytorch.dlpack import tensor_dlpack_device

    return tensor_dlpack_device(self)


def torch_function(cls: Any, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """Run `func` as it is, then give the results the subclass of the arguments."""
    from cytorch.overrides import default_torch_function

    return default_torch_function(cls, func, types, args, kwargs)


def as_subclass(self: Any, cls: type) -> Any:
    """The same tensor, with its history, as an instance of a subclass of Tensor.

    Raises TypeError when `cls` is no subclass of Tensor.
    """
    _check_subclass(cls)
    if self.is_leaf and self.requires_grad:
        self = self.view_as(self)  # a leaf accumulates its gradient itself: the result must not
    return with_type(self, cls, True)


def make_subclass(cls: type, data: Any, require_grad: bool = False) -> Any:
    """A leaf over the memory of `data`, as an instance of a subclass of Tensor."""
    _check_subclass(cls)
    return with_type(data, cls, False).requires_grad_(require_grad)


def _check_subclass(cls: Any) -> None:
    if not (isinstance(cls, type) and issubclass(cls, Tensor)):
        raise TypeError(f"cls must be a type that inherits from Tensor, got {cls!r}")


def where(self: Any, condition: Any, other: Any) -> Any:
    """The elements of this tensor where `condition` holds, else `other`.

    >>> import cytorch
    >>> cytorch.tensor([1, 2]).where(cytorch.tensor([True, False]), 0)
    tensor([1, 0])
    """
    from cytorch.ops.spec import ops

    return ops.where(condition, self, other)


def enter_device(device: Any) -> Any:
    """What `with device:` does first."""
    from cytorch.default_device import enter

    return enter(device)


def leave_device() -> None:
    """What `with device:` does last."""
    from cytorch.default_device import leave

    leave()


def to_sparse(self: Any, *args: Any, **kwargs: Any) -> Any:
    """The elements that are not zero as a sparse tensor; see `cytorch.sparse.to_sparse`."""
    from cytorch.sparse import to_sparse as convert

    return convert(self, *args, **kwargs)


def to_dense(self: Any, dtype: Any = None, *, masked_grad: bool | None = None) -> Any:
    """The tensor itself, or in another dtype: it is dense already."""
    return self if dtype is None else self.to(dtype)


def sparse_mask(self: Any, mask: Any) -> Any:
    """The elements at the positions of a sparse tensor; see `cytorch.sparse.sparse_mask`."""
    from cytorch.sparse import sparse_mask as pick

    return pick(self, mask)


_METHODS = {
    "to_sparse": to_sparse, "to_dense": to_dense, "sparse_mask": sparse_mask,
    "where": where, "as_subclass": as_subclass, "_make_subclass": staticmethod(make_subclass),
    "backward": backward, "numpy": numpy, "__array__": as_array, "type": type_,
    "__dlpack__": dlpack, "__dlpack_device__": dlpack_device, "__reduce_ex__": reduce_ex,
    "__deepcopy__": deepcopy, "__format__": format_,
    "T": property(transposed), "mT": property(matrix_transposed),
    "H": property(matrix_conjugate_transposed), "mH": property(conjugate_transposed),
    "real": _part("real", "The real part, a view; the tensor itself for a real dtype."),
    "imag": _part("imag", "The imaginary part of a complex tensor, a view."),
    "__torch_function__": classmethod(torch_function),
    "register_hook": lambda self, hook: api.register_hook(self, hook),
    "register_post_accumulate_grad_hook":
        lambda self, hook: api.register_post_accumulate_grad_hook(self, hook),
    "retain_grad": lambda self: api.retain_grad(self),
    "detach_": lambda self: api.detach_(self),
    "_is_view": lambda self: self._base is not None,
    "__array_priority__": 1000,
}


def install_methods() -> None:
    """Put the Python methods into the Tensor type."""
    import sys

    for name, method in {**_METHODS, **METHODS}.items():
        add_method(name, method)
    set_python_methods(sys.modules[__name__])
    set_context_hooks(enter_device, leave_device)
