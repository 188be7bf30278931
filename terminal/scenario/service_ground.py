"""Where visits are swept over HTTP: the centre a process, its database a real one, and what can go wrong there.

At each exchange the card is pulled on both sides of it, or the service is killed and stays dead until the visit is
over; at each exchange with the centre the request is lost, or the answer, or the service is killed at its work (before
each statement that it gives its database, commits included), or when it has done it all but answered, or was killed
and is back. On a database server the server's end of the service's connections breaks as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from terminal.backoffice.link import Reply
from terminal.backoffice.office import Office
from terminal.backoffice.ports import UnreachableError
from terminal.backoffice.profile import Profile
from terminal.backoffice.remote import RemoteNational, RemoteOffice
from terminal.counter import Counter
from terminal.scenario.model import Scenario, ScenarioError
from terminal.scenario.service_database import SweepDatabase
from terminal.scenario.service_line import (
    INTERNAL_ERROR,
    Accident,
    Line,
    Numbered,
    Send,
    kill_at_work,
    kill_before_answer,
    lose_answer,
    lose_request,
    restart,
)
from terminal.scenario.service_process import Service
from terminal.scenario.stage import Stage
from terminal.scenario.sweep_points import Point, Shape
from terminal.scenario.sweeping import Disturb
from terminal.session import Disturbance, Party

PULL_BEFORE, PULL_AFTER, KILLED = "pull before", "pull after", "centre killed"
AT_EVERY_EXCHANGE = (PULL_BEFORE, PULL_AFTER, KILLED)
KILLED_AT_WORK = "centre killed at work"
KILLED_UNANSWERED = "centre killed before it answered"
RESTARTED = "centre killed and back"
CONNECTION_LOST = "database connection lost"


@dataclass(slots=True)
class ServiceGround:
    """One service over one database, through all points of a sweep of one scenario."""

    scenario: Scenario
    database: SweepDatabase
    service: Service
    line: Line
    _original: Stage | None = None
    _statements: dict[int, int] = field(default_factory=dict)

    def stage(self) -> Stage:
        """An empty database, and untouched cards enrolled in it."""
        self.service.start()
        self.line.watcher = self.line.accident = None
        if self._original is None:
            self._original = Stage.of(self.scenario, self._fresh_office)
            self._original.office.close()
        return self._at_the_end_of_the_line(self._original.copy())

    def points(self, shape: Shape) -> Iterator[Point]:
        """Every point of a visit that looks like this undisturbed."""
        for number, party in enumerate(shape.parties, 1):
            for what in AT_EVERY_EXCHANGE:
                yield Point(number, party, what)
            if party is Party.CENTRE:
                for what in self._accidents():
                    if what != CONNECTION_LOST or self._statements[number]:
                        yield Point(number, party, what)
                for statement in range(1, self._statements[number] + 1):
                    yield Point(number, party, KILLED_AT_WORK, statement=statement)

    @contextmanager
    def watched(self, stage: Stage, shape: Shape) -> Iterator[Disturb]:
        """The shape is told of the cards' exchanges and of everything on the line."""
        yield lambda counter: self._numbered(_Learner(shape, self.service, self._statements))
        self.line.watcher = None

    @contextmanager
    def struck(self, stage: Stage, point: Point) -> Iterator[Disturb]:
        """For one visit what the point says. Nobody but the service has the database open meanwhile.

        Raises ScenarioError where the point was never reached, since that would show nothing.
        """
        stage.office.close()
        strikes: list[_Strike] = []

        def disturb(counter: Counter) -> Disturbance:
            strikes.append(_Strike(point, counter, self))
            return self._numbered(strikes[0])

        try:
            yield disturb
        finally:
            self.line.watcher = self.line.accident = None
            self.service.start()
            stage.office = Office.open(self.database.direct, stage.profile, stage.now)
        if not (strikes and strikes[0].struck):
            raise ScenarioError(f"{self.scenario.name}: {point}: never reached; it does not play alike twice")

    def complaints(self) -> list[str]:
        """What the service said that it could not do."""
        told, self.line.complaints = self.line.complaints, []
        return told

    def accident(self, point: Point) -> Accident | None:
        """What the point lets happen to a request."""
        if point.statement is not None:
            return partial(kill_at_work, self.service, point.statement)
        return self._accidents().get(point.what)

    def _accidents(self) -> Mapping[str, Accident]:
        accidents: dict[str, Accident] = {
            "request lost": lose_request,
            "answer lost": lose_answer,
            KILLED_UNANSWERED: partial(kill_before_answer, self.service),
            RESTARTED: partial(restart, self.service),
        }
        if self.database.serves_backends:
            accidents[CONNECTION_LOST] = self._lose_connections
        return accidents

    def _lose_connections(self, send: Send) -> Reply:
        """The service may well say that its database does not answer; to that it is entitled once."""
        self.database.end_connections()
        reply = send()
        if reply.status >= INTERNAL_ERROR:
            raise UnreachableError("the centre's database did not answer")
        return reply

    def _numbered(self, inner: Disturbance) -> Disturbance:
        numbered = Numbered(inner, self.line)
        self.line.watcher = numbered.on_line
        return numbered

    def _fresh_office(
        self, path: str, profile: Profile, now: Callable[[], datetime], **options: Any
    ) -> Office:
        self.database.empty()
        return Office.open(self.database.direct, profile, now, **options)

    def _at_the_end_of_the_line(self, stage: Stage) -> Stage:
        office = RemoteOffice(self.service.url, stage.profile)
        office.link = self.line
        stage.line, stage.national = office, RemoteNational(self.line)
        return stage


@dataclass(slots=True)
class _Learner:
    """Tells a shape of each exchange, and notes how many statements the service gave its database in it."""

    shape: Shape
    service: Service
    statements: dict[int, int]
    _before: int = 0

    def before(self, exchange: int, party: Party) -> None:
        self._before = self.service.statements
        self.shape.before(exchange, party)

    def after(self, exchange: int, party: Party) -> None:
        self.statements[exchange] = self.service.statements - self._before
        self.shape.after(exchange, party)


@dataclass(slots=True)
class _Strike:
    """Does what a point says, once; `struck` says that it was reached."""

    point: Point
    counter: Counter
    ground: ServiceGround
    struck: bool = False

    def before(self, exchange: int, party: Party) -> None:
        if exchange != self.point.exchange:
            return
        self.struck = True
        if self.point.what == PULL_BEFORE:
            self.counter.clear()
        elif self.point.what == KILLED:
            self.ground.service.kill()
        else:
            self.ground.line.accident = self.ground.accident(self.point)

    def after(self, exchange: int, party: Party) -> None:
        if exchange == self.point.exchange and self.point.what == PULL_AFTER:
            self.counter.clear()
