"""Matrix products: kernels "matmul" and "linear"."""
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t

from cytorch._C.dtype_ids cimport (
    DTYPE_FLOAT32, DTYPE_FLOAT64, DTYPE_INT8, DTYPE_INT16, DTYPE_INT32, DTYPE_INT64, DTYPE_UINT8)
from cytorch._C.kernels.gemm_blocks cimport Product, find_member
from cytorch._C.kernels.gemm_plan cimport multiply
from cytorch._C.kernels.kernel_call cimport (
    KERNEL_OK, KERNEL_OUT_OF_MEMORY, KernelCall, Operand)
from cytorch._C.registry cimport register_kernel
from cytorch._C.types cimport floating, integral


cdef void add_batch_dim(Product* product, int64_t size, int64_t a, int64_t b,
                        int64_t c) noexcept nogil:
    """Append a batch dimension, joined with the last one if both can be walked as one."""
    cdef int last = product.batch_dims - 1
    if size == 1:
        return
    product.batch *= size
    if last >= 0 and (product.a_batch[last] == a * size and product.b_batch[last] == b * size
                      and product.c_batch[last] == c * size):
        product.batch_sizes[last] *= size
    else:
        last += 1
        product.batch_dims = last + 1
        product.batch_sizes[last] = size
    product.a_batch[last] = a
    product.b_batch[last] = b
    product.c_batch[last] = c


cdef int64_t batch_stride(const Operand* operand, int dim) noexcept nogil:
    """Stride along a batch dimension counted from the last dimension; 0 where it broadcasts."""
    cdef int at = operand.ndim - 1 - dim
    return operand.strides[at] if at >= 0 and operand.sizes[at] != 1 else 0


cdef void describe(KernelCall* call, Product* product, bint transposed) noexcept nogil:
    """Read sizes and strides of a (.., M, K) or (K) and b (.., K, N) or (K), (N, K) if transposed.

    A missing dimension counts as size 1. Leading dimensions of a that b does not have are taken
    as rows where their strides allow it: one large product instead of many small ones.
    """
    cdef const Operand* a = &call.inputs[0]
    cdef const Operand* b = &call.inputs[1]
    cdef int dim, most = max(a.ndim, b.ndim), rows_at, columns_at
    cdef int64_t size, c_stride
    product.a = a.data
    product.b = b.data
    product.c = call.outputs[0].data
    product.depth = a.sizes[a.ndim - 1]
    product.a_step = a.strides[a.ndim - 1]
    product.rows = a.sizes[a.ndim - 2] if a.ndim > 1 else 1
    product.a_row = a.strides[a.ndim - 2] if a.ndim > 1 else 0
    rows_at = b.ndim - (1 if transposed else 2)
    columns_at = b.ndim - (2 if transposed else 1)
    if b.ndim == 1:
        rows_at, columns_at = 0, -1
    product.b_step = b.strides[rows_at]
    product.columns = b.sizes[columns_at] if columns_at >= 0 else 1
    product.b_column = b.strides[columns_at] if columns_at >= 0 else 0
    product.c_row = product.columns
    product.batch_dims = 0
    product.batch = 1
    c_stride = 1
    for dim in range(2, most):
        size = a.sizes[a.ndim - 1 - dim] if dim < a.ndim else 1
        if dim < b.ndim and size == 1:
            size = b.sizes[b.ndim - 1 - dim]
        c_stride *= size
    c_stride *= product.rows * product.columns
    for dim in range(most - 1, 1, -1):
        size = a.sizes[a.ndim - 1 - dim] if dim < a.ndim else 1
        if dim < b.ndim and size == 1:
            size = b.sizes[b.ndim - 1 - dim]
        c_stride = c_stride // size if size > 0 else 0
        add_batch_dim(product, size, batch_stride(a, dim), batch_stride(b, dim), c_stride)
    join_rows(product)


cdef void join_rows(Product* product) noexcept nogil:
    """Turn batch dimensions that share one b into rows, as far as the strides of a allow."""
    cdef int last = product.batch_dims - 1
    while product.batch > 0 and last >= 0 and product.b_batch[last] == 0 and (
            product.rows == 1 or product.a_batch[last] == product.a_row * product.rows):
        if product.rows == 1:
            product.a_row = product.a_batch[last]
        product.rows *= product.batch_sizes[last]
        product.batch //= product.batch_sizes[last]
        last -= 1
    product.batch_dims = last + 1


