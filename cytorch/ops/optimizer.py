"""Fused optimizer steps: one pass over parameters, gradients and state, all in place."""
from __future__ import annotations

from typing import Any

from .spec import FLOATING, call, op, structured


def _lists(s: Any, n_states: int) -> tuple[list[Any], ...]:
    """Parameters, gradients and states of two tensors, the second one empty."""
    return tuple([s.tensor(3, 4, low=0.1, high=1.0), s.tensor(0, low=0.1, high=1.0)]
                 for _ in range(2 + n_states))


def _counts(s: Any) -> list[Any]:
    return [s.tensor(low=1.0, high=1.0), s.tensor(low=1.0, high=1.0)]


op("_sgd_step_(Tensor[] parameters, Tensor[] gradients, Tensor[] momentum_buffers, float lr, "
   "float momentum, float dampening, float weight_decay, bool nesterov, bool maximize, bool first)"
   " -> ()",
   kernel=structured(FLOATING, "sgd_step", contiguous=False), promote="none", forms="function",
   extra={"mutates": ("parameters", "momentum_buffers")},
   samples=lambda s: [call(*_lists(s, 1), 0.1, 0.9, 0.0, 0.01, True, False, False),
                      call(*_lists(s, 0), [], 0.1, 0.0, 0.0, 0.0, False, True, False)],
   doc="One step of SGD: b = momentum b + (1 - dampening) g; p -= lr b. `first`: b = g. "
       "No buffers: p -= lr g. g is the gradient, negated if maximize, plus weight_decay p.")

op("_adam_step_(Tensor[] parameters, Tensor[] gradients, Tensor[] averages, Tensor[] squares, "
   "Tensor[] largest_squares, Tensor[] steps, float lr, float beta1, float beta2, "
   "float weight_decay, float eps, bool decoupled, bool maximize) -> ()",
   kernel=structured(FLOATING, "adam_step", contiguous=False), promote="none", forms="function",
   extra={"mutates": ("parameters", "averages", "squares", "largest_squares", "steps")},
   samples=lambda s: [call(*_lists(s, 3), _counts(s), 0.1, 0.9, 0.99, 0.01, 1e-8, True, False),
                      call(*_lists(s, 2), [], _counts(s), 0.1, 0.9, 0.99, 0.0, 1e-8, False, True)],
   doc="One step of Adam (decoupled: AdamW; with largest_squares: AMSGrad). `steps` holds one "
       "count for each parameter and is increased first. p -= lr m' / (sqrt(v') + eps), m' and "
       "v' the bias-corrected averages of g and g^2.")

op("_rmsprop_step_(Tensor[] parameters, Tensor[] gradients, Tensor[] squares, Tensor[] averages, "
   "Tensor[] momentum_buffers, Tensor[] steps, float lr, float alpha, float eps, "
   "float weight_decay, float momentum, bool maximize) -> ()",
   kernel=structured(FLOATING, "rmsprop_step", contiguous=False), promote="none",
   forms="function",
   extra={"mutates": ("parameters", "squares", "averages", "momentum_buffers", "steps")},
   samples=lambda s: [call(*_lists(s, 3), _counts(s), 0.1, 0.9, 1e-8, 0.01, 0.5, False),
                      call(*_lists(s, 1), [], [], _counts(s), 0.1, 0.9, 1e-8, 0.0, 0.0, True)],
   doc="One step of RMSprop: p -= lr g / (sqrt(v) + eps), v the average of g^2; with averages "
       "v - average(g)^2 instead of v; with momentum_buffers b = momentum b + g / ..., p -= lr b.")

