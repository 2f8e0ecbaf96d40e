"""What all optimizer kernels share: lists of tensors walked together, flat or through a buffer.

A step reads and writes one element of every list at a time: list 0 holds the parameters, list 1
the gradients, the others the state. Only the gradients stay as they are.
"""
from libc.math cimport sqrt, sqrtf
from libc.stdint cimport int64_t
from libc.string cimport memcpy

from cytorch._C.dtype_ids cimport DTYPE_FLOAT32, DTYPE_FLOAT64
from cytorch._C.kernels.kernel_call cimport KERNEL_BAD_INDEX, KERNEL_OK, KernelCall, Operand
from cytorch._C.types cimport floating

cdef enum:
    MOST_LISTS = 6
    BLOCK = 256
    GRAIN = 16384
    MOST_DIMS = 64

ctypedef void (*StepLoop)(void** data, double* numbers, bint* flags, int64_t n) noexcept nogil

cdef struct Step:
    int64_t tensors        # length of each list
    int n_lists
    Operand* lists[MOST_LISTS]
    Operand* counts        # number of steps done, one element for each parameter; or NULL
    Operand* products      # NAdam's product of momentums, likewise
    StepLoop loop
    double numbers[12]
    bint flags[4]
    char* data[MOST_LISTS]
    size_t itemsize


cdef inline floating root(floating x) noexcept nogil:
    if floating is float:
        return sqrtf(x)
    else:
        return sqrt(x)


cdef inline int read_lists(KernelCall* call, Step* step, int n_lists, int counted) noexcept nogil:
    """Find the lists among the inputs; an optional list may be empty. Nothing is written yet.

    After the n_lists lists come `counted` lists of one-element tensors: counts, then products.
    """
    cdef Operand* next_input = call.inputs
    cdef Operand* first
    cdef int64_t i, length
    cdef int k
    step.tensors = call.ints[0]
    step.n_lists = n_lists
    step.counts = NULL
    step.products = NULL
    if step.tensors == 0:
        return KERNEL_OK
    step.itemsize = 4 if call.inputs[0].dtype == DTYPE_FLOAT32 else 8
    for k in range(n_lists + counted):
        length = call.ints[k]
        if length != step.tensors and (length != 0 or k < 2 or k >= n_lists):
            return bad_list(call, k, length, step.tensors)
        first = next_input if length else NULL
        next_input += length
        if k >= n_lists:
            for i in range(length):
                if first[i].numel != 1 or (first[i].dtype != DTYPE_FLOAT32
                                           and first[i].dtype != DTYPE_FLOAT64):
                    return bad_list(call, i, first[i].numel, 1)
            if k == n_lists:
                step.counts = first
            else:
                step.products = first
            continue
        step.lists[k] = first
        for i in range(length):
            if first[i].numel != call.inputs[i].numel:
                return bad_list(call, i, first[i].numel, call.inputs[i].numel)
            if first[i].dtype != call.inputs[0].dtype:
                return bad_list(call, i, first[i].dtype, call.inputs[0].dtype)
    return KERNEL_OK


cdef inline int bad_list(KernelCall* call, int64_t position, int64_t value,
                         int64_t size) noexcept nogil:
    call.bad_position = position
    call.bad_value = value
    call.bad_size = size
    return KERNEL_BAD_INDEX


cdef inline double updated(Operand* scalar, double factor, double term) noexcept nogil:
    """Multiply and add in place, in the scalar's own dtype, and return what it is now."""
    if scalar.dtype == DTYPE_FLOAT32:
        (<float*>scalar.data)[0] = <float>((<float*>scalar.data)[0] * factor + term)
        return (<float*>scalar.data)[0]
    (<double*>scalar.data)[0] = (<double*>scalar.data)[0] * factor + term
    return (<double*>scalar.data)[0]


cdef inline double next_count(Step* step, int64_t tensor) noexcept nogil:
    """Add one to the number of steps of a parameter and return it."""
    return updated(&step.counts[tensor], 1, 1)


