"""The backward walk.

Every node has a sequence number larger than those of the nodes that it points to. So a heap by
sequence number visits each node after all of its consumers: no pass that counts dependencies is
needed. Only `grad(inputs=...)` looks first which nodes lead to an input. Nothing here recurses.

A pass is a `Pass` object. Gradients on their way wait in the nodes themselves; a node that another
pass is using at the same time (a re-entrant or concurrent one) has them in the pass's side table.
"""
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc

from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF, Py_INCREF

from cytorch._C.autograd.reach cimport nodes_leading_to
from cytorch._C.autograd.record cimport (
    Derivative, creator_of, record_functions, run_derivative)
from cytorch._C.dtype_ids cimport dtype_is_complex
from cytorch._C.state cimport mode
from cytorch._C.node cimport NODE_COPY_SLICES, NODE_OP, Node, SAVED_OTHER, release_saved
from cytorch._C.tensor cimport CONTIGUOUS, Tensor, requires_grad, shape_tuple

from cytorch.errors import AutogradError

cdef extern from *:
    """
    #define reference_count(object) Py_REFCNT((PyObject *)(object))
    static _Thread_local uint64_t thread_pass;
    static uint64_t get_thread_pass(void) { return thread_pass; }
    static void set_thread_pass(uint64_t number) { thread_pass = number; }
    """
    Py_ssize_t reference_count(object value) noexcept
    uint64_t get_thread_pass() noexcept
    void set_thread_pass(uint64_t number) noexcept

cdef EngineFunctions engine_functions
cdef uint64_t pass_count = 0
cdef dict special_nodes = {}   # Node.kind -> function(node, gradients, wanted)


callbacks = {}


cdef uint64_t running_pass() noexcept:
    return get_thread_pass()


cdef void set_special_node(int kind, object function):
    special_nodes[kind] = function


cdef struct HeapItem:
    uint64_t sequence
    PyObject* node


cdef class Pass:
    """One backward walk."""
    cdef uint64_t number
    cdef HeapItem* heap
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity
    cdef dict side              # id(node) -> gradients, for nodes that another pass holds
    cdef dict leaf_totals       # id(leaf) -> [leaf, gradient]: leaves with hooks, captured leaves
    cdef dict captures          # id(node) or id(leaf) -> list of (output, position)
    cdef set leading            # ids of nodes that lead to an input; None: all matter
    cdef list found
    cdef bint accumulate
    cdef bint create_graph

    def __dealloc__(self):
        cdef Py_ssize_t i
        for i in range(self.size):
            drop_gradients(<Node>self.heap[i].node)
            Py_DECREF(<object>self.heap[i].node)
        free(self.heap)


cdef void drop_gradients(Node node) noexcept:
    """Forget gradients that wait in a node: the pass ended with an error."""
    cdef int i
    node.owner = 0
    if node.incoming != NULL:
        Py_DECREF(<object>node.incoming)
        node.incoming = NULL
    if node.incomings != NULL:
        for i in range(node.n_outputs):
            if node.incomings[i] != NULL:
                Py_DECREF(<object>node.incomings[i])
        free(node.incomings)
        node.incomings = NULL


cdef int push(Pass self, Node node) except -1:
    cdef HeapItem* larger
    cdef Py_ssize_t i, parent
    if self.size == self.capacity:
        larger = <HeapItem*>realloc(self.heap, (self.capacity * 2 + 32) * sizeof(HeapItem))
        if larger == NULL:
            raise MemoryError()
        self.heap = larger
        self.capacity = self.capacity * 2 + 32
    Py_INCREF(node)
    i = self.size
    self.size += 1
    while i > 0:
        parent = (i - 1) >> 1
        if self.heap[parent].sequence >= node.sequence:
            break
        self.heap[i] = self.heap[parent]
        i = parent
    self.heap[i].sequence = node.sequence
    self.heap[i].node = <PyObject*>node
    return 0


cdef Node pop(Pass self):
    cdef PyObject* top = self.heap[0].node
    cdef HeapItem last
    cdef Py_ssize_t i = 0, child
    cdef Node node
    self.size -= 1
    if self.size:
        last = self.heap[self.size]
        while True:
            child = 2 * i + 1
            if child >= self.size:
                break
            if child + 1 < self.size and self.heap[child + 1].sequence > self.heap[child].sequence:
                child += 1
            if last.sequence >= self.heap[child].sequence:
                break
            self.heap[i] = self.heap[child]
            i = child
        self.heap[i] = last
    node = <Node>top
    Py_DECREF(node)
    return node


