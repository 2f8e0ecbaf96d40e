"""The compiled half of user-written Functions: their node, their edges, what they saved.

The Python half is `cytorch/autograd/function.py`. A node's payload is the context of the call; the
context reaches its node by a weak reference, since a cycle through a node is never collected.
"""

from cytorch._C.autograd.engine cimport engine_functions, set_special_node
from cytorch._C.autograd.inplace cimport check_inplace, make_view, rebase
from cytorch._C.autograd.record cimport (
    bump_version, record_functions, register_op_name, reserve, save_value, set_creator, set_edge,
    unpack_saved)
from cytorch._C.device cimport device_of
from cytorch._C.dtype cimport dtype_of
from cytorch._C.dtype_ids cimport dtype_is_complex, dtype_is_floating
from cytorch._C.state cimport mode, next_sequence
from cytorch._C.node cimport NODE_PYTHON, Node
from cytorch._C.tensor cimport (
    Tensor, VIEW_IN_FUNCTION, VIEW_NO_GRAD, alias, requires_grad, shape_tuple)

from cytorch.errors import AutogradError, ShapeError

cdef dict op_ids = {}


cdef int op_id(str name) except -1:
    if name not in op_ids:
        op_ids[name] = register_op_name(name)
    return op_ids[name]


cdef bint contains(tuple tensors, Tensor wanted):
    """Whether this very object is among `tensors`."""
    for item in tensors:
        if item is wanted:
            return True
    return False


cdef Tensor same_elements(Tensor tensor):
    """Another tensor object for an input that is returned as it came in."""
    cdef Tensor view = alias(tensor)
    make_view(view, tensor, VIEW_IN_FUNCTION)
    return view


cdef Tensor plain_output(Tensor output, tuple inputs):
    """An output without history: an input that requires grad must not come back as it is."""
    if requires_grad(output) or contains(inputs, output):
        return alias(output)
    return output


cdef Tensor connect_output(Node node, Tensor output, int number, tuple inputs, tuple changed):
    """Let one differentiable output point to the node."""
    if contains(changed, output):
        check_inplace(output, node.op, True)
        bump_version(output, op_id(node.op))
        if output.base is not None and node.n_outputs > 1:
            raise AutogradError(
                f"{node.op}: a Function that changes a view in place can return only one tensor; "
                "clone() the input, or return the view alone")
        rebase(output, node)
        return output
    if contains(inputs, output):
        output = same_elements(output)
    if output.base is not None:
        output.flags |= VIEW_IN_FUNCTION
        output.flags &= ~VIEW_NO_GRAD
    set_creator(output, node, number)
    return output


def connect(ctx, str name, tuple inputs, tuple outputs, tuple saved, tuple changed,
            tuple constant):
    """Record one call of a Function.

    inputs: its tensor arguments. outputs: what forward returned. saved: tensors or None. changed:
    inputs that forward wrote to. constant: outputs marked as non-differentiable. Returns the node
    and the outputs, some of them as new tensor objects.
    """
    cdef Node node = Node.__new__(Node)
    cdef Tensor tensor
    cdef int number
    cdef list info = [], connected = []
    node.sequence = next_sequence()
    node.op = name
    node.kind = NODE_PYTHON
    node.n_outputs = len(outputs)
    node.payload = ctx
    reserve(node, len(inputs), len(saved))
    for number, tensor in enumerate(inputs):
        if requires_grad(tensor):
            set_edge(node, number, tensor)
    for number, output in enumerate(outputs):
        if not isinstance(output, Tensor):
            info.append(None)
            connected.append(output)
            continue
        tensor = <Tensor>output
        info.append((shape_tuple(tensor), dtype_of(tensor.kind), device_of(tensor.place)))
        if contains(constant, tensor) or not (dtype_is_floating(tensor.kind) or
                                              dtype_is_complex(tensor.kind)):
            connected.append(plain_output(tensor, inputs))
        else:
            connected.append(connect_output(node, tensor, number, inputs, changed))
    node.output_info = info
    for value in saved:
        save_one(node, value, outputs, connected)
    if mode().anomaly:
        node.extra = record_functions.forward_record(connected)
    return node, tuple(connected)