cdef inline floating direction(floating gradient, floating parameter, floating sign,
                               floating decay) noexcept nogil:
    """Gradient with sign and weight decay; without decay an infinite weight does no harm."""
    if decay != 0:
        return sign * gradient + decay * parameter
    return sign * gradient


cdef inline floating move_average(floating average, floating value,
                                  floating weight) noexcept nogil:
    """lerp: from both ends, so that weight 1 gives exactly `value`."""
    if weight < 0.5:
        return average + weight * (value - average)
    return value - (value - average) * (1 - weight)


cdef inline floating larger(floating a, floating b) noexcept nogil:
    """Maximum that keeps a NaN of either side."""
    return a if a > b or a != a else b


cdef inline bint is_flat(Operand* operand) noexcept nogil:
    cdef int64_t expected = 1
    cdef int d
    for d in range(operand.ndim - 1, -1, -1):
        if operand.sizes[d] != 1 and operand.strides[d] != expected:
            return False
        expected *= operand.sizes[d]
    return True


cdef inline void step_range(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef Step* step = <Step*>context
    cdef void* data[MOST_LISTS]
    cdef int k
    for k in range(step.n_lists):
        data[k] = NULL if step.data[k] == NULL else step.data[k] + begin * <int64_t>step.itemsize
    step.loop(data, step.numbers, step.flags, end - begin)


cdef inline void move_block(Operand* operand, size_t itemsize, char* buffer, int64_t begin,
                            int64_t n, bint store) noexcept nogil:
    """Copy n elements, row-major from `begin`, into the buffer or (store) back from it."""
    cdef int64_t index[MOST_DIMS]
    cdef int64_t rest = begin, offset = 0, i
    cdef int d
    for d in range(operand.ndim - 1, -1, -1):
        index[d] = rest % operand.sizes[d]
        rest //= operand.sizes[d]
        offset += index[d] * operand.strides[d]
    for i in range(n):
        if store:
            memcpy(operand.data + offset * <int64_t>itemsize, buffer + i * <int64_t>itemsize,
                   itemsize)
        else:
            memcpy(buffer + i * <int64_t>itemsize, operand.data + offset * <int64_t>itemsize,
                   itemsize)
        for d in range(operand.ndim - 1, -1, -1):
            index[d] += 1
            offset += operand.strides[d]
            if index[d] < operand.sizes[d]:
                break
            offset -= operand.sizes[d] * operand.strides[d]
            index[d] = 0


cdef inline void step_through_buffer(Step* step, int64_t tensor, int64_t numel) noexcept nogil:
    cdef double buffer[MOST_LISTS][BLOCK]
    cdef void* data[MOST_LISTS]
    cdef int64_t begin = 0, n
    cdef int k
    while begin < numel:
        n = min(<int64_t>BLOCK, numel - begin)
        for k in range(step.n_lists):
            data[k] = NULL
            if step.lists[k] != NULL:
                data[k] = &buffer[k][0]
                move_block(&step.lists[k][tensor], step.itemsize, <char*>data[k], begin, n, False)
        step.loop(data, step.numbers, step.flags, n)
        for k in range(step.n_lists):
            if k != 1 and step.lists[k] != NULL:
                move_block(&step.lists[k][tensor], step.itemsize, <char*>data[k], begin, n, True)
        begin += n


cdef inline void step_tensor(KernelCall* call, Step* step, int64_t tensor) noexcept nogil:
    """Run the loop over one parameter, with step.numbers as they are now."""
    cdef int64_t numel = step.lists[0][tensor].numel
    cdef int k
    cdef bint flat = True
    for k in range(step.n_lists):
        step.data[k] = NULL
        if step.lists[k] != NULL:
            step.data[k] = step.lists[k][tensor].data
            flat = flat and is_flat(&step.lists[k][tensor])
    if not flat:
        step_through_buffer(step, tensor, numel)
    elif numel > GRAIN:
        call.parallel_for(numel, GRAIN, step_range, step)
    elif numel > 0:
        step_range(step, 0, numel)
