"""Convolution: forward, backward-data (which is also transposed convolution), backward-weights.

Operands are contiguous (batch, channels, spatial..); 1 to 3 spatial axes.
"""
from libc.stdint cimport int64_t

from cytorch._C.dtype_ids cimport DTYPE_FLOAT32, DTYPE_FLOAT64
from cytorch._C.kernels.convolution_sum cimport WindowSum, sum_windows
from cytorch._C.kernels.convolution_weight cimport sum_weight_gradient
from cytorch._C.kernels.convolution_windows cimport (
    Shape, Taps, Windows, finish_windows, greatest_divisor, read_shape)
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KernelCall
from cytorch._C.registry cimport register_kernel
from cytorch._C.types cimport floating


cdef void forward_windows(const Shape* shape, Windows* windows, Taps* taps) noexcept nogil:
    """Windows of every output pixel over the input."""
    cdef int axis
    cdef int64_t reach
    windows.images = shape.images
    windows.groups = shape.groups
    windows.channels = shape.in_channels
    for axis in range(3):
        windows.source[axis] = shape.input[axis]
        windows.phases[axis] = shape.stride[axis]
        windows.before[axis] = shape.padding[axis]
        windows.grid[axis] = shape.output[axis]
        reach = ((shape.output[axis] - 1) * shape.stride[axis]
                 + (shape.kernel[axis] - 1) * shape.dilation[axis] + 1)
        windows.padded[axis] = (reach + shape.stride[axis] - 1) // shape.stride[axis]
        taps.first[axis] = 0
        taps.step[axis] = 1
        taps.count[axis] = shape.kernel[axis]
    taps.reversed = False
    finish_windows(windows)


cdef int64_t first_tap(int64_t phase, int64_t kernel, int64_t stride,
                       int64_t dilation) noexcept nogil:
    """First kernel element that reaches this stride phase, or `kernel` when none does."""
    cdef int64_t tap = 0
    while tap < kernel and tap < stride and tap * dilation % stride != phase:
        tap += 1
    return kernel if tap >= stride else tap


