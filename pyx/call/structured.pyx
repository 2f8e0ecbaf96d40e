"""Structured ops and reductions: shape rule, allocation, canonical operands, kernel, recording."""
from libc.stdint cimport int64_t

from cpython.object cimport PyObject

from cytorch._C.autograd.record cimport any_requires_grad, bump_version, record
from cytorch._C.call.elementwise cimport cast_tensor, contiguous
from cytorch._C.call.operands cimport check_writable, common_device
from cytorch._C.call.launch cimport run_kernel
from cytorch._C.call.operator cimport (
    Operator, RULE_LINEAR, RULE_NONE, TYPE_BOOL, TYPE_BOOL_OPTIONAL, TYPE_DTYPE_OPTIONAL,
    TYPE_FLOAT, TYPE_FLOAT_OPTIONAL, TYPE_INT, TYPE_INTS, TYPE_INTS_OPTIONAL,
    TYPE_INT_OPTIONAL, TYPE_SCALAR, TYPE_SCALAR_OPTIONAL, TYPE_TENSOR, TYPE_TENSOR_LIST,
    TYPE_TENSOR_OPTIONAL, TYPE_TENSOR_OR_SCALAR, register_handler)
from cytorch._C.device cimport DEVICE_META, device_id
from cytorch._C.dtype cimport dtype_id, dtype_of
from cytorch._C.dtype_ids cimport DTYPE_BFLOAT16, DTYPE_FLOAT16, DTYPE_FLOAT32
from cytorch._C.kernels.kernel_call cimport Kernel, KernelCall, Operand
from cytorch._C.state cimport mode
from cytorch._C.tensor cimport CONTIGUOUS, Tensor, new_tensor, shape_tuple

from cytorch.errors import DTypeError, IndexOutOfRange

cdef enum:
    MAX_TENSORS = 1024
    MAX_INTS = 512
    MAX_FLOATS = 32


cdef struct Arguments:
    # What a structured kernel gets, in C: inputs in order, integers, floats.
    int n_tensors
    int n_ints
    int n_floats
    PyObject* tensors[1024]
    int64_t ints[512]
    double floats[32]


cdef int wrap_dim(Operator self, PyObject** values, list kept) except -1:
    """Check `dim` and bring it to 0..ndim-1."""
    cdef int64_t dim, ndim
    cdef object wrapped
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


cdef int add_tensor(Operator self, Arguments* given, object value) except -1:
    if given.n_tensors == MAX_TENSORS:
        raise ValueError(f"{self.name}(): more than {MAX_TENSORS} tensors")
    given.tensors[given.n_tensors] = NULL if value is None else <PyObject*>value
    given.n_tensors += 1
    return 0


cdef int add_int(Operator self, Arguments* given, int64_t value) except -1:
    if given.n_ints == MAX_INTS:
        raise ValueError(f"{self.name}(): more than {MAX_INTS} integers")
    given.ints[given.n_ints] = value
    given.n_ints += 1
    return 0


cdef int add_float(Arguments* given, object value) except -1:
    given.floats[given.n_floats] = 0.0 if value is None else value
    given.n_floats += 1
    return 0


cdef int gather(Operator self, PyObject** values, Arguments* given) except -1:
    """Sort the arguments into tensors, integers and floats, as the kernel contract says."""
    cdef int i, kind
    given.n_tensors = given.n_ints = given.n_floats = 0
    for i in range(self.n_params):
        value = <object>values[i]
        kind = self.types[i]
        if kind == TYPE_TENSOR or kind == TYPE_TENSOR_OPTIONAL:
            add_tensor(self, given, value)
        elif kind == TYPE_TENSOR_LIST:
            add_int(self, given, len(value))
            for item in value:
                add_tensor(self, given, item)
        elif kind == TYPE_INT or kind == TYPE_BOOL:
            add_int(self, given, value)
        elif kind == TYPE_INT_OPTIONAL or kind == TYPE_BOOL_OPTIONAL:
            add_int(self, given, value is not None)
            add_int(self, given, 0 if value is None else value)
        elif kind == TYPE_INTS or kind == TYPE_INTS_OPTIONAL:
            add_int(self, given, 0 if value is None else len(value))
            if value is not None:
                for item in value:
                    add_int(self, given, item)
        elif kind == TYPE_DTYPE_OPTIONAL:
            add_int(self, given, -1 if value is None else dtype_id(value, self.name))
        elif kind == TYPE_FLOAT or kind == TYPE_SCALAR:
            add_float(given, value)
        elif kind == TYPE_FLOAT_OPTIONAL or kind == TYPE_SCALAR_OPTIONAL:
            add_int(self, given, value is not None)
            add_float(given, value)
        elif kind == TYPE_TENSOR_OR_SCALAR:
            raise TypeError(f"{self.name}(): structured ops take no Tensor|Scalar parameter")
    return 0


