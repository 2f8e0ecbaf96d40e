"""Derivatives, and the recording of one op.

A `Derivative` is compiled from the lambdas of a table entry: the names of their parameters say
what must be saved. `record` makes the node of one call: edges to the nodes (or leaves) that made
the inputs, and the saved values, of which it keeps only those that the wanted gradients name.

Saved tensors are compact aliases without history, so that an in-place op cannot close a circle of
references; a saved input remembers the node that made it for the sake of double backward.
"""
from libc.stdint cimport uint16_t, uint32_t
from libc.stdlib cimport malloc
from libc.string cimport memset

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF

from cytorch._C.state cimport mode, next_sequence
from cytorch._C.dtype_ids cimport dtype_is_complex, dtype_is_floating
from cytorch._C.node cimport (
    Edge, INLINE_EDGES, INLINE_SAVED, NODE_OP, Node, SAVED_HOOKED, SAVED_INPUT, SAVED_LEAF,
    SAVED_OTHER, SAVED_OUTPUT, SavedValue)
from cytorch._C.tensor cimport (
    INFERENCE, REQUIRES_GRAD, RETAINS_GRAD, Tensor, UNVERSIONED, alias, requires_grad,
    shape_tuple)

from cytorch.errors import AutogradError

cdef RecordFunctions record_functions
cdef list op_names = ["an operation"]


cdef int register_op_name(str name) except -1:
    """Number of an op, by which a storage remembers who changed it last."""
    op_names.append(name)
    return len(op_names) - 1


cdef tuple parameter_names(function):
    """Names of the positional parameters of a Python function that have no default."""
    code = function.__code__
    defaults = function.__defaults__ or ()
    return code.co_varnames[:code.co_argcount - len(defaults)]


cdef class Derivative:
    """How the gradients of one op are computed."""

    def __init__(self, str op_name, str name, list params, tuple outputs, grad, tuple nondiff,
                 bint sums_to_shape):
        """`params`: (name, type) in bound order; `grad`: dict of functions or one function."""
        self.name = name
        self.op_name = op_name
        self.sums_to_shape = sums_to_shape
        self.n_outputs = len(outputs)
        self.combined = not isinstance(grad, dict)
        self.differentiable = tuple(output not in nondiff for output in outputs)
        positions = {}
        for position, (param, kind) in enumerate(params):
            positions[param] = position
            if kind.startswith("Tensor"):
                self.positions[self.n_inputs] = position
                self.is_list[self.n_inputs] = "[]" in kind
                self.has_lists = self.has_lists or self.is_list[self.n_inputs]
                self.n_inputs += 1
        tensors = [param for param, kind in params if kind.startswith("Tensor")]
        slots = {}
        self.functions = [grad] if self.combined else [grad.get(param) for param in tensors]
        self.arguments = []
        for number, function in enumerate(self.functions):
            self.arguments.append(None if function is None else tuple(
                self._argument(word, slots, positions, tensors, outputs, number)
                for word in parameter_names(function)))
        self.n_slots = len(slots)
        if self.n_slots > 24 or self.n_inputs > 16:
            raise ValueError(f"{op_name}: too many saved values or tensor parameters")

    def _argument(self, str word, dict slots, dict positions, list tensors, tuple outputs,
                  int number):
        if word == "g":
            return SOURCE_GRADIENT, 0
        if word.startswith("g_") and word[2:] in outputs:
            return SOURCE_GRADIENT, outputs.index(word[2:])
        if word == "needs":
            return SOURCE_NEEDS, 0
        if word in positions:
            source = SOURCE_INPUT if word in tensors else SOURCE_ARGUMENT
            position = positions[word]
        elif word.endswith("_shape") and word.removesuffix("_shape") in tensors:
            source, position = SOURCE_SHAPE, positions[word.removesuffix("_shape")]
        elif word.endswith("_geometry") and word.removesuffix("_geometry") in tensors:
            source, position = SOURCE_GEOMETRY, positions[word.removesuffix("_geometry")]
        elif word in outputs:
            source, position = SOURCE_OUTPUT, outputs.index(word)
        else:
            raise ValueError(f"{self.op_name}: the derivative names {word!r}, which is neither an "
                             "argument nor an output")
        slot = slots.setdefault((source, position), len(slots))
        self.slot_source[slot] = source
        self.slot_position[slot] = position
        self.slots_of[number] |= <uint32_t>1 << <int>slot
        return source, slot


