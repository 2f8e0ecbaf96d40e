"""Sums over windows: target[row][pixel] = weights[row][k] . source window[k], as tiles of a GEMM.

Forward convolution is one such sum; backward-data (and so transposed convolution) is one for each
stride phase of the input. The panel of a few pixels is gathered into the L1 cache just before it
is used, so that no matrix of windows ever exists.
"""
from libc.stdint cimport int64_t
from libc.string cimport memcpy

from cytorch._C.kernels.convolution_tile cimport SUM_RUNS, gather_panel, window_sum
from cytorch._C.kernels.convolution_windows cimport (
    Shape, Taps, Windows, allocate_prepared, fill_offsets, pixel_offset, prepare_wave, wave_size)
from cytorch._C.kernels.gemm_blocks cimport (
    COLUMN_PANEL_BYTES, TASK_WORK, depth_block, divide_evenly)
from cytorch._C.kernels.gemm_tile cimport (
    PANEL_ROWS, TILE_ROWS, aligned, lanes, pack_panel, split_tile, tile,
    tile_height)
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KERNEL_OUT_OF_MEMORY, KernelCall
from cytorch._C.types cimport floating

cdef enum:
    MOST_RUNS = 32              # two vectors of floats, each pixel a run of its own


cdef struct WindowSum:
    Windows windows
    int64_t rows, tiles         # output channels of a group, and their tiles
    int64_t depth               # of the sum; one more than windows.depth with a bias
    char* panels                # packed weights: [group][tile][depth][PANEL_ROWS]
    char* target
    int64_t image_stride, channel_stride
    int64_t axis_strides[3]     # of the pixels in the target
    bint dense                  # pixels of an image are neighbours in the target
    int64_t task_panels, tasks  # panels of pixels in a task; tasks of a group
    # How the weights are stored.
    const Shape* shape
    const Taps* taps
    const char* weight
    const char* bias
    int64_t weight_row, weight_channel


# Up to two vectors of pixels: where they come from and where they go.
cdef struct Pixels:
    int count, columns
    int64_t sources[MOST_RUNS]
    int64_t targets[MOST_RUNS]
    int starts[MOST_RUNS]
    int lengths[MOST_RUNS]
    bint one_image


cdef inline int add_run(const WindowSum* job, int64_t first, int64_t most, int start,
                        Pixels* pixels) noexcept nogil:
    """Append the run from pixel `first` of the wave: at most to the end of its line."""
    cdef const Windows* windows = &job.windows
    cdef int64_t image = first // windows.pixels, pixel = first % windows.pixels
    cdef int64_t row = pixel // windows.grid[2]
    cdef int run = pixels.count
    cdef int length = <int>min(most, windows.line - pixel % windows.line)
    pixels.sources[run] = image * windows.image_size + pixel_offset(windows, pixel)
    pixels.targets[run] = ((windows.first_image + image) * job.image_stride
                           + row // windows.grid[1] * job.axis_strides[0]
                           + row % windows.grid[1] * job.axis_strides[1]
                           + pixel % windows.grid[2] * job.axis_strides[2])
    pixels.starts[run] = start
    pixels.lengths[run] = length
    pixels.count += 1
    return length


cdef inline void find_pixels(const WindowSum* job, int64_t first, int columns, int vector,
                             Pixels* pixels) noexcept nogil:
    """Split `columns` pixels of the wave from `first` on into runs of at most one vector."""
    cdef int64_t pixels_per_image = job.windows.pixels
    cdef int done = 0
    pixels.count = 0
    pixels.columns = columns
    pixels.one_image = first // pixels_per_image == (first + columns - 1) // pixels_per_image
    while done < columns:
        done += add_run(job, first + done, min(vector, columns - done), done, pixels)


cdef inline void write_runs(const WindowSum* job, const Pixels* pixels, int rows,
                            const floating* values, int values_row, floating* target,
                            bint accumulate) noexcept nogil:
    """Values of a tile to pixels that are not neighbours."""
    cdef int run, row, i
    cdef int64_t step = job.axis_strides[2]
    cdef const floating* value
    cdef floating* place
    for run in range(pixels.count):
        for row in range(rows):
            value = values + row * values_row + pixels.starts[run]
            place = target + pixels.targets[run] + row * job.channel_stride
            if accumulate:
                for i in range(pixels.lengths[run]):
                    place[i * step] += value[i]
            elif step == 1:
                memcpy(place, value, pixels.lengths[run] * sizeof(floating))
            else:
                for i in range(pixels.lengths[run]):
                    place[i * step] = value[i]


