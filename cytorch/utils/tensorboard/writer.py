"""SummaryWriter over tensorboardX, which the extra `viz` installs."""
from __future__ import annotations

import functools
from types import TracebackType
from typing import Any

from cytorch import Tensor
from cytorch.errors import MissingPackageError


def _load() -> Any:
    try:
        import tensorboardX
    except ImportError:
        raise MissingPackageError("SummaryWriter needs tensorboardX: "
                                  "pip install 'cytorch[viz]'") from None
    return tensorboardX


def to_arrays(value: Any) -> Any:
    """Tensors in a nest of lists, tuples and dicts as NumPy arrays."""
    if isinstance(value, Tensor):
        return value.detach().cpu().resolve_conj().numpy()
    if isinstance(value, dict):
        return {key: to_arrays(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(to_arrays(item) for item in value)
    return value


class SummaryWriter:
    """Writes event files for TensorBoard into a folder.

    Parameters are PyTorch's: log_dir (runs/DATE_HOST by default), comment, purge_step, max_queue,
    flush_secs, filename_suffix. The `add_*` methods are tensorboardX's and take tensors:
    add_scalar(tag, value, global_step), add_scalars, add_histogram, add_image (C, H, W) from 0 to
    1, add_images, add_figure, add_text, add_embedding, add_pr_curve, add_hparams ...

    Raises MissingPackageError without tensorboardX.

    >>> writer = SummaryWriter("runs/first")                      # doctest: +SKIP
    >>> writer.add_scalar("loss", cytorch.tensor(0.5), 1)          # doctest: +SKIP
    >>> writer.close()                                            # doctest: +SKIP
    """

    def __init__(self, log_dir: str | None = None, comment: str = "",
                 purge_step: int | None = None, max_queue: int = 10, flush_secs: int = 120,
                 filename_suffix: str = "") -> None:
        self._writer = _load().SummaryWriter(
            log_dir, comment=comment, purge_step=purge_step, max_queue=max_queue,
            flush_secs=flush_secs, filename_suffix=filename_suffix)

    @property
    def log_dir(self) -> str:
        """The folder that is written to."""
        return str(self._writer.logdir)

    def get_logdir(self) -> str:
        """The folder that is written to."""
        return self.log_dir

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._writer, name)
        if not name.startswith("add_"):
            return attribute

        @functools.wraps(attribute)
        def add(*args: Any, **kwargs: Any) -> Any:
            return attribute(*to_arrays(args), **to_arrays(kwargs))

        return add

    def add_graph(self, model: Any, input_to_model: Any = None, **options: Any) -> None:
        """Not there: graphs are drawn by `cytorch.utils.graph.draw`."""
        raise NotImplementedError("SummaryWriter.add_graph: use cytorch.utils.graph.draw(output) "
                                  "for a picture of the recorded graph")

    def flush(self) -> None:
        """Write what is waiting."""
        self._writer.flush()

    def close(self) -> None:
        """Write what is waiting and close the files."""
        self._writer.close()

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self.close()
