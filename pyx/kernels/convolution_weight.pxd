"""Backward-weights: gradient[out][k] = sum over images and pixels of output gradient . window k.

A tile holds a few kernel elements (rows, read straight from the prepared input) times two vectors
of output channels (columns, from the gradient transposed to [pixel][channel]). Sums run over the
images of a wave in one order, wave after wave, for any number of threads.
"""
from libc.stdint cimport int64_t
from libc.string cimport memset

from cytorch._C.kernels.convolution_tile cimport (
    WINDOW_ROWS, WindowLines, window_dots, window_tile)
from cytorch._C.kernels.convolution_windows cimport (
    Shape, Taps, Windows, allocate_prepared, fill_offsets, prepare_wave, wave_size)
from cytorch._C.kernels.gemm_blocks cimport TASK_WORK
from cytorch._C.kernels.gemm_tile cimport lanes, pack_panel
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KERNEL_OUT_OF_MEMORY, KernelCall
from cytorch._C.types cimport floating

cdef enum:
    WAVE_PIXELS = 4096          # of gradient that one tile walks over: stays in the L2 cache


cdef struct WeightGradient:
    Windows windows
    WindowLines lines
    int64_t channels            # output channels of a group
    bint single                 # few channels: one at a time, along the pixels
    int64_t panels, tiles       # panels of channels, tiles of kernel elements
    char* gradient              # of the output
    char* columns               # transposed: [group][panel][image][pixel][2 vectors]
    char* sums                  # [group][kernel element][panels of channels]
    char* result


cdef inline void transpose_gradient(const WeightGradient* job, int64_t index,
                                    floating* kind) noexcept nogil:
    """One panel of channels of one image."""
    cdef const Windows* windows = &job.windows
    cdef int64_t width = 2 * lanes(kind), image = index % windows.wave
    cdef int64_t panel = index // windows.wave % job.panels
    cdef int64_t group = index // windows.wave // job.panels
    cdef int64_t channel = ((windows.first_image + image) * windows.groups + group) * job.channels
    pack_panel(<int>min(width, job.channels - panel * width), windows.pixels,
               <floating*>job.gradient + (channel + panel * width) * windows.pixels,
               windows.pixels, 1, <floating*>job.columns + index * windows.pixels * width,
               <int>width)


