"""The local socket of the field: WebSocket frames or HTTP POSTs with a function call in JSON, usually on port 12342."""

from __future__ import annotations

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import Response

from terminal.driver.ports import Driver
from terminal.serve.driver.calls import LONGEST, Turned, read

PORT = 12342
HTTP_CALLER = "http"
MOST_CALLS = 32
"""Calls that wait in threads of their own, so that the bench's keypad can be answered however many there are."""


class Line:
    """One caller on the line: remembers which first step it made last."""

    def __init__(self, driver: Driver, caller: object) -> None:
        self._driver = driver
        self._caller = caller
        self._pending = ""

    def answer(self, text: str | bytes) -> str:
        """One request answered; never raises for what a caller can send."""
        asked = read(text, self._pending)
        if isinstance(asked, Turned):
            return asked.reply(asked.answer)
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
    places = CapacityLimiter(MOST_CALLS)

    @app.websocket("/{path:path}")
    async def frames(socket: WebSocket, path: str) -> None:
        await socket.accept()
        line = Line(driver, socket)
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    break
                asked = message.get("text") or message.get("bytes") or ""
                await socket.send_text(await run_sync(line.answer, asked, limiter=places))
        except WebSocketDisconnect:
            pass
        finally:
            await run_sync(line.hang_up, limiter=places)

    @app.post("/")
    async def post(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LONGEST:
                break
        answer = await run_sync(posted.answer, body, limiter=places)
        return Response(answer, media_type="application/json")
