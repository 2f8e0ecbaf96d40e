"""What `import torchvision` means under `python -m cytorch.run`: data sets, transforms, models."""
from . import datasets, models, transforms
from .utils import images as utils

__all__ = ["datasets", "models", "transforms", "utils"]
