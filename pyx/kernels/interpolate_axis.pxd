"""Resampling along one axis: which inputs each output takes, with what weight.

Every mode is a sparse matrix for each axis; the derivative is its transpose. Output i has taps k:
input source[k * out + i] with weight[k * out + i].
"""
from libc.math cimport M_PI, ceil, fabs, floor, sin
from libc.stdint cimport int32_t, int64_t

from cytorch._C.kernels.kernel_call cimport KernelCall
from cytorch._C.types cimport floating

cdef enum:
    NEAREST = 0
    NEAREST_EXACT = 1
    LINEAR = 2
    CUBIC = 3
    SMOOTH_LINEAR = 4     # antialiased: the window grows with the scale
    SMOOTH_CUBIC = 5
    SMOOTH_LANCZOS = 6
    AREA = 7              # means over windows that divide the axis
    SHORT = 16            # taps from which a dot product along the window is faster

ctypedef struct Axis:
    int64_t size          # of the input
    int64_t out
    int64_t taps          # the most that one output has
    bint windows          # outputs have `count` taps, side by side; the others have weight 0
    int32_t* source
    int32_t* count
    char* weight          # in the dtype of the kernel
    char* rows            # weights once more, those of one output together; NULL: not needed


cdef inline bint allocate_axis(Axis* axis, KernelCall* call, size_t width) noexcept nogil:
    cdef size_t cells = <size_t>(axis.taps * axis.out)
    axis.rows = NULL
    axis.weight = <char*>call.allocate(2 * cells * width + (cells + <size_t>axis.out)
                                       * sizeof(int32_t) + 64)
    if axis.weight == NULL:
        return False
    axis.source = <int32_t*>(axis.weight + 2 * cells * width)
    axis.count = axis.source + cells
    return True


cdef inline floating scale_of(Axis* axis, bint align_corners, double given,
                              floating like) noexcept nogil:
    """Input steps for one output step; `given` is the scale factor of the call, or 0."""
    if align_corners:
        return <floating>(axis.size - 1) / (axis.out - 1) if axis.out > 1 else 0
    return <floating>(1 / given) if given > 0 else <floating>axis.size / axis.out


cdef inline floating cubic_near(floating x, floating a) noexcept nogil:
    return ((a + 2) * x - (a + 3)) * x * x + 1


cdef inline floating cubic_far(floating x, floating a) noexcept nogil:
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a


cdef inline floating smooth_weight(int mode, floating x) noexcept nogil:
    """The window function of an antialiased mode at distance x."""
    x = <floating>fabs(x)
    if mode == SMOOTH_LINEAR:
        return 1 - x if x < 1 else 0
    if mode == SMOOTH_CUBIC:
        return (cubic_near(x, <floating>-0.5) if x < 1
                else cubic_far(x, <floating>-0.5) if x < 2 else 0)
    if x == 0:
        return 1
    if x >= 3:
        return 0
    return <floating>(3 * sin(M_PI * x) * sin(M_PI * x / 3) / (M_PI * M_PI * x * x))


cdef inline void fill_nearest(Axis* axis, int mode, floating scale) noexcept nogil:
    cdef floating* weight = <floating*>axis.weight
    cdef floating half = <floating>0.5 if mode == NEAREST_EXACT else 0
    cdef int64_t i
    for i in range(axis.out):
        # Rounded to float32 first, as PyTorch does: 3.7 steps of 10 / 3.7 reach element 10.
        axis.source[i] = <int32_t>min(<int64_t>floor(<float>((i + half) * scale)), axis.size - 1)
        axis.count[i] = 1
        weight[i] = 1


cdef inline void fill_points(Axis* axis, int mode, bint align_corners,
                             floating scale) noexcept nogil:
    """Linear and cubic: two or four neighbours of a point between inputs."""
    cdef floating* weight = <floating*>axis.weight
    cdef floating place, t, a = <floating>-0.75, half = <floating>0.5
    cdef int64_t i, base, k, n = axis.out, last = axis.size - 1
    for i in range(n):
        place = scale * i if align_corners else scale * (i + half) - half
        if mode == LINEAR and place < 0:
            place = 0
        base = min(<int64_t>floor(place), last)
        t = min(max(place - base, <floating>0), <floating>1)
        axis.count[i] = <int32_t>axis.taps
        if mode == LINEAR:
            if axis.size == n:
                base, t = i, 0
            axis.source[i] = <int32_t>base
            axis.source[n + i] = <int32_t>(base + 1 if base < last and axis.size != n else base)
            weight[i] = 1 - t
            weight[n + i] = t
            continue
        for k in range(4):
            axis.source[k * n + i] = <int32_t>max(min(base - 1 + k, last), <int64_t>0)
        weight[i] = cubic_far(t + 1, a)
        weight[n + i] = cubic_near(t, a)
        weight[2 * n + i] = cubic_near(1 - t, a)
        weight[3 * n + i] = cubic_far(2 - t, a)


