"""Elementwise ops: promotion, broadcasting, allocation, the walk, recording. Copies and casts.

The order of an op: check everything, then allocate, then write. A Python number is an operand with
stride 0 whose value lies on the C stack.
"""
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t
from libc.string cimport memset

from cpython.bool cimport PyBool_Check
from cpython.float cimport PyFloat_Check
from cpython.long cimport PyLong_Check
from cpython.object cimport PyObject

from cytorch._C.autograd.inplace cimport check_inplace, rebase
from cytorch._C.autograd.record cimport (
    any_requires_grad, bump_version, creator_of, names_input, record)
from cytorch._C.call.launch cimport run_kernel, run_loop
from cytorch._C.call.operands cimport broadcast_shape, check_target, common_device, common_dtype
from cytorch._C.call.operator cimport (
    CHECK_BOOL, CHECK_DIVISOR, Operator, PROMOTE_FLOAT, RESULT_BOOL, RESULT_COMPLEX,
    RESULT_INT64, RESULT_REAL, register_handler)
from cytorch._C.device cimport DEVICE_META
from cytorch._C.dtype cimport default_dtype, dtype_of
from cytorch._C.dtype_ids cimport (
    DTYPE_BFLOAT16, DTYPE_BOOL, DTYPE_COMPLEX64, DTYPE_COMPLEX128, DTYPE_FLOAT16,
    DTYPE_FLOAT32, DTYPE_FLOAT64, DTYPE_INT8, DTYPE_INT16, DTYPE_INT32, DTYPE_INT64,
    dtype_is_complex, dtype_is_floating, dtype_itemsize)
from cytorch._C.geometry cimport same_sizes
from cytorch._C.iterator cimport Iteration, add_operand, add_scalar, begin_iteration, set_cast
from cytorch._C.kernels.kernel_call cimport Kernel, KernelCall, Loop, Operand
from cytorch._C.registry cimport find_kernel
from cytorch._C.state cimport mode
from cytorch._C.node cimport Node
from cytorch._C.tensor cimport CONTIGUOUS, Tensor, alias, new_tensor, shape_tuple

import warnings

from cytorch.errors import ArgumentError, DivisionByZero, DTypeError, ShapeError

TENSOR_OPS = frozenset({"pow", "remainder", "fmod", "bitwise_and", "bitwise_or", "bitwise_xor",
                        "bitwise_left_shift", "bitwise_right_shift"})
cdef Loop casts[12][12]
cdef Loop copies[12]
cdef Kernel transposed_copies[12]
cdef int64_t COPY_GRAIN = 65536
cdef int64_t SMALL_MATRIX = 1024    # elements below which the plain walk is as quick


def load_casts():
    """Look up the cast and copy loops; called once after the kernels are registered."""
    from cytorch._C.call.operator import DTYPE_NAMES
    cdef int a, b
    for a in range(12):
        copies[a] = <Loop>find_kernel("copy", a)
        transposed_copies[a] = <Kernel>find_kernel("copy_transposed", a)
        for b in range(12):
            casts[a][b] = <Loop>find_kernel(f"cast_{DTYPE_NAMES[a]}_{DTYPE_NAMES[b]}", a)


cdef int fill_scalar(char* target, int dtype, object value) except -1:
    """Write a Python number as one element of `dtype`."""
    cdef double real
    cdef int64_t whole
    cdef float single
    cdef double complex pair
    if dtype_is_complex(dtype):
        pair = value
        if dtype == DTYPE_COMPLEX128:
            (<double complex*>target)[0] = pair
        else:
            (<float complex*>target)[0] = <float complex>pair
        return 0
    if isinstance(value, complex) and dtype != DTYPE_BOOL:
        if value.imag:
            raise ArgumentError(f"value {value} cannot be converted to {dtype_of(dtype)!r} without "
                                "overflow")
        value = value.real
    if dtype == DTYPE_FLOAT64 or dtype == DTYPE_FLOAT32:
        real = float(value)
        if dtype == DTYPE_FLOAT64:
            (<double*>target)[0] = real
        else:
            (<float*>target)[0] = <float>real
        return 0
    if dtype == DTYPE_FLOAT16 or dtype == DTYPE_BFLOAT16:
        single = float(value)
        convert_one(target, dtype, <char*>&single, DTYPE_FLOAT32)
        return 0
    if dtype == DTYPE_BOOL:
        (<uint8_t*>target)[0] = bool(value)
        return 0
    if PyFloat_Check(value) or not PyLong_Check(value):
        real = float(value)
        convert_one(target, dtype, <char*>&real, DTYPE_FLOAT64)
        return 0
    whole = value
    if dtype == DTYPE_INT64:
        (<int64_t*>target)[0] = whole
    elif dtype == DTYPE_INT32:
        (<int32_t*>target)[0] = <int32_t>whole
    elif dtype == DTYPE_INT16:
        (<int16_t*>target)[0] = <int16_t>whole
    elif dtype == DTYPE_INT8:
        (<int8_t*>target)[0] = <int8_t>whole
    else:
        (<uint8_t*>target)[0] = <uint8_t>whole
    return 0


