"""Functions of `torch` itself that `nn.functional` has too, some with another signature."""
from __future__ import annotations

from typing import Any

from .aliases import also_called
from .spec import TABLE, argument_error, call, op, ops


def _same(name: str, *names: str) -> None:
    """Families are read in the order of their names, so those of before `t` are in the table."""
    for entry in [entry for entry in TABLE if entry.name == f"nn.functional.{name}"]:
        also_called(entry, name, *names)


for _name in ("cosine_similarity", "pairwise_distance", "pixel_shuffle", "pixel_unshuffle",
              "max_pool1d", "max_pool1d_with_indices", "max_pool2d", "max_pool3d",
              "avg_pool1d", "adaptive_avg_pool1d", "bilinear"):
    _same(_name)
_same("channel_shuffle", "native_channel_shuffle")
op("hardshrink(Tensor input, Scalar lambd=0.5) -> Tensor", forms="function method out",
   body=lambda input, lambd: ops.nn.functional.hardshrink(input, lambd),
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(5), 1.0)],
   doc="""`input` where its absolute value is above lambd, else 0.

>>> cytorch.hardshrink(cytorch.tensor([0.2, -3.0]))
tensor([ 0., -3.])
""")
op("adaptive_max_pool1d(Tensor input, int[] output_size) -> (Tensor out0, Tensor out1)",
   body=lambda input, output_size: tuple(ops.nn.functional.adaptive_max_pool1d(
       input, output_size, return_indices=True)), forms="function",
   samples=lambda s: [call(s.tensor(1, 2, 6), 3)],
   doc="""The maximum of each of `output_size` parts of the last dimension, and where it was.

>>> cytorch.adaptive_max_pool1d(cytorch.tensor([[1.0, 5.0, 2.0, 3.0]]), 2)[1]
tensor([[1, 3]])
""")


# ---- dropout: the flag is a positional argument, and there are in-place functions

def _dropout(name: str, inplace: bool) -> Any:
    def body(input: Any, p: float, train: bool) -> Any:
        return getattr(ops.nn.functional, name)(input, p, train, inplace)
    return body


for _name, _as in (("dropout", "dropout"), ("alpha_dropout", "alpha_dropout"),
                   ("feature_dropout", "dropout2d"),
                   ("feature_alpha_dropout", "feature_alpha_dropout")):
    for _suffix in ("", "_"):
        op(f"{_name}{_suffix}(Tensor input, float p, bool train) -> Tensor",
           body=_dropout(_as, bool(_suffix)), forms="function", extra={"random": True},
           samples=lambda s: [call(s.tensor(2, 3, 4, 1), 0.5, False),
                              call(s.tensor(2, 3, 4, 1), 0.5, True)],
           doc=f"""`nn.functional.{_as}`, all arguments given{', in place' if _suffix else ''}.

>>> cytorch.{_name}{_suffix}(cytorch.ones(2, 2), 0.5, False).sum()
tensor(4.)
""")


# ---- embeddings: the table comes first

op("embedding(Tensor weight, Tensor indices, int padding_idx=-1, bool scale_grad_by_freq=False, "
   "bool sparse=False) -> Tensor", forms="function",
   body=lambda weight, indices, padding_idx, scale_grad_by_freq, sparse:
   ops.nn.functional.embedding(indices, weight, None if padding_idx == -1 else padding_idx, None,
                               2.0, scale_grad_by_freq, sparse),
   samples=lambda s: [call(s.tensor(5, 4), s.ints(2, 3, high=5))],
   errors=lambda s: [(call(s.tensor(5, 4), s.values([5])), "IndexOutOfRange", "index 5")],
   doc="""Rows of `weight` for every index: `nn.functional.embedding` with the table first.

>>> cytorch.embedding(cytorch.tensor([[1.0], [2.0]]), cytorch.tensor([1]))
tensor([[2.]])
""")


def _embedding_bag(weight: Any, indices: Any, offsets: Any, scale_grad_by_freq: bool, mode: int,
                   sparse: bool, per_sample_weights: Any, include_last_offset: bool,
                   padding_idx: int | None) -> Any:
    if mode not in (0, 1, 2):
        raise argument_error(f"embedding_bag: mode is 0 (sum), 1 (mean) or 2 (max), got {mode}")
    out = ops.nn.functional.embedding_bag(
        indices, weight, offsets, None, 2.0, scale_grad_by_freq, ("sum", "mean", "max")[mode],
        sparse, per_sample_weights, include_last_offset, padding_idx)
    starts = offsets[:-1] if include_last_offset else offsets
    positions = ops.arange(indices.shape[0], device=indices.device)
    bag = ops.searchsorted(starts, positions, right=True) - 1
    size = ops.diff(starts, append=indices.new_full((1,), indices.shape[0]))
    return out, bag, size, size.clone()