cdef inline void sum_panel(const WindowSum* job, const Pixels* pixels, int64_t group,
                           int64_t step, int64_t depth, floating* panel,
                           floating* values) noexcept nogil:
    """All output channels of a group at up to two vectors of pixels, `depth` steps of the sum."""
    cdef const Windows* windows = &job.windows
    cdef const floating* sources[MOST_RUNS]
    cdef floating* source = (<floating*>windows.prepared
                             + group * windows.channels * windows.plane)
    cdef floating* target = <floating*>job.target + group * job.rows * job.channel_stride
    cdef const floating* weights = (<floating*>job.panels
                                    + (group * job.tiles * job.depth + step) * PANEL_ROWS)
    cdef int vector = lanes(panel), width = 2 * lanes(panel), run, height, i
    cdef int64_t row = 0, gathered = min(depth, windows.depth - step)
    for run in range(pixels.count):
        sources[run] = source + pixels.sources[run]
    gather_panel(gathered, windows.offsets + step, pixels.count, sources, pixels.starts,
                 pixels.lengths, windows.in_place, panel)
    if gathered < depth:        # the last step meets the bias
        for i in range(width):
            panel[gathered * width + i] = 1
    while row < job.rows:
        height = <int>tile_height(job.rows - row)
        if job.dense and pixels.one_image:
            tile(True, height, pixels.columns, depth, weights, 1, PANEL_ROWS, panel, width,
                 target + pixels.targets[0], job.channel_stride, <floating*>NULL, step > 0)
        elif (job.axis_strides[2] == 1 and pixels.count == 2 and pixels.lengths[0] == vector
                and pixels.lengths[1] == vector):
            split_tile(height, depth, weights, panel, width, target + pixels.targets[0],
                       target + pixels.targets[1], job.channel_stride, step > 0)
        else:
            tile(True, height, width, depth, weights, 1, PANEL_ROWS, panel, width, values, width,
                 <floating*>NULL, False)
            write_runs(job, pixels, height, values, width, target, step > 0)
        weights += job.depth * PANEL_ROWS
        target += height * job.channel_stride
        row += height


cdef inline void sum_one_row(const WindowSum* job, int64_t group, int64_t first, int64_t last,
                             floating* values) noexcept nogil:
    """A group with one output channel (depthwise): no factor is shared, so nothing is packed."""
    cdef const Windows* windows = &job.windows
    cdef const floating* sources[SUM_RUNS]
    cdef floating* source = (<floating*>windows.prepared
                             + group * windows.channels * windows.plane)
    cdef floating* target = <floating*>job.target + group * job.channel_stride
    cdef const floating* weights = <floating*>job.panels + group * job.depth * PANEL_ROWS
    cdef floating initial = 0
    cdef Pixels pixels
    cdef int vector = lanes(values), run
    if job.depth > windows.depth:
        initial = weights[windows.depth * PANEL_ROWS]
    while first < last:
        pixels.count = 0
        for run in range(SUM_RUNS):
            sources[run] = source   # any address that can be read, past the last run
            if first < last:
                first += add_run(job, first, min(<int64_t>vector, last - first), run * vector,
                                 &pixels)
                sources[run] = source + pixels.sources[run]
        window_sum(windows.depth, windows.offsets, weights, PANEL_ROWS, sources, initial, values)
        write_runs(job, &pixels, 1, values, 0, target, False)


cdef inline void run_task(const WindowSum* job, int64_t index, char* panel_memory,
                          char* value_memory, floating* kind) noexcept nogil:
    """Some panels of pixels of one group."""
    cdef Pixels pixels
    cdef floating* panel = aligned(panel_memory, kind)
    cdef floating* values = aligned(value_memory, kind)
    cdef int64_t group = index // job.tasks, width = 2 * lanes(kind), step = 0, depth, pixel
    cdef int64_t begin = index % job.tasks * job.task_panels * width
    cdef int64_t total = job.windows.wave * job.windows.pixels
    cdef int64_t end = min(begin + job.task_panels * width, total)
    # Storing to pixels that are not neighbours is slow: take a longer sum at a time.
    cdef int64_t most = depth_block(kind) if job.dense else 2 * depth_block(kind)
    if job.rows == 1 and not job.windows.in_place:
        sum_one_row(job, group, begin, end, values)
        return
    while step < job.depth:
        depth = divide_evenly(job.depth - step, most, 1)
        pixel = begin
        while pixel < end:
            find_pixels(job, pixel, <int>min(width, end - pixel), lanes(kind), &pixels)
            sum_panel(job, &pixels, group, step, depth, panel, values)
            pixel += width
        step += depth