cdef void convert_one(char* target, int target_dtype, char* source, int source_dtype) noexcept:
    cdef char* data[2]
    cdef Py_ssize_t strides[2]
    data[0] = target
    data[1] = source
    strides[0] = strides[1] = 0
    casts[source_dtype][target_dtype](data, strides, 1)


cdef void find_zero_loop(char** data, const Py_ssize_t* strides, Py_ssize_t n) noexcept nogil:
    """data[0]: a flag that is set when an int64 of data[1] is zero."""
    cdef Py_ssize_t i
    for i in range(n):
        if (<int64_t*>(data[1] + i * strides[1]))[0] == 0:
            (<uint8_t*>data[0])[0] = 1


cdef int check_no_bool(Operator self, PyObject** values) except -1:
    """Differences of truth values have no meaning; PyTorch refuses them."""
    cdef int i
    for i in range(2):
        if (<Tensor>values[i]).kind == DTYPE_BOOL if isinstance(<object>values[i], Tensor) \
                else PyBool_Check(<object>values[i]):
            raise DTypeError(f"{self.name}(): Subtraction, the `-` operator, with a bool tensor is "
                             "not supported. If you are trying to invert a mask, use the `~` or "
                             "`logical_not()` operator instead.")
    return 0


cdef int check_values(Operator self, PyObject** values, int compute) except -1:
    """Operands that the op refuses."""
    cdef object last = <object>values[1]
    if self.value_check == CHECK_BOOL:
        return check_no_bool(self, values)
    if dtype_is_floating(compute) or dtype_is_complex(compute):
        return 0
    if self.value_check == CHECK_DIVISOR:
        return check_divisor(self, last)
    if not isinstance(last, Tensor) and last < 0:
        raise ArgumentError(f"{self.name}(): Integers to negative integer powers are not allowed, "
                            f"got the exponent {last}")
    return 0


cdef int check_divisor(Operator self, object divisor) except -1:
    """Integer division by zero is an error; it must not reach the processor."""
    cdef Iteration walk
    cdef uint8_t found = 0
    cdef PyObject* tensors[1]
    cdef Tensor tensor
    if not isinstance(divisor, Tensor):
        found = divisor == 0
    else:
        tensor = <Tensor>divisor
        tensors[0] = <PyObject*>tensor
        begin_iteration(&walk, find_zero_loop, tensor.rank, tensor.sizes)
        add_scalar(&walk, <char*>&found, 1)
        add_operand(&walk, tensor.start, tensor.rank, tensor.sizes, tensor.strides,
                    dtype_itemsize[tensor.kind])
        if tensor.kind != DTYPE_INT64:
            set_cast(&walk, 1, casts[tensor.kind][DTYPE_INT64], 8)
        run_loop(&walk, tensors, 1, 1 << 40)
    if found:
        raise DivisionByZero(f"{self.name}(): ZeroDivisionError: an integer was divided by zero")
    return 0


# ---- the call


cdef int loop_dtype(Operator self, int compute) except -1:
    """Dtype whose kernel runs: 16-bit floats compute in float32."""
    if self.loops[compute] != NULL:
        return compute
    if (compute == DTYPE_FLOAT16 or compute == DTYPE_BFLOAT16) and \
            self.loops[DTYPE_FLOAT32] != NULL:
        return DTYPE_FLOAT32
    raise DTypeError(f"{self.name}(): not implemented for {dtype_of(compute)!r}")


