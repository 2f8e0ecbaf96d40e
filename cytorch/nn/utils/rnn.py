"""Sequences of different lengths: padded tensors, and packed ones for recurrent layers."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import cytorch
from cytorch import Tensor


class _PackedFields(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_PackedFields):
    """Sequences laid out by time step, longest first: what the recurrent layers take.

    Made by `pack_padded_sequence` and `pack_sequence`.

    data : (rows, ...), all first elements, then all second elements, ...
    batch_sizes : int64 on the CPU, the number of rows of each time step
    sorted_indices, unsorted_indices : the permutation from the caller's order, and back

    >>> packed = pack_sequence([cytorch.tensor([4., 5.]), cytorch.tensor([6.])])
    >>> packed.data, packed.batch_sizes
    (tensor([4., 6., 5.]), tensor([2, 1]))
    """

    __slots__ = ()

    def __new__(cls, data: Tensor, batch_sizes: Tensor | None = None,
                sorted_indices: Tensor | None = None,
                unsorted_indices: Tensor | None = None) -> PackedSequence:
        if batch_sizes is None:  # (data, batch_sizes) in one tuple
            data, batch_sizes = data
        if batch_sizes.device.type != "cpu":
            raise ValueError("batch_sizes should always be on CPU. Instances of PackedSequence "
                             "should never be created manually. They should be instantiated by "
                             "functions like pack_sequence and pack_padded_sequence in "
                             "nn.utils.rnn.")
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The sequence with `data` of another dtype or on another device; self if it is there."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        moved = [None if index is None else index.to(data.device)
                 for index in (self.sorted_indices, self.unsorted_indices)]
        return type(self)(data, self.batch_sizes, *moved)

    def cuda(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """On the GPU."""
        return self.to("cuda", *args, **kwargs)

    def cpu(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """On the CPU."""
        return self.to("cpu", *args, **kwargs)

    def double(self) -> PackedSequence:
        """`data` as float64."""
        return self.to(cytorch.float64)

    def float(self) -> PackedSequence:
        """`data` as float32."""
        return self.to(cytorch.float32)

    def half(self) -> PackedSequence:
        """`data` as float16."""
        return self.to(cytorch.float16)

    def long(self) -> PackedSequence:
        """`data` as int64."""
        return self.to(cytorch.int64)

    def int(self) -> PackedSequence:
        """`data` as int32."""
        return self.to(cytorch.int32)

    def short(self) -> PackedSequence:
        """`data` as int16."""
        return self.to(cytorch.int16)

    def char(self) -> PackedSequence:
        """`data` as int8."""
        return self.to(cytorch.int8)

    def byte(self) -> PackedSequence:
        """`data` as uint8."""
        return self.to(cytorch.uint8)

    def pin_memory(self) -> PackedSequence:
        """With `data` in page-locked memory."""
        return type(self)(self.data.pin_memory(), *self[1:])

    def is_pinned(self) -> bool:
        """Whether `data` is in page-locked memory."""
        return self.data.is_pinned()

    @property
    def is_cuda(self) -> bool:
        """Whether `data` is on the GPU."""
        return self.data.is_cuda


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes another."""
    if permutation is None:
        return None
    positions = cytorch.arange(permutation.numel(), device=permutation.device)
    return cytorch.empty_like(permutation).scatter_(0, permutation, positions)


def pack_padded_sequence(input: Tensor, lengths: Tensor | Iterable[int],
                         batch_first: bool = False,
                         enforce_sorted: bool = True) -> PackedSequence:
    """Pack a padded tensor (time, batch, ...), or (batch, time, ...) with batch_first.

    lengths : of each sequence. With `enforce_sorted` they must not increase; otherwise the
        sequences are sorted, and results come back in the caller's order.

    >>> padded = cytorch.tensor([[1., 3.], [2., 0.]])
    >>> pack_padded_sequence(padded, [2, 1]).data
    tensor([1., 3., 2.])
    """
    sizes: Any = lengths
    if not isinstance(sizes, Tensor):
        sizes = cytorch.tensor(list(sizes), dtype=cytorch.int64)
    if sizes.device.type != "cpu" or sizes.dim() != 1:
        raise RuntimeError("'lengths' argument should be a 1D CPU int64 tensor, but got "
                           f"{sizes.dim()}D {sizes.device} tensor")
    sorted_indices = None
    if not enforce_sorted:
        sizes, sorted_indices = cytorch.sort(sizes, descending=True)
        sorted_indices = sorted_indices.to(input.device)
        input = input.index_select(0 if batch_first else 1, sorted_indices)
    steps = input.transpose(0, 1) if batch_first else input
    counts = sizes.tolist()
    _check_lengths(counts, steps)
    rows = [sum(count > time for count in counts) for time in range(counts[0])]
    data = cytorch.cat([steps[time, :count] for time, count in enumerate(rows)])
    return PackedSequence(data, cytorch.tensor(rows, dtype=cytorch.int64), sorted_indices)