cdef bint owns_buffer(Tensor gradient) noexcept:
    """Whether nothing else can see this gradient's memory (the caller holds one reference)."""
    return (gradient.block != NULL and gradient.block.references == 1 and
            gradient.flags & CONTIGUOUS and gradient.block.deleter == NULL)


cdef Tensor accumulated(Pass self, Tensor total, Tensor gradient):
    """total + gradient; in place when the total's buffer is ours alone."""
    if not self.create_graph and reference_count(total) <= 1 and owns_buffer(total) and \
            total.kind == gradient.kind and not requires_grad(total):
        engine_functions.add_in_place(total, gradient)
        return total
    return engine_functions.add(total, gradient)


cdef int send_to_node(Pass self, Node node, uint32_t output, Tensor gradient) except -1:
    """Add a gradient to what waits for `node`."""
    cdef list waiting
    cdef Tensor total
    if self.leading is not None and <uint64_t><void*>node not in self.leading:
        return 0
    if node.owner != 0 and node.owner != self.number:
        waiting = self.side.get(<uint64_t><void*>node)
        if waiting is None:
            waiting = self.side[<uint64_t><void*>node] = [None] * node.n_outputs
            push(self, node)
        waiting[output] = gradient if waiting[output] is None else \
            engine_functions.add(waiting[output], gradient)
        return 0
    if node.owner == 0:
        node.owner = self.number
        push(self, node)
    if node.n_outputs == 1:
        if node.incoming == NULL:
            Py_INCREF(gradient)
            node.incoming = <PyObject*>gradient
            return 0
        total = <Tensor>node.incoming
        Py_DECREF(total)
        node.incoming = NULL
        total = accumulated(self, total, gradient)
        Py_INCREF(total)
        node.incoming = <PyObject*>total
        return 0
    if node.incomings == NULL:
        node.incomings = <PyObject**>realloc(NULL, node.n_outputs * sizeof(PyObject*))
        if node.incomings == NULL:
            raise MemoryError()
        for i in range(node.n_outputs):
            node.incomings[i] = NULL
    if node.incomings[output] != NULL:
        total = <Tensor>node.incomings[output]
        Py_DECREF(total)
        node.incomings[output] = NULL
        gradient = accumulated(self, total, gradient)
    Py_INCREF(gradient)
    node.incomings[output] = <PyObject*>gradient
    return 0


cdef list take_gradients(Pass self, Node node):
    """The gradients of a node's outputs, which the pass now holds alone."""
    cdef list gradients
    cdef int i
    if node.owner != self.number:
        return self.side.pop(<uint64_t><void*>node)
    node.owner = 0
    if node.n_outputs == 1:
        gradients = [<object>node.incoming]
        Py_DECREF(<object>node.incoming)
        node.incoming = NULL
        return gradients
    gradients = []
    for i in range(node.n_outputs):
        if node.incomings[i] == NULL:
            gradients.append(None)
        else:
            gradients.append(<object>node.incomings[i])
            Py_DECREF(<object>node.incomings[i])
    free(node.incomings)
    node.incomings = NULL
    return gradients


cdef object apply_hooks(object hooks, object gradient, str where):
    """Run tensor hooks; each may replace the gradient."""
    for hook in list(hooks.values()):
        answer = hook(gradient)
        if answer is None:
            continue
        if not isinstance(answer, Tensor):
            raise TypeError(f"{where}: a hook must return None or a Tensor, "
                            f"got {type(answer).__name__}")
        if shape_tuple(answer) != shape_tuple(gradient):
            raise AutogradError(f"{where}: a hook returned a gradient of shape "
                                f"{shape_tuple(answer)} for one of {shape_tuple(gradient)}")
        gradient = answer
    return gradient


cdef int store_gradient(Pass self, Tensor leaf, Tensor gradient) except -1:
    """leaf.grad += gradient."""
    cdef Tensor total = leaf.gradient
    if total is None:
        # Two references are the engine's own: the list of results and the loop variable.
        if not self.create_graph and (reference_count(gradient) > 2 or
                                      not owns_buffer(gradient)):
            gradient = engine_functions.clone(gradient)
        leaf.gradient = gradient
    elif self.create_graph or requires_grad(total):
        leaf.gradient = engine_functions.add(total, gradient)
    else:
        engine_functions.add_in_place(total, gradient)
    return 0


