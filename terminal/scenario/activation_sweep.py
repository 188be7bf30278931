"""A dual insert that is broken: never both cards usable, never neither, and in the end it is activated all the same.

Three ways back are tried: the holder starts all over; or first hands in the new card alone at another pharmacy, or does
so and cancels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from terminal.flow.dual_insert_run import Ended
from terminal.flow.outcomes import Outcome
from terminal.scenario import invariants
from terminal.scenario.findings import centre_sides
from terminal.scenario.model import Scenario, ScenarioError
from terminal.scenario.script import OLD_PIN, Cancel, EnterPinStep, Insert, Remove, ScriptStep
from terminal.scenario.stage import Stage
from terminal.scenario.sweep_points import Shape
from terminal.scenario.sweeping import Disturb, WayBack, visiting
from terminal.session import Listener

OTHER_PHARMACY = "990100000002"
FINISHED = (Outcome.ACTIVATED, Outcome.COMPLETED, Outcome.ALREADY_ACTIVE)
NEW_CARD_ALONE: Sequence[ScriptStep] = (Insert(card="new"), EnterPinStep(pin=OLD_PIN), Remove())
GIVEN_UP: Sequence[ScriptStep] = (Insert(card="new"), Cancel(), Remove())


@dataclass(slots=True)
class DualInsertSubject:
    """The one visit of a scenario; `balance_fen` is what the holder's accounts have."""

    scenario: Scenario
    balance_fen: int = 0
    ways_back: Mapping[str, WayBack] = field(init=False)

    def __post_init__(self) -> None:
        self.ways_back = {
            "all over": self._all_over,
            "new card first": self._new_card_first,
            "given up first": self._given_up_first,
        }

    def prepare(self, stage: Stage) -> None:
        """Nothing comes before it."""
        self.balance_fen = balance_of_both(stage)

    def learn(self, stage: Stage, disturb: Disturb, shape: Shape) -> None:
        """It has to activate."""
        ended = insert(stage, self._script, disturb=disturb, listener=shape.listen)
        if ended is None or ended.outcome is not Outcome.ACTIVATED:
            raise ScenarioError(
                f"{self.scenario.name}: undisturbed it ends {how(ended)}; a sweep needs one that activates"
            )

    def visit(self, stage: Stage, disturb: Disturb) -> None:
        """Both cards, as the scenario says."""
        insert(stage, self._script, disturb=disturb)

    def at_once(self, stage: Stage) -> list[str]:
        """One usable card, all of the money, one PIN."""
        return invariants.always(stage, self.balance_fen)

    @property
    def _script(self) -> Sequence[ScriptStep]:
        return self.scenario.visits[0].operator

    def _all_over(self, stage: Stage) -> list[str]:
        """The holder starts again with both cards."""
        ended = insert(stage, self._script)
        problems = invariants.always(stage, self.balance_fen) + invariants.activated(stage)
        if ended is None or ended.outcome not in FINISHED:
            problems.append(f"it ended {how(ended)}")
        return problems

    def _new_card_first(self, stage: Stage) -> list[str]:
        """The holder hands in the new card alone at another pharmacy, and starts again if that did not do it."""
        return self._elsewhere_first(stage, NEW_CARD_ALONE)

    def _given_up_first(self, stage: Stage) -> list[str]:
        """The same, and the holder cancels there: what was begun is undone, and can be started again."""
        return self._elsewhere_first(stage, GIVEN_UP)

    def _elsewhere_first(self, stage: Stage, steps: Sequence[ScriptStep]) -> list[str]:
        insert(stage, steps, pharmacy=OTHER_PHARMACY)
        problems = invariants.always(stage, self.balance_fen) + invariants.settled(stage)
        return problems + self._all_over(stage)


def balance_of_both(stage: Stage) -> int:
    """What the accounts of the old card and the new one hold together, in fen."""
    sides = centre_sides(stage)
    return sum(sides[name].balance_fen for name in ("old", "new") if name in sides)


def how(ended: Ended | None) -> str:
    """How a visit ended, in words."""
    return ended.outcome.label if ended else "with a power loss"


def insert(
    stage: Stage,
    steps: Sequence[ScriptStep],
    *,
    pharmacy: str | None = None,
    disturb: Disturb | None = None,
    listener: Listener | None = None,
) -> Ended | None:
    """One dual insert at the scenario's terminal; None where the power went."""
    with visiting(stage, stage.scenario.terminal, steps) as (counter, operator):
        at = counter if pharmacy is None else counter.at_pharmacy(pharmacy)
        return at.dual_insert(operator, listener, disturb(at) if disturb else None)
    return None
