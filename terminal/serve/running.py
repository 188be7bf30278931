"""The service on a socket: in the foreground until it is told to end, or in a thread for tests."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from terminal.backoffice.database import StoreError
from terminal.serve.listening import ListeningSocket
from terminal.serve.under_way import UnderWay

BACKLOG = 256
LAST_REQUESTS_S = 2.0
"""How long the end of the service waits for the requests under way."""

LOOK_EVERY_S = 0.02

LAST_ANSWERS_S = 0.3
"""How long it then waits for clients to take the answers of those that were cut off."""

START_S = 20.0


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises StoreError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = ListeningSocket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except UnicodeError:  # a label of a host name that is empty or too long
        raise StoreError(f"{host}: is no host name; name an address of this machine") from None
    except OSError as error:
        raise StoreError(f"{host}:{port}: cannot listen there ({error.strerror}); choose another") from None
    return listening


def address_of(listening: socket.socket) -> str:
    """The service's address, `http://HOST:PORT`."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host's name or address."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether something went wrong here, and not at a client that sends a text which is none."""
    return not isinstance((record.exc_info or (None, None))[1], UnicodeDecodeError)


def _nothing() -> None:
    pass


GivenUp = Callable[[Sequence[str]], None]
"""Is told the requests that had no answer when the service ended; see `UnderWay.cut_off`."""


def _unheard(requests: Sequence[str]) -> None:
    pass


class _Server(uvicorn.Server):
    """Says when it is ready, when it begins to end, and which requests it did not wait for."""

    def __init__(
        self,
        app: ASGIApp,
        ready: Callable[[], None],
        ending: Callable[[], None] = _nothing,
        given_up: GivenUp = _unheard,
    ) -> None:
        self._under_way = UnderWay(app)
        config = uvicorn.Config(
            self._under_way, log_level="error", access_log=False, server_header=False, lifespan="off"
        )
        super().__init__(config)
        self._ready = ready
        self._ending = ending
        self._given_up = given_up

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """A closed terminal ends the service as Ctrl-C does."""
        before = signal.getsignal(signal.SIGHUP)
        with super().capture_signals():
            listens = threading.current_thread() is threading.main_thread() and before != signal.SIG_IGN
            if listens:
                signal.signal(signal.SIGHUP, self.handle_exit)
            try:
                yield
            finally:
                if listens:
                    signal.signal(signal.SIGHUP, before)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        logging.getLogger("uvicorn.error").addFilter(_is_ours)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        for server in self.servers:
            server.close()
        limit = asyncio.get_running_loop().call_later(LAST_REQUESTS_S, self._give_up)
        while self._under_way.unanswered and not self.force_exit:  # what follows closes WebSockets at once
            await asyncio.sleep(LOOK_EVERY_S)
        await super().shutdown(sockets)
        limit.cancel()
        self._give_up()

    def _give_up(self) -> None:
        """Wait for no request any more, nor for clients that take no answer."""
        self.force_exit = True
        if left := self._under_way.cut_off():
            self._given_up(left)
        asyncio.get_running_loop().call_later(LAST_ANSWERS_S, self._hang_up)

    def _hang_up(self) -> None:
        for connection in tuple(self.server_state.connections):
            connection.transport.abort()


def serve(
    app: ASGIApp,
    listening: socket.socket,
    ready: Callable[[], None] = _nothing,
    ending: Callable[[], None] = _nothing,
    given_up: GivenUp = _unheard,
) -> None:
    """Serve until Ctrl-C, SIGTERM or SIGHUP, which come through as KeyboardInterrupt after the last requests.

    `ending` is called first at the end: it lets go what requests may wait for. `given_up` is told those that were not
    waited for any longer; a second Ctrl-C waits for none.
    """
    _Server(app, ready, ending, given_up).run([listening])


@contextmanager
def in_thread(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """The service in a thread of this process; gives its address. Raises StoreError."""
    listening = listen(host, port)
    ready = threading.Event()
    server = _Server(app, ready.set)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    deadline = time.monotonic() + START_S
    while not ready.wait(0.01):
        if not thread.is_alive() or time.monotonic() > deadline:
            raise StoreError(f"{address_of(listening)}: the service did not start")
    try:
        yield address_of(listening)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
