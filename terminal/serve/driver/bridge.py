"""The local socket of the field: WebSocket frames or HTTP POSTs with a function call in JSON, usually on port 12342."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import Response
from starlette.types import Message

from terminal.driver.ports import Driver
from terminal.driver.presence import calling
from terminal.serve.driver.call_threads import CallThreads
from terminal.serve.driver.calls import LONGEST, Turned, read

HTTP_CALLER = "http"
GONE, LEFT = "websocket.disconnect", "http.disconnect"
MOST_CALLS = 32
"""Calls that wait in threads of their own, so that the bench's keypad can be answered however many there are."""


class Line:
    """One caller on the line: remembers which first step it made last."""

    def __init__(self, driver: Driver, caller: object) -> None:
        self._driver = driver
        self._caller = caller
        self._pending = ""

    def answer(self, text: str | bytes, there: Callable[[], bool]) -> str:
        """One request answered; never raises for what a caller can send. `there`: whether the caller still is."""
        asked = read(text, self._pending)
        if isinstance(asked, Turned):
            return asked.reply(asked.answer)
        with calling(there):
            answer = self._driver.call(asked.name, asked.arguments, self._caller)
        if asked.name.endswith("_Step1"):
            self._pending = asked.name if answer.code == 0 else ""
        return asked.reply(answer)

    def hang_up(self) -> None:
        """The caller is gone."""
        self._driver.hang_up(self._caller)


def add_bridge(app: FastAPI, driver: Driver) -> None:
    """Let the driver be called over any WebSocket path, and by POST to `/`.

    A WebSocket is one caller: its end is the end of what it had pending. HTTP has no end, so all posts are one caller.
    """
    posted = Line(driver, HTTP_CALLER)
    threads = CallThreads(MOST_CALLS)

    @app.websocket("/{path:path}")
    async def frames(socket: WebSocket, path: str) -> None:
        await socket.accept()
        line = Line(driver, socket)
        coming = asyncio.ensure_future(socket.receive())
        try:
            while (message := await coming)["type"] != GONE:
                asked = message.get("text") or message.get("bytes") or ""
                coming = asyncio.ensure_future(socket.receive())
                await socket.send_text(await threads.run(line.answer, asked, partial(_is_there, coming)))
        except WebSocketDisconnect:
            pass
        finally:
            coming.cancel()
            await threads.run(line.hang_up)

    @app.post("/")
    async def post(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LONGEST:
                break
        leaving = asyncio.ensure_future(request.receive())
        try:
            answer = await threads.run(posted.answer, body, partial(_is_there, leaving))
        finally:
            leaving.cancel()
        return Response(answer, media_type="application/json")


def _is_there(coming: asyncio.Future[Message]) -> bool:
    """Whether what comes next from a caller is not its end; a frame that it sent ahead hides that."""
    return not coming.done() or (not coming.cancelled() and coming.result()["type"] not in (GONE, LEFT))
