"""Data sets: two that need no download, the small image sets, and images in folders."""
from .char_text import CharText
from .cifar import CIFAR10, CIFAR100
from .digits import Digits
from .image_folder import ImageFolder
from .mnist import KMNIST, MNIST, FashionMNIST
from .vision import VisionDataset

__all__ = ["CIFAR10", "CIFAR100", "KMNIST", "MNIST", "CharText", "Digits", "FashionMNIST",
           "ImageFolder", "VisionDataset"]
