"""A purchase or a refund that is broken: the till goes on, and nothing may be lost or doubled.

The last visit of the scenario is the one that is broken; those before it are played as they are. The till goes on as a
clerk would: the same thing again, until it is done. Then the settlement stands exactly once (or not at all, after a
refund), the account holds what it should to the fen, and both sides agree on the day's totals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.payment_run import PaymentEnded
from terminal.scenario.findings import centre_side, money_faults, purse_on_card
from terminal.scenario.model import Expectation, Scenario, ScenarioError, VisitSpec
from terminal.scenario.run import act, play
from terminal.scenario.stage import Stage
from terminal.scenario.sweep_points import Shape
from terminal.scenario.sweeping import Disturb, WayBack, visiting
from terminal.session import Listener

DONE = (PaymentOutcome.PAID, PaymentOutcome.REFUNDED, PaymentOutcome.FINISHED_EARLIER)
TRIES = 3
RECONCILE = VisitSpec(expect=Expectation(outcome=PaymentOutcome.RECONCILED.label), reconcile=True)


@dataclass(frozen=True, slots=True)
class Books:
    """What must be true in the end: the account's balance, what the day's settlements come to at the centre, and what
    the medical purse on the card holds.
    """

    balance_fen: int
    settled_fen: int
    purse: Mapping[str, int] = field(default_factory=dict)

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
        return cls(card.balance_fen if card else 0, settled, purse_on_card(stage.cards["new"]))


@dataclass(slots=True)
class PaymentSubject:
    """The last visit of a scenario; `expected` is what the undisturbed one left."""

    scenario: Scenario
    expected: Books = Books(0, 0)
    ways_back: Mapping[str, WayBack] = field(init=False)
    _unfinished: bool = False

    def __post_init__(self) -> None:
        self.ways_back = {"the same again": self._the_same_again}

    def prepare(self, stage: Stage) -> None:
        """Play the visits before it."""
        for visit in self.scenario.visits[:-1]:
            play(stage, visit)

    def learn(self, stage: Stage, disturb: Disturb, shape: Shape) -> None:
        """Something has to be paid, or taken back."""
        ended = _visit(stage, self._visit, disturb, shape.listen)
        if ended is None or ended.outcome not in DONE:
            raise ScenarioError(
                f"{self.scenario.name}: undisturbed it pays nothing; a sweep needs one that does"
            )
        self.expected = Books.of(stage)

    def visit(self, stage: Stage, disturb: Disturb) -> None:
        """The purchase or the refund."""
        ended = _visit(stage, self._visit, disturb)
        self._unfinished = ended is None or ended.outcome not in DONE

    def at_once(self, stage: Stage) -> list[str]:
        """The ledger adds up."""
        return money_faults(stage)

    @property
    def _visit(self) -> VisitSpec:
        return self.scenario.visits[-1]

    def _the_same_again(self, stage: Stage) -> Iterator[str]:
        tries = 0
        ended: PaymentEnded | None = None
        while self._unfinished and tries < TRIES:
            ended, tries = _visit(stage, self._visit), tries + 1
            self._unfinished = ended is None or ended.outcome not in DONE
        if self._unfinished:
            yield f"it ended {ended.outcome.label if ended else 'with a power loss'}"
        yield from money_faults(stage)
        found = Books.of(stage)
        if found != self.expected:
            yield f"{found}, not {self.expected}"
        for place, drawer in stage.drawers.items():
            if drawer.book.open_sales():
                yield f"the book of {place} has something left to do"
        compared = _visit(stage, RECONCILE)
        if compared is None or compared.outcome is not PaymentOutcome.RECONCILED:
            yield "till and centre do not agree on the day's totals"


def _visit(
    stage: Stage, visit: VisitSpec, disturb: Disturb | None = None, listener: Listener | None = None
) -> PaymentEnded | None:
    """One visit at the scenario's terminal; None where the power went."""
    with visiting(stage, visit.terminal or stage.scenario.terminal, visit.operator) as (counter, operator):
        strikes = disturb(counter) if disturb else None
        ended = act(stage, visit, counter, operator, listener=listener, disturbance=strikes)
        assert isinstance(ended, PaymentEnded)
        return ended
    return None
