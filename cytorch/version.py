"""The version of the package."""
__version__ = "0.1.0"
cuda = hip = xpu = rocm = None
debug = False
