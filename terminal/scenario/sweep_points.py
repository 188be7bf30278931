"""Where a visit can go wrong: every exchange of it, on both sides, and what does it to everything in one process."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from apdu.instructions import Effect, find
from terminal.backoffice.ports import UnreachableError
from terminal.counter import Counter
from terminal.flow.steps import Role
from terminal.session import CardExchanged, Event, Party, TerminalPowerLossError
from virtual_card.faults import Fault, FaultKind, FaultPlan


@dataclass(frozen=True, slots=True)
class Point:
    """One thing going wrong at one place: `exchange` counts from 1 over all parties of the visit.

    `after_bytes`: of the write that is torn. `statement`: the one of the centre's database, counted from 1.
    """

    exchange: int
    party: Party
    what: str
    after_bytes: int | None = None
    statement: int | None = None

    def __str__(self) -> str:
        when = "" if self.after_bytes is None else f" after {self.after_bytes} bytes"
        when += "" if self.statement is None else f", before statement {self.statement}"
        return f"exchange {self.exchange} with {self.party.value}: {self.what}{when}"


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that did not hold, where and on which way back."""

    point: Point
    way_back: str
    problem: str

    def __str__(self) -> str:
        return f"{self.point}, then {self.way_back}: {self.problem}"


@dataclass(slots=True)
class SweepResult:
    """What a sweep tried and found; `kinds` says how many points there were of each kind of disturbance."""

    name: str
    exchanges: int = 0
    kinds: Tally[str] = field(default_factory=Tally)
    violations: list[Violation] = field(default_factory=list)

    @property
    def points(self) -> int:
        """Disturbances tried."""
        return self.kinds.total()

    @property
    def passed(self) -> bool:
        """Whether no invariant was violated."""
        return not self.violations


@dataclass(slots=True)
class Shape:
    """What the undisturbed visit looked like: the party of each exchange, and where cards were written."""

    parties: list[Party] = field(default_factory=list)
    writes: dict[int, int] = field(default_factory=dict)

    def before(self, exchange: int, party: Party) -> None:
        self.parties.append(party)

    def after(self, exchange: int, party: Party) -> None:
        """Nothing more to learn."""

    def listen(self, event: Event) -> None:
        if not isinstance(event, CardExchanged) or event.role is Role.PSAM:
            return
        known = find(event.command.cla, event.command.ins)
        if known is not None and known.effect in (Effect.PERMANENT, Effect.COUNTER):
            self.writes[len(self.parties)] = len(event.command.data)


@dataclass(slots=True)
class Strike:
    """Does what a point says, once."""

    point: Point
    counter: Counter

    def before(self, exchange: int, party: Party) -> None:
        if exchange == self.point.exchange:
            _BEFORE.get(self.point.what, _nothing)(self)

    def after(self, exchange: int, party: Party) -> None:
        if exchange == self.point.exchange:
            _AFTER.get(self.point.what, _nothing)(self)

    def pull(self) -> None:
        self.counter.clear()

    def cut_power(self) -> None:
        raise TerminalPowerLossError

    def lose(self) -> None:
        raise UnreachableError("lost on the way")

    def tear(self) -> None:
        assert self.point.after_bytes is not None
        slot = self.counter.slots[Role(self.point.party.value)]
        slot.faults = FaultPlan(
            (Fault(FaultKind.TEAR, at=slot.exchanges + 1, after_bytes=self.point.after_bytes),)
        )


def _nothing(strike: Strike) -> None:
    """This kind of point does nothing on this side of the exchange."""


_BEFORE: dict[str, Callable[[Strike], None]] = {
    "pull before": Strike.pull,
    "power loss before": Strike.cut_power,
    "request lost": Strike.lose,
    "tear": Strike.tear,
}
_AFTER: dict[str, Callable[[Strike], None]] = {
    "pull after": Strike.pull,
    "power loss after": Strike.cut_power,
    "answer lost": Strike.lose,
}


def points_of(parties: Sequence[Party], writes: dict[int, int]) -> Iterator[Point]:
    """Every point of a visit with these exchanges."""
    for number, party in enumerate(parties, 1):
        for what in ("pull before", "pull after", "power loss before", "power loss after"):
            yield Point(number, party, what)
        if party is Party.CENTRE:
            yield Point(number, party, "request lost")
            yield Point(number, party, "answer lost")
        for after_bytes in range(writes.get(number, -1) + 1):
            yield Point(number, party, "tear", after_bytes)
