"""Copies without conversion: the Loop `copy` and the Kernel `copy_transposed` of every dtype.

`copy_transposed`: the output is contiguous, the input has stride 1 along the last dimension but
one; the dimensions before these two may have any strides. It works on square blocks, which fit into
the cache both as rows and as columns.
"""
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from cytorch._C.dtype_ids cimport DTYPE_COUNT, dtype_itemsize
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KernelCall, Operand
from cytorch._C.registry cimport register_kernel
from cytorch._C.types cimport word, word128

ctypedef void (*Block)(char* target, const char* source, Py_ssize_t rows, Py_ssize_t columns,
                       Py_ssize_t target_row, Py_ssize_t source_row) noexcept nogil

cdef extern from "kernels/elementwise_loops.h" nogil:
    void UNARY_LOOP(...)
    void FILL_LOOP(...)

cdef extern from "kernels/copy_transposed.h" nogil:
    enum:
        TRANSPOSE_BLOCK
    void transpose_block_1(char*, const char*, Py_ssize_t, Py_ssize_t, Py_ssize_t, Py_ssize_t)
    void transpose_block_2(char*, const char*, Py_ssize_t, Py_ssize_t, Py_ssize_t, Py_ssize_t)
    void transpose_block_4(char*, const char*, Py_ssize_t, Py_ssize_t, Py_ssize_t, Py_ssize_t)
    void transpose_block_8(char*, const char*, Py_ssize_t, Py_ssize_t, Py_ssize_t, Py_ssize_t)
    void transpose_block_16(char*, const char*, Py_ssize_t, Py_ssize_t, Py_ssize_t, Py_ssize_t)

cdef enum:
    GRAIN = 32768       # elements that are worth a thread

cdef struct Transposition:
    Operand* target
    Operand* source
    Py_ssize_t itemsize
    int64_t row_blocks  # blocks along the rows of one matrix


cdef inline word same(word x) noexcept nogil:
    return x

cdef void copy_words(word* out, const word* x, const Py_ssize_t* strides,
                     Py_ssize_t n) noexcept nogil:
    if strides[0] == sizeof(word) and strides[1] == sizeof(word):
        if out != x:
            memcpy(out, x, n * sizeof(word))
    elif strides[0] == sizeof(word) and strides[1] == 0 and n > 0:
        FILL_LOOP(out, x[0], n)
    else:
        UNARY_LOOP(out, x, strides, n, same[word])

cdef void copy_1(char** data, const Py_ssize_t* strides, Py_ssize_t n) noexcept nogil:
    copy_words[uint8_t](<uint8_t*>data[0], <const uint8_t*>data[1], strides, n)

cdef void copy_2(char** data, const Py_ssize_t* strides, Py_ssize_t n) noexcept nogil:
    copy_words[uint16_t](<uint16_t*>data[0], <const uint16_t*>data[1], strides, n)

cdef void copy_4(char** data, const Py_ssize_t* strides, Py_ssize_t n) noexcept nogil:
    copy_words[uint32_t](<uint32_t*>data[0], <const uint32_t*>data[1], strides, n)

cdef void copy_8(char** data, const Py_ssize_t* strides, Py_ssize_t n) noexcept nogil:
    copy_words[uint64_t](<uint64_t*>data[0], <const uint64_t*>data[1], strides, n)

cdef void copy_16(char** data, const Py_ssize_t* strides, Py_ssize_t n) noexcept nogil:
    copy_words[word128](<word128*>data[0], <const word128*>data[1], strides, n)


cdef Block block_of(Py_ssize_t itemsize) noexcept nogil:
    if itemsize == 1:
        return transpose_block_1
    if itemsize == 2:
        return transpose_block_2
    if itemsize == 4:
        return transpose_block_4
    if itemsize == 8:
        return transpose_block_8
    return transpose_block_16


cdef void transpose_range(void* context, int64_t begin, int64_t end) noexcept nogil:
    """Row blocks [begin, end), counted through all matrices of the batch."""
    cdef Transposition* task = <Transposition*>context
    cdef int last = task.target.ndim - 1, dim
    cdef int64_t rows = task.target.sizes[last - 1], columns = task.target.sizes[last]
    cdef int64_t number, matrix, rest, row, column, height, width, offset
    cdef Py_ssize_t source_row = task.source.strides[last]
    cdef Block block = block_of(task.itemsize)
    for number in range(begin, end):
        matrix = number // task.row_blocks
        row = (number % task.row_blocks) * TRANSPOSE_BLOCK
        height = min(<int64_t>TRANSPOSE_BLOCK, rows - row)
        offset = row
        rest = matrix
        for dim in range(last - 2, -1, -1):
            offset += (rest % task.target.sizes[dim]) * task.source.strides[dim]
            rest //= task.target.sizes[dim]
        column = 0
        while column < columns:
            width = min(<int64_t>TRANSPOSE_BLOCK, columns - column)
            block(task.target.data + ((matrix * rows + row) * columns + column) * task.itemsize,
                  task.source.data + (offset + column * source_row) * task.itemsize,
                  height, width, columns, source_row)
            column += TRANSPOSE_BLOCK


cdef int copy_transposed(KernelCall* call) noexcept nogil:
    cdef Transposition task
    cdef Operand* target = &call.outputs[0]
    cdef int64_t rows = target.sizes[target.ndim - 2], columns = target.sizes[target.ndim - 1]
    if target.numel == 0:
        return KERNEL_OK
    task.target = target
    task.source = &call.inputs[0]
    task.itemsize = dtype_itemsize[target.dtype]
    task.row_blocks = (rows + TRANSPOSE_BLOCK - 1) // TRANSPOSE_BLOCK
    call.parallel_for(task.row_blocks * (target.numel // (rows * columns)),
                      GRAIN // (TRANSPOSE_BLOCK * columns) + 1, transpose_range, &task)
    return KERNEL_OK


def register():
    cdef void* copies[17]
    copies[1], copies[2], copies[4] = <void*>copy_1, <void*>copy_2, <void*>copy_4
    copies[8], copies[16] = <void*>copy_8, <void*>copy_16
    for dtype in range(DTYPE_COUNT):
        register_kernel("copy", dtype, copies[dtype_itemsize[dtype]])
        register_kernel("copy_transposed", dtype, <void*>copy_transposed)
