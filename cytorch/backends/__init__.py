"""Which libraries compute, and their switches. There is one backend here: cytorch's own kernels.

The submodules answer truthfully (`is_available()` is False) and keep the switches that programs
set; setting one changes nothing, since every kernel gives the same bits each time.
"""
from . import cpu, cuda, cudnn, mkl, mkldnn, mps, openmp, opt_einsum

__all__ = ["cpu", "cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp", "opt_einsum"]

# PyTorch's newer name for the precision of float32 products, of all backends.
fp32_precision = "none"
