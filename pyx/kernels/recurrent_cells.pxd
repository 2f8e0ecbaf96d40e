"""One row of one time step of the recurrent cells, forward and back.

Loops run over one or two arrays at a time so that the compiler turns them into vectors.
"""
from libc.stdint cimport int64_t

from cytorch._C.kernels.vecmath cimport sigmoid, tanh
from cytorch._C.types cimport floating


cdef inline void lstm_step(int64_t size, const floating* gates, const floating* sums,
                           floating* saved, floating* cell, floating* cells,
                           floating* hidden) noexcept nogil:
    """saved: input gate, forget gate, candidate, output gate, after their activations."""
    cdef int64_t j
    for j in range(2 * size):
        saved[j] = sigmoid(gates[j] + sums[j])
    for j in range(2 * size, 3 * size):
        saved[j] = tanh(gates[j] + sums[j])
    for j in range(3 * size, 4 * size):
        saved[j] = sigmoid(gates[j] + sums[j])
    for j in range(size):
        cell[j] = saved[size + j] * cell[j] + saved[j] * saved[2 * size + j]
    for j in range(size):
        cells[j] = cell[j]
    for j in range(size):
        hidden[j] = saved[3 * size + j] * tanh(cells[j])


cdef inline void lstm_step_back(int64_t size, const floating* saved, const floating* cells,
                                const floating* cell_before, const floating* g_hidden,
                                floating* g_cell, floating* g_gates) noexcept nogil:
    """g_cell: of the cell after the step, then of the one before it."""
    cdef floating i, f, g, o, level, g_level
    cdef int64_t j
    for j in range(size):
        level = tanh(cells[j])
        o = saved[3 * size + j]
        g_gates[3 * size + j] = g_hidden[j] * level * o * (1 - o)
        g_cell[j] += g_hidden[j] * o * (1 - level * level)
    for j in range(size):
        i = saved[j]
        g = saved[2 * size + j]
        g_level = g_cell[j]
        g_gates[j] = g_level * g * i * (1 - i)
        g_gates[2 * size + j] = g_level * i * (1 - g * g)
    for j in range(size):
        f = saved[size + j]
        g_gates[size + j] = g_cell[j] * cell_before[j] * f * (1 - f)
        g_cell[j] *= f


cdef inline void gru_step(int64_t size, const floating* gates, const floating* sums,
                          floating* saved, floating* hidden) noexcept nogil:
    """saved: reset gate, update gate, candidate, the hidden part of the candidate."""
    cdef int64_t j
    for j in range(2 * size):
        saved[j] = sigmoid(gates[j] + sums[j])
    for j in range(size):
        saved[3 * size + j] = sums[2 * size + j]
    for j in range(size):
        saved[2 * size + j] = tanh(gates[2 * size + j] + saved[j] * saved[3 * size + j])
    for j in range(size):
        hidden[j] = (saved[2 * size + j]
                     + saved[size + j] * (hidden[j] - saved[2 * size + j]))


cdef inline void gru_step_back(int64_t size, const floating* saved, const floating* before,
                               floating* g_hidden, floating* g_gates,
                               floating* g_sums) noexcept nogil:
    """g_hidden: of the state after the step, then its direct share in the one before it."""
    cdef floating r, z, n, g_candidate
    cdef int64_t j
    for j in range(size):
        z = saved[size + j]
        n = saved[2 * size + j]
        g_gates[size + j] = g_hidden[j] * (before[j] - n) * z * (1 - z)
        g_gates[2 * size + j] = g_hidden[j] * (1 - z) * (1 - n * n)
    for j in range(size):
        r = saved[j]
        g_candidate = g_gates[2 * size + j]
        g_gates[j] = g_candidate * saved[3 * size + j] * r * (1 - r)
        g_sums[2 * size + j] = g_candidate * r
    for j in range(2 * size):
        g_sums[j] = g_gates[j]
    for j in range(size):
        g_hidden[j] *= saved[size + j]


cdef inline void rnn_step(int64_t size, const floating* gates, const floating* sums, bint relu,
                          floating* hidden) noexcept nogil:
    cdef floating x
    cdef int64_t j
    if relu:
        for j in range(size):
            x = gates[j] + sums[j]
            hidden[j] = 0 if x < 0 else x
    else:
        for j in range(size):
            hidden[j] = tanh(gates[j] + sums[j])


cdef inline void rnn_step_back(int64_t size, const floating* output, bint relu,
                               const floating* g_hidden, floating* g_gates) noexcept nogil:
    cdef int64_t j
    if relu:
        for j in range(size):
            g_gates[j] = g_hidden[j] if output[j] > 0 else 0
    else:
        for j in range(size):
            g_gates[j] = g_hidden[j] * (1 - output[j] * output[j])
