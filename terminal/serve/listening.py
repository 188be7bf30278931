"""A listening socket that leaves its process the file descriptors it needs for other things."""

from __future__ import annotations

import errno
import resource
import socket
import sys
import time
from collections import deque
from contextlib import suppress
from typing import Any
from weakref import WeakSet

FOR_OTHER_THINGS = 128
"""File descriptors that are no client's: stores, card images, readers, the native libraries' lines."""

LEAVING = 16
"""Connections that were told there are too many, and stay until their clients have heard it or others follow."""

PAUSE_S = 0.1
"""Until the next attempt to take a connection, where this process has no file descriptors left all the same."""

_BODY = (
    b'{"error": "too many clients are connected; close some, or start the service with a higher `ulimit -n`"}'
)
FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)


def most_connections() -> int:
    """How many clients there may be at a time, by the file descriptors this process may have."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return sys.maxsize
    return max(limit - FOR_OTHER_THINGS, limit // 2)


class ListeningSocket(socket.socket):
    """Takes connections while fewer than `most` of them are open; a further one gets a 503.

    For an event loop: the end of what may be taken now is BlockingIOError.
    """

    def __init__(self, *arguments: int) -> None:
        super().__init__(*arguments)
        self.most = most_connections()
        self._taken: WeakSet[socket.socket] = WeakSet()
        self._leaving: deque[socket.socket] = deque()

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection and its address."""
        try:
            connection, address = super().accept()
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            time.sleep(PAUSE_S)
            raise BlockingIOError from None
        if sum(one.fileno() >= 0 for one in self._taken) < self.most:
            self._taken.add(connection)
            return connection, address
        self._turn_away(connection)
        raise BlockingIOError

    def _turn_away(self, connection: socket.socket) -> None:
        """Closed at once, it would break a client off that still sends, before it reads the answer."""
        with suppress(OSError):
            connection.setblocking(False)
            connection.send(FULL)
            connection.shutdown(socket.SHUT_WR)
        self._leaving.append(connection)
        self._let_go(LEAVING)

    def _let_go(self, but: int) -> None:
        while len(self._leaving) > but:
            self._leaving.popleft().close()

    def close(self) -> None:
        """Close it, and the connections of those that were turned away."""
        self._let_go(0)
        super().close()
