"""The line to a centre that is a service: HTTP requests over kept connections, with one deadline and one error.

Whatever goes wrong on the line is UnreachableError: whether the request was carried out is then unknown, and nothing is
sent a second time here. Only the standard library is needed.
"""

from __future__ import annotations

import http.client
import select
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from terminal.backoffice.database import StoreError
from terminal.backoffice.ports import UnreachableError

ANSWER_LIMIT = 64 * 2**20
DEFAULT_TIMEOUT_S = 20.0
_CHUNK = 2**16


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and body of an answer."""

    status: int
    body: bytes


def is_http(where: object) -> bool:
    """Whether a centre is named by the address of its service and not as a file or database."""
    return str(where).startswith(("http://", "https://"))


class Link:
    """Requests to the service at `url`; usable from several threads. `timeout_s`: for the whole of one exchange.

    `token` goes into every request as bearer and into nothing else. `start`: the command that starts the service,
    for the message where nobody listens. Raises StoreError for an address that is none.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        start: str = "ssc serve centre",
    ) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if not is_http(url) or not host or parts.username or parts.query or parts.fragment:
            raise StoreError("this is no address of a centre; write it like http://127.0.0.1:8990")
        self.url = url.rstrip("/")
        self._secure = parts.scheme == "https"
        self._host, self._port, self._path = host, port, parts.path.rstrip("/")
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._timeout_s = timeout_s
        self._start = start
        self._idle: list[http.client.HTTPConnection] = []

    def post(
        self, path: str, body: bytes, kind: str = "application/json", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One POST and its answer; raises UnreachableError."""
        return self.send("POST", path, body, {"Content-Type": kind, **(headers or {})})

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One request and its answer; raises UnreachableError."""
        deadline = time.monotonic() + self._timeout_s
        connection = self._connection()
        try:
            connection.request(method, self._path + path, body, {**self._headers, **(headers or {})})
            answer = connection.getresponse()
            reply = Reply(answer.status, self._body(connection, answer, deadline))
        except TimeoutError:
            connection.close()
            raise UnreachableError(f"{self.url}: no answer within {self._timeout_s:g} s") from None
        except (OSError, UnicodeError, http.client.HTTPException) as error:
            connection.close()
            raise UnreachableError(f"{self.url}: {_told(error, self._start)}") from None
        if answer.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        return reply

    def close(self) -> None:
        """Close the connections that are kept."""
        while self._idle:
            self._idle.pop().close()

    def _connection(self) -> http.client.HTTPConnection:
        """A kept connection that the other end has not closed meanwhile, else a new one."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread took the last one
                break
            if connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]:
                connection.sock.settimeout(self._timeout_s)
                return connection
            connection.close()
        if self._secure:
            return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout_s)
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)

    @staticmethod
    def _body(
        connection: http.client.HTTPConnection, answer: http.client.HTTPResponse, deadline: float
    ) -> bytes:
        """The whole body within the deadline, however slowly it drips."""
        body = bytearray()
        sock: socket.socket | None = connection.sock
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if sock is not None:
                sock.settimeout(left)
            part = answer.read1(_CHUNK)
            if not part:
                break
            body += part
            if len(body) > ANSWER_LIMIT:
                raise http.client.HTTPException("the answer is too long")
        if answer.length:
            raise http.client.IncompleteRead(b"", answer.length)
        answer.close()
        return bytes(body)


def _told(error: OSError | UnicodeError | http.client.HTTPException, start: str) -> str:
    """What broke, in few words and nothing of what was sent."""
    if isinstance(error, socket.gaierror | UnicodeError):  # a name with an empty or too long label is no name
        return "there is no such host"
    if isinstance(error, ConnectionRefusedError):
        return f"nobody listens there; start it with `{start}`"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"the answer broke off ({type(error).__name__})"