op("embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, "
   "int mode=0, bool sparse=False, Tensor? per_sample_weights=None, "
   "bool include_last_offset=False, int? padding_idx=None) "
   "-> (Tensor out0, Tensor out1, Tensor out2, Tensor out3)", body=_embedding_bag,
   forms="function",
   extra={"data_dependent": True, "parity": False},  # PyTorch's sizes vary by mode
   samples=lambda s: [call(s.tensor(5, 4), s.ints(6, high=5), s.values([0, 2, 2]))],
   errors=lambda s: [(call(s.tensor(5, 4), s.ints(2, high=5), s.values([0]), mode=3),
                      "ArgumentError", "got 3")],
   doc="""Bags of rows of `weight`; also the bag of each index and the sizes of the bags.

>>> weight = cytorch.tensor([[1.0], [2.0]])
>>> cytorch.embedding_bag(weight, cytorch.tensor([0, 1]), cytorch.tensor([0]))[0]
tensor([[3.]])
""")


# ---- norms with the affine part before the running moments

for _name, _flag in (("batch_norm", "training"), ("instance_norm", "use_input_stats")):
    def _norm(*arguments: Any, name: str = _name) -> Any:
        input, weight, bias, mean, variance, flag, momentum, eps, _ = arguments
        return getattr(ops.nn.functional, name)(input, mean, variance, weight, bias, flag,
                                                momentum, eps)

    op(f"{_name}(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, "
       f"Tensor? running_var, bool {_flag}, float momentum, float eps, bool cudnn_enabled)"
       " -> Tensor", body=_norm, forms="function",
       samples=lambda s: [call(s.tensor(3, 2, 4), s.tensor(2), None, None, None, True, 0.1, 1e-5,
                               False)],
       doc=f"""`nn.functional.{_name}`, all arguments given, the affine part first.

>>> x = cytorch.tensor([[[1.0, 3.0]]])
>>> cytorch.{_name}(x, None, None, None, None, True, 0.1, 1e-5, False)
tensor([[[-1.0000,  1.0000]]])
""")


# ---- convolution with every option

def _convolution(input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any,
                 transposed: bool, output_padding: Any, groups: int) -> Any:
    kind = f"{'conv_transpose' if transposed else 'conv'}{weight.dim() - 2}d"
    if weight.dim() not in (3, 4, 5):
        raise argument_error("convolution: weight needs 3, 4 or 5 dimensions, got shape "
                             f"{tuple(weight.shape)}")
    function = getattr(ops.nn.functional, kind)
    if transposed:
        return function(input, weight, bias, stride, padding, output_padding, groups, dilation)
    return function(input, weight, bias, stride, padding, dilation, groups)


op("convolution(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, "
   "int[] dilation, bool transposed, int[] output_padding, int groups) -> Tensor",
   body=_convolution, forms="function",
   samples=lambda s: [call(s.tensor(1, 2, 5), s.tensor(3, 2, 2), s.tensor(3), (1,), (1,), (1,),
                           False, (0,), 1),
                      call(s.tensor(1, 2, 5), s.tensor(2, 3, 2), None, (2,), (0,), (1,), True,
                           (1,), 1)],
   errors=lambda s: [(call(s.tensor(2), s.tensor(2), None, (1,), (0,), (1,), False, (0,), 1),
                      "ArgumentError", r"\(2,\)")],
   doc="""A convolution, or a transposed one, in as many dimensions as `stride` has entries.

>>> x, w = cytorch.ones(1, 1, 3), cytorch.ones(1, 1, 2)
>>> cytorch.convolution(x, w, None, [1], [0], [1], False, [0], 1)
tensor([[[2., 2.]]])
""")
op("conv_tbc(Tensor input, Tensor weight, Tensor bias, int pad=0) -> Tensor", forms="function",
   body=lambda input, weight, bias, pad: ops.nn.functional.conv1d(
       input.permute(1, 2, 0), weight.permute(2, 1, 0), bias, 1, pad).permute(2, 0, 1),
   samples=lambda s: [call(s.tensor(5, 2, 3), s.tensor(2, 3, 4), s.tensor(4), 1)],
   doc="""A convolution in one dimension of input (time, batch, channels).

>>> cytorch.conv_tbc(cytorch.ones(3, 1, 1), cytorch.ones(2, 1, 1), cytorch.zeros(1)).shape
torch.Size([2, 1, 1])
""")