cdef int send_to_leaf(Pass self, Tensor leaf, Tensor gradient) except -1:
    """A gradient has reached a leaf: accumulate now, or at the end if somebody wants the sum."""
    cdef list entry
    cdef bint captured = self.captures is not None and <uint64_t><void*>leaf in self.captures
    if self.leading is not None and not captured:
        return 0
    if captured or leaf.extra is not None:
        entry = self.leaf_totals.get(<uint64_t><void*>leaf)
        if entry is None:
            self.leaf_totals[<uint64_t><void*>leaf] = [leaf, gradient]
        else:
            entry[1] = engine_functions.add(<Tensor>entry[1], gradient)
        return 0
    if self.accumulate:
        store_gradient(self, leaf, gradient)
    return 0


cdef int finish_leaves(Pass self) except -1:
    """Run hooks of leaves on the whole gradient, then capture or accumulate it."""
    cdef Tensor leaf
    for leaf, gradient in self.leaf_totals.values():
        hooks = None if leaf.extra is None else leaf.extra.get("hooks")
        if hooks:
            gradient = apply_hooks(hooks, gradient, "a leaf of shape "
                                   f"{shape_tuple(leaf)}")
        if self.captures is not None:
            for _, position in self.captures.get(<uint64_t><void*>leaf, ()):
                self.found[position] = gradient
        if self.accumulate:
            store_gradient(self, leaf, gradient)
            after = None if leaf.extra is None else leaf.extra.get("post_accumulate_hooks")
            if after:
                for hook in list(after.values()):
                    hook(leaf)
    return 0


cdef Tensor fit(Node node, int index, Tensor gradient):
    """Undo broadcasting, take the real part for a real input, cast to the input's dtype."""
    cdef int kind
    if node.shapes is not None:
        shape = (<list>node.shapes)[index]
        if shape is not None:
            gradient = engine_functions.sum_to(gradient, shape)
    if node.kind != NODE_OP:
        return gradient
    if (<Derivative>node.op).has_lists:
        kind = (<list>(<tuple>node.payload)[1])[index]
    elif index < 8:
        kind = node.input_kinds[index]
    else:
        return gradient
    if kind != (gradient.kind | gradient.place << 4):
        if dtype_is_complex(gradient.kind) and not dtype_is_complex(kind & 15):
            gradient = gradient.real
        gradient = engine_functions.cast(gradient, kind)
    return gradient


cdef object run_node(Node node, list gradients, tuple wanted):
    """Gradients of a node's inputs."""
    if node.kind == NODE_OP:
        if node.released:
            raise AutogradError(
                f"Trying to backward through the graph a second time: what "
                f"{(<Derivative>node.op).op_name}() saved was freed by the first backward pass. "
                "Specify retain_graph=True for the first one.")
        return run_derivative(node, gradients, wanted)
    return special_nodes[node.kind](node, gradients, wanted)


cdef void release(Node node):
    """Free what a node saved; one that saved no tensor can run again."""
    cdef int i
    for i in range(node.n_saved):
        if node.saved[i].role != SAVED_OTHER:
            node.released = True
            release_saved(node)
            return


cdef int visit(Pass self, Node node, bint retain_graph) except -1:
    """Run one node and send on what it gives."""
    cdef list gradients = take_gradients(self, node)
    cdef dict extra = <dict>node.extra
    cdef int i
    cdef object result
    cdef tuple wanted
    if extra is not None:
        gradients = node_hooks(node, extra, gradients)
    if self.captures is not None:
        for output, position in self.captures.get(<uint64_t><void*>node, ()):
            self.found[position] = gradients[output]
        if not self.accumulate and not leads_on(self, node):
            return 0
    wanted = tuple([node.edges[i].target != NULL and
                    (self.leading is None or edge_matters(self, node, i))
                    for i in range(node.n_edges)])
    if mode().anomaly:
        results = run_watched(node, gradients, wanted)
    else:
        results = run_node(node, gradients, wanted)
    if extra is not None and "post_hooks" in extra:
        results = post_hooks(extra["post_hooks"], results, gradients)
    gradients = None
    if not retain_graph:
        release(node)
        if node.kind == NODE_COPY_SLICES:
            release(<Node>(<tuple>node.payload)[0])
    i = 0
    for result in results:
        if i >= node.n_edges:
            break
        if result is not None and node.edges[i].target != NULL:
            if not isinstance(result, Tensor):
                raise TypeError(f"{node.op}: a gradient must be a tensor or None, "
                                f"got {type(result).__name__}")
            result = fit(node, i, <Tensor>result)
            if node.edges[i].leaf:
                send_to_leaf(self, <Tensor>node.edges[i].target, <Tensor>result)
            else:
                send_to_node(self, <Node>node.edges[i].target, node.edges[i].output,
                             <Tensor>result)
        i += 1
    return 0


