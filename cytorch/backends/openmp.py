"""OpenMP: not used; there is a thread pool of its own, see `set_num_threads`."""


def is_available() -> bool:
    """Whether OpenMP is used: no.

    >>> is_available()
    False
    """
    return False
