"""PyTorch's `native_*` spellings: norms that also give the moments, dropout with its mask."""
from __future__ import annotations

from typing import Any

from .normalization import _batch_norm, _check_channels, _other_axes
from .spec import argument_error, call, op, ops


def _native_layer_norm(input: Any, normalized_shape: Any, weight: Any, bias: Any,
                       eps: float) -> Any:
    size = tuple(normalized_shape)
    ops.nn.functional.layer_norm(input, size, weight, bias, eps)
    out, mean, rstd = ops._layer_norm(input, size, weight, bias, eps)
    kept = tuple(input.shape)[:input.dim() - len(size)] + (1,) * len(size)
    return out, mean.reshape(kept), rstd.reshape(kept)


def _native_batch_norm(input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any,
                       training: bool, momentum: float, eps: float) -> Any:
    if not training:
        out = _batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
        return out, input.new_empty(0), input.new_empty(0)
    _check_channels("native_batch_norm", input, weight=weight, bias=bias)
    variance, mean = ops._var_mean(input.detach(), _other_axes(input.ndim), 0.0, False)
    out = _batch_norm(input, running_mean, running_var, weight, bias, True, momentum, eps)
    return out, mean, (variance + eps).rsqrt()


def _native_group_norm(input: Any, weight: Any, bias: Any, N: int, C: int, HxW: int, group: int,
                       eps: float) -> Any:
    _check_channels("native_group_norm", input, weight=weight, bias=bias)
    if group <= 0 or C % group or input.numel() != N * C * HxW:
        raise argument_error(f"native_group_norm: {group} groups, N={N}, C={C}, HxW={HxW} do not "
                             f"go with input of shape {tuple(input.shape)}")
    return ops._group_norm(input, weight, bias, group, eps)


def _native_dropout(input: Any, p: float, train: bool | None) -> Any:
    if train is False:
        return input.clone(), ops.ones_like(input, dtype=bool)
    if not 0 <= p <= 1:
        raise argument_error(f"native_dropout: probability has to be between 0 and 1, got {p}")
    mask = ops.rand_like(input.detach()) >= p
    return input * mask * (0.0 if p == 1 else 1 / (1 - p)), mask


op("native_layer_norm(Tensor input, int[] normalized_shape, Tensor? weight, Tensor? bias, "
   "float eps) -> (Tensor out0, Tensor out1, Tensor out2)", body=_native_layer_norm,
   forms="function",
   samples=lambda s: [call(s.tensor(3, 5), (5,), s.tensor(5), s.tensor(5), 1e-5),
                      call(s.tensor(2, 3, 4), (3, 4), None, None, 1e-5)],
   errors=lambda s: [(call(s.tensor(2, 3), (4,), None, None, 1e-5), "ShapeError", r"\[4\]")],
   doc="""`layer_norm`, and the mean and 1 / sqrt(variance + eps) that it used.

>>> cytorch.native_layer_norm(cytorch.tensor([[1.0, 3.0]]), (2,), None, None, 1e-5)[1]
tensor([[2.]])
""")
op("native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, "
   "Tensor? running_var, bool training, float momentum, float eps) "
   "-> (Tensor out, Tensor save_mean, Tensor save_invstd)", body=_native_batch_norm,
   forms="function",
   samples=lambda s: [call(s.tensor(3, 2, 4), s.tensor(2), s.tensor(2), None, None, True, 0.1,
                           1e-5)],
   errors=lambda s: [(call(s.tensor(3), None, None, None, None, True, 0.1, 1e-5), "ShapeError",
                      r"\(3,\)")],
   doc="""`batch_norm`, and the mean and 1 / sqrt(variance + eps) of the batch (training only).

>>> x = cytorch.tensor([[1.0], [3.0]])
>>> cytorch.native_batch_norm(x, None, None, None, None, True, 0.1, 1e-5)[1]
tensor([2.])
""")
op("native_group_norm(Tensor input, Tensor? weight, Tensor? bias, int N, int C, int HxW, "
   "int group, float eps) -> (Tensor out0, Tensor out1, Tensor out2)", body=_native_group_norm,
   forms="function", extra={"parity": False},  # PyTorch's moments ask for a gradient and get none
   samples=lambda s: [call(s.tensor(2, 4, 3), s.tensor(4), s.tensor(4), 2, 4, 3, 2, 1e-5)],
   errors=lambda s: [(call(s.tensor(2, 4, 3), None, None, 2, 4, 3, 3, 1e-5), "ArgumentError",
                      "3 groups")],
   doc="""`group_norm`, and the mean and 1 / sqrt(variance + eps) of every group.

>>> cytorch.native_group_norm(cytorch.tensor([[1.0, 3.0]]), None, None, 1, 2, 1, 1, 1e-5)[1]
tensor([[2.]])
""")
op("native_dropout(Tensor input, float p, bool? train) -> (Tensor out0, Tensor out1)",
   body=_native_dropout, forms="function", extra={"random": True},
   samples=lambda s: [call(s.tensor(3, 4), 0.0, True), call(s.tensor(3, 4), 0.5, False)],
   errors=lambda s: [(call(s.tensor(3), 2.0, True), "ArgumentError", "2.0")],
   doc="""`dropout`, and the mask of the elements that stay.

>>> cytorch.native_dropout(cytorch.ones(2), 0.5, False)[1]
tensor([True, True])
""")


