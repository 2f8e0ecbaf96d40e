"""Names of graph nodes: what `grad_fn` prints.

A node is called after its op, as in PyTorch; here stand the ops whose node has another name there.
"""
from __future__ import annotations

from .spec import Op

_NAMES = {
    "_adaptive_avg_pool": "AdaptiveAvgPool2DBackward0",
    "_adaptive_max_pool": "AdaptiveMaxPool2DBackward0",
    "_avg_pool": "AvgPool2DBackward0",
    "_convolution_backward_input": "ConvolutionBackward0",
    "_cross_entropy": "NllLossBackward0",
    "_dropout": "MulBackward0",
    "_index_dims": "IndexBackward0",
    "_index_put_set": "IndexPutBackward0",
    "_index_put_sum": "IndexPutBackward0",
    "_max_pool_with_indices": "MaxPool2DWithIndicesBackward0",
    "_norm2": "LinalgVectorNormBackward0",
    "_to": "ToCopyBackward0",
    "_to_named": "ToCopyBackward0",
    "batch_norm": "NativeBatchNormBackward0",
    "_batch_norm": "NativeBatchNormBackward0",
    "group_norm": "NativeGroupNormBackward0",
    "_group_norm": "NativeGroupNormBackward0",
    "layer_norm": "NativeLayerNormBackward0",
    "_layer_norm": "NativeLayerNormBackward0",
    "linear": "AddmmBackward0",
    "max.0": "MaxBackward1",
    "max.2": "MaxBackward0",
    "min.0": "MinBackward1",
    "min.2": "MinBackward0",
    "narrow": "SliceBackward0",
    "reshape": "ViewBackward0",
}


def node_name(entry: Op, number: int) -> str:
    """Name of the nodes of an entry; `number` counts the entries of one name.

    >>> from cytorch.ops import TABLE
    >>> node_name(next(entry for entry in TABLE if entry.name == "tanh"), 0)
    'TanhBackward0'
    """
    special = _NAMES.get(f"{entry.short_name}.{number}") or _NAMES.get(entry.short_name)
    if special:
        return special
    # `torch` names the op of which this entry is another spelling.
    words = (entry.torch.rpartition(".")[2] or entry.short_name).strip("_").split("_")
    return "".join(word.title() for word in words) + f"Backward{number}"
