"""Sweeps a purchase or a refund: one thing goes wrong at every exchange, the till goes on, nothing may be lost.

The last visit of the scenario is the one that is broken; those before it are played as they are. The till goes on as a
clerk would: the same thing again, until it is done. Then the settlement stands exactly once (or not at all, after a
refund), the account holds what it should to the fen, and both sides agree on the day's totals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from terminal.backoffice.office import Office
from terminal.counter import Counter
from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.payment_run import PaymentEnded
from terminal.scenario.findings import centre_side, money_faults
from terminal.scenario.model import Expectation, Scenario, ScenarioError, VisitSpec
from terminal.scenario.run import act, play
from terminal.scenario.script import ScriptOperator
from terminal.scenario.stage import Stage
from terminal.scenario.sweep_points import Point, Shape, Strike, SweepResult, Violation, points_of
from terminal.session import Disturbance, TerminalPowerLossError

DONE = (PaymentOutcome.PAID, PaymentOutcome.REFUNDED, PaymentOutcome.FINISHED_EARLIER)
TRIES = 3
WAY_BACK = "the same again"
RECONCILE = VisitSpec(expect=Expectation(outcome=PaymentOutcome.RECONCILED.label), reconcile=True)


@dataclass(frozen=True, slots=True)
class Books:
    """What must be true in the end: the account's balance, and what the day's settlements come to at the centre."""

    balance_fen: int
    settled_fen: int

    @classmethod
    def of(cls, stage: Stage) -> Books:
        """As they are now; cancellations count below zero, what was reversed not at all."""
        card, store = centre_side(stage, "new"), stage.office.store
        day = stage.profile.local_date(stage.now())
        with store.transaction():
            periods = [
                period for place in stage.profile.pharmacies for period in store.periods_of_day(place, day)
            ]
            settled = sum(store.totals(period).total_fen for period in periods)
        return cls(card.balance_fen if card else 0, settled)


def payment_sweep(
    scenario: Scenario,
    *,
    every: int = 1,
    make_office: Callable[..., Office] = Office.open,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> SweepResult:
    """Try every point (or every n-th); raises ScenarioError where the scenario does not end with something paid."""
    stage = Stage.of(scenario, make_office)
    undisturbed, shape = _prepared(stage, scenario), Shape()
    ended = _visit(undisturbed, scenario.visits[-1], lambda counter: shape, shape.listen)
    if ended is None or ended.outcome not in DONE:
        raise ScenarioError(f"{scenario.name}: undisturbed it pays nothing; a sweep needs one that does")
    expected = Books.of(undisturbed)
    chosen = list(points_of(shape.parties, shape.writes))[::every]
    result = SweepResult(scenario.name, exchanges=len(shape.parties))
    for point in chosen:
        result.violations += _try(stage, scenario, point, expected)
        result.points += 1
        progress(result.points, len(chosen))
    return result


def _prepared(stage: Stage, scenario: Scenario) -> Stage:
    fresh = stage.copy()
    for visit in scenario.visits[:-1]:
        play(fresh, visit)
    return fresh


def _try(original: Stage, scenario: Scenario, point: Point, expected: Books) -> Iterator[Violation]:
    stage, visit = _prepared(original, scenario), scenario.visits[-1]
    ended = _visit(stage, visit, lambda counter: Strike(point, counter))
    for problem in money_faults(stage):
        yield Violation(point, "nothing", problem)
    tries = 0
    while (ended is None or ended.outcome not in DONE) and tries < TRIES:
        ended, tries = _visit(stage, visit), tries + 1
    for problem in _problems(stage, ended, expected):
        yield Violation(point, WAY_BACK, problem)
    stage.office.close()


def _problems(stage: Stage, ended: PaymentEnded | None, expected: Books) -> Iterator[str]:
    if ended is None or ended.outcome not in DONE:
        yield f"it ended {ended.outcome.label if ended else 'with a power loss'}"
    yield from money_faults(stage)
    found = Books.of(stage)
    if found != expected:
        yield f"{found}, not {expected}"
    for place, drawer in stage.drawers.items():
        if drawer.book.open_sales():
            yield f"the book of {place} has something left to do"
    compared = _visit(stage, RECONCILE)
    if compared is None or compared.outcome is not PaymentOutcome.RECONCILED:
        yield "till and centre do not agree on the day's totals"


def _visit(
    stage: Stage,
    visit: VisitSpec,
    disturbance: Callable[[Counter], Disturbance] | None = None,
    listener: Callable[..., None] | None = None,
) -> PaymentEnded | None:
    """One visit at the scenario's terminal; None where the power went."""
    counter = stage.counter(visit.terminal or stage.scenario.terminal)
    operator = ScriptOperator(visit.operator, stage.cards, counter.slots, stage.pins, strict=False)
    try:
        strikes = disturbance(counter) if disturbance else None
        ended = act(stage, visit, counter, operator, listener=listener, disturbance=strikes)
    except TerminalPowerLossError:
        return None
    finally:
        for slot in counter.slots.values():
            slot.power_loss()
        counter.clear()
    assert isinstance(ended, PaymentEnded)
    return ended
