"""What Python sees of the engine: backward, grad, modes, hooks."""

from cytorch._C.autograd.engine cimport (
    callbacks, engine_functions, run_backward, running_pass)
from cytorch._C.autograd.record cimport bump_version, creator_of, record_functions
from cytorch._C.dtype_ids cimport dtype_is_complex, dtype_is_floating
from cytorch._C.state cimport mode
from cytorch._C.node cimport Node, node_slots
from cytorch._C.tensor cimport (
    INFERENCE, REQUIRES_GRAD, RETAINS_GRAD, Tensor, describe, requires_grad, shape_tuple, slots)

import weakref

from cytorch.errors import AutogradError, DTypeError, ShapeError


cdef list as_list(object tensors, str what):
    if isinstance(tensors, Tensor):
        return [tensors]
    items = list(tensors)
    for item in items:
        if not isinstance(item, Tensor):
            raise TypeError(f"{what}: expected tensors, got {type(item).__name__}")
    return items


cdef list starting_gradients(list roots, object gradients, str what):
    """One gradient per root; ones for roots of one element where none is given."""
    cdef Tensor root
    cdef list found = []
    given = [None] * len(roots) if gradients is None else (
        [gradients] if isinstance(gradients, Tensor) else list(gradients))
    if len(given) != len(roots):
        raise AutogradError(f"{what}: got {len(roots)} tensors and {len(given)} gradients")
    for number, (root, gradient) in enumerate(zip(roots, given)):
        if not requires_grad(root) and creator_of(root) is None:
            raise AutogradError(f"{what}: element {number} of tensors does not require grad and "
                                "does not have a grad_fn")
        if gradient is None:
            if root.count != 1:
                raise AutogradError(f"{what}: grad can be implicitly created only for scalar "
                                    f"outputs, and tensor {number} has shape {shape_tuple(root)}")
            if dtype_is_complex(root.kind):
                raise AutogradError(f"{what}: grad can be implicitly created only for real scalar "
                                    f"outputs but got {root.dtype!r} for tensor {number}")
            gradient = engine_functions.ones_like(root)
        elif not isinstance(gradient, Tensor):
            raise TypeError(f"{what}: gradients must be tensors or None, "
                            f"got {type(gradient).__name__}")
        elif shape_tuple(gradient) != shape_tuple(root):
            raise ShapeError(f"{what}: Mismatch in shape: grad_output[{number}] has a shape of "
                             f"{shape_tuple(gradient)} and output[{number}] has a shape of "
                             f"{shape_tuple(root)}")
        elif dtype_is_complex((<Tensor>gradient).kind) != dtype_is_complex(root.kind):
            raise AutogradError(f"{what}: For complex Tensors, both grad_output and output are "
                                f"required to have the same dtype. Mismatch in dtype: grad_output["
                                f"{number}] has a dtype of {gradient.dtype!r} and output[{number}] "
                                f"has a dtype of {root.dtype!r}")
        found.append(gradient)
    return found


def backward(tensors, grad_tensors=None, retain_graph=None, bint create_graph=False,
             grad_variables=None, inputs=None):
    """Add the gradients of `tensors` to the `grad` of the leaves that they depend on.

    tensors: one tensor or a sequence. grad_tensors: the vector of the vector-Jacobian product, one
    tensor or None per tensor; None stands for 1 where a tensor has one element. retain_graph: keep
    what the nodes saved (default: create_graph). inputs: only these leaves.
    Raises RuntimeError when a tensor has no history, or was walked through before.

    >>> import cytorch
    >>> x = cytorch.tensor([1.0, 2.0], requires_grad=True)
    >>> cytorch.autograd.backward((x * x).sum())
    >>> x.grad
    tensor([2., 4.])
    """
    roots = as_list(tensors, "backward")
    if grad_tensors is None:
        grad_tensors = grad_variables
    wanted = None
    if inputs is not None:
        wanted = as_list(inputs, "backward")
        if not wanted:
            raise AutogradError("backward: inputs cannot be empty")
    gradients = starting_gradients(roots, grad_tensors, "backward")
    keep = create_graph if retain_graph is None else retain_graph
    run_backward(roots, gradients, wanted, keep, create_graph, True, True)


