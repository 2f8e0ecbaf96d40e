"""Data sets that need no download."""
from .char_text import CharText
from .digits import Digits

__all__ = ["CharText", "Digits"]