cdef inline void fill_smooth(Axis* axis, int mode, floating scale, floating support,
                             floating inverse) noexcept nogil:
    cdef floating* weight = <floating*>axis.weight
    cdef floating center, total, half = <floating>0.5
    cdef int64_t i, k, first, count, n = axis.out
    for i in range(n):
        center = scale * (i + half)
        first = max(<int64_t>(center - support + half), <int64_t>0)
        count = min(<int64_t>(center + support + half), axis.size) - first
        count = max(min(count, axis.taps), <int64_t>0)
        total = 0
        for k in range(axis.taps):
            axis.source[k * n + i] = <int32_t>min(first + min(k, max(count - 1, <int64_t>0)),
                                                  axis.size - 1)
            weight[k * n + i] = 0
            if k < count:
                weight[k * n + i] = smooth_weight(mode, (k + first - center + half) * inverse)
                total += weight[k * n + i]
        axis.count[i] = <int32_t>count
        for k in range(count):
            if total != 0:
                weight[k * n + i] /= total


cdef inline void fill_area(Axis* axis, bint mean, floating like) noexcept nogil:
    cdef floating* weight = <floating*>axis.weight
    cdef int64_t i, k, first, count, n = axis.out
    for i in range(n):
        first = i * axis.size // n
        count = ((i + 1) * axis.size + n - 1) // n - first
        axis.count[i] = <int32_t>count
        for k in range(axis.taps):
            axis.source[k * n + i] = <int32_t>(first + min(k, count - 1))
            weight[k * n + i] = (1 / <floating>count if mean else 1) if k < count else 0


cdef inline bint make_axis(Axis* axis, KernelCall* call, int mode, bint align_corners,
                           double given, bint mean, floating like) noexcept nogil:
    """The table of one axis; False: no memory. `mean`: weights of AREA are divided already."""
    cdef floating scale = scale_of(axis, align_corners, given, like)
    cdef floating support = 0, inverse = 1
    axis.windows = mode >= SMOOTH_LINEAR
    if mode <= NEAREST_EXACT:
        axis.taps = 1
    elif mode <= CUBIC:
        axis.taps = 2 if mode == LINEAR else 4
    elif mode == AREA:
        axis.taps = 1 if axis.size % axis.out == 0 else 2
        axis.taps = min(axis.size // axis.out + axis.taps, axis.size)
    else:
        support = <floating>(mode - SMOOTH_LINEAR + 1)
        if scale >= 1:
            support *= scale
            inverse = 1 / scale
        axis.taps = <int64_t>ceil(support) * 2 + 1
    if not allocate_axis(axis, call, sizeof(floating)):
        return False
    if mode <= NEAREST_EXACT:
        fill_nearest(axis, mode, scale)
    elif mode <= CUBIC:
        fill_points(axis, mode, align_corners, scale)
    elif mode == AREA:
        fill_area(axis, mean, like)
    else:
        fill_smooth(axis, mode, scale, support, inverse)
    return True


cdef inline bint transpose_axis(Axis* axis, Axis* forward, KernelCall* call,
                                floating like) noexcept nogil:
    """The table of the derivative: input and output exchanged; equal taps are one."""
    cdef floating* weight
    cdef floating* given = <floating*>forward.weight
    cdef int64_t i, k, cell, n = forward.size
    cdef int32_t* taps = <int32_t*>call.allocate(<size_t>n * sizeof(int32_t))
    if taps == NULL:
        return False
    for i in range(n):
        taps[i] = 0
    axis.taps = 1
    for i in range(forward.out):
        for k in range(forward.count[i]):
            cell = forward.source[k * forward.out + i]
            if k == 0 or cell != forward.source[(k - 1) * forward.out + i]:
                taps[cell] += 1
                axis.taps = max(axis.taps, <int64_t>taps[cell])
    call.release(taps)
    axis.size = forward.out
    axis.out = n
    axis.windows = True
    if not allocate_axis(axis, call, sizeof(floating)):
        return False
    weight = <floating*>axis.weight
    for i in range(n):
        axis.count[i] = 0
    for i in range(axis.taps * n):
        weight[i] = 0
        axis.source[i] = 0
    for i in range(forward.out):
        for k in range(forward.count[i]):
            cell = forward.source[k * forward.out + i]
            if k == 0 or cell != forward.source[(k - 1) * forward.out + i]:
                axis.source[axis.count[cell] * n + cell] = <int32_t>i
                axis.count[cell] += 1
            weight[(axis.count[cell] - 1) * n + cell] += given[k * forward.out + i]
    return True


cdef inline void add_rows(Axis* axis, floating like) noexcept nogil:
    """Weights by output, for long windows."""
    cdef floating* weight = <floating*>axis.weight
    cdef floating* rows = weight + axis.taps * axis.out
    cdef int64_t i, k
    if not axis.windows or axis.taps <= SHORT:
        return
    axis.rows = <char*>rows
    for i in range(axis.out):
        for k in range(axis.taps):
            rows[i * axis.taps + k] = weight[k * axis.out + i]
