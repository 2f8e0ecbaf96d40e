"""What NumPy computes for us: the functions of host ops, on arrays.

Imported, and NumPy with them, when the first of their ops is called.
"""
