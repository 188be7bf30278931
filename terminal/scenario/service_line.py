"""The terminals' line to a service that is swept: it counts, and lets one accident happen to one request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from terminal.backoffice.link import Link, Reply
from terminal.backoffice.ports import UnreachableError
from terminal.scenario.service_process import Service
from terminal.session import Disturbance, Party

INTERNAL_ERROR = 500
Send = Callable[[], Reply]
Accident = Callable[[Send], Reply]
"""Sends, or not, and does what goes wrong; raises UnreachableError where the sender gets no answer."""


class Line(Link):
    """Requests to the service. `watcher` is told of each, before it is sent and after the answer has come.

    `accident`: what happens to the next request, and to no other. `complaints`: answers that the service could not do
    it, which no accident here is a reason for.
    """

    def __init__(self, service: Service) -> None:
        super().__init__(service.url, service.token)
        self.complaints: list[str] = []
        self.watcher: Disturbance | None = None
        self.accident: Accident | None = None

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One request and its answer; raises UnreachableError."""
        if self.watcher is not None:
            self.watcher.before(0, Party.CENTRE)
        accident, self.accident = self.accident, None
        really: Send = partial(super().send, method, path, body, headers)
        reply = accident(really) if accident is not None else really()
        if reply.status >= INTERNAL_ERROR:
            self.complaints.append(f"{path} was answered with HTTP status {reply.status}")
        if self.watcher is not None:
            self.watcher.after(0, Party.CENTRE)
        return reply


@dataclass(slots=True)
class Numbered:
    """Counts the exchanges of a visit: with cards as the session tells of them, with the centre as the line does.

    What a visit makes others ask the centre, as the bank its notice, counts like that.
    """

    inner: Disturbance
    line: Line
    exchange: int = 0
    on_line: Disturbance = field(init=False)

    def __post_init__(self) -> None:
        self.on_line = _OnLine(self)

    def before(self, exchange: int, party: Party) -> None:
        """A card's exchange begins."""
        if party is not Party.CENTRE:
            self.begin(party)

    def after(self, exchange: int, party: Party) -> None:
        """A card's exchange has ended."""
        if party is not Party.CENTRE:
            self.inner.after(self.exchange, party)

    def begin(self, party: Party) -> None:
        """One more."""
        self.exchange += 1
        self.inner.before(self.exchange, party)


@dataclass(frozen=True, slots=True)
class _OnLine:
    """The line's part of the count."""

    numbered: Numbered

    def before(self, exchange: int, party: Party) -> None:
        self.numbered.begin(party)

    def after(self, exchange: int, party: Party) -> None:
        self.numbered.inner.after(self.numbered.exchange, party)


# --- accidents ---------------------------------------------------------------------------------------------------


def lose_request(send: Send) -> Reply:
    """It never arrives."""
    raise UnreachableError("the request was lost")


def lose_answer(send: Send) -> Reply:
    """It is carried out, and nobody hears of it."""
    send()
    raise UnreachableError("the answer was lost")


def kill_at_work(service: Service, statement: int, send: Send) -> Reply:
    """The service dies at its work, when it is to give its database the n-th statement of this request."""
    service.die_before(statement)
    try:
        send()
    finally:
        service.kill()
        service.die_before(0)
    raise UnreachableError("the answer came before its sender had died")


def kill_before_answer(service: Service, send: Send) -> Reply:
    """The service has done it all, and dies with its answer on its lips."""
    send()
    service.kill()
    raise UnreachableError("the centre died before it had answered")


def restart(service: Service, send: Send) -> Reply:
    """The service was dead for a moment, and nobody noticed until now."""
    service.kill()
    service.start()
    return send()
