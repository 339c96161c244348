"""Messages between the embedded engine and its processes: a length of four bytes, then as many bytes of JSON.

Imports the standard library only: engine processes load it.
"""

import json
import socket
from typing import Any, TypeAlias

Message: TypeAlias = dict[str, Any]

_PREFIX = 4
LARGEST = 1 << 24  # bytes; more than that is not a message of ours


class BrokenWire(Exception):
    """The other side is gone, or what it says is not a message."""


def packed(message: Message) -> bytes:
    body = json.dumps(message).encode("ascii")  # escaped, so that lone surrogates travel too
    return len(body).to_bytes(_PREFIX) + body


class Reader:
    """Takes messages from a socket whose bytes come in any portions."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._received = bytearray()

    def receive(self) -> Message | None:
        """Reads once. The message when it is whole, else None; raises BrokenWire at the end of the stream."""
        try:
            portion = self._sock.recv(1 << 16)
        except OSError as error:
            raise BrokenWire(str(error)) from error
        if not portion:
            raise BrokenWire("the other side is gone")
        self._received += portion
        return self._take()

    def wait(self) -> Message:
        """Reads until a message is whole."""
        while True:
            message = self.receive()
            if message is not None:
                return message

    def _take(self) -> Message | None:
        length = int.from_bytes(self._received[:_PREFIX])
        if length > LARGEST:
            raise BrokenWire(f"a message of {length} bytes")
        if len(self._received) < _PREFIX + length or len(self._received) < _PREFIX:
            return None
        body = bytes(self._received[_PREFIX : _PREFIX + length])
        del self._received[: _PREFIX + length]
        return _parsed(body)


def _parsed(body: bytes) -> Message:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise BrokenWire("a message that is not JSON") from error
    if not isinstance(message, dict):
        raise BrokenWire("a message that is not an object")
    return message
