"""torch.hub: weights by URL, kept in a cache folder. Code is never downloaded and run."""
from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from typing import Any
from urllib.parse import urlparse
from urllib.request import Request, urlopen

from cytorch.errors import CheckpointError
from cytorch.refused import refused

__all__ = ["HASH_REGEX", "download_url_to_file", "get_dir", "load", "load_state_dict_from_url",
           "set_dir", "urlparse"]

# resnet18-5c106cde.pth: the first digits of the file's SHA-256.
HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")
_chosen: dict[str, str] = {}
load = refused("hub.load")


def _get_torch_home() -> str:
    """`$TORCH_HOME`, or torch in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return os.path.expanduser(os.environ.get("TORCH_HOME", os.path.join(cache, "torch")))


def get_dir() -> str:
    """The folder for downloads: what `set_dir` was given, else hub in `$TORCH_HOME`."""
    return _chosen.get("folder") or os.path.join(_get_torch_home(), "hub")


def set_dir(d: str | os.PathLike[str]) -> None:
    """Choose the folder for downloads."""
    _chosen["folder"] = os.path.expanduser(d)


def download_url_to_file(url: str, dst: str, hash_prefix: str | None = None,
                         progress: bool = True) -> None:
    """Fetch a URL (http, https, file) into a file, which appears only when it is complete.

    hash_prefix: the first digits of the SHA-256 that the data must have. Raises CheckpointError
    for other data, URLError when it cannot be fetched.
    """
    digest = hashlib.sha256()
    folder = os.path.dirname(os.path.abspath(dst))
    request = Request(url, headers={"User-Agent": "cytorch.hub"})
    with urlopen(request) as source, tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            while chunk := source.read(1 << 20):
                file.write(chunk)
                digest.update(chunk)
            found = digest.hexdigest()
            if hash_prefix is not None and not found.startswith(hash_prefix):
                raise CheckpointError(f"hub: invalid hash value of {url} (expected "
                                      f"\"{hash_prefix}\", got \"{found}\")")
            file.close()
            shutil.move(file.name, dst)
        except BaseException:
            file.close()
            os.unlink(file.name)
            raise


def load_state_dict_from_url(url: str, model_dir: str | None = None, map_location: Any = None,
                             progress: bool = True, check_hash: bool = False,
                             file_name: str | None = None, weights_only: bool = True) -> Any:
    """`cytorch.load` of the file at a URL, which is fetched once and kept.

    model_dir: where it is kept, by default checkpoints in `get_dir()`. check_hash: the file's name
    holds the first digits of its SHA-256 (name-<digits>.pth), which must match.
    """
    import cytorch

    folder = os.path.join(get_dir(), "checkpoints") if model_dir is None else model_dir
    os.makedirs(folder, exist_ok=True)
    name = os.path.basename(urlparse(url).path) if file_name is None else file_name
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        match = HASH_REGEX.search(name) if check_hash else None
        download_url_to_file(url, path, match.group(1) if match else None, progress)
    return cytorch.load(path, map_location=map_location, weights_only=weights_only)
