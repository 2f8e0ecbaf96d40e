"""Text for character models that every Python brings along."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cytorch.errors import ArgumentError, IndexOutOfRange
from cytorch.utils.data import Dataset

if TYPE_CHECKING:
    from cytorch import Tensor


class CharText(Dataset[Any]):
    """Stretches of text as numbers of characters; Python's own help texts unless `text` is given.

    A sample is (input, target): two int64 tensors of shape (length,), the target one character
    ahead. The help texts (`pydoc_data.topics`) have about 460,000 characters, 104 different ones;
    they differ a little between versions of Python.

    >>> data = CharText(length=5, text="hello world")
    >>> source, target = data[0]
    >>> data.decode(source), data.decode(target)
    ('hello', 'ello ')
    """

    def __init__(self, length: int = 64, text: str | None = None) -> None:
        import cytorch

        if text is None:
            from pydoc_data import topics

            text = "\n\n".join(topics.topics[name] for name in sorted(topics.topics))
        if not 0 < length < len(text):
            raise ArgumentError(f"CharText: length must be between 1 and {len(text) - 1}, "
                                f"got {length}")
        self.length = length
        self.text = text
        self.characters = "".join(sorted(set(text)))
        self._numbers = {character: number for number, character in enumerate(self.characters)}
        self.encoded = cytorch.tensor([self._numbers[character] for character in text])

    def __len__(self) -> int:
        """Number of stretches that do not overlap."""
        return (len(self.text) - 1) // self.length

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        if not 0 <= index < len(self):
            raise IndexOutOfRange(f"CharText: index {index} outside of {len(self)} stretches")
        begin = index * self.length
        return (self.encoded[begin:begin + self.length],
                self.encoded[begin + 1:begin + self.length + 1])

    def encode(self, text: str) -> Tensor:
        """Numbers of the characters. Raises ArgumentError for one that the text does not have."""
        import cytorch

        unknown = sorted(set(text) - set(self.characters))
        if unknown:
            raise ArgumentError(f"CharText: no number for {unknown}")
        return cytorch.tensor([self._numbers[character] for character in text])

    def decode(self, numbers: Any) -> str:
        """The text of a one-dimensional tensor or list of numbers."""
        values = numbers.tolist() if hasattr(numbers, "tolist") else numbers
        return "".join(self.characters[value] for value in values)