cdef inline void run_tasks(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef const WindowSum* job = <const WindowSum*>context
    cdef char panel[2 * COLUMN_PANEL_BYTES + 3 * 64]
    cdef char values[TILE_ROWS * 128 + 64]
    cdef int64_t index
    for index in range(begin, end):
        if job.windows.itemsize == 4:
            run_task(job, index, panel, values, <float*>NULL)
        else:
            run_task(job, index, panel, values, <double*>NULL)


cdef inline void pack_tile(const WindowSum* job, int64_t group, int64_t index,
                           floating* kind) noexcept nogil:
    """One tile of output channels: their weights for every step, then the bias."""
    cdef const Taps* taps = job.taps
    cdef const Shape* shape = job.shape
    cdef int64_t first = 0, i, j, channel, tap
    cdef int64_t elements = shape.kernel[0] * shape.kernel[1] * shape.kernel[2]
    cdef int64_t used = taps.count[0] * taps.count[1] * taps.count[2]
    cdef int height = <int>tile_height(job.rows)
    cdef floating* panel = (<floating*>job.panels
                            + (group * job.tiles + index) * job.depth * PANEL_ROWS)
    cdef const floating* weight
    for _ in range(index):
        first += height
        height = <int>tile_height(job.rows - first)
    weight = (<const floating*>job.weight + first * job.weight_row
              + group * shape.in_channels * shape.out_channels * elements)
    if used == elements and job.weight_channel == elements:
        pack_panel(height, job.windows.depth, weight, job.weight_row, 1, panel, PANEL_ROWS)
        panel += job.windows.depth * PANEL_ROWS
    else:
        for channel in range(job.windows.channels):
            for i in range(taps.count[0]):
                for j in range(taps.count[1]):
                    tap = (((taps.first[0] + i * taps.step[0]) * shape.kernel[1]
                            + taps.first[1] + j * taps.step[1]) * shape.kernel[2] + taps.first[2])
                    pack_panel(height, taps.count[2],
                               weight + channel * job.weight_channel + tap, job.weight_row,
                               taps.step[2], panel, PANEL_ROWS)
                    panel += taps.count[2] * PANEL_ROWS
    if job.depth > job.windows.depth:
        for i in range(height):
            panel[i] = 0
            if job.bias != NULL:
                panel[i] = (<const floating*>job.bias)[group * job.rows + first + i]


cdef inline void pack_tiles(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef const WindowSum* job = <const WindowSum*>context
    cdef int64_t index
    for index in range(begin, end):
        if job.windows.itemsize == 4:
            pack_tile(job, index // job.tiles, index % job.tiles, <float*>NULL)
        else:
            pack_tile(job, index // job.tiles, index % job.tiles, <double*>NULL)


cdef inline int sum_waves(KernelCall* call, WindowSum* job, int64_t wave, void* memory,
                          floating* kind) noexcept nogil:
    """Every image, a wave at a time. Tasks of a few panels are worth about 100 us."""
    cdef Windows* windows = &job.windows
    cdef int64_t image = 0, panels, width = 2 * lanes(kind), work
    work = width * job.depth * job.rows
    job.task_panels = min(<int64_t>32, 1 + 4 * TASK_WORK // work)
    while image < windows.images:
        prepare_wave(call, windows, memory, image, wave)
        panels = (windows.wave * windows.pixels + width - 1) // width
        job.tasks = (panels + job.task_panels - 1) // job.task_panels
        call.parallel_for(windows.groups * job.tasks, 1 + TASK_WORK // (work * job.task_panels),
                          run_tasks, job)
        image += windows.wave
    return KERNEL_OK


cdef inline int sum_windows(KernelCall* call, WindowSum* job, floating* kind) noexcept nogil:
    """Run a job whose windows (without offsets), target and weights are described."""
    cdef Windows* windows = &job.windows
    cdef const Taps* taps = job.taps
    cdef int64_t wave = wave_size(windows)
    cdef void* memory
    cdef int status = KERNEL_OUT_OF_MEMORY
    windows.itemsize = sizeof(floating)
    windows.depth = windows.channels * taps.count[0] * taps.count[1] * taps.count[2]
    # A step that meets no pixel holds the bias; it also lets an empty sum store zeros.
    job.depth = windows.depth + (1 if job.bias != NULL or windows.depth == 0 else 0)
    job.tiles = (job.rows + TILE_ROWS - 1) // TILE_ROWS
    windows.offsets = <int64_t*>call.allocate((windows.depth + 1) * sizeof(int64_t))
    job.panels = <char*>call.allocate(
        windows.groups * job.tiles * job.depth * PANEL_ROWS * sizeof(floating))
    memory = allocate_prepared(call, windows, wave)
    if windows.offsets != NULL and job.panels != NULL and memory != NULL:
        fill_offsets(windows, job.shape, taps)
        call.parallel_for(windows.groups * job.tiles, 1 + 65536 // (job.depth * PANEL_ROWS),
                          pack_tiles, job)
        status = sum_waves(call, job, wave, memory, kind)
    if memory != NULL:
        call.release(memory)
    if job.panels != NULL:
        call.release(job.panels)
    if windows.offsets != NULL:
        call.release(windows.offsets)
    return status
