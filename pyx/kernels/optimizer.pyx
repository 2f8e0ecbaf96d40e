"""Fused steps of SGD, Adam, AdamW and RMSprop.

A list element is visited once: gradient, decay, state and parameter in one loop. The scalars that
depend on the number of steps are computed once for each parameter, in double.
"""
from libc.math cimport pow, sqrt
from libc.stdint cimport int64_t

from cytorch._C.dtype_ids cimport DTYPE_FLOAT32, DTYPE_FLOAT64
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KernelCall
from cytorch._C.kernels.optimizer_step cimport (
    Step, direction, larger, move_average, next_count, read_lists, root, step_tensor)
from cytorch._C.registry cimport register_kernel
from cytorch._C.types cimport floating


# ---------------------------------------------------------------------------------------- SGD
cdef void sgd_loop(floating* parameter, void** data, double* numbers, bint* flags,
                   int64_t n) noexcept nogil:
    cdef floating* gradient = <floating*>data[1]
    cdef floating* buffer = <floating*>data[2]
    cdef floating lr = <floating>numbers[0], momentum = <floating>numbers[1]
    cdef floating undamped = <floating>(1 - numbers[2]), decay = <floating>numbers[3]
    cdef floating sign = <floating>numbers[4], g
    cdef bint nesterov = flags[0], first = flags[1]
    cdef int64_t i
    if buffer == NULL:
        for i in range(n):
            parameter[i] -= lr * direction(gradient[i], parameter[i], sign, decay)
    elif first:
        for i in range(n):
            g = direction(gradient[i], parameter[i], sign, decay)
            buffer[i] = g
            parameter[i] -= lr * (g + momentum * g if nesterov else g)
    elif nesterov:
        for i in range(n):
            g = direction(gradient[i], parameter[i], sign, decay)
            buffer[i] = momentum * buffer[i] + undamped * g
            parameter[i] -= lr * (g + momentum * buffer[i])
    else:
        for i in range(n):
            g = direction(gradient[i], parameter[i], sign, decay)
            buffer[i] = momentum * buffer[i] + undamped * g
            parameter[i] -= lr * buffer[i]


