"""The functions of torch.nn.functional: every entry of the op table whose name starts so.

Functions that exist at the top level too (relu, tanh, softmax ...) are the same objects.
"""
from __future__ import annotations

import cytorch
from cytorch.ops.spec import F as _installed

from .attention_forward import multi_head_attention_forward as multi_head_attention_forward

globals().update(vars(_installed))

_TOP_LEVEL = ("celu_", "log_softmax", "relu", "relu_", "selu_", "sigmoid", "softmax", "tanh",
              "threshold_")

for _name in _TOP_LEVEL:
    if _name not in globals() and hasattr(cytorch, _name):
        globals()[_name] = getattr(cytorch, _name)
