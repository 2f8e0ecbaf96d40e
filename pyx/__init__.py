"""Compiled core of cytorch: tensors, autograd and kernels. Import `cytorch`, not this."""