cdef inline void transpose_gradients(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef const WeightGradient* job = <const WeightGradient*>context
    cdef int64_t index
    for index in range(begin, end):
        if job.windows.itemsize == 4:
            transpose_gradient(job, index, <float*>NULL)
        else:
            transpose_gradient(job, index, <double*>NULL)


cdef inline void run_task(const WeightGradient* job, int64_t index, floating* kind) noexcept nogil:
    """One tile of kernel elements times one panel of channels (or one channel)."""
    cdef const Windows* windows = &job.windows
    cdef const floating* starts[WINDOW_ROWS]
    cdef int64_t tile = index % job.tiles, panel = index // job.tiles % job.panels
    cdef int64_t group = index // job.tiles // job.panels, width = 2 * lanes(kind), i, first
    cdef int rows
    cdef bint more = windows.first_image > 0
    cdef floating* sums = <floating*>job.sums
    cdef floating* source = (<floating*>windows.prepared
                             + group * windows.channels * windows.plane)
    # Tiles of almost equal height.
    first = windows.depth * tile // job.tiles
    rows = <int>(windows.depth * (tile + 1) // job.tiles - first)
    for i in range(rows):
        starts[i] = source + windows.offsets[first + i]
    if job.single:
        i = group * job.channels + panel
        window_dots(rows, &job.lines, starts,
                    <floating*>job.gradient + (windows.first_image * windows.groups
                                               * job.channels + i) * windows.pixels,
                    windows.groups * job.channels * windows.pixels,
                    <floating*>job.result + i * windows.depth + first, more)
        return
    window_tile(rows, &job.lines, starts,
                <floating*>job.columns + ((group * job.panels + panel) * windows.wave
                                          * windows.pixels) * width,
                sums + ((group * windows.depth + first) * job.panels + panel) * width,
                job.panels * width, more)


cdef inline void run_tasks(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef const WeightGradient* job = <const WeightGradient*>context
    cdef int64_t index
    for index in range(begin, end):
        if job.windows.itemsize == 4:
            run_task(job, index, <float*>NULL)
        else:
            run_task(job, index, <double*>NULL)


cdef inline void store_channel(const WeightGradient* job, int64_t index,
                               floating* kind) noexcept nogil:
    """The weights of one output channel: a column of the sums."""
    cdef int64_t depth = job.windows.depth, row = job.panels * 2 * lanes(kind), k
    cdef int64_t group = index // job.channels
    cdef const floating* sums = (<floating*>job.sums + group * depth * row
                                 + index % job.channels)
    cdef floating* result = <floating*>job.result + index * depth
    for k in range(depth):
        result[k] = sums[k * row]


cdef inline void store_channels(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef const WeightGradient* job = <const WeightGradient*>context
    cdef int64_t index
    for index in range(begin, end):
        if job.windows.itemsize == 4:
            store_channel(job, index, <float*>NULL)
        else:
            store_channel(job, index, <double*>NULL)


cdef inline void sum_waves(KernelCall* call, WeightGradient* job, int64_t wave,
                           void* memory) noexcept nogil:
    cdef Windows* windows = &job.windows
    cdef int64_t image = 0, work
    while image < windows.images:
        prepare_wave(call, windows, memory, image, wave)
        job.lines.images = windows.wave
        if not job.single:
            call.parallel_for(windows.groups * job.panels * windows.wave,
                              1 + 2048 // windows.pixels, transpose_gradients, job)
        work = WINDOW_ROWS * windows.wave * windows.pixels * (1 if job.single else 32)
        call.parallel_for(windows.groups * job.panels * job.tiles, 1 + TASK_WORK // 2 // work,
                          run_tasks, job)
        image += windows.wave


cdef inline int sum_weight_gradient(KernelCall* call, const Shape* shape, const Windows* windows,
                                    const Taps* taps, floating* kind) noexcept nogil:
    """Operands as in convolution.pyx: backward_weight. windows: of the forward convolution."""
    cdef WeightGradient job
    cdef int64_t wave, width = 2 * lanes(kind), panels
    cdef void* memory
    cdef int status = KERNEL_OUT_OF_MEMORY
    job.windows = windows[0]
    job.windows.itemsize = sizeof(floating)
    job.windows.depth = windows.channels * taps.count[0] * taps.count[1] * taps.count[2]
    job.gradient = call.inputs[0].data
    job.result = call.outputs[0].data
    if call.inputs[0].numel == 0 or call.inputs[1].numel == 0:
        memset(job.result, 0, call.outputs[0].numel * sizeof(floating))
        return KERNEL_OK
    job.channels = shape.out_channels
    job.single = job.channels <= lanes(kind) // 4
    panels = (job.channels + width - 1) // width
    job.panels = job.channels if job.single else panels
    job.tiles = (job.windows.depth + WINDOW_ROWS - 1) // WINDOW_ROWS
    wave = min(wave_size(&job.windows), 1 + WAVE_PIXELS // windows.pixels)
    job.lines.image_stride = windows.image_size
    job.lines.depths = 1
    job.lines.heights = 1
    job.lines.columns = windows.line
    if windows.line != windows.pixels:
        job.lines.depths = windows.grid[0]
        job.lines.depth_stride = windows.padded[1] * windows.padded[2]
        job.lines.heights = windows.grid[1]
        job.lines.height_stride = windows.padded[2]
    job.windows.offsets = <int64_t*>call.allocate(job.windows.depth * sizeof(int64_t))
    job.sums = <char*>call.allocate(windows.groups * job.windows.depth * panels * width
                                    * sizeof(floating))
    job.columns = <char*>call.allocate(windows.groups * panels * wave * windows.pixels * width
                                       * sizeof(floating))
    memory = allocate_prepared(call, &job.windows, wave)
    if (job.windows.offsets != NULL and job.sums != NULL and job.columns != NULL
            and memory != NULL):
        fill_offsets(&job.windows, shape, taps)
        sum_waves(call, &job, wave, memory)
        if not job.single:
            call.parallel_for(windows.groups * job.channels, 1 + 16384 // job.windows.depth,
                              store_channels, &job)
        status = KERNEL_OK
    if job.windows.offsets != NULL:
        call.release(job.windows.offsets)
    if job.sums != NULL:
        call.release(job.sums)
    if job.columns != NULL:
        call.release(job.columns)
    if memory != NULL:
        call.release(memory)
    return status
