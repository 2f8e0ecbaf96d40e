"""The geometry of a convolution, and the prepared source that all three directions read.

A source (the input, or the gradient for backward-data) is copied once per image into a zero-padded
buffer that is split by stride phase: [channel][phase][line][pixel]. In it the pixels that one
kernel element meets along an output line are neighbours for any stride and dilation, and the
element is one constant offset away: convolution is then a matrix product whose right factor is
gathered through a table of offsets. Axes are (depth, height, width); missing ones have size 1.
"""
from libc.stdint cimport int64_t

from cytorch._C.kernels.convolution_tile cimport copy_line
from cytorch._C.kernels.kernel_call cimport KernelCall, Operand
from cytorch._C.types cimport floating

cdef enum:
    WAVE_BYTES = 1 << 22        # prepared images that are worked on together


cdef struct Shape:
    # What the op's arguments say; channels are per group.
    int64_t images, groups, in_channels, out_channels
    int64_t input[3]
    int64_t output[3]
    int64_t kernel[3]
    int64_t stride[3]
    int64_t padding[3]
    int64_t dilation[3]


cdef struct Taps:
    # The kernel elements in use along each axis: first, first + step, ..
    int64_t first[3]
    int64_t step[3]
    int64_t count[3]
    bint reversed               # backward-data walks the kernel from its far end


cdef struct Windows:
    int64_t images, groups, channels
    int64_t source[3]
    int64_t phases[3]           # stride
    int64_t before[3]           # zeros in front; negative: elements left out
    int64_t padded[3]           # size of one phase
    int64_t grid[3]             # pixels that have a window
    int64_t pixels              # of one image
    int64_t line                # pixels that are neighbours in the prepared source
    int64_t plane, image_size   # elements of a prepared channel and image
    bint in_place               # the source serves as it is
    int64_t depth               # kernel elements of all channels
    int64_t* offsets
    char* data                  # the source
    char* prepared
    int64_t first_image, wave   # images that are prepared at present
    int itemsize


cdef inline int64_t greatest_divisor(int64_t a, int64_t b) noexcept nogil:
    while b != 0:
        a, b = b, a % b
    return a


cdef inline void read_axes(int64_t* axes, const int64_t* values, int64_t count) noexcept nogil:
    """Right-align up to three sizes."""
    cdef int64_t i
    for i in range(count):
        axes[3 - count + i] = values[i]


cdef inline void read_shape(Shape* shape, const Operand* input, const Operand* output,
                            const int64_t* kernel, const int64_t* ints) noexcept nogil:
    """input and output of the (forward) convolution; ints: stride, padding, dilation, groups."""
    cdef int64_t axes = input.ndim - 2
    cdef int axis
    for axis in range(3):
        shape.input[axis] = shape.output[axis] = shape.kernel[axis] = 1
        shape.stride[axis] = shape.dilation[axis] = 1
        shape.padding[axis] = 0
    read_axes(shape.input, input.sizes + 2, axes)
    read_axes(shape.output, output.sizes + 2, axes)
    read_axes(shape.kernel, kernel, axes)
    read_axes(shape.stride, ints + 1, axes)
    read_axes(shape.padding, ints + axes + 2, axes)
    read_axes(shape.dilation, ints + 2 * axes + 3, axes)
    shape.images = input.sizes[0]
    shape.groups = ints[3 * axes + 3]
    shape.in_channels = input.sizes[1] // shape.groups
    shape.out_channels = output.sizes[1] // shape.groups


cdef inline void finish_windows(Windows* windows) noexcept nogil:
    """Fill what follows from source, phases, before, padded and grid."""
    cdef int axis
    cdef bint whole = True      # lines follow each other without a gap
    windows.plane = windows.pixels = 1
    windows.in_place = True
    for axis in range(3):
        windows.plane *= windows.padded[axis] * windows.phases[axis]
        windows.pixels *= windows.grid[axis]
        whole = whole and windows.padded[axis] == windows.grid[axis]
        windows.in_place = windows.in_place and (
            windows.phases[axis] == 1 and windows.before[axis] == 0
            and windows.padded[axis] == windows.source[axis])
    # Gathering reads past the end of a line unless pixels and source coincide.
    windows.in_place = windows.in_place and whole
    windows.line = windows.pixels if whole else windows.grid[2]
    windows.image_size = windows.groups * windows.channels * windows.plane


