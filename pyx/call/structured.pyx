"""Structured ops and reductions: shape rule, allocation, canonical operands, kernel, recording."""
from libc.stdint cimport int64_t

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF

from cytorch._C.autograd.record cimport any_requires_grad, bump_version, record
from cytorch._C.call.elementwise cimport (
    cast_tensor, check_writable, common_device, contiguous, number_dtype)
from cytorch._C.call.launch cimport run_kernel
from cytorch._C.call.operator cimport (
    Operator, TYPE_BOOL, TYPE_BOOL_OPTIONAL, TYPE_DTYPE_OPTIONAL, TYPE_FLOAT,
    TYPE_FLOAT_OPTIONAL, TYPE_INT, TYPE_INTS, TYPE_INTS_OPTIONAL, TYPE_INT_OPTIONAL, TYPE_SCALAR,
    TYPE_SCALAR_OPTIONAL, TYPE_TENSOR, TYPE_TENSOR_LIST, TYPE_TENSOR_OPTIONAL,
    TYPE_TENSOR_OR_SCALAR, register_handler)
from cytorch._C.device cimport DEVICE_META
from cytorch._C.dtype cimport dtype_id, dtype_of
from cytorch._C.dtype_ids cimport DTYPE_BFLOAT16, DTYPE_FLOAT16, DTYPE_FLOAT32
from cytorch._C.kernels.kernel_call cimport Kernel, KernelCall, Operand
from cytorch._C.state cimport mode
from cytorch._C.tensor cimport CONTIGUOUS, Tensor, new_tensor, shape_tuple

from cytorch.errors import DTypeError, IndexOutOfRange

cdef enum:
    MAX_TENSORS = 1024
    MAX_INTS = 512


cdef class Arguments:
    """What a structured kernel gets, gathered from the arguments of one call."""
    cdef list tensors              # inputs in order; None where an optional one is absent
    cdef list ints
    cdef list floats


cdef int wrap_dim(Operator self, PyObject** values, list kept) except -1:
    """Check `dim` and bring it to 0..ndim-1."""
    cdef int64_t dim, ndim
    if self.dim_param < 0:
        return 0
    first = <object>values[0]
    if isinstance(first, (list, tuple)):
        first = first[0] if first else None
    if not isinstance(first, Tensor):
        return 0
    dim = <object>values[self.dim_param]
    ndim = max((<Tensor>first).rank, 1)
    if dim < -ndim or dim >= ndim:
        raise IndexOutOfRange(f"{self.name}(): Dimension out of range (expected to be in range of "
                              f"[{-ndim}, {ndim - 1}], but got {dim})")
    if dim < 0:
        wrapped = dim + ndim
        kept.append(wrapped)
        values[self.dim_param] = <PyObject*>wrapped
    return 0


cdef object as_number(object value):
    return value if isinstance(value, (int, float)) else float(value)


cdef Arguments gather(Operator self, PyObject** values):
    """Sort the arguments into tensors, integers and floats, as the kernel contract says."""
    cdef Arguments found = Arguments()
    cdef int i, kind
    found.tensors = []
    found.ints = []
    found.floats = []
    for i in range(self.n_params):
        value = <object>values[i]
        kind = self.types[i]
        if kind == TYPE_TENSOR or kind == TYPE_TENSOR_OPTIONAL:
            found.tensors.append(value)
        elif kind == TYPE_TENSOR_LIST:
            found.ints.append(len(value))
            found.tensors.extend(value)
        elif kind == TYPE_INT or kind == TYPE_BOOL:
            found.ints.append(int(value))
        elif kind == TYPE_INT_OPTIONAL or kind == TYPE_BOOL_OPTIONAL:
            found.ints.append(value is not None)
            found.ints.append(0 if value is None else int(value))
        elif kind == TYPE_INTS or kind == TYPE_INTS_OPTIONAL:
            found.ints.append(0 if value is None else len(value))
            found.ints.extend(() if value is None else value)
        elif kind == TYPE_DTYPE_OPTIONAL:
            found.ints.append(-1 if value is None else dtype_id(value, self.name))
        elif kind == TYPE_FLOAT or kind == TYPE_SCALAR:
            found.floats.append(as_number(value))
        elif kind == TYPE_FLOAT_OPTIONAL or kind == TYPE_SCALAR_OPTIONAL:
            found.ints.append(value is not None)
            found.floats.append(0.0 if value is None else as_number(value))
        elif kind == TYPE_TENSOR_OR_SCALAR:
            raise TypeError(f"{self.name}(): structured ops take no Tensor|Scalar parameter")
    return found


