"""Products composed of matmul and its special cases: outer, inner, tensordot, kron, bilinear ..."""
from __future__ import annotations

from typing import Any

from .spec import argument_error, call, op, ops, shape_error


def outer_product(name: str, input: Any, vec2: Any) -> Any:
    if input.ndim != 1 or vec2.ndim != 1:
        raise shape_error(f"{name}: expected two 1-D tensors, but got shapes "
                          f"{tuple(input.shape)} and {tuple(vec2.shape)}")
    return input.unsqueeze(1) * vec2


def _outer_body(name: str) -> Any:
    return lambda input, vec2: outer_product(name, input, vec2)


for _name in ("outer", "ger"):
    op(f"{_name}(Tensor input, Tensor vec2) -> Tensor", body=_outer_body(_name),
       forms="function method out",
       samples=lambda s: [call(s.tensor(3), s.tensor(4)), call(s.tensor(0), s.tensor(2))],
       ref="numpy.outer",
       errors=lambda s: [(call(s.tensor(2, 2), s.tensor(2)), "ShapeError", "1-D")],
       doc="""All products of the elements of two vectors: out[i, j] = input[i] * vec2[j].

        >>> import cytorch
        >>> cytorch.outer(cytorch.tensor([1, 2]), cytorch.tensor([3, 4]))
        tensor([[3, 4],
                [6, 8]])
        """)

op("vdot(Tensor input, Tensor other) -> Tensor",
   body=lambda input, other: ops.dot(input.conj(), other), forms="function method out",
   samples=lambda s: [call(s.tensor(5), s.tensor(5)), call(s.tensor(0), s.tensor(0))],
   ref="numpy.vdot",
   doc="""Dot product of two vectors, the first one conjugated.

    >>> import cytorch
    >>> cytorch.vdot(cytorch.tensor([1., 2.]), cytorch.tensor([3., 4.]))
    tensor(11.)
    """)


def _inner(input: Any, other: Any) -> Any:
    if input.ndim == 0 or other.ndim == 0:
        return input * other
    if input.shape[-1] != other.shape[-1]:
        raise shape_error(f"inner: the last sizes of {tuple(input.shape)} and "
                          f"{tuple(other.shape)} differ: {input.shape[-1]} != {other.shape[-1]}")
    rows = input.reshape(_product(input.shape[:-1]), input.shape[-1])
    columns = other.reshape(_product(other.shape[:-1]), other.shape[-1])
    return ops.mm(rows, columns.t()).reshape((*input.shape[:-1], *other.shape[:-1]))


def _product(sizes: Any) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total


op("inner(Tensor input, Tensor other) -> Tensor", body=_inner, forms="function method out",
   samples=lambda s: [call(s.tensor(3), s.tensor(3)), call(s.tensor(2, 3), s.tensor(4, 5, 3)),
                      call(s.tensor(2, 3), s.tensor()), call(s.tensor(2, 0), s.tensor(3, 0))],
   ref="numpy.inner",
   errors=lambda s: [(call(s.tensor(2, 3), s.tensor(2)), "ShapeError", "inner.*3 != 2")],
   doc="""Sum of products over the last dimension of both: (.., K) and (.., K).

    >>> import cytorch
    >>> cytorch.inner(cytorch.tensor([1., 2.]), cytorch.tensor([[3., 4.], [5., 6.]]))
    tensor([11., 17.])
    """)


def _contracted_dims(a: Any, b: Any, dims: Any) -> tuple[list[int], list[int]]:
    if hasattr(dims, "tolist"):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0 or dims > min(a.ndim, b.ndim):
            raise argument_error(f"tensordot: dims={dims} must be between 0 and the number of "
                                 f"dimensions of {tuple(a.shape)} and {tuple(b.shape)}")
        return list(range(a.ndim - dims, a.ndim)), list(range(dims))
    left, right = ([d] if isinstance(d, int) else list(d) for d in dims)
    if len(left) != len(right):
        raise argument_error(f"tensordot: dims={dims} names {len(left)} dimensions of the first "
                             f"tensor and {len(right)} of the second")
    return [d % a.ndim for d in left], [d % b.ndim for d in right]