cdef int result_dtype(Operator self, int compute) noexcept:
    """Dtype of the elements that a kernel for `compute` writes."""
    if self.result == RESULT_BOOL:
        return DTYPE_BOOL
    if self.result == RESULT_INT64:
        return DTYPE_INT64
    if self.result == RESULT_REAL and dtype_is_complex(compute):
        return DTYPE_FLOAT64 if compute == DTYPE_COMPLEX128 else DTYPE_FLOAT32
    if self.result == RESULT_COMPLEX and not dtype_is_complex(compute):
        return DTYPE_COMPLEX128 if compute == DTYPE_FLOAT64 else DTYPE_COMPLEX64
    return compute


cdef int run_walk(Operator self, PyObject** values, Tensor out, int loop) except -1:
    """Run the kernel of dtype `loop` over the arguments, into `out`."""
    cdef int i, written = result_dtype(self, loop)
    cdef char scalars[8][16]
    cdef PyObject* tensors[9]
    cdef Tensor tensor
    cdef Iteration walk
    tensors[0] = <PyObject*>out
    begin_iteration(&walk, self.loops[loop], out.rank, out.sizes)
    add_operand(&walk, out.start, out.rank, out.sizes, out.strides, dtype_itemsize[out.kind])
    if out.kind != written:
        set_cast(&walk, 0, casts[written][out.kind], dtype_itemsize[written])
    for i in range(self.n_params):
        if isinstance(<object>values[i], Tensor):
            tensor = <Tensor>values[i]
            tensors[i + 1] = <PyObject*>tensor
            add_operand(&walk, tensor.start, tensor.rank, tensor.sizes, tensor.strides,
                        dtype_itemsize[tensor.kind])
            if tensor.kind != loop:
                set_cast(&walk, i + 1, casts[tensor.kind][loop], dtype_itemsize[loop])
        else:
            tensors[i + 1] = NULL
            fill_scalar(scalars[i], loop, <object>values[i])
            add_scalar(&walk, scalars[i], dtype_itemsize[loop])
    return run_loop(&walk, tensors, self.n_params + 1, self.grain)


cdef int check_some_tensor(Operator self, PyObject** values, int count) except -1:
    """Of two Python numbers PyTorch computes sums, products and quotients only."""
    cdef int i
    for i in range(count):
        if isinstance(<object>values[i], Tensor):
            return 0
    if self.name in TENSOR_OPS or self.entry.name.startswith("special."):
        given = ", ".join([type(<object>values[i]).__name__ for i in range(count)])
        raise TypeError(f"{self.name}(): invalid combination of arguments: got ({given}), but "
                        f"expected a tensor among them: {self.entry.signature}")
    return 0


cdef object elementwise(Operator self, PyObject** values):
    """Handler of elementwise ops."""
    cdef int count = self.n_params, compute, loop, kind, ndim, device
    cdef int64_t sizes[64]
    cdef PyObject* outputs[1]
    cdef Tensor out
    cdef bint recording
    compute = common_dtype(self, values)
    if self.promote == PROMOTE_FLOAT and not dtype_is_floating(compute) and \
            not dtype_is_complex(compute):
        compute = default_dtype()
    loop = loop_dtype(self, compute)
    device = common_device(self.name, values, count)
    ndim = broadcast_shape(self, values, count, sizes)
    if ndim == 0:
        check_some_tensor(self, values, count)
    if self.value_check:
        check_values(self, values, compute)
    recording = self.derivative is not None and not mode().grad_disabled and \
        any_requires_grad(self.derivative, values)
    kind = result_dtype(self, compute)
    if self.inplace:
        out = <Tensor>values[0]
        if not same_sizes(ndim, sizes, out.rank, out.sizes):
            raise ShapeError(f"{self.name}(): output with shape {shape_tuple(out)} doesn't match "
                             f"the broadcast shape {tuple([sizes[i] for i in range(ndim)])}")
        check_target(self, out, values, count)
        check_inplace(out, self.name, recording)
        check_result_cast(self, kind, out)
        if self.result == RESULT_REAL and kind != compute:
            raise DTypeError(f"{self.name}(): In-place {self.name[:-1]} is not supported for "
                             f"complex tensors, got {dtype_of(out.kind)!r}")
        return elementwise_inplace(self, values, out, loop, recording)
    out = new_tensor(ndim, sizes, kind, device)
    run_walk(self, values, out, loop)
    if recording:
        outputs[0] = <PyObject*>out
        record(self.derivative, values, outputs, 1)
    return out


