# Made from the op table by cytorch/ops/stubs.py: do not edit.
from . import windows as windows