cdef int move_retained(Tensor self, Node node, int output) except -1:
    """`grad` of a tensor on which retain_grad was called follows its newest node."""
    cdef Node old = self.creator
    if self.flags & RETAINS_GRAD and old is not None:
        reference = old._extra().get("retained", {}).pop(self.creator_output, None)
        if reference is not None:
            node._extra().setdefault("retained", {})[output] = reference
    return 0


cdef void set_creator(Tensor self, Node node, int output) noexcept:
    self.creator = node
    self.creator_output = output
    if self.block != NULL:
        self.view_version = self.block.version


cdef Node creator_of(Tensor self):
    """The node that made `self`; a view whose base changed gets its node anew first."""
    cdef Tensor base = self.base
    if base is not None and self.block != NULL and base.creator is not None and \
            self.view_version != self.block.version:
        return record_functions.regenerate(self)
    return self.creator


cdef void bump_version(Tensor self, uint16_t op_id) noexcept:
    """Count an in-place change."""
    if self.block != NULL and not self.flags & (UNVERSIONED | INFERENCE):
        self.block.version += 1
        self.block.last_op = op_id


cdef int reserve(Node node, int n_edges, int n_saved) except -1:
    """Make room in a new node."""
    if n_edges > INLINE_EDGES:
        node.edges = <Edge*>malloc(n_edges * sizeof(Edge))
        if node.edges == NULL:
            node.edges = &node.inline_edges[0]
            raise MemoryError()
    memset(node.edges, 0, n_edges * sizeof(Edge))
    node.n_edges = n_edges
    if n_saved > INLINE_SAVED:
        node.saved = <SavedValue*>malloc(n_saved * sizeof(SavedValue))
        if node.saved == NULL:
            node.saved = &node.inline_saved[0]
            raise MemoryError()
    return 0


cdef int set_edge(Node node, int index, Tensor source) except -1:
    """Let edge `index` point to what made `source`, or to `source` itself when it is a leaf."""
    cdef Node creator = creator_of(source)
    if creator is not None:
        Py_INCREF(creator)
        node.edges[index].target = <PyObject*>creator
        node.edges[index].output = source.creator_output
        node.edges[index].leaf = False
    else:
        Py_INCREF(source)
        node.edges[index].target = <PyObject*>source
        node.edges[index].output = 0
        node.edges[index].leaf = True
    return 0


cdef int save_value(Node node, object value, bint is_output, int output) except -1:
    """Append a saved value; the node has room for it."""
    cdef SavedValue* slot = &node.saved[node.n_saved]
    cdef Tensor tensor
    cdef Node creator
    slot.creator = NULL
    slot.creator_output = output
    slot.role = SAVED_OTHER
    if isinstance(value, Tensor):
        tensor = <Tensor>value
        if tensor.flags & INFERENCE:
            raise AutogradError("Inference tensors cannot be saved for backward. To work around "
                                "you can make a clone to get a normal tensor and use it in "
                                "autograd.")
        slot.version = 0 if tensor.block == NULL else tensor.block.version
        if is_output:
            slot.role = SAVED_OUTPUT
            value = alias(tensor)
        elif tensor.creator is None and (tensor.flags & REQUIRES_GRAD or
                                         type(value) is not Tensor):
            # A leaf stays itself, for its gradient; an instance of a subclass, for what it carries.
            slot.role = SAVED_LEAF
        else:
            slot.role = SAVED_INPUT
            creator = creator_of(tensor)
            value = alias(tensor)
            if creator is not None:
                Py_INCREF(creator)
                slot.creator = <PyObject*>creator
                slot.creator_output = tensor.creator_output
        if mode().saved_hooks:
            value = (record_functions.pack_hook(alias(tensor)), slot.role,
                     tensor if slot.role == SAVED_LEAF else None)
            slot.role = SAVED_HOOKED
    elif isinstance(value, list):
        value = tuple(value)
    Py_INCREF(value)
    slot.value = <PyObject*>value
    node.n_saved += 1
    return 0


cdef object version_error(Node node, Tensor tensor, uint32_t saved_version):
    return AutogradError(
        f"one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: {node_name(node)} saved a tensor of shape {shape_tuple(tensor)} at version "
        f"{saved_version}, which {op_names[tensor.block.last_op]} has changed since; it is at "
        f"version {tensor.block.version} now. Use the out-of-place form, or clone() before it.")


cdef str node_name(Node node):
    if type(node.op) is Derivative:
        return (<Derivative>node.op).op_name + "()"
    return str(node.op)


