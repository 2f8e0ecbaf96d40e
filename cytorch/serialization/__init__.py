"""Checkpoints: `save` and `load`, in PyTorch's zip format.

A file is replaced as a whole or not at all, and loading never runs code from it unless
`weights_only=False` says so. `torch.load(..., weights_only=True)` opens these files, and `load`
opens PyTorch's.
"""
from .checkpoint import load, save

__all__ = ["load", "save"]
