"""A reader of pickles that runs nothing: it knows data, and a closed list of constructors.

Python's own unpickler can be talked into calling anything. This one executes the opcodes that a
state_dict needs; a name that is not on the list is refused before anything is imported.
"""
from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from cytorch.errors import CheckpointError

_MARK = object()


class Constructor:
    """A listed name that may be called with arguments from the file."""

    def __init__(self, name: str, build: Callable[..., Any]) -> None:
        self.name = name
        self.build = build


class PickleMachine:
    """Runs one pickle. `find(module, name)` gives what a listed name stands for, or raises."""

    def __init__(self, data: bytes, find: Callable[[str, str], Any],
                 persistent_load: Callable[[Any], Any], label: str) -> None:
        self.data = data
        self.position = 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.find = find
        self.persistent_load = persistent_load
        self.label = label

    def error(self, text: str) -> CheckpointError:
        return CheckpointError(f"{self.label}: {text}")

    def run(self) -> Any:
        """The pickled object. Raises CheckpointError for anything damaged or not listed."""
        try:
            while True:
                opcode = self._take(1)[0]
                handler = _HANDLERS.get(opcode)
                if handler is None:
                    raise self.error(f"refused pickle opcode {bytes([opcode])!r} at byte "
                                     f"{self.position - 1}")
                if handler is _STOP:
                    return self._pop()
                handler(self)
        except CheckpointError:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
                RuntimeError) as error:
            raise self.error(f"damaged pickle at byte {self.position}: {error}") from error

    def _take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise self.error("its pickle is cut off")
        taken = self.data[self.position:end]
        self.position = end
        return taken

    def _number(self, layout: str) -> int:
        return int(struct.unpack(layout, self._take(struct.calcsize(layout)))[0])

    def _line(self) -> str:
        end = self.data.index(b"\n", self.position)
        line = self._take(end - self.position)
        self.position += 1
        return line.decode()

    def _pop(self) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            raise self.error("damaged pickle: nothing on its stack")
        return self.stack.pop()

    def _pop_to_mark(self) -> list[Any]:
        for start in range(len(self.stack) - 1, -1, -1):
            if self.stack[start] is _MARK:
                items = self.stack[start + 1:]
                del self.stack[start:]
                return items
        raise self.error("damaged pickle: no mark on its stack")

    def _top(self, kind: Any) -> Any:
        if not self.stack or not isinstance(self.stack[-1], kind):
            raise self.error("damaged pickle: an item goes into what is no container")
        return self.stack[-1]

    def _reduce(self) -> None:
        arguments, function = self._pop(), self._pop()
        if not isinstance(function, Constructor) or not isinstance(arguments, tuple):
            raise self.error("refused to call what is not on the list of constructors")
        self.stack.append(function.build(*arguments))

    def _build(self) -> None:
        state = self._pop()
        target = self._top(OrderedDict)
        if not isinstance(state, dict) or set(state) != {"_metadata"}:
            raise self.error("refused to set attributes of an object")
        target._metadata = state["_metadata"]

    def _set_items(self, items: list[Any]) -> None:
        target = self._top(dict)
        if len(items) % 2:
            raise self.error("damaged pickle: a key without a value")
        target.update(zip(items[::2], items[1::2], strict=True))

    def _global(self, module: str, name: str) -> None:
        self.stack.append(self.find(module, name))

    def _stack_global(self) -> None:
        name, module = self._pop(), self._pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise self.error("damaged pickle: a name that is no string")
        self._global(module, name)

    def _store(self, key: int) -> None:
        if not self.stack:
            raise self.error("damaged pickle: nothing on its stack")
        self.memo[key] = self.stack[-1]

    def _persistent(self) -> None:
        self.stack.append(self.persistent_load(self._pop()))

    def _tuple(self, count: int) -> None:
        items = [self._pop() for _ in range(count)]
        self.stack.append(tuple(reversed(items)))

    def _push(self, value: Any) -> None:
        self.stack.append(value)

    def _long(self, layout: str) -> None:
        count = self._number(layout)
        if count < 0:
            raise self.error("damaged pickle: an integer of negative length")
        self._push(int.from_bytes(self._take(count), "little", signed=True))

    def _text(self, layout: str) -> None:
        self._push(self._take(self._number(layout)).decode("utf-8", "surrogatepass"))

    def _bytes(self, layout: str, kind: Callable[[bytes], Any] = bytes) -> None:
        self._push(kind(self._take(self._number(layout))))

    def _version(self) -> None:
        version = self._number("<B")
        if not 2 <= version <= 5:
            raise self.error(f"refused pickle protocol {version}; 2 to 5 are read")


