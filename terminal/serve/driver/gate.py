"""Who may speak to a service that reads cards: programs of this machine, and web pages that were named.

A page from anywhere runs on this machine too, so a browser's Origin must be on the list, and the Host it asked for
must be this service (or another name, pointed at this machine, would make a foreign page the same origin). An address
in numbers cannot be pointed elsewhere, so each of them is this service's.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NULL = "null"
"""The origin of pages without one: files, sandboxed frames, data URLs."""

PREFLIGHT = "OPTIONS"
_CORS = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Allow-Private-Network": "true",
    "Access-Control-Max-Age": "600",
    "Vary": "Origin",
}


class OriginGate:
    """Turns away what comes from a page that is not allowed; ASGI middleware.

    `allowed`: origins such as `https://pos.example`, or `null`. `hosts`: names of this service besides loopback's.
    """

    def __init__(self, app: ASGIApp, allowed: Iterable[str] = (), hosts: Iterable[str] = ()) -> None:
        self._app = app
        self._allowed: set[str] = set()
        for origin in allowed:
            self.allow(origin)
        self._hosts = frozenset(host.lower() for host in hosts)

    def allow(self, origin: str) -> None:
        """Let one more origin in."""
        self._allowed.add(origin.lower().rstrip("/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer 403."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), _origin_of(headers)
        problem = self.problem(host, origin)
        if problem:
            await _turn_away(scope, send, problem)
        elif origin is None or scope["type"] == "websocket":
            await self._app(scope, receive, send)
        elif scope["method"] == PREFLIGHT:
            await _answer(send, 204, b"", origin)
        else:
            await self._app(scope, receive, _with_origin(send, origin))

    def problem(self, host: str, origin: str | None) -> str:
        """Why a request is turned away, by its Host and Origin headers; "" where it is not.

        Without either it is a program's that speaks HTTP/1.0.
        """
        if not host and origin is None:
            return ""
        if not self._is_ours(_host_of(host)):
            return f"{host!r} is no name of this service; use 127.0.0.1"
        if origin is None:
            return ""
        said = origin.lower().rstrip("/")
        if said in self._allowed or said in (f"http://{host.lower()}", f"https://{host.lower()}"):
            return ""
        return (
            f"pages from {origin} may not use the card reader; start the service with --allow-origin {origin}"
        )

    def _is_ours(self, host: str) -> bool:
        if host in self._hosts or host == "localhost":
            return True
        with suppress(ValueError):
            ipaddress.ip_address(host)
            return True
        return False


def _host_of(header: str) -> str:
    with suppress(ValueError):
        return urlsplit(f"//{header}").hostname or ""
    return ""


def _origin_of(headers: Headers) -> str | None:
    """Where a request comes from; old browsers name no Origin with a form, but the page it stands on."""
    if origins := headers.getlist("origin"):
        return ", ".join(origins)
    page = headers.get("referer")
    if page is None:
        return None
    scheme, _, rest = page.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


async def _turn_away(scope: Scope, send: Send, problem: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": problem[:120]})
        return
    await _answer(send, 403, json.dumps({"error": problem}).encode())


async def _answer(send: Send, status: int, body: bytes, origin: str = "") -> None:
    message: Message = {
        "type": "http.response.start",
        "status": status,
        "headers": [(b"content-type", b"application/json")] if body else [],
    }
    await (_with_origin(send, origin) if origin else send)(message)
    await send({"type": "http.response.body", "body": body})


def _with_origin(send: Send, origin: str) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Access-Control-Allow-Origin"] = origin
            for name, value in _CORS.items():
                headers[name] = value
        await send(message)

    return told