cdef inline int64_t pixel_offset(const Windows* windows, int64_t pixel) noexcept nogil:
    """Where output pixel `pixel` starts in a prepared plane."""
    if windows.line == windows.pixels:
        return pixel
    cdef int64_t row = pixel // windows.grid[2]
    cdef int64_t depth = row // windows.grid[1], height = row % windows.grid[1]
    return ((depth * windows.padded[1] + height) * windows.padded[2] + pixel % windows.grid[2])


cdef inline int64_t tap_position(const Taps* taps, const Shape* shape, int axis,
                                 int64_t index) noexcept nogil:
    """Distance of a kernel element from the first one that a window meets."""
    if taps.reversed:
        return ((taps.count[axis] - 1 - index) * taps.step[axis] * shape.dilation[axis]
                // shape.stride[axis])
    return (taps.first[axis] + index * taps.step[axis]) * shape.dilation[axis]


cdef inline void fill_offsets(Windows* windows, const Shape* shape,
                              const Taps* taps) noexcept nogil:
    cdef int64_t channel, i, j, k, at = 0, z, y, x, phase, place
    cdef int64_t phase_size = windows.padded[0] * windows.padded[1] * windows.padded[2]
    for channel in range(windows.channels):
        for i in range(taps.count[0]):
            z = tap_position(taps, shape, 0, i)
            for j in range(taps.count[1]):
                y = tap_position(taps, shape, 1, j)
                for k in range(taps.count[2]):
                    x = tap_position(taps, shape, 2, k)
                    phase = ((z % windows.phases[0] * windows.phases[1] + y % windows.phases[1])
                             * windows.phases[2] + x % windows.phases[2])
                    place = ((z // windows.phases[0] * windows.padded[1]
                              + y // windows.phases[1]) * windows.padded[2]
                             + x // windows.phases[2])
                    windows.offsets[at] = channel * windows.plane + phase * phase_size + place
                    at += 1


cdef inline void prepare_channel(const Windows* windows, const floating* source,
                                 floating* plane) noexcept nogil:
    """Copy one channel of one image, padded and split by phase."""
    cdef int64_t a, b, c, i, j, z, y, width = windows.padded[2]
    for a in range(windows.phases[0]):
        for b in range(windows.phases[1]):
            for c in range(windows.phases[2]):
                for i in range(windows.padded[0]):
                    z = i * windows.phases[0] + a - windows.before[0]
                    for j in range(windows.padded[1]):
                        y = j * windows.phases[1] + b - windows.before[1]
                        if 0 <= z < windows.source[0] and 0 <= y < windows.source[1]:
                            copy_line(plane, width,
                                      source + (z * windows.source[1] + y) * windows.source[2],
                                      windows.source[2], c - windows.before[2],
                                      windows.phases[2])
                        else:
                            copy_line(plane, width, source, 0, 0, 1)
                        plane += width


cdef inline void prepare_channels(void* context, int64_t begin, int64_t end) noexcept nogil:
    """Channels [begin, end) of the images of the wave."""
    cdef const Windows* windows = <const Windows*>context
    cdef int64_t index, source_plane = windows.source[0] * windows.source[1] * windows.source[2]
    cdef int64_t first = windows.first_image * windows.groups * windows.channels
    for index in range(begin, end):
        if windows.itemsize == 4:
            prepare_channel(windows, <float*>windows.data + (first + index) * source_plane,
                            <float*>windows.prepared + index * windows.plane)
        else:
            prepare_channel(windows, <double*>windows.data + (first + index) * source_plane,
                            <double*>windows.prepared + index * windows.plane)


cdef inline int64_t wave_size(const Windows* windows) noexcept nogil:
    """How many images are prepared together."""
    cdef int64_t fit = WAVE_BYTES // max(<int64_t>1, windows.image_size * windows.itemsize)
    return max(<int64_t>1, min(fit, windows.images))


cdef inline void* allocate_prepared(KernelCall* call, const Windows* windows,
                                    int64_t wave) noexcept nogil:
    # Gathering whole vectors may run one vector past the last image.
    if windows.in_place:
        return call.allocate(64)
    return call.allocate(wave * windows.image_size * windows.itemsize + 128)


cdef inline void prepare_wave(KernelCall* call, Windows* windows, void* memory,
                              int64_t first_image, int64_t wave) noexcept nogil:
    """Let windows.prepared show images [first_image, first_image + wave)."""
    windows.first_image = first_image
    windows.wave = min(wave, windows.images - first_image)
    if windows.in_place:
        windows.prepared = windows.data + first_image * windows.image_size * windows.itemsize
        return
    windows.prepared = <char*>memory
    call.parallel_for(windows.wave * windows.groups * windows.channels,
                      1 + 65536 // (windows.plane + 1), prepare_channels, windows)
