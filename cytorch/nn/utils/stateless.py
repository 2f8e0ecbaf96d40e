"""functional_call under its older path; it is `cytorch.func.functional_call`."""
from cytorch.func.modules import functional_call

__all__ = ["functional_call"]
