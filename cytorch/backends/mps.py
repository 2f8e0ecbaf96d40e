"""Apple's GPU: not used."""


def is_available() -> bool:
    """Whether an Apple GPU can be used: no.

    >>> is_available()
    False
    """
    return False


def is_built() -> bool:
    """Whether this build has kernels for it: no."""
    return False


def is_macos13_or_newer(minor: int = 0) -> bool:
    """Whether the system is new enough: there is no such backend, so no."""
    return False