cdef object unpack_saved(Node node, int index):
    """Saved value `index`, with its history when a graph is being made."""
    cdef SavedValue* slot = &node.saved[index]
    cdef object value = <object>slot.value
    cdef Tensor tensor, copy
    cdef int role = slot.role
    if role == SAVED_OTHER:
        return value
    if role == SAVED_HOOKED:
        packed, role, leaf = <tuple>value
        if leaf is not None and not mode().grad_disabled:
            # A second derivative needs the leaf itself, not a copy of its values.
            return leaf
        value = record_functions.unpack_hook(packed)
        if not isinstance(value, Tensor):
            raise TypeError(f"an unpack hook must return a tensor, got {type(value).__name__}")
        tensor = <Tensor>value
    else:
        tensor = <Tensor>value
        if tensor.block != NULL and tensor.block.version != slot.version and \
                not tensor.flags & UNVERSIONED:
            raise version_error(node, tensor, slot.version)
    if role == SAVED_LEAF or mode().grad_disabled:
        return tensor
    if role == SAVED_OUTPUT:
        copy = alias(tensor)
        set_creator(copy, node, slot.creator_output)
        return copy
    if slot.creator != NULL:
        copy = alias(tensor)
        set_creator(copy, <Node>slot.creator, slot.creator_output)
        return copy
    return tensor


cdef bint carries_gradient(int dtype) noexcept:
    """Integers and booleans have no history."""
    return dtype_is_floating(dtype) or dtype_is_complex(dtype)


cdef bint names_input(Derivative self, int position) noexcept:
    """Whether the derivative needs the elements of the tensor argument at `position`."""
    cdef int i
    for i in range(self.n_slots):
        if self.slot_source[i] == SOURCE_INPUT and self.slot_position[i] == position:
            return True
    return False


cdef bint any_requires_grad(Derivative self, PyObject** bound) noexcept:
    """Whether some tensor argument wants a gradient."""
    cdef int i
    cdef PyObject* value
    for i in range(self.n_inputs):
        value = bound[self.positions[i]]
        if value == NULL:
            continue
        if self.is_list[i]:
            for item in <object>value:
                if isinstance(item, Tensor) and requires_grad(<Tensor>item):
                    return True
        elif isinstance(<object>value, Tensor) and requires_grad(<Tensor>value):
            return True
    return False


cdef object input_shapes(Derivative self, PyObject** bound, Tensor out):
    """Shapes to which gradients must be summed, or None when no input was broadcast."""
    cdef int i, j
    cdef bint same
    cdef Tensor tensor
    cdef list shapes = None
    for i in range(self.n_inputs):
        if bound[self.positions[i]] == NULL or \
                not isinstance(<object>bound[self.positions[i]], Tensor):
            continue
        tensor = <Tensor>bound[self.positions[i]]
        same = tensor.rank == out.rank
        for j in range(tensor.rank):
            same = same and tensor.sizes[j] == out.sizes[j]
        if not same:
            if shapes is None:
                shapes = [None] * self.n_inputs
            shapes[i] = shape_tuple(tensor)
    return shapes


cdef int list_edges(Derivative self, Node node, PyObject** bound) except -1:
    """Edges of an op that takes lists of tensors; payload keeps how many each list has."""
    cdef list tensors = [], counts = []
    cdef int i
    for i in range(self.n_inputs):
        if bound[self.positions[i]] == NULL:
            counts.append(None)
            tensors.append(None)
        elif self.is_list[i]:
            items = list(<object>bound[self.positions[i]])
            counts.append(len(items))
            tensors.extend(items)
        else:
            counts.append(None)
            tensors.append(<object>bound[self.positions[i]])
    reserve(node, len(tensors), self.n_slots)
    for i, item in enumerate(tensors):
        if isinstance(item, Tensor) and requires_grad(<Tensor>item):
            set_edge(node, i, <Tensor>item)
    node.payload = counts, [(<Tensor>item).kind | (<Tensor>item).place << 4
                            if isinstance(item, Tensor) else 0 for item in tensors]
    return 0


