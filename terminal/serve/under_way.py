"""Requests under way: which there are, and how those end that outlast the service or are broken off by the client."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SERVICE_RESTART = 1012
"""Why a WebSocket is closed, RFC 6455 section 7.4 (IANA registry): the service ends, and may begin again."""

ENDING = b'{"error": "the service is ending; whether this was carried out is not known"}'


@dataclass(slots=True)
class _Line:
    """A request, or the frames of a WebSocket: how many answers it is owed, and whether one was begun."""

    name: str
    owed: int
    begun: bool = False


class UnderWay:
    """ASGI middleware that knows what is in progress: requests, and WebSockets whose frames are not answered yet.

    A request that is cut off is answered 503 where its answer has not begun, a WebSocket closed, and neither leaves a
    traceback; nor does a request whose client goes away before it has sent it whole.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._lines: dict[asyncio.Task[object], _Line] = {}

    @property
    def unanswered(self) -> bool:
        """Whether somebody waits for an answer."""
        return any(line.owed > 0 for line in self._lines.values())

    def cut_off(self) -> tuple[str, ...]:
        """Cut off whatever is in progress; the names of what was not answered, `POST /path` or `WebSocket /path`."""
        left, self._lines = self._lines, {}
        for task in left:
            task.cancel()
        return tuple(line.name for line in left.values() if line.owed > 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through."""
        is_http = scope["type"] == "http"
        line = _Line(f"{scope.get('method', 'WebSocket')} {scope['path']}", owed=int(is_http))

        async def received() -> Message:
            message = await receive()
            line.owed += message["type"] == "websocket.receive"
            return message

        async def sent(message: Message) -> None:
            line.begun = True
            await send(message)
            line.owed -= message["type"] == "websocket.send"

        task = asyncio.current_task()
        assert task is not None
        self._lines[task] = line
        try:
            await self._app(scope, received, sent)
        except asyncio.CancelledError:  # only the end of the service cancels
            await _say_that_it_ends(send, is_http, line.begun)
        except ClientDisconnect:  # in the middle of what it asked
            pass
        finally:
            self._lines.pop(task, None)


async def _say_that_it_ends(send: Send, is_http: bool, begun: bool) -> None:
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    with suppress(OSError, asyncio.CancelledError):  # where the client takes nothing more
        if not is_http:
            await send({"type": "websocket.close", "code": SERVICE_RESTART})
        elif not begun:
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": ENDING})
