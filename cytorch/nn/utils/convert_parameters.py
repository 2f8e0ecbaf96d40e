"""Parameters as one vector, and back."""
from __future__ import annotations

from collections.abc import Iterable

import cytorch
from cytorch import Tensor


def _check_device(parameter: Tensor, first: Tensor) -> None:
    if parameter.device != first.device:
        raise TypeError("Found two parameters on different devices, this is currently not "
                        f"supported: {first.device} and {parameter.device}")


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters flattened and joined into one vector.

    >>> parameters_to_vector([cytorch.ones(2, 2), cytorch.zeros(1)])
    tensor([1., 1., 1., 1., 0.])
    """
    parameters = list(parameters)
    for parameter in parameters:
        _check_device(parameter, parameters[0])
    return cytorch.cat([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Let each parameter's data be its part of the vector, whose memory it then shares."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected Tensor, but got: {type(vec).__name__}")
    parameters = list(parameters)
    start = 0
    for parameter in parameters:
        _check_device(parameter, parameters[0])
        length = parameter.numel()
        parameter.data = vec[start:start + length].view_as(parameter).data
        start += length