def _STOP(machine: PickleMachine) -> None:  # noqa: N802 - a marker among handlers
    """Never called: the loop ends at this opcode."""


def _add_items(machine: PickleMachine) -> None:
    items = machine._pop_to_mark()
    machine._top(set).update(items)


def _append(machine: PickleMachine) -> None:
    item = machine._pop()
    machine._top(list).append(item)


def _appends(machine: PickleMachine) -> None:
    items = machine._pop_to_mark()
    machine._top(list).extend(items)


def _set_item(machine: PickleMachine) -> None:
    value, key = machine._pop(), machine._pop()
    machine._set_items([key, value])


_HANDLERS: dict[int, Callable[[PickleMachine], Any]] = {code[0]: handler for code, handler in {
    b"\x80": PickleMachine._version,
    b"\x95": lambda m: m._take(8),  # the length of a frame: nothing is read ahead here
    b".": _STOP,
    b"(": lambda m: m._push(_MARK),
    b"0": lambda m: m._pop(),
    b"1": lambda m: m._pop_to_mark(),
    b"N": lambda m: m._push(None),
    b"\x88": lambda m: m._push(True),
    b"\x89": lambda m: m._push(False),
    b"J": lambda m: m._push(m._number("<i")),
    b"K": lambda m: m._push(m._number("<B")),
    b"M": lambda m: m._push(m._number("<H")),
    b"\x8a": lambda m: m._long("<B"),
    b"\x8b": lambda m: m._long("<i"),
    b"G": lambda m: m._push(struct.unpack(">d", m._take(8))[0]),
    b"X": lambda m: m._text("<I"),
    b"\x8c": lambda m: m._text("<B"),
    b"\x8d": lambda m: m._text("<Q"),
    b"B": lambda m: m._bytes("<I"),
    b"C": lambda m: m._bytes("<B"),
    b"\x8e": lambda m: m._bytes("<Q"),
    b"\x96": lambda m: m._bytes("<Q", bytearray),
    b")": lambda m: m._push(()),
    b"t": lambda m: m._push(tuple(m._pop_to_mark())),
    b"\x85": lambda m: m._tuple(1),
    b"\x86": lambda m: m._tuple(2),
    b"\x87": lambda m: m._tuple(3),
    b"]": lambda m: m._push([]),
    b"a": _append,
    b"e": _appends,
    b"}": lambda m: m._push({}),
    b"s": _set_item,
    b"u": lambda m: m._set_items(m._pop_to_mark()),
    b"\x8f": lambda m: m._push(set()),
    b"\x90": _add_items,
    b"\x91": lambda m: m._push(frozenset(m._pop_to_mark())),
    b"q": lambda m: m._store(m._number("<B")),
    b"r": lambda m: m._store(m._number("<I")),
    b"\x94": lambda m: m._store(len(m.memo)),
    b"h": lambda m: m._push(m.memo[m._number("<B")]),
    b"j": lambda m: m._push(m.memo[m._number("<I")]),
    b"c": lambda m: m._global(m._line(), m._line()),
    b"\x93": PickleMachine._stack_global,
    b"R": PickleMachine._reduce,
    b"b": PickleMachine._build,
    b"Q": PickleMachine._persistent,
}.items()}
