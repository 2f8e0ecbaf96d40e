"""Walks N strided operands with one inner loop.

Operand 0 is the output. Dimensions are sorted by stride and merged where every operand allows
it, so that the usual case is a single call of the inner loop. Operands whose dtype is not the
loop's are converted chunk by chunk in buffers that stay in the first-level cache. Large walks are
cut into ranges for the thread pool; the GIL is released for them alone.
"""
from libc.stdint cimport int64_t

from cpython.exc cimport PyErr_CheckSignals

from cytorch._C.threads cimport parallel_for

cdef enum:
    CHUNK = 512
    RELEASE_GIL_ABOVE = 32768


cdef void begin_iteration(Iteration* self, Loop loop, int ndim,
                          const int64_t* sizes) noexcept nogil:
    cdef int i
    self.ndim = ndim
    self.operands = 0
    self.any_cast = False
    self.loop = loop
    self.numel = 1
    for i in range(ndim):
        self.sizes[i] = sizes[i]
        self.numel *= sizes[i]


cdef void add_operand(Iteration* self, char* data, int ndim, const int64_t* sizes,
                      const int64_t* strides, int itemsize) noexcept nogil:
    cdef int i, j, operand = self.operands
    self.operands += 1
    self.data[operand] = data
    self.casts[operand] = NULL
    self.itemsize[operand] = itemsize
    for i in range(self.ndim):
        j = i - (self.ndim - ndim)
        if j < 0 or (sizes[j] == 1 and self.sizes[i] != 1):
            self.strides[operand][i] = 0
        else:
            self.strides[operand][i] = strides[j] * itemsize


cdef void add_scalar(Iteration* self, char* data, int itemsize) noexcept nogil:
    add_operand(self, data, 0, NULL, NULL, itemsize)


cdef void set_cast(Iteration* self, int operand, Loop cast, int loop_itemsize) noexcept nogil:
    self.casts[operand] = cast
    self.itemsize[operand] = loop_itemsize
    self.any_cast = True


cdef void swap_dims(Iteration* self, int a, int b) noexcept nogil:
    cdef int operand
    self.sizes[a], self.sizes[b] = self.sizes[b], self.sizes[a]
    for operand in range(self.operands):
        self.strides[operand][a], self.strides[operand][b] = \
            self.strides[operand][b], self.strides[operand][a]


cdef bint belongs_inside(Iteration* self, int a, int b) noexcept nogil:
    """Whether dimension a has smaller steps than b, by the first operand that tells."""
    cdef int operand
    cdef Py_ssize_t x, y
    for operand in range(self.operands):
        x = self.strides[operand][a]
        y = self.strides[operand][b]
        if x < 0:
            x = -x
        if y < 0:
            y = -y
        if x == 0 or y == 0 or x == y:
            continue
        return x < y
    return False


cdef void sort_and_merge(Iteration* self) noexcept nogil:
    cdef int i, j, last, operand
    cdef bint mergeable
    for i in range(1, self.ndim):
        j = i
        while j > 0 and belongs_inside(self, j - 1, j):
            swap_dims(self, j - 1, j)
            j -= 1
    last = 0
    for i in range(1, self.ndim):
        mergeable = True
        if self.sizes[last] != 1 and self.sizes[i] != 1:
            for operand in range(self.operands):
                if self.strides[operand][last] != self.strides[operand][i] * self.sizes[i]:
                    mergeable = False
                    break
        if not mergeable:
            last += 1
            self.sizes[last] = self.sizes[i]
            for operand in range(self.operands):
                self.strides[operand][last] = self.strides[operand][i]
        elif self.sizes[i] != 1:
            self.sizes[last] *= self.sizes[i]
            for operand in range(self.operands):
                self.strides[operand][last] = self.strides[operand][i]
    if self.ndim == 0:
        self.sizes[0] = 1
        for operand in range(self.operands):
            self.strides[operand][0] = 0
        self.ndim = 1
    else:
        self.ndim = last + 1


cdef void run_with_casts(Iteration* self, char** data, Py_ssize_t* strides,
                         int64_t n) noexcept nogil:
    """The inner loop over operands of other dtypes, through buffers of CHUNK elements."""
    cdef char buffers[8][CHUNK * 16]
    cdef char* pointers[8]
    cdef char* ends[2]
    cdef Py_ssize_t steps[8]
    cdef Py_ssize_t pair[2]
    cdef int64_t done = 0, count
    cdef int operand
    while done < n:
        count = min(CHUNK, n - done)
        for operand in range(self.operands):
            pointers[operand] = data[operand] + done * strides[operand]
            steps[operand] = strides[operand]
            if self.casts[operand] == NULL:
                continue
            if operand > 0:
                ends[0] = &buffers[operand][0]
                ends[1] = pointers[operand]
                pair[0] = self.itemsize[operand]
                pair[1] = strides[operand]
                if strides[operand] == 0:
                    self.casts[operand](ends, pair, 1)
                    steps[operand] = 0
                else:
                    self.casts[operand](ends, pair, count)
                    steps[operand] = self.itemsize[operand]
            else:
                steps[operand] = self.itemsize[operand]
            pointers[operand] = &buffers[operand][0]
        self.loop(pointers, steps, count)
        if self.casts[0] != NULL:
            ends[0] = data[0] + done * strides[0]
            ends[1] = &buffers[0][0]
            pair[0] = strides[0]
            pair[1] = self.itemsize[0]
            self.casts[0](ends, pair, count)
        done += count


cdef inline void run_inner(Iteration* self, char** data, Py_ssize_t* strides,
                           int64_t n) noexcept nogil:
    if self.any_cast:
        run_with_casts(self, data, strides, n)
    else:
        self.loop(data, strides, n)


cdef void run_range(void* context, int64_t begin, int64_t end) noexcept nogil:
    """Elements begin..end in iteration order."""
    cdef Iteration* self = <Iteration*>context
    cdef int inner = self.ndim - 1, operand, i
    cdef int64_t index[64]
    cdef int64_t left = begin, count
    cdef char* data[8]
    cdef char* pointers[8]
    cdef Py_ssize_t strides[8]
    for operand in range(self.operands):
        data[operand] = self.data[operand]
        strides[operand] = self.strides[operand][inner]
    for i in range(inner, -1, -1):
        index[i] = left % self.sizes[i]
        left //= self.sizes[i]
        for operand in range(self.operands):
            data[operand] += index[i] * self.strides[operand][i]
    while begin < end:
        count = min(self.sizes[inner] - index[inner], end - begin)
        for operand in range(self.operands):
            pointers[operand] = data[operand]
        run_inner(self, pointers, strides, count)
        begin += count
        if begin >= end:
            return
        for operand in range(self.operands):
            data[operand] -= index[inner] * strides[operand]
        index[inner] = 0
        for i in range(inner - 1, -1, -1):
            index[i] += 1
            for operand in range(self.operands):
                data[operand] += self.strides[operand][i]
            if index[i] < self.sizes[i]:
                break
            for operand in range(self.operands):
                data[operand] -= self.strides[operand][i] * self.sizes[i]
            index[i] = 0


cdef int run_iteration(Iteration* self, int64_t grain) except -1:
    """Run the walk; `grain` is the smallest number of elements worth a thread."""
    if self.numel == 0:
        return 0
    sort_and_merge(self)
    if self.numel <= RELEASE_GIL_ABOVE and self.numel <= 2 * grain:
        run_range(self, 0, self.numel)
        return 0
    with nogil:
        parallel_for(self.numel, grain, run_range, self)
    PyErr_CheckSignals()
    return 0
