"""The service's side of the private socket: the native libraries' calls carried to the driver and the reader library.

One thread a connection; a connection is one caller, and its end hangs the caller up. What is no frame, or comes
without the token, is answered and closed.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from terminal.driver.codes import ReturnCode
from terminal.driver.framing import FrameError, pack, read
from terminal.driver.ports import Driver
from terminal.driver.presence import calling
from terminal.driver.profile import TextEncoding
from terminal.serve.driver.endpoint import (
    Endpoint,
    claim,
    default_file,
    listen_tcp,
    listen_unix,
    new_token,
)
from terminal.serve.driver.native_calls import LowerInterface, Welcome, answer, greet, no_room

HELLO_TIMEOUT_S = 10.0
MOST_CALLERS = 64
"""Programs at a time; a further one is told so, with -11."""

MOST_AT_THE_DOOR = 16
"""Connections beside those of callers: hello is yet to come, or there is no room; a further one is closed at once."""

NO_ROOM_S = 0.1
"""Until the next attempt to take a connection, where this process has no file descriptors left."""

UNKNOWN_ERROR = b"-999"
END_S = 5.0
"""How long the end of the service waits for calls under way, such as an entry at the keypad."""


@dataclass(frozen=True, slots=True)
class NativeService:
    """A running service: its endpoint file and addresses."""

    file: Path
    addresses: tuple[str, ...]


@contextmanager
def serve_native(
    driver: Driver,
    library: LowerInterface,
    file: Path | None = None,
    *,
    tcp: bool = False,
    encoding: TextEncoding = TextEncoding.GBK,
    token: str | None = None,
    also: Sequence[str] = (),
) -> Iterator[NativeService]:
    """Serve the native libraries until the block ends.

    `file`: the endpoint file, by default where the libraries look. `tcp`: at a loopback port too, for libraries of
    Windows. `encoding` is that of callers that ask for none. `token`: of a service that has other doors
    too, whose addresses are `also` written into the file. Raises EndpointError; an OSError where the endpoint file
    cannot be written.
    """
    file = (file or default_file()).absolute()
    claim(file)
    listening = [listen_unix(file)]
    socket_file = Path(listening[0].getsockname())
    made = socket_file.stat().st_ino
    exchange = _Exchange(driver, library, token or new_token(), encoding)
    try:
        if tcp:
            listening.append(listen_tcp())
        endpoint = Endpoint((*map(_address, listening), *also), exchange.token)
        for one in listening:
            threading.Thread(target=exchange.accept, args=(one,), daemon=True).start()
        endpoint.write(file)
        yield NativeService(file, endpoint.addresses)
    finally:
        there = Endpoint.read(file)
        if there is not None and there.token == exchange.token:
            file.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            if socket_file.stat().st_ino == made:
                socket_file.unlink()
        for one in listening:
            _end(one)
        exchange.end()


def _address(listening: socket.socket) -> str:
    name = listening.getsockname()
    return f"unix:{name}" if isinstance(name, str) else f"tcp:{name[0]}:{name[1]}"


def _end(connection: socket.socket) -> None:
    """Wake whoever waits on a socket, and close it."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _shut_down(connections: Iterable[socket.socket], how: int) -> None:
    for connection in connections:
        with suppress(OSError):
            connection.shutdown(how)


def _is_there(connection: socket.socket) -> bool:
    """Whether the other end has not closed."""
    ends = select.poll()
    ends.register(connection, select.POLLRDHUP)
    return not ends.poll(0)


def _within(connection: socket.socket, seconds: float) -> Callable[[int], bytes]:
    """Receives until so many seconds are over, however the bytes trickle in. What it gives raises OSError then."""
    deadline = time.monotonic() + seconds

    def receive(count: int) -> bytes:
        connection.settimeout(max(0.0, deadline - time.monotonic()))
        return connection.recv(count)

    return receive


@dataclass(slots=True, repr=False)
class _Exchange:
    """The connections there are."""

    driver: Driver
    library: LowerInterface
    token: str
    encoding: TextEncoding
    _open: dict[threading.Thread, socket.socket] = field(default_factory=dict)
    _callers: set[object] = field(default_factory=set)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _ended: bool = False

    def accept(self, listening: socket.socket) -> None:
        """Take connections until the socket is closed."""
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                if listening.fileno() < 0:
                    return
                time.sleep(NO_ROOM_S)
                continue
            with self._guard:
                if self._ended or len(self._open) >= MOST_CALLERS + MOST_AT_THE_DOOR:
                    connection.close()
                    continue
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._open[thread] = connection
                thread.start()

    def end(self) -> None:
        """Take no further request, wait for the calls under way and their answers, and close every connection."""
        with self._guard:
            self._ended = True
            there = dict(self._open)
        _shut_down(there.values(), socket.SHUT_RD)
        deadline = time.monotonic() + END_S
        for thread in there:
            thread.join(max(0.0, deadline - time.monotonic()))
        _shut_down(there.values(), socket.SHUT_RDWR)

    def _serve(self, connection: socket.socket) -> None:
        caller = object()
        try:
            with connection, suppress(OSError):
                self._talk(connection, caller)
        finally:
            with self._guard:
                self._open.pop(threading.current_thread(), None)
                self._callers.discard(caller)
            self.driver.hang_up(caller)
            self.library.hang_up(caller)

    def _talk(self, connection: socket.socket, caller: object) -> None:
        if connection.family != socket.AF_UNIX:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            first = read(_within(connection, HELLO_TIMEOUT_S))
            if first is None:
                return
            welcome = self._admitted(greet(first, self.token, self.encoding), caller)
            connection.sendall(pack(*welcome.answer))
            if welcome.encoding is None:
                return
            connection.settimeout(None)
            while not self._ended and (fields := read(connection.recv)) is not None:
                self._answer(connection, fields, caller, welcome.encoding)
        except FrameError as error:
            connection.sendall(pack(b"%d" % ReturnCode.CONNECTION, str(error).encode("ascii")))

    def _admitted(self, welcome: Welcome, caller: object) -> Welcome:
        """The welcome while there is room for one more caller."""
        if welcome.encoding is None:
            return welcome
        with self._guard:
            if len(self._callers) >= MOST_CALLERS:
                return no_room(len(self._callers), welcome.encoding)
            self._callers.add(caller)
            return welcome

    def _answer(
        self, connection: socket.socket, fields: list[bytes], caller: object, encoding: TextEncoding
    ) -> None:
        """A bug of ours is answered too, and then ends this connection with its traceback, not the service."""
        try:
            with calling(lambda: _is_there(connection)):
                said = answer(fields, self.driver, self.library, caller, encoding)
        except Exception as error:
            text = f"this is a bug in ssc-terminal: {type(error).__name__}"
            connection.sendall(pack(UNKNOWN_ERROR, text.encode("ascii", "replace")))
            raise RuntimeError(text) from error
        connection.sendall(pack(*said))