cdef void sgd_loop_float32(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    sgd_loop(<float*>data[0], data, numbers, flags, n)


cdef void sgd_loop_float64(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    sgd_loop(<double*>data[0], data, numbers, flags, n)


cdef int sgd_step(KernelCall* call) noexcept nogil:
    """ints: 3 list lengths, nesterov, maximize, first; floats: lr, momentum, dampening, decay."""
    cdef Step step
    cdef int64_t tensor
    cdef int status = read_lists(call, &step, 3, 0), k
    if status != KERNEL_OK or step.tensors == 0:
        return status
    step.loop = sgd_loop_float32 if call.inputs[0].dtype == DTYPE_FLOAT32 else sgd_loop_float64
    for k in range(4):
        step.numbers[k] = call.floats[k]
    step.numbers[4] = -1.0 if call.ints[4] else 1.0
    step.flags[0] = call.ints[3] != 0
    step.flags[1] = call.ints[5] != 0
    for tensor in range(step.tensors):
        step_tensor(call, &step, tensor)
    return KERNEL_OK


# --------------------------------------------------------------------------------------- Adam
cdef void adam_loop(floating* parameter, void** data, double* numbers, bint* flags,
                    int64_t n) noexcept nogil:
    cdef floating* gradient = <floating*>data[1]
    cdef floating* average = <floating*>data[2]
    cdef floating* square = <floating*>data[3]
    cdef floating* largest = <floating*>data[4]
    cdef floating weight = <floating>numbers[0], beta2 = <floating>numbers[1]
    cdef floating rest2 = <floating>(1 - numbers[1]), decay = <floating>numbers[2]
    cdef floating sign = <floating>numbers[3], shrink = <floating>numbers[4]
    cdef floating step_size = <floating>numbers[5], correction = <floating>numbers[6]
    cdef floating eps = <floating>numbers[7], g, p
    cdef int64_t i
    if largest == NULL:
        for i in range(n):
            g = direction(gradient[i], parameter[i], sign, decay)
            p = parameter[i] * shrink
            average[i] = move_average(average[i], g, weight)
            square[i] = square[i] * beta2 + rest2 * g * g
            parameter[i] = p - step_size * (average[i] / (root(square[i]) / correction + eps))
    else:
        for i in range(n):
            g = direction(gradient[i], parameter[i], sign, decay)
            p = parameter[i] * shrink
            average[i] = move_average(average[i], g, weight)
            square[i] = square[i] * beta2 + rest2 * g * g
            largest[i] = larger(largest[i], square[i])
            parameter[i] = p - step_size * (average[i] / (root(largest[i]) / correction + eps))


cdef void adam_loop_float32(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    adam_loop(<float*>data[0], data, numbers, flags, n)


cdef void adam_loop_float64(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    adam_loop(<double*>data[0], data, numbers, flags, n)


cdef int adam_step(KernelCall* call) noexcept nogil:
    """ints: 6 list lengths, decoupled, maximize; floats: lr, beta1, beta2, weight_decay, eps."""
    cdef Step step
    cdef int64_t tensor
    cdef int status = read_lists(call, &step, 5, 1)
    cdef double lr = call.floats[0], beta1 = call.floats[1], beta2 = call.floats[2]
    cdef double decay = call.floats[3], count
    cdef bint decoupled = call.ints[6] != 0
    if status != KERNEL_OK or step.tensors == 0:
        return status
    step.loop = adam_loop_float32 if call.inputs[0].dtype == DTYPE_FLOAT32 else adam_loop_float64
    step.numbers[0] = 1 - beta1
    step.numbers[1] = beta2
    step.numbers[2] = 0.0 if decoupled else decay
    step.numbers[3] = -1.0 if call.ints[7] else 1.0
    step.numbers[4] = 1 - lr * decay if decoupled else 1.0
    step.numbers[7] = call.floats[4]
    for tensor in range(step.tensors):
        count = next_count(&step, tensor)
        step.numbers[5] = lr / (1 - pow(beta1, count))
        step.numbers[6] = sqrt(1 - pow(beta2, count))
        step_tensor(call, &step, tensor)
    return KERNEL_OK


# ------------------------------------------------------------------------------------ RMSprop
cdef void rmsprop_loop(floating* parameter, void** data, double* numbers, bint* flags,
                       int64_t n) noexcept nogil:
    cdef floating* gradient = <floating*>data[1]
    cdef floating* square = <floating*>data[2]
    cdef floating* average = <floating*>data[3]
    cdef floating* buffer = <floating*>data[4]
    cdef floating lr = <floating>numbers[0], alpha = <floating>numbers[1]
    cdef floating rest = <floating>(1 - numbers[1]), eps = <floating>numbers[2]
    cdef floating decay = <floating>numbers[3], momentum = <floating>numbers[4]
    cdef floating sign = <floating>numbers[5], g, spread
    cdef int64_t i
    if average == NULL and buffer == NULL:
        for i in range(n):
            g = direction(gradient[i], parameter[i], sign, decay)
            square[i] = square[i] * alpha + rest * g * g
            parameter[i] -= lr * (g / (root(square[i]) + eps))
    elif average == NULL:
        for i in range(n):
            g = direction(gradient[i], parameter[i], sign, decay)
            square[i] = square[i] * alpha + rest * g * g
            buffer[i] = buffer[i] * momentum + g / (root(square[i]) + eps)
            parameter[i] -= lr * buffer[i]
    else:
        for i in range(n):
            g = direction(gradient[i], parameter[i], sign, decay)
            square[i] = square[i] * alpha + rest * g * g
            average[i] = move_average(average[i], g, rest)
            spread = root(square[i] - average[i] * average[i]) + eps
            if buffer != NULL:
                buffer[i] = buffer[i] * momentum + g / spread
                parameter[i] -= lr * buffer[i]
            else:
                parameter[i] -= lr * (g / spread)


cdef void rmsprop_loop_float32(void** data, double* numbers, bint* flags,
                               int64_t n) noexcept nogil:
    rmsprop_loop(<float*>data[0], data, numbers, flags, n)


cdef void rmsprop_loop_float64(void** data, double* numbers, bint* flags,
                               int64_t n) noexcept nogil:
    rmsprop_loop(<double*>data[0], data, numbers, flags, n)


cdef int rmsprop_step(KernelCall* call) noexcept nogil:
    """ints: 6 list lengths, maximize; floats: lr, alpha, eps, weight_decay, momentum."""
    cdef Step step
    cdef int64_t tensor
    cdef int status = read_lists(call, &step, 5, 1), k
    if status != KERNEL_OK or step.tensors == 0:
        return status
    step.loop = rmsprop_loop_float32 if call.inputs[0].dtype == DTYPE_FLOAT32 \
        else rmsprop_loop_float64
    for k in range(5):
        step.numbers[k] = call.floats[k]
    step.numbers[5] = -1.0 if call.ints[6] else 1.0
    for tensor in range(step.tensors):
        next_count(&step, tensor)
        step_tensor(call, &step, tensor)
    return KERNEL_OK


def register():
    for dtype in (DTYPE_FLOAT32, DTYPE_FLOAT64):
        register_kernel("sgd_step", dtype, <void*>sgd_step)
        register_kernel("adam_step", dtype, <void*>adam_step)
        register_kernel("rmsprop_step", dtype, <void*>rmsprop_step)
