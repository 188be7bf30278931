"""One command to a card and its whole answer: T=0 completion happens here, once, for every transport."""

from __future__ import annotations

from collections.abc import Callable

from apdu.command import Command, MalformedApduError
from apdu.response import Response
from apdu.t0 import complete
from terminal.transport.base import ReaderError

Transmit = Callable[[bytes], bytes]
"""Bytes of a command to bytes of an answer, as a connection's `transmit`."""


def exchange(transmit: Transmit, command: Command) -> Response:
    """Send one command and complete it (61xx, 6Cxx). Raises TransportError, CompletionError."""
    completion = complete(command)
    try:
        part = next(completion)
        while True:
            part = completion.send(_answer(transmit(part.encode())))
    except StopIteration as stop:
        response: Response = stop.value
        return response


def _answer(raw: bytes) -> Response:
    try:
        return Response.parse(raw)
    except MalformedApduError as error:
        raise ReaderError(f"the reader delivered no valid answer: {error}") from None
