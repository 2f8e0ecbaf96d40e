"""From the operands of a matrix product to a Product: sizes, strides, which dimensions are rows."""
from libc.stdint cimport int64_t

from cytorch._C.kernels.gemm_blocks cimport Product
from cytorch._C.kernels.kernel_call cimport KernelCall, Operand


cdef inline void add_batch_dim(Product* product, int64_t size, int64_t a, int64_t b,
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


cdef inline int64_t batch_stride(const Operand* operand, int dim) noexcept nogil:
    """Stride along a batch dimension counted from the last dimension; 0 where it broadcasts."""
    cdef int at = operand.ndim - 1 - dim
    return operand.strides[at] if at >= 0 and operand.sizes[at] != 1 else 0


cdef inline void join_rows(Product* product) noexcept nogil:
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


cdef inline void describe(KernelCall* call, Product* product, bint transposed) noexcept nogil:
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
