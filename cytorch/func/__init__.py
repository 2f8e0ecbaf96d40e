"""Functions of functions: derivatives, batching and stateless modules, as in torch.func.

>>> import cytorch
>>> cytorch.func.grad(lambda x: x ** 3)(cytorch.tensor(2.0))
tensor(12.)
"""
from .batching import vmap
from .differentiation import grad, grad_and_value, vjp
from .jacobians import hessian, jacfwd, jacrev, jvp, linearize
from .modules import functional_call, replace_all_batch_norm_modules_, stack_module_state

__all__ = ["functional_call", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp",
           "linearize", "replace_all_batch_norm_modules_", "stack_module_state", "vjp", "vmap"]
