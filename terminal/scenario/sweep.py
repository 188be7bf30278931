"""Repeats a scenario with one thing going wrong at every exchange, inserts again, and checks the invariants.

At each exchange, on both sides of it: the card is pulled, the terminal loses its power; at each exchange with a card
that writes, the card is torn after every byte of the write in turn; at each exchange with the centre the request is
lost, or the answer. Three ways back are tried: the holder starts all over; or first hands in the new card alone at
another pharmacy, or does so and cancels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from apdu.instructions import Effect, find
from terminal.backoffice.office import Office
from terminal.backoffice.ports import UnreachableError
from terminal.counter import Counter
from terminal.flow.dual_insert_run import Ended
from terminal.flow.outcomes import Outcome
from terminal.flow.steps import Role
from terminal.scenario import invariants
from terminal.scenario.findings import centre_side
from terminal.scenario.model import Scenario, ScenarioError
from terminal.scenario.script import OLD_PIN, Cancel, EnterPinStep, Insert, Remove, ScriptOperator, ScriptStep
from terminal.scenario.stage import Stage
from terminal.session import CardExchanged, Disturbance, Event, Party, TerminalPowerLossError
from virtual_card.faults import Fault, FaultKind, FaultPlan

OTHER_PHARMACY = "990100000002"
HOLDERS_CARDS = (Party.OLD, Party.NEW)
FINISHED = (Outcome.ACTIVATED, Outcome.COMPLETED, Outcome.ALREADY_ACTIVE)
NEW_CARD_ALONE: Sequence[ScriptStep] = (Insert(card="new"), EnterPinStep(pin=OLD_PIN), Remove())
GIVEN_UP: Sequence[ScriptStep] = (Insert(card="new"), Cancel(), Remove())


@dataclass(frozen=True, slots=True)
class Point:
    """One thing going wrong at one place: `exchange` counts from 1 over all parties of the visit."""

    exchange: int
    party: Party
    what: str
    after_bytes: int = 0

    def __str__(self) -> str:
        tear = f" after {self.after_bytes} bytes" if self.what == "tear" else ""
        return f"exchange {self.exchange} with {self.party.value}: {self.what}{tear}"


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
    """What a sweep tried and found."""

    name: str
    exchanges: int = 0
    points: int = 0
    violations: list[Violation] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether no invariant was violated."""
        return not self.violations


@dataclass(slots=True)
class _Map:
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
class _Strike:
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
        slot = self.counter.slots[Role(self.point.party.value)]
        slot.faults = FaultPlan(
            (Fault(FaultKind.TEAR, at=slot.exchanges + 1, after_bytes=self.point.after_bytes),)
        )


def _nothing(strike: _Strike) -> None:
    """This kind of point does nothing on this side of the exchange."""


_BEFORE: dict[str, Callable[[_Strike], None]] = {
    "pull before": _Strike.pull,
    "power loss before": _Strike.cut_power,
    "request lost": _Strike.lose,
    "tear": _Strike.tear,
}
_AFTER: dict[str, Callable[[_Strike], None]] = {
    "pull after": _Strike.pull,
    "power loss after": _Strike.cut_power,
    "answer lost": _Strike.lose,
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


def sweep(
    scenario: Scenario,
    *,
    every: int = 1,
    make_office: Callable[..., Office] = Office.open,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> SweepResult:
    """Try every point (or every n-th) of a scenario of one visit that activates; raises ScenarioError otherwise.

    `make_office` replaces the back office, to show that a broken rule is found; `progress` is told points done and all.
    """
    if len(scenario.visits) != 1 or scenario.visits[0].faults:
        raise ScenarioError(f"{scenario.name}: a sweep needs one visit without faults; it brings its own")
    stage = Stage.of(scenario, make_office)
    shape = _record(stage.copy(), scenario)
    chosen = list(points_of(shape.parties, shape.writes))[::every]
    result = SweepResult(scenario.name, exchanges=len(shape.parties))
    for point in chosen:
        result.violations += _try(stage, scenario, point)
        result.points += 1
        progress(result.points, len(chosen))
    return result


def _record(stage: Stage, scenario: Scenario) -> _Map:
    shape = _Map()
    ended = _visit(
        stage, scenario.visits[0].operator, disturbance=lambda counter: shape, listener=shape.listen
    )
    if ended is None or ended.outcome is not Outcome.ACTIVATED:
        how = ended.outcome.label if ended else "with a power loss"
        raise ScenarioError(f"{scenario.name}: undisturbed it ends {how}; a sweep needs one that activates")
    return shape


def _try(original: Stage, scenario: Scenario, point: Point) -> Iterator[Violation]:
    for way_back in (_all_over, _new_card_first, _given_up_first):
        stage = original.copy()
        old = centre_side(stage, "old")
        balance_fen = old.balance_fen if old else 0
        _visit(stage, scenario.visits[0].operator, disturbance=lambda counter: _Strike(point, counter))
        for problem in invariants.always(stage, balance_fen):
            yield Violation(point, "nothing", problem)
        for problem in way_back(stage, scenario, balance_fen):
            yield Violation(point, way_back.__name__.strip("_").replace("_", " "), problem)
        stage.office.close()


def _all_over(stage: Stage, scenario: Scenario, balance_fen: int) -> list[str]:
    """The holder starts again with both cards."""
    ended = _visit(stage, scenario.visits[0].operator)
    problems = invariants.always(stage, balance_fen) + invariants.activated(stage)
    if ended is None or ended.outcome not in FINISHED:
        problems.append(f"it ended {ended.outcome.label if ended else 'with a power loss'}")
    return problems


def _new_card_first(stage: Stage, scenario: Scenario, balance_fen: int) -> list[str]:
    """The holder hands in the new card alone at another pharmacy, and starts again only if that did not do it."""
    return _elsewhere_first(stage, scenario, balance_fen, NEW_CARD_ALONE)


def _given_up_first(stage: Stage, scenario: Scenario, balance_fen: int) -> list[str]:
    """The same, and the holder cancels there: what was begun is undone, and can be started again."""
    return _elsewhere_first(stage, scenario, balance_fen, GIVEN_UP)


def _elsewhere_first(
    stage: Stage, scenario: Scenario, balance_fen: int, steps: Sequence[ScriptStep]
) -> list[str]:
    _visit(stage, steps, pharmacy=OTHER_PHARMACY)
    problems = invariants.always(stage, balance_fen) + invariants.settled(stage)
    return problems + _all_over(stage, scenario, balance_fen)


def _visit(
    stage: Stage,
    steps: Sequence[ScriptStep],
    *,
    pharmacy: str | None = None,
    disturbance: Callable[[Counter], Disturbance] | None = None,
    listener: Callable[[Event], None] | None = None,
) -> Ended | None:
    counter = stage.counter(stage.scenario.terminal)
    if pharmacy is not None:
        counter = counter.at_pharmacy(pharmacy)
    operator = ScriptOperator(steps, stage.cards, counter.slots, stage.pins, strict=False)
    try:
        return counter.dual_insert(operator, listener, disturbance(counter) if disturbance else None)
    except TerminalPowerLossError:
        return None
    finally:
        for slot in counter.slots.values():
            slot.power_loss()
        counter.clear()