cdef bint phase_windows(const Shape* shape, const int64_t* phase, WindowSum* job,
                        Taps* taps) noexcept nogil:
    """Windows over the output of the input pixels at one stride phase; False if there are none.

    Pixel i (plus padding) is stride * t + phase: it meets kernel elements k with
    k * dilation % stride == phase, from output pixel t - k * dilation // stride.
    """
    cdef int axis
    cdef int64_t first, count, stride, dilation, reach
    cdef Windows* windows = &job.windows
    windows.images = shape.images
    windows.groups = shape.groups
    windows.channels = shape.out_channels
    for axis in range(3):
        stride = shape.stride[axis]
        dilation = shape.dilation[axis]
        first = 0
        if shape.padding[axis] > phase[axis]:
            first = (shape.padding[axis] - phase[axis] + stride - 1) // stride
        if shape.input[axis] - 1 + shape.padding[axis] < phase[axis]:
            return False
        count = (shape.input[axis] - 1 + shape.padding[axis] - phase[axis]) // stride - first + 1
        if count <= 0:
            return False
        taps.first[axis] = first_tap(phase[axis], shape.kernel[axis], stride, dilation)
        taps.step[axis] = stride // greatest_divisor(stride, dilation)
        taps.count[axis] = ((shape.kernel[axis] - taps.first[axis] + taps.step[axis] - 1)
                            // taps.step[axis])
        reach = 0
        if taps.count[axis] > 0:
            # Distance of the last tap, and from the first tap to the last.
            windows.before[axis] = ((taps.first[axis] + (taps.count[axis] - 1) * taps.step[axis])
                                    * dilation // stride - first)
            reach = (taps.count[axis] - 1) * taps.step[axis] * dilation // stride
        else:
            windows.before[axis] = -first
        windows.source[axis] = shape.output[axis]
        windows.phases[axis] = 1
        windows.grid[axis] = count
        windows.padded[axis] = count + reach
    taps.reversed = True
    finish_windows(windows)
    return True


cdef void dense_strides(int64_t* strides, const int64_t* sizes) noexcept nogil:
    strides[2] = 1
    strides[1] = sizes[2]
    strides[0] = sizes[1] * sizes[2]


cdef int forward(KernelCall* call, floating* kind) noexcept nogil:
    """Operands: output; input, weight, bias or absent. ints: stride, padding, dilation, groups."""
    cdef Shape shape
    cdef WindowSum job
    cdef Taps taps
    if call.outputs[0].numel == 0:
        return KERNEL_OK
    read_shape(&shape, &call.inputs[0], &call.outputs[0], call.inputs[1].sizes + 2, call.ints)
    forward_windows(&shape, &job.windows, &taps)
    job.windows.data = call.inputs[0].data
    job.rows = shape.out_channels
    job.target = call.outputs[0].data
    dense_strides(job.axis_strides, shape.output)
    job.dense = True
    job.channel_stride = job.windows.pixels
    job.image_stride = shape.groups * shape.out_channels * job.channel_stride
    job.shape = &shape
    job.taps = &taps
    job.weight = call.inputs[1].data
    job.bias = call.inputs[2].data if call.inputs[2].dtype >= 0 else NULL
    job.weight_channel = shape.kernel[0] * shape.kernel[1] * shape.kernel[2]
    job.weight_row = shape.in_channels * job.weight_channel
    return sum_windows(call, &job, kind)


cdef int one_phase(KernelCall* call, const Shape* shape, const int64_t* phase,
                   WindowSum* job, floating* kind) noexcept nogil:
    """Backward-data at the input pixels of one stride phase."""
    cdef Taps taps
    cdef int axis
    cdef int64_t first
    if not phase_windows(shape, phase, job, &taps):
        return KERNEL_OK
    dense_strides(job.axis_strides, shape.input)
    job.target = call.outputs[0].data
    job.dense = True
    for axis in range(3):
        first = phase[axis] - shape.padding[axis]
        if first < 0:
            first += (-first + shape.stride[axis] - 1) // shape.stride[axis] * shape.stride[axis]
        job.target += first * job.axis_strides[axis] * <int64_t>sizeof(floating)
        job.axis_strides[axis] *= shape.stride[axis]
        job.dense = job.dense and shape.stride[axis] == 1
    if not job.dense:           # the pixels of a run must be evenly spaced in the target too
        job.windows.line = job.windows.grid[2]
    job.shape = shape
    job.taps = &taps
    return sum_windows(call, job, kind)


cdef int backward_input(KernelCall* call, floating* kind) noexcept nogil:
    """Operands: gradient of the input; gradient of the output, weight, bias or absent.

    ints: spatial sizes of the input, stride, padding, dilation, groups.
    """
    cdef Shape shape
    cdef WindowSum job
    cdef int64_t phase[3]
    cdef int status = KERNEL_OK
    cdef int64_t axes = call.inputs[0].ndim - 2
    if call.outputs[0].numel == 0:
        return KERNEL_OK
    read_shape(&shape, &call.outputs[0], &call.inputs[0], call.inputs[1].sizes + 2,
               call.ints + axes + 1)
    job.windows.data = call.inputs[0].data
    job.rows = shape.in_channels
    job.channel_stride = shape.input[0] * shape.input[1] * shape.input[2]
    job.image_stride = shape.groups * shape.in_channels * job.channel_stride
    job.weight = call.inputs[1].data
    job.bias = call.inputs[2].data if call.inputs[2].dtype >= 0 else NULL
    job.weight_row = shape.kernel[0] * shape.kernel[1] * shape.kernel[2]
    job.weight_channel = shape.in_channels * job.weight_row
    for phase[0] in range(shape.stride[0]):
        for phase[1] in range(shape.stride[1]):
            for phase[2] in range(shape.stride[2]):
                status = one_phase(call, &shape, phase, &job, kind)
                if status != KERNEL_OK:
                    return status
    return status


cdef int backward_weight(KernelCall* call, floating* kind) noexcept nogil:
    """Operands: gradient of the weight; gradient of the output, input.

    ints: spatial sizes of the weight, stride, padding, dilation, groups.
    """
    cdef Shape shape
    cdef Windows windows
    cdef Taps taps
    cdef int64_t axes = call.inputs[0].ndim - 2
    if call.outputs[0].numel == 0:
        return KERNEL_OK
    read_shape(&shape, &call.inputs[1], &call.inputs[0], call.ints + 1, call.ints + axes + 1)
    forward_windows(&shape, &windows, &taps)
    windows.data = call.inputs[1].data
    return sum_weight_gradient(call, &shape, &windows, &taps, kind)


cdef int forward_float(KernelCall* call) noexcept nogil:
    return forward(call, <float*>NULL)


cdef int forward_double(KernelCall* call) noexcept nogil:
    return forward(call, <double*>NULL)


cdef int backward_input_float(KernelCall* call) noexcept nogil:
    return backward_input(call, <float*>NULL)


cdef int backward_input_double(KernelCall* call) noexcept nogil:
    return backward_input(call, <double*>NULL)


cdef int backward_weight_float(KernelCall* call) noexcept nogil:
    return backward_weight(call, <float*>NULL)


cdef int backward_weight_double(KernelCall* call) noexcept nogil:
    return backward_weight(call, <double*>NULL)


def register():
    register_kernel("convolution", DTYPE_FLOAT32, <void*>forward_float)
    register_kernel("convolution", DTYPE_FLOAT64, <void*>forward_double)
    register_kernel("convolution_backward_input", DTYPE_FLOAT32, <void*>backward_input_float)
    register_kernel("convolution_backward_input", DTYPE_FLOAT64, <void*>backward_input_double)
    register_kernel("convolution_backward_weight", DTYPE_FLOAT32, <void*>backward_weight_float)
    register_kernel("convolution_backward_weight", DTYPE_FLOAT64, <void*>backward_weight_double)
