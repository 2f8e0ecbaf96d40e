"""SummaryWriter: curves and pictures of a training run for TensorBoard, written by tensorboardX."""
from .writer import SummaryWriter

__all__ = ["SummaryWriter"]