cdef Node record(Derivative self, PyObject** bound, PyObject** outputs, int n_outputs):
    """Make the node of a call whose outputs are ready, and let them point to it."""
    cdef Node node = Node.__new__(Node)
    cdef int i
    cdef uint32_t needed = 0
    cdef PyObject* value
    cdef Tensor tensor
    node.sequence = next_sequence()
    node.op = self
    node.kind = NODE_OP
    node.n_outputs = n_outputs
    if self.has_lists:
        list_edges(self, node, bound)
        needed = ~<uint32_t>0
    else:
        reserve(node, self.n_inputs, self.n_slots)
        for i in range(self.n_inputs):
            value = bound[self.positions[i]]
            if value == NULL or not isinstance(<object>value, Tensor):
                continue
            tensor = <Tensor>value
            if i < 8:
                node.input_kinds[i] = tensor.kind | tensor.place << 4
            if requires_grad(tensor):
                set_edge(node, i, tensor)
                needed |= self.slots_of[0 if self.combined else i]
        if self.sums_to_shape:
            node.shapes = input_shapes(self, bound, <Tensor>outputs[0])
    for i in range(self.n_slots):
        if not needed & (<uint32_t>1 << i):
            save_value(node, None, False, 0)
        elif self.slot_source[i] == SOURCE_OUTPUT:
            save_value(node, <object>outputs[self.slot_position[i]], True, self.slot_position[i])
        elif bound[self.slot_position[i]] == NULL:
            save_value(node, None, False, 0)
        elif self.slot_source[i] == SOURCE_SHAPE:
            save_value(node, shape_tuple(<Tensor>bound[self.slot_position[i]]), False, 0)
        elif self.slot_source[i] == SOURCE_GEOMETRY:
            tensor = <Tensor>bound[self.slot_position[i]]
            save_value(node, (shape_tuple(tensor), tensor.stride(), tensor.storage_offset()),
                       False, 0)
        else:
            save_value(node, <object>bound[self.slot_position[i]], False, 0)
    for i in range(n_outputs):
        if self.differentiable[i] and outputs[i] != NULL and \
                carries_gradient((<Tensor>outputs[i]).kind):
            move_retained(<Tensor>outputs[i], node, i)
            set_creator(<Tensor>outputs[i], node, i)
    if mode().anomaly:
        node.extra = record_functions.forward_record(
            [<object>outputs[i] for i in range(n_outputs) if outputs[i] != NULL])
    return node


cdef dict hooked_values(Node node):
    """An empty dict for a node with saved-tensor hooks: each is unpacked once per run."""
    cdef int i
    for i in range(node.n_saved):
        if node.saved[i].role == SAVED_HOOKED:
            return {}
    return None


cdef object unpack_once(Node node, int index, dict unpacked):
    if index not in unpacked:
        unpacked[index] = unpack_saved(node, index)
    return unpacked[index]


cdef object call_function(Derivative self, Node node, int number, list gradients, tuple needs,
                          dict unpacked):
    """Call derivative function `number` with the values that its parameters name."""
    cdef list values = []
    cdef int source, index
    for source, index in <tuple>self.arguments[number]:
        if source == SOURCE_GRADIENT:
            values.append(gradients[index])
        elif source == SOURCE_NEEDS:
            values.append(needs)
        elif unpacked is None:
            values.append(unpack_saved(node, index))
        else:
            values.append(unpack_once(node, index, unpacked))
    return self.functions[number](*values)


cdef object run_derivative(Node node, list gradients, tuple wanted):
    """Gradients of the inputs, one per edge; None where not wanted or zero."""
    cdef Derivative self = <Derivative>node.op
    cdef list results = []
    cdef int i, edge = 0
    cdef dict unpacked = hooked_values(node)
    if self.combined and not self.has_lists:
        results = list(call_function(self, node, 0, gradients, wanted, unpacked))
        if len(results) != self.n_inputs:
            raise AutogradError(f"{self.op_name}: the derivative returned {len(results)} "
                                f"gradients for {self.n_inputs} tensor parameters")
        return results
    if not self.has_lists:
        for i in range(self.n_inputs):
            if wanted[i] and self.functions[i] is not None:
                results.append(call_function(self, node, i, gradients, wanted, unpacked))
            else:
                results.append(None)
        return results
    counts = (<tuple>node.payload)[0]
    needs = []
    for count in counts:
        width = 1 if count is None else count
        needs.append(any(wanted[edge:edge + width]))
        edge += width
    if self.combined:
        answers = call_function(self, node, 0, gradients, tuple(needs), unpacked)
    else:
        answers = [call_function(self, node, i, gradients, tuple(needs), unpacked)
                   if needs[i] and self.functions[i] is not None else None
                   for i in range(self.n_inputs)]
    for count, answer in zip(counts, answers):
        if count is None:
            results.append(answer)
        else:
            results.extend([None] * count if answer is None else answer)
    return results