op("_adagrad_step_(Tensor[] parameters, Tensor[] gradients, Tensor[] sums, Tensor[] steps, "
   "float lr, float lr_decay, float weight_decay, float eps, bool maximize) -> ()",
   kernel=structured(FLOATING, "adagrad_step", contiguous=False), promote="none",
   forms="function", extra={"mutates": ("parameters", "sums", "steps")},
   samples=lambda s: [call(*_lists(s, 1), _counts(s), 0.1, 0.01, 0.1, 1e-10, False)],
   doc="One step of Adagrad: s += g^2, p -= lr / (1 + (t - 1) lr_decay) g / (sqrt(s) + eps).")

op("_adadelta_step_(Tensor[] parameters, Tensor[] gradients, Tensor[] squares, Tensor[] changes, "
   "Tensor[] steps, float lr, float rho, float eps, float weight_decay, bool maximize) -> ()",
   kernel=structured(FLOATING, "adadelta_step", contiguous=False), promote="none",
   forms="function", extra={"mutates": ("parameters", "squares", "changes", "steps")},
   samples=lambda s: [call(*_lists(s, 2), _counts(s), 1.0, 0.9, 1e-6, 0.1, False)],
   doc="One step of Adadelta: d = sqrt(u + eps) / sqrt(v + eps) g, p -= lr d; u and v are the "
       "averages of d^2 and g^2.")

op("_adamax_step_(Tensor[] parameters, Tensor[] gradients, Tensor[] averages, "
   "Tensor[] largest, Tensor[] steps, float lr, float beta1, float beta2, float weight_decay, "
   "float eps, bool maximize) -> ()",
   kernel=structured(FLOATING, "adamax_step", contiguous=False), promote="none",
   forms="function", extra={"mutates": ("parameters", "averages", "largest", "steps")},
   samples=lambda s: [call(*_lists(s, 2), _counts(s), 0.1, 0.9, 0.99, 0.1, 1e-8, False)],
   doc="One step of Adamax: u = max(beta2 u, |g| + eps), p -= lr / (1 - beta1^t) m / u.")

op("_nadam_step_(Tensor[] parameters, Tensor[] gradients, Tensor[] averages, Tensor[] squares, "
   "Tensor[] steps, Tensor[] products, float lr, float beta1, float beta2, float weight_decay, "
   "float momentum_decay, float eps, bool decoupled, bool maximize) -> ()",
   kernel=structured(FLOATING, "nadam_step", contiguous=False), promote="none", forms="function",
   extra={"mutates": ("parameters", "averages", "squares", "steps", "products")},
   samples=lambda s: [call(*_lists(s, 2), _counts(s), _counts(s), 0.1, 0.9, 0.99, 0.1, 4e-3, 1e-8,
                           False, False)],
   doc="One step of NAdam: Adam with Nesterov momentum; `products` hold the products of mu.")

op("_radam_step_(Tensor[] parameters, Tensor[] gradients, Tensor[] averages, Tensor[] squares, "
   "Tensor[] steps, float lr, float beta1, float beta2, float weight_decay, float eps, "
   "bool decoupled, bool maximize) -> ()",
   kernel=structured(FLOATING, "radam_step", contiguous=False), promote="none", forms="function",
   extra={"mutates": ("parameters", "averages", "squares", "steps")},
   samples=lambda s: [call(*_lists(s, 2), _counts(s), 0.1, 0.9, 0.99, 0.1, 1e-8, True, False)],
   doc="One step of RAdam: Adam whose step size is rectified, and plain momentum at first.")

op("_rprop_step_(Tensor[] parameters, Tensor[] gradients, Tensor[] previous, Tensor[] sizes, "
   "Tensor[] steps, float shrink, float grow, float least, float most, bool maximize) -> ()",
   kernel=structured(FLOATING, "rprop_step", contiguous=False), promote="none", forms="function",
   extra={"mutates": ("parameters", "previous", "sizes", "steps")},
   samples=lambda s: [call(*_lists(s, 2), _counts(s), 0.5, 1.2, 1e-6, 50.0, False)],
   doc="One step of Rprop: each element has a step size of its own, which grows while the sign "
       "of its gradient stays and shrinks when it changes; p -= size sign(g).")
