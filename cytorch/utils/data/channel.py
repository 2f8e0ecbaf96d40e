"""A two-way message channel over one socket: length-prefixed pickles, and file descriptors."""
from __future__ import annotations

import array
import contextlib
import pickle
import select
import socket
import struct
from collections.abc import Callable
from typing import Any

_HEADER = struct.Struct("<4sIQ")
_MAGIC = b"ctWk"
_SMALL = 1 << 16


class ChannelClosedError(Exception):
    """The other side is gone. `remainder` is what it wrote outside of any message.

    faulthandler is told to write to the same socket, so a crashed worker's last words are here.
    """

    def __init__(self, remainder: bytes = b"") -> None:
        super().__init__("channel closed")
        self.remainder = remainder


class Channel:
    """Messages are any picklable object; at most one file descriptor goes with each."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def fileno(self) -> int:
        return self.connection.fileno()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.close()

    def send(self, message: Any, descriptor: int | None = None) -> None:
        """Send one message. Raises ChannelClosedError when nobody reads."""
        self.send_parts([pickle.dumps(message, protocol=5)], descriptor)

    def send_patiently(self, message: Any, when_full: Callable[[], None]) -> None:
        """Send one message; `when_full` is called as long as the other side reads nothing."""
        data = pickle.dumps(message, protocol=5)
        rest = memoryview(_HEADER.pack(_MAGIC, 0, len(data)) + data)
        while rest:
            try:
                rest = rest[self.connection.send(rest, socket.MSG_DONTWAIT):]
            except BlockingIOError:
                when_full()
            except (BrokenPipeError, ConnectionResetError):
                raise ChannelClosedError from None

    def send_parts(self, parts: list[Any], descriptor: int | None = None) -> None:
        """Send bytes-like parts as one message, without joining them first."""
        length = sum(memoryview(part).nbytes for part in parts)
        begin = _HEADER.pack(_MAGIC, 0 if descriptor is None else 1, length)
        if length < _SMALL:
            # In one piece the reader wakes up once.
            begin, parts = b"".join([begin, *parts]), []
        try:
            if descriptor is not None:
                rights = array.array("i", [descriptor])
                sent = self.connection.sendmsg([begin],
                                               [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
                begin = begin[sent:]
            for part in (begin, *parts):
                self.connection.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            raise ChannelClosedError from None

    def readable(self, seconds: float | None = 0) -> bool:
        """Whether a message (or the end) has come, waiting for at most `seconds`."""
        poll = select.poll()
        poll.register(self.connection, select.POLLIN)
        return bool(poll.poll(None if seconds is None else seconds * 1000))

    def wait_for_change(self) -> None:
        """Wait until something can be read or written."""
        poll = select.poll()
        poll.register(self.connection, select.POLLIN | select.POLLOUT)
        poll.poll()

    def receive(self) -> tuple[Any, int | None]:
        """One message and its descriptor. Raises ChannelClosedError at the end of the stream."""
        data, descriptor = self.receive_bytes()
        return pickle.loads(data), descriptor

    def receive_bytes(self) -> tuple[bytearray, int | None]:
        header, descriptor = self._receive_header()
        magic, has_descriptor, length = _HEADER.unpack(header)
        if magic != _MAGIC:
            raise ChannelClosedError(bytes(header) + self._rest())
        data = bytearray(length)
        view = memoryview(data)
        while view:
            count = self._receive_into(view)
            if count == 0:
                raise ChannelClosedError
            view = view[count:]
        return data, descriptor if has_descriptor else None

    def _receive_header(self) -> tuple[bytearray, int | None]:
        header = bytearray()
        descriptor = None
        while len(header) < _HEADER.size:
            try:
                chunk, ancillary, _, _ = self.connection.recvmsg(
                    _HEADER.size - len(header), socket.CMSG_SPACE(4))
            except ConnectionResetError:
                chunk, ancillary = b"", []
            for _, _, content in ancillary:
                descriptor = struct.unpack("i", content[:4])[0]
            if not chunk:
                raise ChannelClosedError(bytes(header))
            header += chunk
        return header, descriptor

    def _receive_into(self, view: memoryview) -> int:
        try:
            return self.connection.recv_into(view)
        except ConnectionResetError:
            return 0

    def _rest(self) -> bytes:
        rest = b""
        self.connection.settimeout(0.1)
        with contextlib.suppress(OSError):
            while len(rest) < 100_000 and (chunk := self.connection.recv(65536)):
                rest += chunk
        return rest
