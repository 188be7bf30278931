"""The bench over HTTP, beside the driver it serves: `/control/...`, JSON in and out, with the service's token.

Only whoever may read the endpoint file knows the token, so no web page and no other user moves the cards. The keypad's
page itself is for everybody: it does nothing without the token, which stands behind the `#` of its address.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from terminal.testbench.bench import TestBench
from terminal.testbench.keypad_page import PAGE
from terminal.testbench.orders import CardOrder, InjectionOrder, KeypadOrder, OrderError, read
from terminal.testbench.slots import Place
from terminal.testbench.transcript_forms import Records, as_json, as_page, as_text

BODY_LIMIT = 65536
PREFIX = "/control"


class ControlError(Exception):
    """A request of the bench that is answered with a message."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def add_control(app: FastAPI, bench: TestBench, token: str) -> None:
    """Put the bench's routes into an application."""
    router = APIRouter(prefix=PREFIX)
    desk = _Desk(bench, token)
    _slot_routes(router, desk)
    _told_routes(router, desk)
    _transcript_routes(router, desk)
    app.include_router(router)

    @app.exception_handler(ControlError)
    async def refused(request: Request, error: ControlError) -> Response:
        return _json({"error": str(error)}, error.status)


class _Desk:
    """Checks the token, reads orders, carries them out beside the event loop."""

    def __init__(self, bench: TestBench, token: str) -> None:
        self.bench = bench
        self._header = f"Bearer {token}".encode()

    def check(self, request: Request) -> None:
        """Raises ControlError unless the request has the token as bearer."""
        header = request.headers.get("authorization", "")
        if not hmac.compare_digest(header.encode(), self._header):
            raise ControlError(401, "the token of the endpoint file is needed")

    async def order(self, request: Request, kind: type) -> Any:
        """What the request's body says; raises ControlError."""
        self.check(request)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > BODY_LIMIT:
                raise ControlError(413, f"the request has more than {BODY_LIMIT} bytes")
        try:
            return read(body, kind)
        except OrderError as error:
            raise ControlError(400, str(error)) from None

    async def act(self, work: Callable[[], Any]) -> Response:
        """Do it in another thread; what cannot be done is said."""
        try:
            return _json(await run_in_threadpool(work))
        except OrderError as error:
            raise ControlError(400, str(error)) from None


def _slot_routes(router: APIRouter, desk: _Desk) -> None:
    bench = desk.bench

    @router.get("/slots")
    async def look(request: Request) -> Response:
        desk.check(request)
        return await desk.act(bench.slots.look)

    @router.put("/slots/{name}")
    async def insert(request: Request, name: str) -> Response:
        order = await desk.order(request, CardOrder)
        return await desk.act(lambda: bench.insert(_place(name), order))

    @router.delete("/slots/{name}")
    async def remove(request: Request, name: str) -> Response:
        desk.check(request)
        return await desk.act(lambda: bench.remove(_place(name)))


def _told_routes(router: APIRouter, desk: _Desk) -> None:
    bench = desk.bench

    @router.get("/keypad")
    async def keypad(request: Request) -> Response:
        desk.check(request)
        return await desk.act(bench.look_at_keypad)

    @router.get("/keypad/page")
    async def page() -> Response:
        return Response(PAGE, media_type="text/html; charset=utf-8")

    @router.put("/keypad")
    async def tell(request: Request) -> Response:
        order = await desk.order(request, KeypadOrder)
        return await desk.act(lambda: bench.tell_keypad(order))

    @router.post("/keypad")
    async def press(request: Request) -> Response:
        order = await desk.order(request, KeypadOrder)
        return await desk.act(lambda: bench.press(order))

    @router.get("/injections")
    async def injections(request: Request) -> Response:
        desk.check(request)
        return await desk.act(bench.injections.look)

    @router.post("/injections")
    async def inject(request: Request) -> Response:
        order = await desk.order(request, InjectionOrder)
        return await desk.act(lambda: bench.inject(order))

    @router.delete("/injections")
    async def clear(request: Request) -> Response:
        desk.check(request)
        return await desk.act(bench.clear_injections)


def _transcript_routes(router: APIRouter, desk: _Desk) -> None:
    transcript = desk.bench.transcript

    @router.get("/transcript")
    async def show(request: Request, form: str = "json") -> Response:
        desk.check(request)
        lines, kind = _FORMS.get(form, _FORMS["json"])
        text = await run_in_threadpool(lambda: "".join(f"{line}\n" for line in lines(transcript)))
        return Response(text, media_type=kind)

    @router.delete("/transcript")
    async def forget(request: Request) -> Response:
        desk.check(request)
        return await desk.act(transcript.clear)


_FORMS: Mapping[str, tuple[Callable[[Records], Iterable[str]], str]] = {
    "json": (as_json, "application/x-ndjson"),
    "text": (as_text, "text/plain; charset=utf-8"),
    "page": (as_page, "text/html; charset=utf-8"),
}


def _place(name: str) -> Place:
    try:
        return Place(name)
    except ValueError:
        raise OrderError(
            f"{name!r} is no slot; there are {', '.join(place.value for place in Place)}"
        ) from None


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
