"""Sparse tensors in coordinate layout (COO), as graph programs use them.

What they can do: conversions, `coalesce`, transposing, sums and products with numbers, dense and
sparse tensors, matrix products, `sum`, `softmax`, joining. Everything else is an error that names
the op; `to_dense()` leads on from there.
"""
from . import elementwise
from .creation import (
    BFloat16Tensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
    sparse_coo_tensor,
    sparse_mask,
    to_sparse,
)
from .products import addmm, mm
from .reductions import log_softmax, softmax, sum
from .tensor import SparseTensor

spmm = mm
