"""Geometry of a pooling window: one to three spatial axes, always seen as three.

The operand is (planes, depth, height, width). Kernels go over the taps of the window; for one tap
the outputs of a row that it reaches are a range [first, stop), along which the SIMD lanes run.
"""
from libc.stdint cimport int64_t

from cytorch._C.kernels.kernel_call cimport KernelCall

cdef enum:
    POOL_WORK = 32768    # taps that are worth waking a thread for

ctypedef struct Pool:
    char* inputs[2]
    char* outputs[2]
    int64_t planes
    int64_t size[3]       # of an input plane
    int64_t out[3]        # of an output plane
    int64_t kernel[3]
    int64_t stride[3]
    int64_t padding[3]
    int64_t dilation[3]
    int64_t plane, out_plane
    bint count_padding
    int64_t divisor       # 0: the size of the window


cdef inline void last_sizes(const int64_t* sizes, int64_t ndim, int64_t spatial,
                            int64_t* target) noexcept nogil:
    cdef int64_t i
    for i in range(3):
        target[i] = sizes[ndim - 3 + i] if i >= 3 - spatial else 1


cdef inline const int64_t* read_list(const int64_t* ints, int64_t otherwise,
                                     int64_t* target) noexcept nogil:
    """A list argument (length, values) into the last of three places; what follows it."""
    cdef int64_t length = ints[0], i
    for i in range(3):
        target[i] = ints[1 + i - (3 - length)] if i >= 3 - length else otherwise
    return ints + 1 + length


cdef inline void make_pool(Pool* pool, KernelCall* call, const int64_t* sizes, int64_t ndim,
                           const int64_t* out, int64_t spatial) noexcept nogil:
    """Sizes of input and output planes; windows come from read_list."""
    cdef int64_t i
    last_sizes(sizes, ndim, spatial, pool.size)
    last_sizes(out, ndim, spatial, pool.out)
    pool.planes = 1
    for i in range(ndim - spatial):
        pool.planes *= sizes[i]
    pool.plane = pool.size[0] * pool.size[1] * pool.size[2]
    pool.out_plane = pool.out[0] * pool.out[1] * pool.out[2]
    for i in range(3):
        pool.kernel[i] = 1
        pool.stride[i] = 1
        pool.padding[i] = 0
        pool.dilation[i] = 1
    for i in range(min(call.n_inputs, 2)):
        pool.inputs[i] = call.inputs[i].data
    for i in range(min(call.n_outputs, 2)):
        pool.outputs[i] = call.outputs[i].data


cdef inline void tap_range(int64_t offset, int64_t stride, int64_t size, int64_t out,
                           int64_t* first, int64_t* stop) noexcept nogil:
    """Outputs i with 0 <= i * stride + offset < size."""
    first[0] = (stride - 1 - offset) // stride if offset < 0 else 0
    stop[0] = min(out, (size - 1 - offset) // stride + 1 if offset < size else 0)


cdef inline int64_t window_extent(Pool* pool, int axis, int64_t position,
                                  bint padded) noexcept nogil:
    """Elements of the window at `position` along one axis, with or without the padding."""
    cdef int64_t begin = position * pool.stride[axis] - pool.padding[axis]
    cdef int64_t end = min(begin + pool.kernel[axis], pool.size[axis] + pool.padding[axis])
    if padded:
        return end - begin
    return min(end, pool.size[axis]) - max(begin, <int64_t>0)


cdef inline int64_t adaptive_begin(int64_t position, int64_t size, int64_t out) noexcept nogil:
    return position * size // out


cdef inline int64_t adaptive_end(int64_t position, int64_t size, int64_t out) noexcept nogil:
    return ((position + 1) * size + out - 1) // out


cdef inline void run_pool(Pool* pool, KernelCall* call, int64_t items,
                          void (*function)(void*, int64_t, int64_t) noexcept nogil
                          ) noexcept nogil:
    cdef int64_t work = (pool.planes * max(pool.out_plane * pool.kernel[0] * pool.kernel[1]
                                           * pool.kernel[2], pool.plane))
    if items == 0:
        return
    if work <= POOL_WORK:
        function(pool, 0, items)
    else:
        call.parallel_for(items, max(POOL_WORK * items // work, <int64_t>1), function, pool)