def _check_lengths(counts: list[int], steps: Tensor) -> None:
    if len(counts) != steps.shape[1]:
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got "
                           f"{len(counts)} (batch_size={steps.shape[1]})")
    if not counts or counts[-1] <= 0 or min(counts) <= 0:
        raise RuntimeError("Length of all samples has to be greater than 0, but found an element "
                           f"in 'lengths' that is <= 0: {counts}")
    if any(a < b for a, b in zip(counts, counts[1:])):
        raise RuntimeError("`lengths` array must be sorted in decreasing order when "
                           "`enforce_sorted` is True. You can pass `enforce_sorted=False` to "
                           f"pack_padded_sequence to sidestep this requirement. Got {counts}")
    if counts[0] > steps.shape[0]:
        raise RuntimeError(f"Expected lengths of at most {steps.shape[0]} time steps, but got "
                           f"{counts[0]}")


def pad_packed_sequence(sequence: PackedSequence, batch_first: bool = False,
                        padding_value: float = 0.0,
                        total_length: int | None = None) -> tuple[Tensor, Tensor]:
    """The padded tensor and the lengths of a packed sequence, in the caller's order.

    >>> packed = pack_sequence([cytorch.tensor([4., 5.]), cytorch.tensor([6.])])
    >>> pad_packed_sequence(packed, batch_first=True)
    (tensor([[4., 5.],
            [6., 0.]]), tensor([2, 1]))
    """
    rows = sequence.batch_sizes.tolist()
    time, batch = len(rows), rows[0]
    if total_length is not None:
        if total_length < time:
            raise ValueError("Expected total_length to be at least the length of the longest "
                             f"sequence in input, but got total_length={total_length} and max "
                             f"sequence length being {time}")
        time = total_length
    data = sequence.data
    positions = [t * batch + row for t, count in enumerate(rows) for row in range(count)]
    index = cytorch.tensor(positions, dtype=cytorch.int64, device=data.device)
    padded = data.new_full((time * batch, *data.shape[1:]), padding_value)
    padded = padded.index_copy(0, index, data).view(time, batch, *data.shape[1:])
    lengths = cytorch.tensor([sum(row < count for count in rows) for row in range(batch)])
    if batch_first:
        padded = padded.transpose(0, 1)
    order = sequence.unsorted_indices
    if order is not None:
        return padded.index_select(0 if batch_first else 1, order), lengths[order.cpu()]
    return padded, lengths


def pad_sequence(sequences: Tensor | list[Tensor] | tuple[Tensor, ...], batch_first: bool = False,
                 padding_value: float = 0.0, padding_side: str = "right") -> Tensor:
    """Sequences (length, ...) stacked to (longest, batch, ...), or (batch, longest, ...).

    >>> pad_sequence([cytorch.tensor([1, 2]), cytorch.tensor([3])], batch_first=True)
    tensor([[1, 2],
            [3, 0]])
    """
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"padding_side should be either 'left' or 'right', got {padding_side!r}")
    if not isinstance(sequences, Iterable):
        raise RuntimeError("pad_sequence: Expected iterable for input sequences, but got arg of "
                           f"type: {type(sequences)}")
    sequences = list(sequences.unbind(0) if isinstance(sequences, Tensor) else sequences)
    if not sequences:
        raise RuntimeError("pad_sequence: received an empty list of sequences")
    longest = max(sequence.shape[0] for sequence in sequences)
    padded = []
    for sequence in sequences:
        missing = sequence.new_full((longest - sequence.shape[0], *sequences[0].shape[1:]),
                                    padding_value)
        pair = [sequence, missing] if padding_side == "right" else [missing, sequence]
        padded.append(cytorch.cat(pair))
    return cytorch.stack(padded, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor,
                   batch_first: bool = False) -> list[Tensor]:
    """The sequences of a padded tensor, each of its own length."""
    batch = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [sequence[:length] for sequence, length in zip(batch, lengths.tolist())]


def pack_sequence(sequences: list[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack a list of sequences (length, ...)."""
    lengths = cytorch.tensor([sequence.shape[0] for sequence in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The list of sequences of a packed sequence, in the caller's order."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