def grad(outputs, inputs, grad_outputs=None, retain_graph=None, bint create_graph=False,
         bint only_inputs=True, allow_unused=None, bint is_grads_batched=False,
         bint materialize_grads=False):
    """Gradients of the sum of `outputs` (weighted by `grad_outputs`) for `inputs`, as a tuple.

    create_graph: make the gradients differentiable. allow_unused: give None for inputs that the
    outputs do not depend on instead of raising RuntimeError. materialize_grads: give zeros instead.
    is_grads_batched: grad_outputs have a leading batch dimension, and so have the results.

    >>> import cytorch
    >>> x = cytorch.tensor(3.0, requires_grad=True)
    >>> cytorch.autograd.grad(x * x, x)
    (tensor(6.),)
    """
    cdef Tensor tensor
    roots = as_list(outputs, "grad")
    leaves = as_list(inputs, "grad")
    if is_grads_batched:
        return batched_grad(roots, leaves, grad_outputs, retain_graph, create_graph, allow_unused,
                            materialize_grads)
    if materialize_grads and allow_unused is False:
        raise ValueError("grad: allow_unused must be True or None when materialize_grads is True")
    for number, tensor in enumerate(leaves):
        if not requires_grad(tensor):
            raise AutogradError(f"grad: one of the differentiated Tensors does not require grad "
                                f"(input {number}, {describe(tensor)})")
    gradients = starting_gradients(roots, grad_outputs, "grad")
    keep = create_graph if retain_graph is None else retain_graph
    found = run_backward(roots, gradients, leaves, keep, create_graph, False, True)
    for number, (tensor, gradient) in enumerate(zip(leaves, found)):
        if gradient is None:
            if materialize_grads:
                found[number] = engine_functions.zeros(shape_tuple(tensor), tensor.dtype,
                                                       tensor.device)
            elif not allow_unused:
                raise AutogradError(
                    f"grad: One of the differentiated Tensors appears to not have been used in the "
                    f"graph (input {number}, {describe(tensor)}). Set allow_unused=True if this is "
                    "the desired behavior.")
    return tuple(found)


cdef object stack = None


def set_stack(function):
    """The table op by which `is_grads_batched` joins its rows."""
    global stack
    stack = function


cdef object batched_grad(list roots, list leaves, object grad_outputs, object retain_graph,
                         bint create_graph, object allow_unused, bint materialize_grads):
    """Row by row; the results are stacked."""
    given = [grad_outputs] if isinstance(grad_outputs, Tensor) else list(grad_outputs)
    count = next(len(item) for item in given if item is not None)
    rows = []
    for row in range(count):
        keep = retain_graph or create_graph or row + 1 < count
        rows.append(grad(roots, leaves, [None if item is None else item[row] for item in given],
                         keep, create_graph, True, allow_unused, False, materialize_grads))
    return tuple(None if column[0] is None else stack(list(column)) for column in zip(*rows))


def is_grad_enabled():
    """Whether ops are recorded on this thread."""
    return not mode().grad_disabled


def set_grad_enabled_(bint enabled):
    """Switch recording; the context managers in `grad_mode` are what users call."""
    mode().grad_disabled = not enabled


def is_inference_mode_enabled():
    """Whether inference mode is on for this thread."""
    return mode().inference != 0


def set_inference_mode_(bint enabled):
    mode().inference = enabled


def is_anomaly_enabled():
    """Whether anomaly detection is on for this thread."""
    return mode().anomaly != 0


def set_anomaly_enabled_(bint enabled):
    mode().anomaly = enabled


def count_saved_hooks_(int change):
    """One more or one less pair of saved-tensor hooks is active."""
    mode().saved_hooks += change


cdef int set_requires_grad(Tensor self, bint value) except -1:
    if value and not (dtype_is_floating(self.kind) or dtype_is_complex(self.kind)):
        raise DTypeError(f"only Tensors of floating point and complex dtype can require "
                         f"gradients, got {describe(self)}")
    if not value and self.creator is not None:
        raise AutogradError("you can only change requires_grad flags of leaf variables; use "
                            "detach() for a tensor without history")
    if self.flags & INFERENCE and value and not mode().inference:
        raise AutogradError("Setting requires_grad=True on inference tensor outside InferenceMode "
                            "is not allowed.")
    if self.creator is not None:
        return 0
    if value:
        self.flags |= REQUIRES_GRAD
    else:
        self.flags &= ~REQUIRES_GRAD
    return 0


cdef int set_gradient(Tensor self, object value) except -1:
    cdef Tensor gradient
    if value is None:
        self.gradient = None
        return 0
    if not isinstance(value, Tensor):
        raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type "
                        f"{type(value).__name__}")
    gradient = <Tensor>value
    if gradient is self:
        raise AutogradError("can't assign Variable as its own grad")
    if shape_tuple(gradient) != shape_tuple(self):
        raise ShapeError(f"assigned grad has data of a different size: grad "
                         f"{shape_tuple(gradient)}, tensor {shape_tuple(self)}")
    if gradient.kind != self.kind:
        raise AutogradError(f"assigned grad has data of a different type: grad "
                            f"{gradient.dtype}, tensor {self.dtype}")
    self.gradient = gradient
    return 0


