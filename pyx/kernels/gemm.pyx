"""Matrix products: kernels "matmul" and "linear"."""
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t

from cytorch._C.dtype_ids cimport (
    DTYPE_FLOAT32, DTYPE_FLOAT64, DTYPE_INT8, DTYPE_INT16, DTYPE_INT32, DTYPE_INT64, DTYPE_UINT8)
from cytorch._C.kernels.gemm_blocks cimport Product, find_member
from cytorch._C.kernels.gemm_operands cimport describe
from cytorch._C.kernels.gemm_plan cimport multiply
from cytorch._C.kernels.kernel_call cimport (
    KERNEL_OK, KERNEL_OUT_OF_MEMORY, KernelCall, Operand)
from cytorch._C.registry cimport register_kernel
from cytorch._C.types cimport floating, integral


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