cdef list output_specs(Operator self, PyObject** values):
    """Evaluate the shape rule: a list of (shape, dtype id)."""
    cdef int position
    cdef list specs = []
    if self.n_outputs == 0:
        return []
    if self.shape_rule is None:
        first = <object>values[0]
        return [(shape_tuple(<Tensor>first), (<Tensor>first).kind)]
    answer = self.shape_rule(*[<object>values[position] for position in self.shape_names])
    if self.n_outputs == 1:
        answer = (answer,)
    for spec in answer:
        if isinstance(spec, Tensor):
            specs.append((shape_tuple(<Tensor>spec), (<Tensor>spec).kind))
        else:
            shape, dtype = spec
            specs.append((tuple(shape), dtype_id(dtype, self.name)))
    return specs


cdef Tensor allocate(tuple shape, int dtype, int device):
    cdef int64_t sizes[64]
    cdef int i
    if len(shape) > 64:
        raise ValueError(f"a tensor can have at most 64 dimensions, got {len(shape)}")
    for i, size in enumerate(shape):
        sizes[i] = size
    return new_tensor(len(shape), sizes, dtype, device)


cdef void set_operand(Operand* operand, object value) noexcept:
    cdef Tensor tensor
    if value is None:
        operand.data = NULL
        operand.dtype = -1
        operand.ndim = 0
        operand.numel = 0
        return
    tensor = <Tensor>value
    operand.data = tensor.start
    operand.sizes = tensor.sizes
    operand.strides = tensor.strides
    operand.numel = tensor.count
    operand.ndim = tensor.rank
    operand.dtype = tensor.kind


cdef int launch(Operator self, Kernel kernel, list outputs, Arguments given) except -1:
    """Lay the arguments out in C and run the kernel."""
    cdef Operand operands[1024]
    cdef int64_t ints[512]
    cdef double floats[32]
    cdef PyObject* tensors[1024]
    cdef KernelCall call
    cdef int n_outputs = len(outputs), total = n_outputs + len(given.tensors), i
    if total > MAX_TENSORS or len(given.ints) > MAX_INTS:
        raise ValueError(f"{self.name}(): too many arguments for one kernel: {total} tensors, "
                         f"{len(given.ints)} integers")
    for i in range(total):
        value = outputs[i] if i < n_outputs else given.tensors[i - n_outputs]
        set_operand(&operands[i], value)
        tensors[i] = NULL if value is None else <PyObject*>value
    for i, number in enumerate(given.ints):
        ints[i] = number
    for i, number in enumerate(given.floats):
        floats[i] = number
    call.outputs = operands
    call.inputs = operands + n_outputs
    call.n_outputs = n_outputs
    call.n_inputs = total - n_outputs
    call.ints = ints
    call.floats = floats
    return run_kernel(kernel, &call, tensors, total, self.name)


cdef int find_dtype(Operator self, PyObject** values, list specs) except -1:
    """Dtype of the argument that selects the kernel; of the first output where there is none."""
    if self.key_param < 0:
        return specs[0][1]
    value = <object>values[self.key_param]
    if isinstance(value, (list, tuple)):
        value = next((item for item in value if item is not None), None)
    if not isinstance(value, Tensor):
        raise TypeError(f"{self.name}(): no tensor argument decides the dtype")
    return (<Tensor>value).kind