cdef list node_hooks(Node node, dict extra, list gradients):
    """Tensor hooks and retained gradients of the outputs, then the node's own pre-hooks."""
    for output, hooks in extra.get("tensor_hooks", {}).items():
        if gradients[output] is not None:
            gradients[output] = apply_hooks(hooks, gradients[output], str(node.op))
    for output, reference in extra.get("retained", {}).items():
        tensor = reference()
        if tensor is not None and gradients[output] is not None:
            (<Tensor>tensor).gradient = gradients[output] if (<Tensor>tensor).gradient is None \
                else engine_functions.add((<Tensor>tensor).gradient, gradients[output])
    for hook in list(extra.get("pre_hooks", {}).values()):
        answer = hook(tuple(gradients))
        if answer is not None:
            gradients = list(answer) if isinstance(answer, (tuple, list)) else [answer]
    return gradients


cdef object post_hooks(dict hooks, object results, list gradients):
    for hook in list(hooks.values()):
        answer = hook(tuple(results), tuple(gradients))
        if answer is not None:
            results = list(answer) if isinstance(answer, (tuple, list)) else [answer]
    return results


cdef object run_watched(Node node, list gradients, tuple wanted):
    """`run_node` in anomaly mode: looks for NaN, and says where a failing op was called."""
    try:
        results = run_node(node, gradients, wanted)
    except BaseException:
        record_functions.note_failure(node)
        raise
    record_functions.check_gradients(node, results)
    return results


cdef bint edge_matters(Pass self, Node node, int index):
    cdef uint64_t target = <uint64_t><void*>node.edges[index].target
    if node.edges[index].leaf:
        return target in self.captures
    return target in self.leading


cdef bint leads_on(Pass self, Node node):
    cdef int i
    for i in range(node.n_edges):
        if node.edges[i].target != NULL and edge_matters(self, node, i):
            return True
    return False


cdef list run_backward(list roots, list gradients, list inputs, bint retain_graph,
                       bint create_graph, bint accumulate, bint allow_unused):
    """Walk back from `roots`. With `inputs`, collect their gradients, else fill leaves' `grad`."""
    global pass_count
    cdef Pass self = Pass()
    cdef Tensor tensor, gradient
    cdef Node node
    cdef uint8_t was_disabled = mode().grad_disabled
    cdef uint64_t outer = get_thread_pass()
    cdef list creators = []
    pass_count += 1
    self.number = pass_count
    self.side = {}
    self.leaf_totals = {}
    self.accumulate = accumulate
    self.create_graph = create_graph
    for tensor in roots:
        creators.append(creator_of(tensor))
    if inputs is not None:
        self.captures = {}
        self.found = [None] * len(inputs)
        for position, tensor in enumerate(inputs):
            node = creator_of(tensor)
            key = <uint64_t><void*>tensor if node is None else <uint64_t><void*>node
            self.captures.setdefault(key, []).append((tensor.creator_output, position))
        self.leading = nodes_leading_to(creators, self.captures)
    mode().grad_disabled = not create_graph
    set_thread_pass(self.number)
    try:
        for tensor, node, gradient in zip(roots, creators, gradients):
            if node is None:
                send_to_leaf(self, tensor, gradient)
            else:
                send_to_node(self, node, tensor.creator_output, gradient)
        tensor = gradient = None
        gradients.clear()
        while self.size:
            visit(self, pop(self), retain_graph)
        finish_leaves(self)
        for callback in callbacks.pop(self.number, ()):
            callback()
    finally:
        mode().grad_disabled = was_disabled
        set_thread_pass(outer)
        callbacks.pop(self.number, None)
    return self.found
