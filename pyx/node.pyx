"""The type Node: one recorded op, its release, and what Python can see of it.

A graph of any depth is freed without recursion: a node that dies hands what it refers to over to a
queue, which the outermost call empties.
"""
cimport cython
from libc.stdint cimport uint64_t
from libc.stdlib cimport free, realloc

from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF, Py_INCREF, Py_XDECREF

cdef NodeSlots node_slots
cdef PyObject** pending = NULL
cdef Py_ssize_t pending_count = 0
cdef Py_ssize_t pending_capacity = 0
cdef bint releasing = False


cdef int release_later(PyObject* target) except -1:
    global pending, pending_count, pending_capacity
    cdef PyObject** larger
    cdef Py_ssize_t capacity
    if pending_count == pending_capacity:
        capacity = pending_capacity * 2 + 256
        larger = <PyObject**>realloc(pending, capacity * sizeof(PyObject*))
        if larger == NULL:
            return 0
        pending = larger
        pending_capacity = capacity
    pending[pending_count] = target
    pending_count += 1
    return 1


cdef void drain_pending() noexcept:
    global releasing, pending_count
    if releasing:
        return
    releasing = True
    while pending_count:
        pending_count -= 1
        Py_DECREF(<object>pending[pending_count])
    releasing = False


cdef void drop_node(PyObject* target) noexcept:
    """Give up a reference to a Node: at once when others hold it, else through the queue."""
    if target != NULL and not release_later(target):
        Py_DECREF(<object>target)


cdef void release_saved(Node self) noexcept:
    """Free what was saved for the backward pass."""
    cdef int i, count = self.n_saved
    self.n_saved = 0
    for i in range(count):
        drop_node(self.saved[i].creator)
        Py_XDECREF(self.saved[i].value)
    if self.saved != &self.inline_saved[0]:
        free(self.saved)
        self.saved = &self.inline_saved[0]
    drain_pending()


@cython.final
@cython.no_gc
cdef class Node:
    """One recorded op: its derivative, the edges to the ops before it, and what it saved."""

    def __cinit__(self):
        self.edges = &self.inline_edges[0]
        self.saved = &self.inline_saved[0]
        self.n_outputs = 1

    def __dealloc__(self):
        cdef int i
        for i in range(self.n_saved):
            drop_node(self.saved[i].creator)
            Py_XDECREF(self.saved[i].value)
        for i in range(self.n_edges):
            drop_node(self.edges[i].target)
        if self.saved != &self.inline_saved[0]:
            free(self.saved)
        if self.edges != &self.inline_edges[0]:
            free(self.edges)
        if self.payload is not None:
            Py_INCREF(self.payload)
            drop_node(<PyObject*>self.payload)
            self.payload = None
        Py_XDECREF(self.incoming)
        if self.incomings != NULL:
            for i in range(self.n_outputs):
                Py_XDECREF(self.incomings[i])
            free(self.incomings)
        drain_pending()

    def __repr__(self):
        return f"<{self.name()} object at {<uint64_t><void*>self:#x}>"

    def name(self):
        """Name of the derivative, such as "TanhBackward0"."""
        return self.op if isinstance(self.op, str) else self.op.name

    @property
    def next_functions(self):
        """Pairs (node, output number) of the nodes before this one; (None, 0) for none."""
        cdef int i
        cdef list found = []
        for i in range(self.n_edges):
            if self.edges[i].target == NULL:
                found.append((None, 0))
            elif self.edges[i].leaf:
                found.append((accumulate_node(<object>self.edges[i].target), 0))
            else:
                found.append((<object>self.edges[i].target, self.edges[i].output))
        return tuple(found)

    @property
    def variable(self):
        """The leaf of an AccumulateGrad node."""
        if self.kind != NODE_ACCUMULATE:
            raise AttributeError(f"{self.name()} has no variable")
        return self.payload

    @property
    def metadata(self):
        """A dictionary for the user."""
        return self._extra().setdefault("metadata", {})

    def register_hook(self, fn):
        """Call `fn(grad_inputs, grad_outputs)` after this node ran; it may return new grad_inputs.

        Returns a handle with `remove()`.
        """
        return node_slots.hook(self, fn, False)

    def register_prehook(self, fn):
        """Call `fn(grad_outputs)` before this node runs; it may return new grad_outputs."""
        return node_slots.hook(self, fn, True)

    def __getattr__(self, name):
        # The node of a user's Function also answers for the context of the call.
        if self.kind == NODE_PYTHON:
            return getattr(self.payload, name)
        raise AttributeError(f"{self.name()} has no attribute {name!r}")

    def _extra(self):
        if self.extra is None:
            self.extra = {}
        return self.extra

    def _sequence_nr(self):
        return self.sequence

    def _payload(self):
        return self.payload

    def _saved_bytes(self):
        """Bytes of the tensors that this node keeps alive."""
        cdef int i
        total = 0
        for i in range(self.n_saved):
            total += getattr(<object>self.saved[i].value, "nbytes", 0)
        return total


cdef Node accumulate_node(object leaf):
    """The node that stands for a leaf; made when somebody looks."""
    cdef Node node = Node.__new__(Node)
    node.op = "AccumulateGrad"
    node.kind = NODE_ACCUMULATE
    node.payload = leaf
    return node