def _tensordot(a: Any, b: Any, dims: Any) -> Any:
    left, right = _contracted_dims(a, b, dims)
    for i, j in zip(left, right):
        if a.shape[i] == 1 != b.shape[j]:
            b = b.sum(j, keepdim=True)
        elif b.shape[j] == 1 != a.shape[i]:
            a = a.sum(i, keepdim=True)
        elif a.shape[i] != b.shape[j]:
            raise shape_error(f"tensordot: dimension {i} of {tuple(a.shape)} and dimension {j} of "
                              f"{tuple(b.shape)} differ: {a.shape[i]} != {b.shape[j]}")
    kept_a = [i for i in range(a.ndim) if i not in left]
    kept_b = [j for j in range(b.ndim) if j not in right]
    depth = _product(a.shape[i] for i in left)
    shape_a, shape_b = [a.shape[i] for i in kept_a], [b.shape[j] for j in kept_b]
    rows = a.permute(kept_a + left).reshape(_product(shape_a), depth)
    columns = b.permute(right + kept_b).reshape(depth, _product(shape_b))
    return ops.mm(rows, columns).reshape(shape_a + shape_b)


op("tensordot(Tensor a, Tensor b, any dims=2) -> Tensor", body=_tensordot, forms="function out",
   samples=lambda s: [call(s.tensor(2, 3, 4), s.tensor(3, 4, 5)),
                      call(s.tensor(2, 3), s.tensor(4, 5), dims=0),
                      call(s.tensor(2, 3, 4), s.tensor(4, 2, 5), dims=([0, 2], [1, 0])),
                      call(s.tensor(2, 3), s.tensor(3, 5), dims=([-1], [0]))],
   ref=lambda a, b, dims=2: __import__("numpy").tensordot(a, b, dims),
   errors=lambda s: [(call(s.tensor(2, 3), s.tensor(2, 3), dims=1), "ShapeError",
                      "tensordot.*3 != 2")],
   doc="""Sum of products over several dimensions.

    dims: an int n (the last n of a with the first n of b) or two lists of dimensions. The result
    has the other dimensions of a, then those of b.

    >>> import cytorch
    >>> cytorch.tensordot(cytorch.ones(2, 3, 4), cytorch.ones(3, 4, 5)).shape
    torch.Size([2, 5])
    """)


def _kron(input: Any, other: Any) -> Any:
    ndim = max(input.ndim, other.ndim)
    left = [1] * (ndim - input.ndim) + list(input.shape)
    right = [1] * (ndim - other.ndim) + list(other.shape)
    a = input.reshape([size for n in left for size in (n, 1)])
    b = other.reshape([size for n in right for size in (1, n)])
    return (a * b).reshape([m * n for m, n in zip(left, right)])


op("kron(Tensor input, Tensor other) -> Tensor", body=_kron, forms="function method out",
   samples=lambda s: [call(s.tensor(2, 3), s.tensor(3, 2)), call(s.tensor(3), s.tensor(2, 2)),
                      call(s.tensor(), s.tensor(2))],
   ref="numpy.kron",
   doc="""Kronecker product: every element of input times the whole of other.

    >>> import cytorch
    >>> cytorch.kron(cytorch.tensor([1, 10]), cytorch.tensor([1, 2, 3]))
    tensor([ 1,  2,  3, 10, 20, 30])
    """)


def _best_order(sizes: list[int]) -> list[list[int]]:
    """Where to cut each chain of matrices so that the fewest multiplications are made."""
    count = len(sizes) - 1
    cost = [[0] * count for _ in range(count)]
    cut = [[0] * count for _ in range(count)]
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            cost[first][last], cut[first][last] = min(
                (cost[first][k] + cost[k + 1][last]
                 + sizes[first] * sizes[k + 1] * sizes[last + 1], k) for k in range(first, last))
    return cut


def _multiply_chain(matrices: Any, cut: list[list[int]], first: int, last: int) -> Any:
    if first == last:
        return matrices[first]
    middle = cut[first][last]
    return ops.mm(_multiply_chain(matrices, cut, first, middle),
                  _multiply_chain(matrices, cut, middle + 1, last))