cdef int save_one(Node node, object value, tuple outputs, list connected) except -1:
    cdef int number
    for number in range(len(outputs)):
        if value is outputs[number] and isinstance(value, Tensor):
            if (<Tensor>connected[number]).creator is node:
                save_value(node, value, True, number)
                return 0
    save_value(node, value, False, 0)
    return 0


def unconnected(tuple inputs, tuple outputs, tuple changed):
    """The outputs of a call that is not recorded."""
    cdef list plain = []
    cdef Tensor tensor
    for tensor in changed:
        bump_version(tensor, op_id("Function"))
    for output in outputs:
        if isinstance(output, Tensor) and contains(inputs, output) and \
                not contains(changed, output):
            tensor = same_elements(<Tensor>output)
            tensor.flags |= VIEW_NO_GRAD
            plain.append(tensor)
        else:
            plain.append(output)
    return tuple(plain)


def saved_tensors(Node node not None):
    """What a Function saved; raises after it was freed, or when it was changed in place."""
    cdef int i
    if node.released:
        raise AutogradError(
            f"Trying to backward through the graph a second time: the tensors that {node.op} saved "
            "were freed by the first backward pass. Specify retain_graph=True for the first one.")
    return tuple([unpack_saved(node, i) for i in range(node.n_saved)])


cdef Tensor checked_gradient(Node node, int position, Tensor gradient, tuple expected):
    """A gradient in the shape and dtype of its input."""
    shape, dtype, device = expected
    if shape_tuple(gradient) != shape:
        if not broadcasts(shape, shape_tuple(gradient)):
            raise ShapeError(
                f"Function {node.op} returned an invalid gradient at index {position} - got "
                f"{list(shape_tuple(gradient))} but expected shape compatible with {list(shape)}")
        gradient = engine_functions.sum_to(gradient, shape)
    if device_of(gradient.place) != device:
        raise AutogradError(f"Function {node.op} returned an invalid gradient at index {position} "
                            f"- expected device {device} but got {device_of(gradient.place)}")
    if dtype_of(gradient.kind) is not dtype:
        if dtype_is_complex(gradient.kind) and not dtype.is_complex:
            gradient = gradient.real
        gradient = engine_functions.cast(gradient, dtype.id)
    return gradient


cdef bint broadcasts(tuple shape, tuple target):
    """Whether `shape` expands to `target`."""
    if len(shape) > len(target):
        return False
    for size, wanted in zip(reversed(shape), reversed(target)):
        if size != wanted and size != 1:
            return False
    return True


cdef list fitted(Node node, object answer):
    """Backward's answer, one gradient or None per tensor argument; raises if it does not fit."""
    cdef list results = []
    cdef object ctx = node.payload
    cdef tuple expected = ctx._inputs
    answers = answer if isinstance(answer, tuple) else (answer,)
    while len(answers) > len(expected) and answers[len(answers) - 1] is None:
        answers = answers[:len(answers) - 1]
    if len(answers) != len(expected):
        raise AutogradError(f"function {node.op} returned an incorrect number of gradients "
                            f"(expected {len(expected)}, got {len(answers)})")
    for position in range(len(expected)):
        value = answers[position]
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(f"function {node.op} returned a gradient of type "
                            f"{type(value).__name__} at position {position}; expected a Tensor "
                            "or None")
        if expected[position] is None:
            if value is not None:
                raise AutogradError(
                    f"function {node.op} returned a gradient different from None at position "
                    f"{position}, but the corresponding forward input was not a Tensor")
        elif value is None or not ctx.needs_input_grad[position]:
            results.append(None)
        else:
            results.append(checked_gradient(node, position, value, expected[position]))
    return results


def run_function(Node node, list gradients, tuple wanted):
    """Call backward of a Function; the engine's door to it."""
    cdef int number
    cdef object ctx = node.payload
    if ctx._materialize:
        for number in range(node.n_outputs):
            if gradients[number] is None and node.output_info[number] is not None:
                shape, dtype, device = node.output_info[number]
                gradients[number] = engine_functions.zeros(shape, dtype, device)
    return fitted(node, ctx._backward(*gradients))


set_special_node(NODE_PYTHON, run_function)