def _integer_mode(name: str, reduction: int) -> str:
    if reduction not in (0, 1, 2):
        raise argument_error(f"{name}: reduction is 0 (none), 1 (mean) or 2 (sum), got {reduction}")
    return ("none", "mean", "sum")[reduction]


def _loss(name: str) -> Any:
    """Body of a loss that takes the reduction as a number, last (and 0, none, by default)."""
    def body(*arguments: Any) -> Any:
        *given, reduction = arguments
        function = getattr(ops.nn.functional, name)
        return function(*given, reduction=_integer_mode(name, reduction))
    return body


def _pairs(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4), s.tensor(3, 4)), call(s.tensor(3), s.tensor(3))]


def _signs(s: Any) -> Any:
    return s.values([1, -1, 1])


for _name, _params, _samples in (
        ("hinge_embedding_loss", "Tensor input, Tensor target, float margin=1.0",
         lambda s: [call(s.tensor(3), _signs(s)), call(s.tensor(3), _signs(s), 0.5, 2)]),
        ("margin_ranking_loss", "Tensor input1, Tensor input2, Tensor target, float margin=0.0",
         lambda s: [call(s.tensor(3), s.tensor(3), _signs(s)),
                    call(s.tensor(3), s.tensor(3), _signs(s), 0.5, 0)]),
        ("cosine_embedding_loss", "Tensor input1, Tensor input2, Tensor target, float margin=0.0",
         lambda s: [call(s.tensor(3, 4), s.tensor(3, 4), _signs(s), 0.1, 2)]),
        ("triplet_margin_loss", "Tensor anchor, Tensor positive, Tensor negative, "
         "float margin=1.0, float p=2.0, float eps=1e-06, bool swap=False",
         lambda s: [call(s.tensor(3, 4), s.tensor(3, 4), s.tensor(3, 4), reduction=0)])):
    op(f"{_name}({_params}, int reduction=0) -> Tensor", body=_loss(_name), forms="function",
       samples=_samples,
       doc=f"""`nn.functional.{_name}` with the reduction as a number: 0 none, 1 mean, 2 sum.

>>> cytorch.{_name}.__name__
'{_name}'
""")
op("binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight=None, "
   "Tensor? pos_weight=None, int reduction=0) -> Tensor", forms="function",
   body=lambda input, target, weight, pos_weight, reduction:
   ops.nn.functional.binary_cross_entropy_with_logits(
       input, target, weight, pos_weight=pos_weight,
       reduction=_integer_mode("binary_cross_entropy_with_logits", reduction)),
   samples=lambda s: [call(s.tensor(3), s.tensor(3, low=0.0, high=1.0)),
                      call(s.tensor(3), s.tensor(3, low=0.0, high=1.0), reduction=0)],
   doc="""`nn.functional.binary_cross_entropy_with_logits`, the reduction as a number.

>>> cytorch.binary_cross_entropy_with_logits(cytorch.zeros(2), cytorch.ones(2), reduction=1)
tensor(0.6931)
""")


def _kl_div(input: Any, target: Any, reduction: int, log_target: bool) -> Any:
    mode = _integer_mode("kl_div", reduction)
    # the warning about 'mean' is for those who spell it
    loss = ops.nn.functional.kl_div(input, target, log_target=log_target,
                                    reduction="none" if mode == "mean" else mode)
    return loss.mean() if mode == "mean" else loss


op("kl_div(Tensor input, Tensor target, int reduction=0, *, bool log_target=False) -> Tensor",
   forms="function", body=_kl_div,
   samples=lambda s: [call(s.tensor(3, 2), s.tensor(3, 2, low=0.1, high=1.0), reduction)
                      for reduction in (0, 1, 2)],
   doc="""`nn.functional.kl_div`, the reduction as a number.

>>> cytorch.kl_div(cytorch.zeros(2), cytorch.ones(2), 1)
tensor(0.)
""")
op("poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, float eps, "
   "int reduction) -> Tensor", forms="function",
   body=lambda input, target, log_input, full, eps, reduction:
   ops.nn.functional.poisson_nll_loss(
       input, target, log_input, full, eps=eps,
       reduction=_integer_mode("poisson_nll_loss", reduction)),
   samples=lambda s: [call(s.tensor(3), s.tensor(3, low=0.1), True, False, 1e-8, 1)],
   doc="""`nn.functional.poisson_nll_loss`, all arguments given.

>>> cytorch.poisson_nll_loss(cytorch.zeros(2), cytorch.ones(2), True, False, 1e-8, 1)
tensor(1.)
""")
