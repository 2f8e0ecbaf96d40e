"""torch.quantization: not provided; a name says when it is used what to do instead."""
from cytorch.refused import names_of

__getattr__ = names_of("quantization")
