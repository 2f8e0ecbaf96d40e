"""Reductions: any set of axes of any strided tensor becomes (O1, O2, R1, R2).

O1 and O2 are the kept axes in their order, R1 and R2 the reduced ones, each group merged as far as
the strides allow. What needs more than two axes in a group is copied first, kept axes outside.
"""
from libc.stdint cimport int64_t

from cpython.object cimport PyObject

from cytorch._C.call.elementwise cimport cast_tensor
from cytorch._C.call.launch cimport run_kernel
from cytorch._C.call.operator cimport (
    Operator, PROMOTE_FLOAT, RESULT_BOOL, RESULT_INT64, register_handler)
from cytorch._C.call.structured cimport finish, must_record
from cytorch._C.device cimport DEVICE_META
from cytorch._C.dtype cimport default_dtype, dtype_id, dtype_of
from cytorch._C.dtype_ids cimport (
    DTYPE_BOOL, DTYPE_FLOAT32, DTYPE_INT64, DTYPE_UINT8, dtype_is_complex, dtype_is_floating)
from cytorch._C.kernels.kernel_call cimport KernelCall, Operand
from cytorch._C.tensor cimport Tensor, alias_geometry, new_tensor, shape_tuple

from cytorch.errors import ArgumentError, DTypeError, IndexOutOfRange


cdef struct Plan:
    int kept, reduced                # how many merged axes of each kind
    int64_t sizes[4]
    int64_t strides[4]
    int64_t out_sizes[2]
    int64_t out_strides[2]


cdef int axes_mask(Operator self, PyObject** values, Tensor source, bint* mask) except -1:
    """Mark the axes to reduce; all of them for None and for an empty list."""
    cdef int i, count = 0
    cdef int64_t axis, ndim = max(source.rank, 1)
    cdef object dims = None
    if self.axes_param >= 0:
        dims = <object>values[self.axes_param]
    for i in range(64):
        mask[i] = False
    if dims is not None and not isinstance(dims, tuple):
        dims = (dims,)
    if dims is None or len(<tuple>dims) == 0:
        for i in range(source.rank):
            mask[i] = True
        return source.rank
    for item in <tuple>dims:
        axis = item
        if axis < -ndim or axis >= ndim:
            raise IndexOutOfRange(f"{self.name}(): Dimension out of range (expected to be in range "
                                  f"of [{-ndim}, {ndim - 1}], but got {axis})")
        axis += ndim if axis < 0 else 0
        if mask[axis]:
            raise ArgumentError(f"{self.name}(): dim {axis} appears multiple times in the list of "
                                f"dims {dims}")
        mask[axis] = True
        count += 1
    return count if source.rank else 0


cdef int merge(Tensor source, bint* mask, bint wanted, int64_t* sizes, int64_t* strides) noexcept:
    """Merge the axes whose mask is `wanted`; returns how many remain (at least 1)."""
    cdef int i, count = 0
    for i in range(source.rank):
        if mask[i] != wanted or source.sizes[i] == 1:
            continue
        if count and strides[count - 1] == source.strides[i] * source.sizes[i]:
            sizes[count - 1] *= source.sizes[i]
            strides[count - 1] = source.strides[i]
            continue
        sizes[count] = source.sizes[i]
        strides[count] = source.strides[i]
        count += 1
    if count == 0:
        sizes[0] = 1
        strides[0] = 1
        count = 1
    return count


cdef Tensor kept_axes_first(Tensor source, bint* mask):
    """A contiguous copy with the reduced axes last."""
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int i, count = 0
    for wanted in (False, True):
        for i in range(source.rank):
            if mask[i] == <bint>wanted:
                sizes[count] = source.sizes[i]
                strides[count] = source.strides[i]
                count += 1
    return cast_tensor(alias_geometry(source, count, sizes, strides, 0), source.kind)


cdef Tensor make_plan(Tensor source, bint* mask, Plan* plan):
    """Fill the plan; returns the tensor that it describes (`source` or a copy)."""
    cdef int64_t kept_sizes[64]
    cdef int64_t kept_strides[64]
    cdef int64_t reduced_sizes[64]
    cdef int64_t reduced_strides[64]
    cdef bint last[64]
    cdef int i, kept, reduced, n_kept = 0
    kept = merge(source, mask, False, kept_sizes, kept_strides)
    reduced = merge(source, mask, True, reduced_sizes, reduced_strides)
    if kept > 2 or reduced > 2:
        for i in range(source.rank):
            n_kept += not mask[i]
        source = kept_axes_first(source, mask)
        for i in range(source.rank):
            last[i] = i >= n_kept
        kept = merge(source, last, False, kept_sizes, kept_strides)
        reduced = merge(source, last, True, reduced_sizes, reduced_strides)
    for i in range(4):
        plan.sizes[i] = 1
        plan.strides[i] = 0
    for i in range(kept):
        plan.sizes[2 - kept + i] = kept_sizes[i]
        plan.strides[2 - kept + i] = kept_strides[i]
    for i in range(reduced):
        plan.sizes[4 - reduced + i] = reduced_sizes[i]
        plan.strides[4 - reduced + i] = reduced_strides[i]
    plan.out_sizes[0] = plan.sizes[0]
    plan.out_sizes[1] = plan.sizes[1]
    plan.out_strides[0] = plan.sizes[1]
    plan.out_strides[1] = 1
    return source


