"""An activation at a hospital, a counter or a bank's outlet that is broken: one usable card, at the end the new one.

Two ways back are tried: the holder comes again; or first hands the new card in at a pharmacy, and then comes again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from apdu.layout.states import FinancialState
from terminal.scenario import invariants
from terminal.scenario.activation_sweep import NEW_CARD_ALONE, balance_of_both, insert
from terminal.scenario.errands import ActivateBank, Enable
from terminal.scenario.findings import status_on_card
from terminal.scenario.model import POWER_LOST, Scenario, ScenarioError
from terminal.scenario.played import ErrandEnded
from terminal.scenario.run import act
from terminal.scenario.stage import Stage
from terminal.scenario.sweep_points import Shape
from terminal.scenario.sweeping import Disturb, WayBack, visiting
from terminal.session import Listener

FINISHED = ("activated", "caught-up", "already-active", "bank-activated")


@dataclass(slots=True)
class ErrandSubject:
    """The one visit of a scenario: the card in the reader is activated there."""

    scenario: Scenario
    balance_fen: int = 0
    ways_back: Mapping[str, WayBack] = field(init=False)

    def __post_init__(self) -> None:
        self.ways_back = {
            "the same again": self._the_same_again,
            "a pharmacy first": self._a_pharmacy_first,
        }

    @classmethod
    def fits(cls, scenario: Scenario) -> bool:
        """Whether the scenario is one such visit."""
        errand = scenario.visits[-1].errand
        with_card = isinstance(errand, ActivateBank) or (isinstance(errand, Enable) and errand.card is None)
        return with_card and len(scenario.visits) == 1

    def prepare(self, stage: Stage) -> None:
        """Nothing comes before it."""
        self.balance_fen = balance_of_both(stage)

    def learn(self, stage: Stage, disturb: Disturb, shape: Shape) -> None:
        """It has to activate."""
        ended = self._play(stage, disturb, shape.listen)
        if ended not in FINISHED or invariants.activated(stage):
            raise ScenarioError(
                f"{self.scenario.name}: undisturbed it ends {ended}; a sweep needs one that activates"
            )

    def visit(self, stage: Stage, disturb: Disturb) -> None:
        """The card in the reader, as the scenario says."""
        self._play(stage, disturb)

    def at_once(self, stage: Stage) -> list[str]:
        """One usable card, all of the money, the PIN the card was issued with."""
        return invariants.always_elsewhere(stage, self.balance_fen)

    def _the_same_again(self, stage: Stage) -> list[str]:
        ended = self._play(stage)
        problems = self.at_once(stage) + invariants.activated(stage)
        if ended not in FINISHED:
            problems.append(f"it ended {ended}")
        if isinstance(self.scenario.visits[0].errand, ActivateBank):
            problems += bank_active(stage)
        return problems

    def _a_pharmacy_first(self, stage: Stage) -> list[str]:
        insert(stage, NEW_CARD_ALONE)
        return self.at_once(stage) + invariants.settled(stage) + self._the_same_again(stage)

    def _play(self, stage: Stage, disturb: Disturb | None = None, listener: Listener | None = None) -> str:
        """How one visit ended."""
        visit = self.scenario.visits[0]
        with visiting(stage, visit.terminal or self.scenario.terminal, visit.operator) as (counter, operator):
            strikes = disturb(counter) if disturb else None
            ended = act(stage, visit, counter, operator, listener=listener, disturbance=strikes)
            assert isinstance(ended, ErrandEnded)
            return ended.finished.label
        return POWER_LOST


def bank_active(stage: Stage) -> list[str]:
    """Violations of what must be true when the bank's application was activated: centre and card know it."""
    new = next(card for card in stage.office.cards() if card.role == "new")
    status = status_on_card(stage.cards["new"])
    held = {
        "at the centre": new.financial,
        "on the card": status.status.financial if status and status.status else FinancialState.ACTIVE,
    }
    return [
        f"the bank's application is not active {where}"
        for where, state in held.items()
        if state is not FinancialState.ACTIVE
    ]
