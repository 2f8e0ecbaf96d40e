"""Convolution of integers: plain loops. Sums wrap around in the dtype of the result."""
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t

from cytorch._C.dtype_ids cimport (
    DTYPE_INT8, DTYPE_INT16, DTYPE_INT32, DTYPE_INT64, DTYPE_UINT8)
from cytorch._C.kernels.convolution_windows cimport Shape, read_shape
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KernelCall
from cytorch._C.registry cimport register_kernel
from cytorch._C.types cimport integral


cdef int64_t input_pixel(const Shape* shape, const int64_t* place, int64_t tap) noexcept nogil:
    """Where kernel element `tap` of the output pixel `place` meets the input; -1 in the padding."""
    cdef int64_t element[3]
    cdef int64_t at, pixel = 0
    cdef int axis
    element[2] = tap % shape.kernel[2]
    element[1] = tap // shape.kernel[2] % shape.kernel[1]
    element[0] = tap // shape.kernel[2] // shape.kernel[1]
    for axis in range(3):
        at = (place[axis] * shape.stride[axis] + element[axis] * shape.dilation[axis]
              - shape.padding[axis])
        if at < 0 or at >= shape.input[axis]:
            return -1
        pixel = pixel * shape.input[axis] + at
    return pixel


cdef void multiply_pixel(const Shape* shape, int64_t output_plane, const int64_t* place,
                         const integral* weight, integral* input, integral* output,
                         bint transposed) noexcept nogil:
    """All products of one output pixel: summed into the output, or (transposed) into the input.

    output_plane: the number of the (image, channel) plane of the output.
    """
    cdef int64_t elements = shape.kernel[0] * shape.kernel[1] * shape.kernel[2]
    cdef int64_t in_size = shape.input[0] * shape.input[1] * shape.input[2]
    cdef int64_t channels = shape.groups * shape.out_channels
    cdef int64_t channel = output_plane % channels, group = channel // shape.out_channels
    cdef int64_t in_channel, tap, pixel
    cdef integral factor
    input += (output_plane // channels * shape.groups + group) * shape.in_channels * in_size
    weight += channel * shape.in_channels * elements
    for in_channel in range(shape.in_channels):
        for tap in range(elements):
            pixel = input_pixel(shape, place, tap)
            if pixel < 0:
                continue
            factor = weight[in_channel * elements + tap]
            if transposed:
                input[in_channel * in_size + pixel] += <integral>(factor * output[0])
            else:
                output[0] += <integral>(factor * input[in_channel * in_size + pixel])


cdef int convolve(KernelCall* call, bint transposed, integral* kind) noexcept nogil:
    """Operands and ints as in convolution.pyx, forward or backward_input."""
    cdef Shape shape
    cdef int64_t place[3]
    cdef int64_t plane, i, size, channels
    cdef int64_t axes = call.inputs[0].ndim - 2
    cdef integral* result = <integral*>call.outputs[0].data
    cdef integral* output = <integral*>call.inputs[0].data
    cdef integral* input = result
    cdef const integral* bias = <integral*>call.inputs[2].data
    if call.outputs[0].numel == 0:
        return KERNEL_OK
    if transposed:
        read_shape(&shape, &call.outputs[0], &call.inputs[0], call.inputs[1].sizes + 2,
                   call.ints + axes + 1)
    else:
        read_shape(&shape, &call.inputs[0], &call.outputs[0], call.inputs[1].sizes + 2, call.ints)
        input, output = output, input
    channels = call.outputs[0].sizes[1]
    size = call.outputs[0].numel // (call.outputs[0].sizes[0] * channels)
    for i in range(call.outputs[0].numel):
        result[i] = bias[i // size % channels] if call.inputs[2].dtype >= 0 else 0
    for plane in range(shape.images * shape.groups * shape.out_channels):
        for place[0] in range(shape.output[0]):
            for place[1] in range(shape.output[1]):
                for place[2] in range(shape.output[2]):
                    multiply_pixel(&shape, plane, place, <integral*>call.inputs[1].data, input,
                                   output, transposed)
                    output += 1
    return KERNEL_OK


cdef int forward_uint8(KernelCall* call) noexcept nogil:
    return convolve(call, False, <uint8_t*>NULL)


cdef int backward_input_uint8(KernelCall* call) noexcept nogil:
    return convolve(call, True, <uint8_t*>NULL)


cdef int forward_int8(KernelCall* call) noexcept nogil:
    return convolve(call, False, <int8_t*>NULL)


cdef int backward_input_int8(KernelCall* call) noexcept nogil:
    return convolve(call, True, <int8_t*>NULL)


cdef int forward_int16(KernelCall* call) noexcept nogil:
    return convolve(call, False, <int16_t*>NULL)


cdef int backward_input_int16(KernelCall* call) noexcept nogil:
    return convolve(call, True, <int16_t*>NULL)


cdef int forward_int32(KernelCall* call) noexcept nogil:
    return convolve(call, False, <int32_t*>NULL)


cdef int backward_input_int32(KernelCall* call) noexcept nogil:
    return convolve(call, True, <int32_t*>NULL)


cdef int forward_int64(KernelCall* call) noexcept nogil:
    return convolve(call, False, <int64_t*>NULL)


cdef int backward_input_int64(KernelCall* call) noexcept nogil:
    return convolve(call, True, <int64_t*>NULL)


def register():
    register_kernel("convolution", DTYPE_UINT8, <void*>forward_uint8)
    register_kernel("convolution_backward_input", DTYPE_UINT8, <void*>backward_input_uint8)
    register_kernel("convolution", DTYPE_INT8, <void*>forward_int8)
    register_kernel("convolution_backward_input", DTYPE_INT8, <void*>backward_input_int8)
    register_kernel("convolution", DTYPE_INT16, <void*>forward_int16)
    register_kernel("convolution_backward_input", DTYPE_INT16, <void*>backward_input_int16)
    register_kernel("convolution", DTYPE_INT32, <void*>forward_int32)
    register_kernel("convolution_backward_input", DTYPE_INT32, <void*>backward_input_int32)
    register_kernel("convolution", DTYPE_INT64, <void*>forward_int64)
    register_kernel("convolution_backward_input", DTYPE_INT64, <void*>backward_input_int64)
