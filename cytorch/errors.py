"""Every error class of cytorch, declared once.

Each inherits both the type that a Python user expects and the one that PyTorch raises, so that
`except ValueError` and a PyTorch program's `except RuntimeError` both catch it.

>>> issubclass(ShapeError, ValueError) and issubclass(ShapeError, RuntimeError)
True
"""


class CytorchError(Exception):
    """Base of all errors that cytorch declares."""


class ShapeError(CytorchError, ValueError, RuntimeError):
    """Shapes or sizes that do not fit together, or that overflow 64 bits."""


class ArgumentError(CytorchError, ValueError, RuntimeError):
    """An argument whose value is not allowed."""


class DTypeError(CytorchError, TypeError, RuntimeError):
    """A dtype that the op does not take, or dtypes that do not go together."""


class IndexOutOfRange(CytorchError, IndexError, RuntimeError):
    """An index or a dimension outside of its range."""


class DeviceError(CytorchError, RuntimeError):
    """A device that is missing, or operands on different devices."""


class UnsupportedLayout(CytorchError, NotImplementedError):
    """An op that sparse tensors do not have."""


class AutogradError(CytorchError, RuntimeError):
    """A backward pass that cannot be done, or an in-place change that would make it wrong."""


class OverlapError(CytorchError, RuntimeError):
    """Operands of an in-place op that partly share memory."""


class ResizeError(CytorchError, BufferError, RuntimeError):
    """A storage that cannot grow because another library owns its memory."""


class CheckpointError(CytorchError, RuntimeError):
    """A file that is damaged, truncated, hostile or of another format."""


class WorkerError(CytorchError, RuntimeError):
    """An exception of a DataLoader worker that could not be sent as itself; carries its text."""


class WorkerDied(CytorchError, RuntimeError):
    """A DataLoader worker that ended before its work was done."""


class DivisionByZero(CytorchError, ZeroDivisionError, RuntimeError):
    """An integer divided by zero."""


class LinAlgError(CytorchError, ValueError, RuntimeError):
    """A matrix without the factorisation or the solution that was asked for."""


class LoaderTimeout(CytorchError, TimeoutError, RuntimeError):
    """A DataLoader with a timeout that got no batch in time."""


class DatasetError(CytorchError, RuntimeError):
    """A data set whose files are missing, damaged or of another format."""


class DownloadError(CytorchError, RuntimeError):
    """A file that could not be fetched; says what was tried and where to put it by hand."""


class MissingPackageError(CytorchError, ImportError, RuntimeError):
    """An optional package that is not installed; says how to install it."""


class NotProvided(CytorchError, NotImplementedError):
    """Something of PyTorch that cytorch leaves out; the message names what to use instead."""