def _multi_dot(tensors: Any) -> Any:
    if len(tensors) < 2:
        raise argument_error(f"multi_dot: expected at least 2 tensors, got {len(tensors)}")
    first, last = tensors[0], tensors[-1]
    for place, tensor in enumerate(tensors):
        ends = (1, 2) if place in (0, len(tensors) - 1) else (2,)
        if tensor.ndim not in ends:
            raise shape_error(f"multi_dot: tensor {place} has shape {tuple(tensor.shape)}; only "
                              "the first and the last may be 1-D, all others must be 2-D")
    matrices = list(tensors)
    matrices[0] = first.unsqueeze(0) if first.ndim == 1 else first
    matrices[-1] = last.unsqueeze(1) if last.ndim == 1 else last
    sizes = [m.shape[0] for m in matrices] + [matrices[-1].shape[1]]
    result = _multiply_chain(matrices, _best_order(sizes), 0, len(matrices) - 1)
    if first.ndim == 1:
        result = result.squeeze(0)
    return result.squeeze(-1) if last.ndim == 1 else result


op("linalg.multi_dot(Tensor[] tensors) -> Tensor", body=_multi_dot, forms="function out",
   samples=lambda s: [call([s.tensor(2, 3), s.tensor(3, 4), s.tensor(4, 5)]),
                      call([s.tensor(3), s.tensor(3, 4), s.tensor(4)]),
                      call([s.tensor(2, 3), s.tensor(3, 2)])],
   errors=lambda s: [(call([s.tensor(2, 3)]), "ArgumentError", "at least 2")],
   doc="""Product of several matrices, in the order that needs the fewest multiplications.

    The first and the last tensor may be vectors.

    >>> import cytorch
    >>> cytorch.linalg.multi_dot([cytorch.ones(2, 3), cytorch.ones(3, 4), cytorch.ones(4)])
    tensor([12., 12.])
    """)


def _chain_matmul(matrices: Any) -> Any:
    if not matrices:
        raise argument_error("chain_matmul: expected one or more matrices")
    return matrices[0] if len(matrices) == 1 else ops.linalg.multi_dot(matrices)


op("chain_matmul(Tensor[] matrices) -> Tensor", body=_chain_matmul, forms="function out",
   extra={"spreads_tensors": True},
   samples=lambda s: [call(s.tensor(2, 3), s.tensor(3, 4), s.tensor(4, 5)), call(s.tensor(2, 3))],
   doc="""Product of the matrices given one after another: see `linalg.multi_dot`.

    >>> import cytorch
    >>> cytorch.chain_matmul(cytorch.ones(2, 3), cytorch.ones(3, 1))
    tensor([[3.],
            [3.]])
    """)


def _bilinear(input1: Any, input2: Any, weight: Any, bias: Any) -> Any:
    left, right = input1.shape[-1], input2.shape[-1]
    if input1.shape[:-1] != input2.shape[:-1] or weight.ndim != 3 \
            or tuple(weight.shape[1:]) != (left, right):
        raise shape_error(f"bilinear: input1 {tuple(input1.shape)}, input2 {tuple(input2.shape)} "
                          f"and weight {tuple(weight.shape)} do not fit: expected (.., in1), "
                          "(.., in2) and (out, in1, in2)")
    # (.., in1) with (out, in1, in2): one product to (.., out * in2), then sums with input2.
    outputs = weight.shape[0]
    halves = ops.matmul(input1, weight.permute(1, 0, 2).reshape(left, outputs * right))
    halves = halves.reshape((*input1.shape[:-1], outputs, right))
    result = ops.matmul(halves, input2.unsqueeze(-1)).squeeze(-1)
    return result if bias is None else result + bias


op("nn.functional.bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) "
   "-> Tensor",
   body=_bilinear, forms="function",
   samples=lambda s: [call(s.tensor(5, 2), s.tensor(5, 3), s.tensor(4, 2, 3), s.tensor(4)),
                      call(s.tensor(2, 5, 2), s.tensor(2, 5, 3), s.tensor(4, 2, 3)),
                      call(s.tensor(2), s.tensor(3), s.tensor(4, 2, 3))],
   errors=lambda s: [(call(s.tensor(5, 2), s.tensor(5, 3), s.tensor(4, 3, 2)), "ShapeError",
                      "bilinear")],
   doc="""A bilinear form of two inputs: out[.., o] = input1 @ weight[o] @ input2 + bias[o].

    input1 (.., in1), input2 (.., in2), weight (out, in1, in2), bias (out) or None.

    >>> import cytorch
    >>> ones = cytorch.ones
    >>> cytorch.nn.functional.bilinear(ones(1, 2), ones(1, 3), ones(1, 2, 3))
    tensor([[6.]])
    """)
