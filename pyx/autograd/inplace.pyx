"""In-place ops and views under autograd.

A view knows its base, the root that owns the memory. When a view is changed in place by a recorded
op, the base gets a CopySlices node: it runs the op's derivative on the part of the gradient that
the view covers. The view's own node is then made anew as an `as_strided` of the changed base; other
views of the base do the same when they are next looked at, since the version has moved on.
"""
from libc.stdint cimport int64_t

from cpython.ref cimport Py_INCREF

from cytorch._C.autograd.engine cimport fit, run_node, set_special_node
from cytorch._C.autograd.record cimport (
    move_retained, record_functions, reserve, set_creator, set_edge)
from cytorch._C.dtype cimport dtype_of
from cytorch._C.dtype_ids cimport dtype_is_complex, dtype_itemsize
from cytorch._C.state cimport mode, next_sequence
from cytorch._C.node cimport NODE_COPY_SLICES, Node
from cytorch._C.tensor cimport (
    INFERENCE, REQUIRES_GRAD, Tensor, VIEW_IN_FUNCTION, VIEW_MULTI_OUTPUT, VIEW_NO_GRAD, describe,
    requires_grad, shape_tuple)

from cytorch.errors import AutogradError

cdef object as_strided = None
cdef object view_as_real = None
cdef object view_as_complex = None


def install_views(strided, real, complex_):
    """The table ops by which a view gets its new node."""
    global as_strided, view_as_real, view_as_complex
    as_strided, view_as_real, view_as_complex = strided, real, complex_


cdef void make_view(Tensor view, Tensor source, int creation) noexcept:
    """Let `view` be a differentiable view of source's root."""
    view.base = source if source.base is None else source.base
    view.flags |= creation | (source.flags & (VIEW_IN_FUNCTION | VIEW_MULTI_OUTPUT))
    if view.block != NULL:
        view.view_version = view.block.version


cdef int check_inplace(Tensor self, str op_name, bint recording) except -1:
    """Raise where PyTorch does: leaves, and views whose history could not be rewritten."""
    cdef Tensor base = self.base
    if self.flags & INFERENCE and not mode().inference:
        raise AutogradError(
            f"{op_name}: Inplace update to inference tensor outside InferenceMode is not allowed "
            f"({describe(self)}). You can make a clone to get a normal tensor before doing inplace "
            "update.")
    if mode().grad_disabled:
        return 0
    if self.flags & REQUIRES_GRAD and self.creator is None:
        raise AutogradError(
            f"{op_name}: a leaf Variable that requires grad is being used in an in-place "
            f"operation ({describe(self)}); use it under no_grad() or on a clone()")
    if base is None or not (recording or requires_grad(self)):
        return 0
    check_creation(self, op_name, "is being modified inplace")
    if requires_grad(self) and base.creator is None:
        raise AutogradError(
            f"{op_name}: a view of a leaf Variable that requires grad is being used in an "
            f"in-place operation ({describe(self)}, a view of {describe(base)})")
    return 0


cdef int check_creation(Tensor view, str op_name, str what) except -1:
    """Raise for a view whose history cannot be rewritten, because of how it was made."""
    if view.flags & VIEW_NO_GRAD:
        raise AutogradError(
            f"{op_name}: a view was created in no_grad mode and {what} with grad mode enabled; "
            "make the view and the change in the same mode")
    if view.flags & VIEW_MULTI_OUTPUT:
        raise AutogradError(
            f"{op_name}: this view is the output of a function that returns multiple views and "
            f"{what}, which such functions do not allow; use the out-of-place form")
    if view.flags & VIEW_IN_FUNCTION:
        raise AutogradError(
            f"{op_name}: this view was created inside a custom Function (or returned by it as a "
            f"view) and {what}; return a clone() instead")
    return 0


cdef tuple geometry_of(Tensor self):
    cdef int i
    return shape_tuple(self), tuple([self.strides[i] for i in range(self.rank)])


cdef int64_t offset_in(Tensor self, Tensor base):
    """Elements from base's first element to self's."""
    return (self.start - base.start) // dtype_itemsize[self.kind]


cdef int rebase(Tensor self, Node node) except -1:
    """`self` was changed in place by what `node` records."""
    cdef Tensor base = self.base
    cdef Node copy
    cdef int i
    if base is None:
        set_creator(self, node, 0)
        return 0
    copy = Node.__new__(Node)
    copy.sequence = next_sequence()
    copy.kind = NODE_COPY_SLICES
    copy.op = "CopySlices"
    reserve(copy, max(node.n_edges, 1), 0)
    if requires_grad(base):
        set_edge(copy, 0, base)
    for i in range(1, node.n_edges):
        copy.edges[i] = node.edges[i]
        if node.edges[i].target != NULL:
            Py_INCREF(<object>node.edges[i].target)
    copy.payload = (node, geometry_of(base), self.kind, geometry_of(self), offset_in(self, base))
    move_retained(base, copy, 0)
    set_creator(base, copy, 0)
    regenerate(self)
    return 0


cdef Tensor seen_again(Tensor base, int kind, tuple size, tuple stride, object offset):
    """The part of `base` with this geometry, which counts in elements of `kind`.

    A real view of complex numbers, and the other way round, is the only one of another dtype.
    """
    if kind == base.kind:
        return as_strided(base, size, stride, offset)
    if dtype_is_complex(base.kind):
        return as_strided(view_as_real(base), size, stride, offset)
    if dtype_is_complex(kind):
        return view_as_complex(as_strided(base, (*size, 2), (*[2 * s for s in stride], 1),
                                          2 * offset))
    raise AutogradError(f"a view of dtype {dtype_of(kind).name} of {describe(base)} was changed in "
                        "place: its bytes have no gradient; use clone()")


cdef Node regenerate(Tensor view):
    """A new node for a view whose base has a new history."""
    cdef Tensor base = view.base, fresh
    check_creation(view, "grad_fn", "its base or another view of it was modified inplace")
    size, stride = geometry_of(view)
    offset = (view.start - view.block.data) // dtype_itemsize[view.kind]
    was_disabled = mode().grad_disabled
    mode().grad_disabled = False
    try:
        fresh = seen_again(base, view.kind, size, stride, offset)
    finally:
        mode().grad_disabled = was_disabled
    move_retained(view, fresh.creator, fresh.creator_output)
    set_creator(view, fresh.creator, fresh.creator_output)
    return view.creator


record_functions.regenerate = regenerate


def run_copy_slices(Node node, list gradients, tuple wanted):
    """Gradients of a CopySlices node: the inner op's derivative on the view's part."""
    cdef Node inner
    inner, (base_size, base_stride), kind, (size, stride), offset = node.payload
    gradient = gradients[0]
    span = 1 + sum((n - 1) * s for n, s in zip(base_size, base_stride)) if gradient.numel() else 0
    buffer = gradient.new_zeros((span,)).as_strided(base_size, base_stride, 0)
    buffer.copy_(gradient)
    part = seen_again(buffer, kind, size, stride, offset)
    inner_wanted = (inner.n_edges > 0 and inner.edges[0].target != NULL, *wanted[1:])
    results = list(run_node(inner, [part.clone()], inner_wanted))
    for i, result in enumerate(results):
        if result is not None:
            results[i] = fit(inner, i, result)
    if not results:
        results = [None]
    if results[0] is None:
        part.zero_()
    else:
        part.copy_(results[0])
    results[0] = buffer
    return results


set_special_node(NODE_COPY_SLICES, run_copy_slices)