cdef object get_creator(Tensor self):
    return creator_of(self)


slots.set_requires_grad = set_requires_grad
slots.set_gradient = set_gradient
slots.creator = get_creator


class RemovableHandle:
    """Takes a hook away again: `handle.remove()`, or leave it as a context manager."""

    _next_id = 0

    def __init__(self, hooks, **_):
        self._hooks = weakref.WeakValueDictionary() if hooks is None else hooks
        self.id = RemovableHandle._next_id
        RemovableHandle._next_id += 1

    def remove(self):
        self._hooks.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()


cdef object add_hook(dict hooks, object hook):
    if not callable(hook):
        raise TypeError(f"register_hook: expected a callable, got {type(hook).__name__}")
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle


def detach_(Tensor self not None):
    """Drop the history of this tensor, which becomes a leaf; returns it.

    Raises RuntimeError for a view: its history is that of its base.
    """
    if self.base is not None and requires_grad(self):
        raise AutogradError("Can't detach views in-place. Use detach() instead.")
    self.creator = None
    self.creator_output = 0
    self.flags &= ~REQUIRES_GRAD
    return self


def register_hook(Tensor self, hook):
    """Call `hook(grad)` when the gradient of this tensor is computed; it may return a new one.

    Returns a handle with `remove()`. Raises RuntimeError for a tensor that needs no gradient.
    """
    cdef Node node
    if not requires_grad(self):
        raise AutogradError("cannot register a hook on a tensor that doesn't require gradient")
    node = creator_of(self)
    if node is not None:
        hooks = node._extra().setdefault("tensor_hooks", {}).setdefault(self.creator_output, {})
    else:
        if self.extra is None:
            self.extra = {}
        hooks = self.extra.setdefault("hooks", {})
    return add_hook(hooks, hook)


def register_post_accumulate_grad_hook(Tensor self, hook):
    """Call `hook(tensor)` after the gradient of this leaf was accumulated."""
    if not requires_grad(self) or creator_of(self) is not None:
        raise AutogradError("post accumulate grad hooks can only be registered on leaf tensors "
                            "that require gradient")
    if self.extra is None:
        self.extra = {}
    return add_hook(self.extra.setdefault("post_accumulate_hooks", {}), hook)


cdef object register_node_hook(Node self, object hook, bint before):
    return add_hook(self._extra().setdefault("pre_hooks" if before else "post_hooks", {}), hook)


node_slots.hook = register_node_hook


def retain_grad(Tensor self):
    """Fill `grad` of this non-leaf in the next backward pass. No effect on a leaf."""
    cdef Node node
    if not requires_grad(self):
        raise AutogradError("can't retain_grad on Tensor that has requires_grad=False")
    node = creator_of(self)
    if node is None:
        return
    node._extra().setdefault("retained", {})[self.creator_output] = weakref.ref(self)
    self.flags |= RETAINS_GRAD


def increment_version(Tensor self not None):
    """Count a change of the elements that autograd did not see."""
    if self.flags & INFERENCE:
        raise AutogradError("Inference tensors do not track version counter.")
    bump_version(self, 0)


def current_pass():
    """Number of the backward pass that runs on this thread; 0 outside of one."""
    return running_pass()


def queue_callback(callback):
    """Call `callback()` at the end of the backward pass that runs on this thread.

    Raises RuntimeError outside of a backward pass.
    """
    if running_pass() == 0:
        raise AutogradError("Final callbacks can only be installed during backward pass.")
    callbacks.setdefault(running_pass(), []).append(callback)


def install_callbacks(hooks, anomaly):
    """The Python modules of saved-tensor hooks and of anomaly mode; they hand themselves over."""
    global python_hooks, python_anomaly
    python_hooks, python_anomaly = hooks, anomaly


cdef object python_hooks = None, python_anomaly = None


cdef object pack_hook(object value):
    return python_hooks.pack(value)


cdef object unpack_hook(object packed):
    return python_hooks.unpack(packed)


cdef object forward_record(list outputs):
    return python_anomaly.forward_record(outputs)


cdef int check_gradients(Node node, object results) except -1:
    python_anomaly.check_gradients(node, results)
    return 0


cdef int note_failure(Node node) except -1:
    python_anomaly.note_failure(node)
    return 0


record_functions.pack_hook = pack_hook
record_functions.unpack_hook = unpack_hook
record_functions.forward_record = forward_record
record_functions.check_gradients = check_gradients
record_functions.note_failure = note_failure
