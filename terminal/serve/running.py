"""The service on a socket: in the foreground until it is told to end, or in a thread for tests."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from terminal.backoffice.database import StoreError

BACKLOG = 256
LAST_REQUESTS_S = 2
START_S = 20.0


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises StoreError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
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


def _nothing() -> None:
    pass


class _Server(uvicorn.Server):
    """Says when it is ready, and when it begins to end."""

    def __init__(
        self, app: ASGIApp, ready: Callable[[], None], ending: Callable[[], None] = _nothing
    ) -> None:
        config = uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=LAST_REQUESTS_S,
            lifespan="off",
        )
        super().__init__(config)
        self._ready = ready
        self._ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        await super().shutdown(sockets)


def serve(
    app: ASGIApp,
    listening: socket.socket,
    ready: Callable[[], None] = _nothing,
    ending: Callable[[], None] = _nothing,
) -> None:
    """Serve until Ctrl-C or SIGTERM, which come through as KeyboardInterrupt after the last requests have ended.

    `ending` is called first at the end: it lets go what requests may wait for.
    """
    _Server(app, ready, ending).run([listening])


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
