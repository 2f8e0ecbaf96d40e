"""Datasets, samplers and the DataLoader.

>>> import cytorch
>>> data = TensorDataset(cytorch.arange(6).view(3, 2), cytorch.tensor([0, 1, 0]))
>>> for x, label in DataLoader(data, batch_size=2):
...     print(x.tolist(), label.tolist())
[[0, 1], [2, 3]] [0, 1]
[[4, 5]] [0]
"""
from .collate import default_collate, default_convert
from .dataloader import DataLoader
from .dataset import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)
from .sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
from .worker import get_worker_info

__all__ = [
    "BatchSampler", "ChainDataset", "ConcatDataset", "DataLoader", "Dataset", "IterableDataset",
    "RandomSampler", "Sampler", "SequentialSampler", "StackDataset", "Subset",
    "SubsetRandomSampler", "TensorDataset", "WeightedRandomSampler", "default_collate",
    "default_convert", "get_worker_info", "random_split",
]
