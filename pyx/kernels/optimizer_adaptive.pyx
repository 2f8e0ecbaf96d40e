"""Fused steps of Adagrad, Adadelta, Adamax, NAdam, RAdam and Rprop; see optimizer.pyx."""
from libc.math cimport fabs, pow, sqrt
from libc.stdint cimport int64_t

from cytorch._C.dtype_ids cimport DTYPE_FLOAT32, DTYPE_FLOAT64
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KernelCall
from cytorch._C.kernels.optimizer_step cimport (
    Step, StepLoop, direction, larger, move_average, next_count, read_lists, root, step_tensor,
    updated)
from cytorch._C.registry cimport register_kernel
from cytorch._C.types cimport floating

# Places in Step.numbers that all steps here share; the others follow from NEXT on.
cdef enum:
    DECAY = 0
    SIGN = 1
    NEXT = 2


cdef int prepare(KernelCall* call, Step* step, int n_lists, int counted, StepLoop single,
                 StepLoop double_loop, double decay, bint maximize) noexcept nogil:
    step.numbers[DECAY] = decay
    step.numbers[SIGN] = -1.0 if maximize else 1.0
    step.tensors = 0
    cdef int status = read_lists(call, step, n_lists, counted)
    if status == KERNEL_OK and step.tensors:
        step.loop = single if call.inputs[0].dtype == DTYPE_FLOAT32 else double_loop
    return status


# ------------------------------------------------------------------------------------ Adagrad
cdef void adagrad_loop(floating* parameter, void** data, double* numbers,
                       int64_t n) noexcept nogil:
    cdef floating* gradient = <floating*>data[1]
    cdef floating* total = <floating*>data[2]
    cdef floating decay = <floating>numbers[DECAY], sign = <floating>numbers[SIGN]
    cdef floating lr = <floating>numbers[NEXT], eps = <floating>numbers[NEXT + 1], g
    cdef int64_t i
    for i in range(n):
        g = direction(gradient[i], parameter[i], sign, decay)
        total[i] += g * g
        parameter[i] -= lr * (g / (root(total[i]) + eps))


