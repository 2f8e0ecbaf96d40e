"""Kernel families; built once per instruction set as `cytorch._C.isa_*`."""