cdef int kernel_dtype(Operator self, int dtype) except -1:
    """The dtype whose kernel runs: 16-bit floats run in float32 when they have none of their own."""
    if self.kernels[dtype] != NULL:
        return dtype
    if (dtype == DTYPE_FLOAT16 or dtype == DTYPE_BFLOAT16) and \
            self.kernels[DTYPE_FLOAT32] != NULL:
        return DTYPE_FLOAT32
    raise DTypeError(f"{self.name}(): not implemented for {dtype_of(dtype)!r}")


cdef int prepare_inputs(Operator self, Arguments given, int dtype, int runs_as) except -1:
    """Cast 16-bit inputs and make inputs contiguous."""
    cdef int i
    cdef Tensor tensor
    for i in range(len(given.tensors)):
        if given.tensors[i] is None:
            continue
        tensor = <Tensor>given.tensors[i]
        if runs_as != dtype and tensor.kind == dtype:
            tensor = cast_tensor(tensor, runs_as)
        elif self.contiguous:
            tensor = contiguous(tensor)
        given.tensors[i] = tensor
    return 0


cdef object finish(Operator self, PyObject** values, list outputs, bint recording):
    """Record, and give back one tensor or a named tuple."""
    cdef PyObject* pointers[16]
    cdef int i
    if recording:
        for i in range(len(outputs)):
            pointers[i] = <PyObject*>outputs[i]
        record(self.derivative, values, pointers, len(outputs))
    if self.n_outputs == 1:
        return outputs[0]
    if self.n_outputs == 0:
        return None
    return self.result_type(*outputs)


cdef bint must_record(Operator self, PyObject** values):
    return self.derivative is not None and not mode().grad_disabled and \
        any_requires_grad(self.derivative, values)


cdef list flat_tensors(Operator self, PyObject** values):
    cdef list found = []
    cdef int i
    for i in range(self.n_params):
        value = <object>values[i]
        if isinstance(value, Tensor):
            found.append(value)
        elif self.types[i] == TYPE_TENSOR_LIST:
            found.extend([item for item in value if item is not None])
    return found


cdef int list_device(Operator self, list tensors) except -1:
    cdef PyObject* pointers[1024]
    cdef int i, count = min(len(tensors), 1024)
    for i in range(count):
        pointers[i] = <PyObject*>tensors[i]
    return common_device(self.name, pointers, count)


cdef object structured(Operator self, PyObject** values):
    """Handler of structured ops."""
    cdef Arguments given
    cdef list outputs, kept = []
    cdef bint recording
    cdef int dtype, runs_as, device
    cdef Tensor tensor
    wrap_dim(self, values, kept)
    specs = output_specs(self, values)
    dtype = find_dtype(self, values, specs)
    runs_as = kernel_dtype(self, dtype)
    device = list_device(self, flat_tensors(self, values))
    recording = must_record(self, values)
    for position in self.mutates:
        check_mutable(self, <object>values[position])
    given = gather(self, values)
    if device != DEVICE_META:
        prepare_inputs(self, given, dtype, runs_as)
    outputs = [allocate(shape, runs_as if kind == dtype else kind, device)
               for shape, kind in specs]
    launch(self, self.kernels[runs_as], outputs, given)
    if runs_as != dtype:
        outputs = [cast_tensor(tensor, kind) if (<Tensor>tensor).kind != kind else tensor
                   for tensor, (shape, kind) in zip(outputs, specs)]
    for position in self.mutates:
        mark_changed(self, <object>values[position])
    return finish(self, values, outputs, recording)


cdef int check_mutable(Operator self, object value) except -1:
    for item in value if isinstance(value, (list, tuple)) else (value,):
        if item is not None:
            check_writable(<Tensor>item, self.name)
    return 0


cdef int mark_changed(Operator self, object value) except -1:
    for item in value if isinstance(value, (list, tuple)) else (value,):
        if item is not None:
            bump_version(<Tensor>item, self.op_id)
    return 0


register_handler("structured", structured)