cdef void adagrad_float32(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    adagrad_loop(<float*>data[0], data, numbers, n)


cdef void adagrad_float64(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    adagrad_loop(<double*>data[0], data, numbers, n)


cdef int adagrad_step(KernelCall* call) noexcept nogil:
    """ints: 4 list lengths, maximize; floats: lr, lr_decay, weight_decay, eps."""
    cdef Step step
    cdef int64_t tensor
    cdef int status = prepare(call, &step, 3, 1, adagrad_float32, adagrad_float64,
                              call.floats[2], call.ints[4] != 0)
    step.numbers[NEXT + 1] = call.floats[3]
    for tensor in range(step.tensors if status == KERNEL_OK else 0):
        step.numbers[NEXT] = call.floats[0] / (
            1 + (next_count(&step, tensor) - 1) * call.floats[1])
        step_tensor(call, &step, tensor)
    return status


# ----------------------------------------------------------------------------------- Adadelta
cdef void adadelta_loop(floating* parameter, void** data, double* numbers,
                        int64_t n) noexcept nogil:
    cdef floating* gradient = <floating*>data[1]
    cdef floating* square = <floating*>data[2]
    cdef floating* moved = <floating*>data[3]
    cdef floating decay = <floating>numbers[DECAY], sign = <floating>numbers[SIGN]
    cdef floating lr = <floating>numbers[NEXT], rho = <floating>numbers[NEXT + 1]
    cdef floating rest = <floating>(1 - numbers[NEXT + 1]), eps = <floating>numbers[NEXT + 2]
    cdef floating g, change
    cdef int64_t i
    for i in range(n):
        g = direction(gradient[i], parameter[i], sign, decay)
        square[i] = square[i] * rho + rest * g * g
        change = root(moved[i] + eps) / root(square[i] + eps) * g
        moved[i] = moved[i] * rho + rest * change * change
        parameter[i] -= lr * change


cdef void adadelta_float32(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    adadelta_loop(<float*>data[0], data, numbers, n)


cdef void adadelta_float64(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    adadelta_loop(<double*>data[0], data, numbers, n)


cdef int adadelta_step(KernelCall* call) noexcept nogil:
    """ints: 5 list lengths, maximize; floats: lr, rho, eps, weight_decay."""
    cdef Step step
    cdef int64_t tensor
    cdef int k, status = prepare(call, &step, 4, 1, adadelta_float32, adadelta_float64,
                                 call.floats[3], call.ints[5] != 0)
    for k in range(3):
        step.numbers[NEXT + k] = call.floats[k]
    for tensor in range(step.tensors if status == KERNEL_OK else 0):
        next_count(&step, tensor)
        step_tensor(call, &step, tensor)
    return status


# ------------------------------------------------------------------------------------- Adamax
cdef void adamax_loop(floating* parameter, void** data, double* numbers,
                      int64_t n) noexcept nogil:
    cdef floating* gradient = <floating*>data[1]
    cdef floating* average = <floating*>data[2]
    cdef floating* largest = <floating*>data[3]
    cdef floating decay = <floating>numbers[DECAY], sign = <floating>numbers[SIGN]
    cdef floating lr = <floating>numbers[NEXT], weight = <floating>numbers[NEXT + 1]
    cdef floating beta2 = <floating>numbers[NEXT + 2], eps = <floating>numbers[NEXT + 3], g
    cdef int64_t i
    for i in range(n):
        g = direction(gradient[i], parameter[i], sign, decay)
        average[i] = move_average(average[i], g, weight)
        largest[i] = larger(largest[i] * beta2, <floating>fabs(g) + eps)
        parameter[i] -= lr * (average[i] / largest[i])


cdef void adamax_float32(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    adamax_loop(<float*>data[0], data, numbers, n)


cdef void adamax_float64(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    adamax_loop(<double*>data[0], data, numbers, n)


cdef int adamax_step(KernelCall* call) noexcept nogil:
    """ints: 5 list lengths, maximize; floats: lr, beta1, beta2, weight_decay, eps."""
    cdef Step step
    cdef int64_t tensor
    cdef int status = prepare(call, &step, 4, 1, adamax_float32, adamax_float64, call.floats[3],
                              call.ints[5] != 0)
    step.numbers[NEXT + 1] = 1 - call.floats[1]
    step.numbers[NEXT + 2] = call.floats[2]
    step.numbers[NEXT + 3] = call.floats[4]
    for tensor in range(step.tensors if status == KERNEL_OK else 0):
        step.numbers[NEXT] = call.floats[0] / (1 - pow(call.floats[1], next_count(&step, tensor)))
        step_tensor(call, &step, tensor)
    return status


# ---------------------------------------------------------------------------- NAdam and RAdam
cdef void moments_loop(floating* parameter, void** data, double* numbers,
                       int64_t n) noexcept nogil:
    """p = shrink p - (from_g g + from_m m) / (sqrt(v / correction) + eps); constant without v."""
    cdef floating* gradient = <floating*>data[1]
    cdef floating* average = <floating*>data[2]
    cdef floating* square = <floating*>data[3]
    cdef floating decay = <floating>numbers[DECAY], sign = <floating>numbers[SIGN]
    cdef floating weight = <floating>numbers[NEXT], beta2 = <floating>numbers[NEXT + 1]
    cdef floating rest2 = <floating>(1 - numbers[NEXT + 1]), eps = <floating>numbers[NEXT + 2]
    cdef floating shrink = <floating>numbers[NEXT + 3], from_g = <floating>numbers[NEXT + 4]
    cdef floating from_m = <floating>numbers[NEXT + 5], correction = <floating>numbers[NEXT + 6]
    cdef floating g, p, step
    cdef bint adaptive = numbers[NEXT + 7] != 0
    cdef int64_t i
    for i in range(n):
        g = direction(gradient[i], parameter[i], sign, decay)
        p = parameter[i] * shrink
        average[i] = move_average(average[i], g, weight)
        square[i] = square[i] * beta2 + rest2 * g * g
        step = from_g * g + from_m * average[i]
        if adaptive:
            step = step / (root(square[i] / correction) + eps)
        parameter[i] = p - step


cdef void moments_float32(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    moments_loop(<float*>data[0], data, numbers, n)


cdef void moments_float64(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    moments_loop(<double*>data[0], data, numbers, n)


cdef int nadam_step(KernelCall* call) noexcept nogil:
    """ints: 6 list lengths, decoupled, maximize; floats: lr, betas, decay, momentum_decay, eps."""
    cdef Step step
    cdef int64_t tensor
    cdef double lr = call.floats[0], beta1 = call.floats[1], beta2 = call.floats[2]
    cdef double decay = call.floats[3], slowing = call.floats[4], count, now, later, product
    cdef bint decoupled = call.ints[6] != 0
    cdef int status = prepare(call, &step, 4, 2, moments_float32, moments_float64,
                              0.0 if decoupled else decay, call.ints[7] != 0)
    step.numbers[NEXT] = 1 - beta1
    step.numbers[NEXT + 1] = beta2
    step.numbers[NEXT + 2] = call.floats[5]
    step.numbers[NEXT + 3] = 1 - lr * decay if decoupled else 1.0
    step.numbers[NEXT + 7] = 1
    for tensor in range(step.tensors if status == KERNEL_OK else 0):
        count = next_count(&step, tensor)
        now = beta1 * (1 - 0.5 * pow(0.96, count * slowing))
        later = beta1 * (1 - 0.5 * pow(0.96, (count + 1) * slowing))
        product = updated(&step.products[tensor], now, 0)
        step.numbers[NEXT + 4] = lr * (1 - now) / (1 - product)
        step.numbers[NEXT + 5] = lr * later / (1 - product * later)
        step.numbers[NEXT + 6] = 1 - pow(beta2, count)
        step_tensor(call, &step, tensor)
    return status


cdef int radam_step(KernelCall* call) noexcept nogil:
    """ints: 5 list lengths, decoupled, maximize; floats: lr, beta1, beta2, weight_decay, eps."""
    cdef Step step
    cdef int64_t tensor
    cdef double lr = call.floats[0], beta1 = call.floats[1], beta2 = call.floats[2]
    cdef double decay = call.floats[3], count, correction2, rho, rho_inf = 2 / (1 - beta2) - 1
    cdef bint decoupled = call.ints[5] != 0
    cdef int status = prepare(call, &step, 4, 1, moments_float32, moments_float64,
                              0.0 if decoupled else decay, call.ints[6] != 0)
    step.numbers[NEXT] = 1 - beta1
    step.numbers[NEXT + 1] = beta2
    step.numbers[NEXT + 2] = call.floats[4]
    step.numbers[NEXT + 3] = 1 - lr * decay if decoupled else 1.0
    step.numbers[NEXT + 4] = 0
    step.numbers[NEXT + 6] = 1
    for tensor in range(step.tensors if status == KERNEL_OK else 0):
        count = next_count(&step, tensor)
        correction2 = 1 - pow(beta2, count)
        step.numbers[NEXT + 5] = lr / (1 - pow(beta1, count))
        # the variance of the step size can be rectified once enough gradients were averaged
        rho = rho_inf - 2 * count * pow(beta2, count) / correction2
        step.numbers[NEXT + 7] = rho > 5
        if rho > 5:
            step.numbers[NEXT + 5] *= sqrt(correction2) * sqrt(
                (rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
        step_tensor(call, &step, tensor)
    return status


# -------------------------------------------------------------------------------------- Rprop
cdef void rprop_loop(floating* parameter, void** data, double* numbers,
                     int64_t n) noexcept nogil:
    cdef floating* gradient = <floating*>data[1]
    cdef floating* previous = <floating*>data[2]
    cdef floating* size = <floating*>data[3]
    cdef floating sign = <floating>numbers[SIGN]
    cdef floating shrink = <floating>numbers[NEXT], grow = <floating>numbers[NEXT + 1]
    cdef floating least = <floating>numbers[NEXT + 2], most = <floating>numbers[NEXT + 3]
    cdef floating g, agreement, length
    cdef int64_t i
    for i in range(n):
        g = sign * gradient[i]
        agreement = g * previous[i]
        length = size[i] * (grow if agreement > 0 else shrink if agreement < 0 else 1)
        length = least if length < least else length
        size[i] = most if length > most else length
        # after a change of sign the parameter waits for one step
        g = 0 if agreement < 0 else g
        parameter[i] -= size[i] if g > 0 else -size[i] if g < 0 else g
        previous[i] = g


cdef void rprop_float32(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    rprop_loop(<float*>data[0], data, numbers, n)


cdef void rprop_float64(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil:
    rprop_loop(<double*>data[0], data, numbers, n)


cdef int rprop_step(KernelCall* call) noexcept nogil:
    """ints: 5 list lengths, maximize; floats: two factors, least and largest step size."""
    cdef Step step
    cdef int64_t tensor
    cdef int k, status = prepare(call, &step, 4, 1, rprop_float32, rprop_float64, 0,
                                 call.ints[5] != 0)
    for k in range(4):
        step.numbers[NEXT + k] = call.floats[k]
    for tensor in range(step.tensors if status == KERNEL_OK else 0):
        next_count(&step, tensor)
        step_tensor(call, &step, tensor)
    return status


def register():
    for dtype in (DTYPE_FLOAT32, DTYPE_FLOAT64):
        register_kernel("adagrad_step", dtype, <void*>adagrad_step)
        register_kernel("adadelta_step", dtype, <void*>adadelta_step)
        register_kernel("adamax_step", dtype, <void*>adamax_step)
        register_kernel("nadam_step", dtype, <void*>nadam_step)
        register_kernel("radam_step", dtype, <void*>radam_step)
        register_kernel("rprop_step", dtype, <void*>rprop_step)