cdef int product_of(KernelCall* call, bint linear, floating* kind) noexcept nogil:
    cdef Product product
    cdef const Operand* bias = &call.inputs[2]
    cdef floating* copy = NULL
    cdef int64_t i, stride
    cdef int status
    describe(call, &product, linear)
    product.bias = NULL
    if linear and bias.dtype >= 0:
        product.bias = bias.data
        stride = bias.strides[0] if bias.numel > 1 else 0
        if stride != 1 and product.columns > 0:
            copy = <floating*>call.allocate(product.columns * sizeof(floating))
            if copy == NULL:
                return KERNEL_OUT_OF_MEMORY
            for i in range(product.columns):
                copy[i] = (<floating*>bias.data)[i * stride]
            product.bias = <char*>copy
    status = multiply(call, &product, kind)
    if copy != NULL:
        call.release(copy)
    return status


cdef int integer_product(KernelCall* call, bint linear, integral* kind) noexcept nogil:
    """Plain loops; sums wrap around in the dtype of the result, as in PyTorch."""
    cdef const Operand* bias = &call.inputs[2]
    cdef int64_t bias_stride = 0
    cdef Product product
    cdef int64_t member, i, j, p, a_offset, b_offset, c_offset
    cdef integral factor
    cdef const integral* a
    cdef const integral* b
    cdef integral* c
    describe(call, &product, linear)
    linear = linear and bias.dtype >= 0
    if linear and bias.numel > 1:
        bias_stride = bias.strides[0]
    for member in range(product.batch):
        find_member(&product, member, &a_offset, &b_offset, &c_offset)
        for i in range(product.rows):
            a = <integral*>product.a + a_offset + i * product.a_row
            c = <integral*>product.c + c_offset + i * product.c_row
            for j in range(product.columns):
                c[j] = (<integral*>bias.data)[j * bias_stride] if linear else 0
            for p in range(product.depth):
                factor = a[p * product.a_step]
                b = <integral*>product.b + b_offset + p * product.b_step
                for j in range(product.columns):
                    c[j] += <integral>(factor * b[j * product.b_column])
    return KERNEL_OK


cdef int matmul_float(KernelCall* call) noexcept nogil:
    return product_of(call, False, <float*>NULL)


cdef int matmul_double(KernelCall* call) noexcept nogil:
    return product_of(call, False, <double*>NULL)


cdef int linear_float(KernelCall* call) noexcept nogil:
    return product_of(call, True, <float*>NULL)


cdef int linear_double(KernelCall* call) noexcept nogil:
    return product_of(call, True, <double*>NULL)


cdef int matmul_uint8(KernelCall* call) noexcept nogil:
    return integer_product(call, False, <uint8_t*>NULL)


cdef int matmul_int8(KernelCall* call) noexcept nogil:
    return integer_product(call, False, <int8_t*>NULL)


cdef int matmul_int16(KernelCall* call) noexcept nogil:
    return integer_product(call, False, <int16_t*>NULL)


cdef int matmul_int32(KernelCall* call) noexcept nogil:
    return integer_product(call, False, <int32_t*>NULL)


cdef int matmul_int64(KernelCall* call) noexcept nogil:
    return integer_product(call, False, <int64_t*>NULL)


cdef int linear_uint8(KernelCall* call) noexcept nogil:
    return integer_product(call, True, <uint8_t*>NULL)


cdef int linear_int8(KernelCall* call) noexcept nogil:
    return integer_product(call, True, <int8_t*>NULL)


cdef int linear_int16(KernelCall* call) noexcept nogil:
    return integer_product(call, True, <int16_t*>NULL)


cdef int linear_int32(KernelCall* call) noexcept nogil:
    return integer_product(call, True, <int32_t*>NULL)


cdef int linear_int64(KernelCall* call) noexcept nogil:
    return integer_product(call, True, <int64_t*>NULL)


def register():
    # Operands of any strides: a (.., M, K) or (K), b (.., K, N) or (K).
    register_kernel("matmul", DTYPE_FLOAT32, <void*>matmul_float)
    register_kernel("matmul", DTYPE_FLOAT64, <void*>matmul_double)
    register_kernel("matmul", DTYPE_UINT8, <void*>matmul_uint8)
    register_kernel("matmul", DTYPE_INT8, <void*>matmul_int8)
    register_kernel("matmul", DTYPE_INT16, <void*>matmul_int16)
    register_kernel("matmul", DTYPE_INT32, <void*>matmul_int32)
    register_kernel("matmul", DTYPE_INT64, <void*>matmul_int64)
    # Operands: input (.., K), weight (N, K) or (K), bias (N) or absent.
    register_kernel("linear", DTYPE_FLOAT32, <void*>linear_float)
    register_kernel("linear", DTYPE_FLOAT64, <void*>linear_double)
    register_kernel("linear", DTYPE_UINT8, <void*>linear_uint8)
    register_kernel("linear", DTYPE_INT8, <void*>linear_int8)
    register_kernel("linear", DTYPE_INT16, <void*>linear_int16)
    register_kernel("linear", DTYPE_INT32, <void*>linear_int32)
    register_kernel("linear", DTYPE_INT64, <void*>linear_int64)
