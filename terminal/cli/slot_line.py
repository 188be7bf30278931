"""The line from `ssc slot` to a driver service, and what its answers look like."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from terminal.backoffice.link import Link
from terminal.backoffice.ports import UnreachableError
from terminal.cli.output import say
from terminal.serve.driver.endpoint import Endpoint, default_file
from terminal.trace.as_json import json_line

PREFIX = "/control"
START = "ssc serve driver"
DONE = 200


class SilentServiceError(UnreachableError):
    """No driver service answers."""

    def __init__(self, error: UnreachableError) -> None:
        Exception.__init__(self, f"the driver service does not answer: {str(error).partition(': ')[2]}")


class Line:
    """Requests to the bench; answers as plain data. Raises SilentServiceError, ClickException for what it refuses."""

    def __init__(self, link: Link, token: str) -> None:
        self._link = link
        self._token = token

    @property
    def keypad_page(self) -> str:
        """The address of the keypad's page; what is behind its `#` never leaves the browser but as the token."""
        return f"{self._link.url}{PREFIX}/keypad/page#{self._token}"

    def get(self, path: str) -> Any:
        """What there is."""
        return json.loads(self._body("GET", path))

    def put(self, path: str, order: Mapping[str, Any]) -> Any:
        """In place of what there is."""
        return json.loads(self._body("PUT", path, order))

    def post(self, path: str, order: Mapping[str, Any]) -> Any:
        """One more."""
        return json.loads(self._body("POST", path, order))

    def delete(self, path: str) -> Any:
        """Away with it."""
        return json.loads(self._body("DELETE", path))

    def text(self, path: str) -> str:
        """What there is, as it comes."""
        return self._body("GET", path).decode("utf-8")

    def _body(self, method: str, path: str, order: Mapping[str, Any] | None = None) -> bytes:
        body = b"" if order is None else json.dumps(order).encode()
        try:
            reply = self._link.send(method, PREFIX + path, body, {"Content-Type": "application/json"})
        except UnreachableError as error:
            raise SilentServiceError(error) from None
        if reply.status != DONE:
            raise click.ClickException(_why(reply.body) or f"the driver service answered {reply.status}")
        return reply.body


def _why(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("error", "")) if isinstance(said, dict) else ""


@contextmanager
def open_line(file: Path | None) -> Iterator[Line]:
    """The line to the service that an endpoint file names; raises ClickException where there is none."""
    place = file or default_file()
    endpoint = Endpoint.read(place)
    if endpoint is None or endpoint.url is None:
        raise click.ClickException(f"{place}: no driver service is told of there; start it with `{START}`")
    link = Link(endpoint.url, endpoint.token, start=START)
    try:
        yield Line(link, endpoint.token)
    finally:
        link.close()


def tell_slots(views: Iterable[Mapping[str, Any]], as_json: bool) -> None:
    """What is in the slots."""
    for view in views:
        if as_json:
            say(json_line("slot", dict(view)))
            continue
        what = f"{view['kind'] or 'a card'} {view['source']}".strip() if view["present"] else "empty 空"
        say(f"{view['place']:<12}{view['reader']}: {what}")


def tell_keypad(view: Mapping[str, Any], as_json: bool) -> None:
    """How the keypad stands."""
    if as_json:
        say(json_line("keypad", dict(view)))
        return
    shown = f"; it shows {view['prompt_zh']} {view['prompt']}" if view["prompt"] else ""
    missed = (
        f"; {view['unprepared']} entries were asked for that nobody had prepared"
        if view["unprepared"]
        else ""
    )
    count = view["prepared"]
    prepared = f"{count} {'entry' if count == 1 else 'entries'} prepared"
    after = ", then always the same" if view["always"] else ""
    say(f"密码键盘 keypad: {prepared}{after}{shown}{missed}")


def tell_injections(views: Iterable[Mapping[str, Any]], as_json: bool) -> None:
    """Which injections are on, and what became of them."""
    for view in views:
        order = view["order"]
        if as_json:
            say(json_line("injection", {**order, "seen": view["seen"], "struck": view["struck"]}))
        else:
            say(
                f"{order['function']} answers {order['code']} from call {order['nth']}, {order['times']} times; "
                f"{view['seen']} calls seen, {view['struck']} answered"
            )