cdef int compute_dtype(Operator self, int dtype) except -1:
    """Dtype that the kernel works in: integers without a kernel of their own add up in int64."""
    if self.kernels[dtype] != NULL:
        return dtype
    if dtype_is_floating(dtype):
        if self.kernels[DTYPE_FLOAT32] != NULL:
            return DTYPE_FLOAT32
    elif not dtype_is_complex(dtype):
        if self.promote == PROMOTE_FLOAT:
            return default_dtype()
        if self.kernels[DTYPE_INT64] != NULL:
            return DTYPE_INT64
    raise DTypeError(f"{self.name}(): not implemented for {dtype_of(dtype)!r}")


cdef Tensor convert_input(Operator self, PyObject** values):
    """The input in the dtype that `dtype=` asks for."""
    cdef Tensor source = <Tensor>values[0]
    cdef int dtype
    if self.dtype_param < 0 or <object>values[self.dtype_param] is None:
        return source
    dtype = dtype_id(<object>values[self.dtype_param], self.name)
    return source if dtype == source.kind else cast_tensor(source, dtype)


cdef int output_dtype(Operator self, int number, int compute, int requested) noexcept:
    if number < len(self.entry.outputs) and self.entry.outputs[number] == "indices":
        return DTYPE_INT64
    if self.result == RESULT_BOOL:
        return DTYPE_UINT8 if compute == DTYPE_UINT8 else DTYPE_BOOL    # as PyTorch's any and all
    if self.result == RESULT_INT64:
        return DTYPE_INT64
    if dtype_is_floating(requested) and dtype_is_floating(compute):
        return requested
    return compute


cdef object reduction(Operator self, PyObject** values):
    """Handler of reductions."""
    cdef Tensor source, worked, out
    cdef bint mask[64]
    cdef bint keepdim = False, recording, explicit
    cdef int64_t sizes[64]
    cdef int i, ndim = 0, compute, requested
    cdef int64_t reduced = 1
    cdef Plan plan
    cdef list outputs = []
    if not isinstance(<object>values[0], Tensor):
        raise TypeError(f"{self.name}(): expected a Tensor")
    source = convert_input(self, values)
    axes_mask(self, values, source, mask)
    if self.keepdim_param >= 0:
        keepdim = <object>values[self.keepdim_param] is True
    for i in range(source.rank):
        if mask[i]:
            reduced *= source.sizes[i]
            if keepdim:
                sizes[ndim] = 1
                ndim += 1
        else:
            sizes[ndim] = source.sizes[i]
            ndim += 1
    requested = source.kind
    explicit = self.dtype_param >= 0 and <object>values[self.dtype_param] is not None
    compute = compute_dtype(self, requested)
    recording = must_record(self, values)
    for i in range(self.n_outputs):
        outputs.append(new_tensor(ndim, sizes, output_dtype(self, i, compute, compute),
                                  source.place))
    if self.needs_elements and reduced == 0 and (<Tensor>outputs[0]).count:
        raise empty_error(self, source)
    if source.place != DEVICE_META and (<Tensor>outputs[0]).count:
        worked = source if source.kind == compute else cast_tensor(source, compute)
        worked = make_plan(worked, mask, &plan)
        run(self, values, worked, outputs, &plan, compute)
    for i in range(self.n_outputs):
        out = <Tensor>outputs[i]
        if out.kind == compute and requested != compute and (
                explicit or output_dtype(self, i, compute, requested) != compute):
            outputs[i] = cast_tensor(out, requested)
    return finish(self, values, outputs, recording)


cdef object empty_error(Operator self, Tensor source):
    return IndexOutOfRange(f"{self.name}(): Expected reduction dim to be specified and to have a "
                           f"non-zero size: the input has shape {shape_tuple(source)}, and there "
                           f"is no {self.name} of zero elements")


cdef int run(Operator self, PyObject** values, Tensor source, list outputs, Plan* plan,
             int compute) except -1:
    cdef Operand operands[4]
    cdef PyObject* tensors[4]
    cdef int64_t ints[8]
    cdef double floats[8]
    cdef int i, n_ints = 0, n_floats = 0
    cdef Tensor out
    cdef KernelCall call
    for i in range(self.n_outputs):
        out = <Tensor>outputs[i]
        operands[i].data = out.start
        operands[i].sizes = plan.out_sizes
        operands[i].strides = plan.out_strides
        operands[i].numel = out.count
        operands[i].ndim = 2
        operands[i].dtype = out.kind
        tensors[i] = <PyObject*>out
    operands[self.n_outputs].data = source.start
    operands[self.n_outputs].sizes = plan.sizes
    operands[self.n_outputs].strides = plan.strides
    operands[self.n_outputs].numel = source.count
    operands[self.n_outputs].ndim = 4
    operands[self.n_outputs].dtype = source.kind
    tensors[self.n_outputs] = <PyObject*>source
    for position in self.other_params:
        value = <object>values[<int>position]
        if isinstance(value, bool) or isinstance(value, int) and \
                self.entry.params[position].type.startswith(("int", "bool")):
            ints[n_ints] = value
            n_ints += 1
        elif value is None:
            raise ArgumentError(f"{self.name}(): {self.keywords[position]} must not be None")
        else:
            floats[n_floats] = value
            n_floats += 1
    call.outputs = operands
    call.inputs = operands + self.n_outputs
    call.n_outputs = self.n_outputs
    call.n_inputs = 1
    call.ints = ints
    call.floats = floats
    return run_kernel(self.kernels[compute], &call, tensors, self.n_outputs + 1, self.name)


register_handler("reduction", reduction)