cdef Tensor product_output(Operator self, PyObject** values):
    """Output of matmul, mm and linear in the usual case, without Python; else None."""
    cdef Tensor a, b
    cdef int64_t sizes[64]
    cdef int i, columns
    if self.compiled_rule == RULE_NONE or not isinstance(<object>values[1], Tensor):
        return None
    a = <Tensor>values[0]
    b = <Tensor>values[1]
    columns = 0 if self.compiled_rule == RULE_LINEAR else 1
    if a.rank < 2 or b.rank != 2 or a.kind != b.kind or a.place != b.place or \
            a.sizes[a.rank - 1] != b.sizes[1 - columns] or self.kernels[a.kind] == NULL or \
            (self.max_rank and a.rank > self.max_rank):
        return None
    if self.compiled_rule == RULE_LINEAR and <object>values[2] is not None and not fits_bias(
            <Tensor>values[2], a, b.sizes[0]):
        return None
    for i in range(a.rank - 1):
        sizes[i] = a.sizes[i]
    sizes[a.rank - 1] = b.sizes[columns]
    return new_tensor(a.rank, sizes, a.kind, a.place)


cdef bint fits_bias(Tensor bias, Tensor input, int64_t columns) noexcept:
    return bias.rank == 1 and bias.sizes[0] == columns and bias.kind == input.kind and \
        bias.place == input.place


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


cdef int launch(Operator self, Kernel kernel, list outputs, Arguments* given) except -1:
    """Lay the operands out and run the kernel."""
    cdef Operand operands[1040]
    cdef PyObject* tensors[1040]
    cdef KernelCall call
    cdef int n_outputs = len(outputs), i
    for i in range(n_outputs):
        tensors[i] = <PyObject*>outputs[i]
        set_operand(&operands[i], outputs[i])
    for i in range(given.n_tensors):
        tensors[n_outputs + i] = given.tensors[i]
        set_operand(&operands[n_outputs + i],
                    None if given.tensors[i] == NULL else <object>given.tensors[i])
    call.outputs = operands
    call.inputs = operands + n_outputs
    call.n_outputs = n_outputs
    call.n_inputs = given.n_tensors
    call.ints = given.ints
    call.floats = given.floats
    return run_kernel(kernel, &call, tensors, n_outputs + given.n_tensors, self.name)


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
    """The dtype whose kernel runs: 16-bit floats without a kernel run in float32."""
    if self.kernels[dtype] != NULL:
        return dtype
    if (dtype == DTYPE_FLOAT16 or dtype == DTYPE_BFLOAT16) and \
            self.kernels[DTYPE_FLOAT32] != NULL:
        return DTYPE_FLOAT32
    raise DTypeError(f"{self.name}(): not implemented for {dtype_of(dtype)!r}")


cdef list prepare_inputs(Operator self, Arguments* given, int dtype, int runs_as):
    """Cast 16-bit inputs and make inputs contiguous; returns what must be kept alive."""
    cdef int i
    cdef list kept = None
    cdef Tensor tensor, ready
    for i in range(given.n_tensors):
        if given.tensors[i] == NULL:
            continue
        tensor = <Tensor>given.tensors[i]
        ready = tensor
        if runs_as != dtype and tensor.kind == dtype:
            ready = cast_tensor(tensor, runs_as)
        elif self.contiguous and not tensor.flags & CONTIGUOUS:
            ready = contiguous(tensor)
        if ready is not tensor:
            if kept is None:
                kept = []
            kept.append(ready)
            given.tensors[i] = <PyObject*>ready
    return kept


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


cdef object structured(Operator self, PyObject** values):
    """Handler of structured ops."""
    cdef Arguments given
    cdef list outputs, kept = []
    cdef bint recording
    cdef int dtype, runs_as, device
    cdef Tensor out = product_output(self, values)
    if out is not None:
        gather(self, values, &given)
        outputs = [out]
        launch(self, self.kernels[out.kind], outputs, &given)
        return finish(self, values, outputs, must_record(self, values))
    wrap_dim(self, values, kept)
    specs = output_specs(self, values)
    dtype = find_dtype(self, values, specs)
    runs_as = kernel_dtype(self, dtype)
    gather(self, values, &given)
    device = given_device(self, &given, values)
    recording = must_record(self, values)
    for position in self.mutates:
        check_mutable(self, <object>values[<int>position])
    if device != DEVICE_META:
        kept.append(prepare_inputs(self, &given, dtype, runs_as))
    outputs = [allocate(shape, runs_as if kind == dtype else kind, device)
               for shape, kind in specs]
    launch(self, self.kernels[runs_as], outputs, &given)
    if runs_as != dtype:
        outputs = [cast_tensor(tensor, kind) if (<Tensor>tensor).kind != kind else tensor
                   for tensor, (shape, kind) in zip(outputs, specs)]
    for position in self.mutates:
        mark_changed(self, <object>values[<int>position])
    return finish(self, values, outputs, recording)


cdef int given_device(Operator self, Arguments* given, PyObject** values) except -1:
    """Device of the tensors; without any, that of a `device` argument."""
    cdef PyObject* tensors[1024]
    cdef int i, count = 0
    for i in range(given.n_tensors):
        if given.tensors[i] != NULL:
            tensors[count] = given.tensors[i]
            count += 1
    if count == 0:
        i = self.position("device")
        return device_id(None if i < 0 else <object>values[i], self.name)
    return common_device(self.name, tensors, count)


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