cdef object elementwise_inplace(Operator self, PyObject** values, Tensor out, int loop,
                                bint recording):
    """Write into `out`; the record is made from its old history, and from a copy of its old
    elements where the derivative names them."""
    cdef PyObject* inputs[24]
    cdef PyObject* outputs[1]
    cdef Tensor old = None
    cdef Node node
    cdef int i
    if recording:
        node = creator_of(out)
        if names_input(self.derivative, 0):
            old = cast_tensor(out, out.kind)
        else:
            old = alias(out)
        old.creator = node
        old.creator_output = out.creator_output
    run_walk(self, values, out, loop)
    bump_version(out, self.op_id)
    if recording:
        for i in range(self.n_params):
            inputs[i] = values[i] if values[i] != <PyObject*>out else <PyObject*>old
        outputs[0] = <PyObject*>out
        rebase(out, record(self.derivative, inputs, outputs, 1))
    return out


cdef int check_result_cast(Operator self, int kind, Tensor out) except -1:
    cdef int from_category = category(kind), to_category = category(out.kind)
    if from_category > to_category:
        raise DTypeError(f"{self.name}(): result type {dtype_of(kind).name} can't be cast to the "
                         f"desired output type {dtype_of(out.kind).name}")
    return 0


cdef int category(int dtype) noexcept:
    if dtype_is_complex(dtype):
        return 3
    if dtype_is_floating(dtype):
        return 2
    return 0 if dtype == DTYPE_BOOL else 1


# ---- copies


cdef int copy_transposed(Tensor target, Tensor source, PyObject** tensors) except -1:
    """Copy the columns of a matrix, or of a batch of them, to rows; 0 when it is something else."""
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef Operand operands[2]
    cdef KernelCall call
    cdef int i, n = 0
    if source.rank < 2 or source.count < SMALL_MATRIX or source.kind != target.kind or \
            not target.flags & CONTIGUOUS or \
            not same_sizes(target.rank, target.sizes, source.rank, source.sizes):
        return 0
    for i in range(source.rank):
        if n and strides[n - 1] == source.sizes[i] * source.strides[i]:
            sizes[n - 1] *= source.sizes[i]
            strides[n - 1] = source.strides[i]
        elif source.sizes[i] != 1:
            sizes[n], strides[n] = source.sizes[i], source.strides[i]
            n += 1
    if n < 2 or strides[n - 2] != 1 or strides[n - 1] < 2:
        return 0
    memset(&call, 0, sizeof(call))
    for i in range(2):
        operands[i] = Operand((<Tensor>tensors[i]).start, &sizes[0], &strides[0], source.count, n,
                              source.kind)
    call.outputs, call.inputs = &operands[0], &operands[1]
    call.n_outputs = call.n_inputs = 1
    run_kernel(transposed_copies[source.kind], &call, tensors, 2, "copy")
    return 1


cdef int copy_into(Tensor target, Tensor source) except -1:
    """Write the elements of `source`, broadcast and cast, into `target`; no checks."""
    cdef Iteration walk
    cdef PyObject* tensors[2]
    if target.place == DEVICE_META or source.place == DEVICE_META or target.count == 0:
        return 0
    tensors[0] = <PyObject*>target
    tensors[1] = <PyObject*>source
    if copy_transposed(target, source, tensors):
        return 0
    begin_iteration(&walk, copies[target.kind], target.rank, target.sizes)
    add_operand(&walk, target.start, target.rank, target.sizes, target.strides,
                dtype_itemsize[target.kind])
    add_operand(&walk, source.start, source.rank, source.sizes, source.strides,
                dtype_itemsize[source.kind])
    if source.kind != target.kind:
        if dtype_is_complex(source.kind) and not dtype_is_complex(target.kind) and \
                target.kind != DTYPE_BOOL:
            warnings.warn("Casting complex values to real discards the imaginary part")
        walk.loop = casts[source.kind][target.kind]
    return run_loop(&walk, tensors, 2, COPY_GRAIN)


cdef Tensor cast_tensor(Tensor source, int dtype):
    """A contiguous tensor of another dtype, without history."""
    cdef Tensor result = new_tensor(source.rank, source.sizes, dtype, source.place)
    copy_into(result, source)
    return result


cdef Tensor contiguous(Tensor source):
    """`source` itself when it is contiguous, else a contiguous copy without history."""
    if source.flags & CONTIGUOUS:
        return source
    return cast_tensor(source, source.kind)


register_handler("elementwise", elementwise)
