"""Repeats a scenario with one thing going wrong at every exchange, inserts again, and checks the invariants.

At each exchange, on both sides of it: the card is pulled, the terminal loses its power; at each exchange with a card
that writes, the card is torn after every byte of the write in turn; at each exchange with the centre the request is
lost, or the answer. Three ways back are tried: the holder starts all over; or first hands in the new card alone at
another pharmacy, or does so and cancels. A scenario that ends at the till is swept by `payment_sweep`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from terminal.backoffice.office import Office
from terminal.counter import Counter
from terminal.flow.dual_insert_run import Ended
from terminal.flow.outcomes import Outcome
from terminal.scenario import invariants
from terminal.scenario.findings import centre_side
from terminal.scenario.model import Scenario, ScenarioError
from terminal.scenario.payment_sweep import payment_sweep
from terminal.scenario.script import OLD_PIN, Cancel, EnterPinStep, Insert, Remove, ScriptOperator, ScriptStep
from terminal.scenario.stage import Stage
from terminal.scenario.sweep_points import Point, Shape, Strike, SweepResult, Violation, points_of
from terminal.session import Disturbance, Event, TerminalPowerLossError

OTHER_PHARMACY = "990100000002"
FINISHED = (Outcome.ACTIVATED, Outcome.COMPLETED, Outcome.ALREADY_ACTIVE)
NEW_CARD_ALONE: Sequence[ScriptStep] = (Insert(card="new"), EnterPinStep(pin=OLD_PIN), Remove())
GIVEN_UP: Sequence[ScriptStep] = (Insert(card="new"), Cancel(), Remove())


def sweep(
    scenario: Scenario,
    *,
    every: int = 1,
    make_office: Callable[..., Office] = Office.open,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> SweepResult:
    """Try every point (or every n-th) of a scenario of one visit that activates, or of one that ends by paying.

    `make_office` replaces the back office, to show that a broken rule is found; `progress` is told points done and all.
    Raises ScenarioError for any other scenario.
    """
    if scenario.visits[-1].pays and not any(visit.faults for visit in scenario.visits):
        return payment_sweep(scenario, every=every, make_office=make_office, progress=progress)
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


def _record(stage: Stage, scenario: Scenario) -> Shape:
    shape = Shape()
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
        _visit(stage, scenario.visits[0].operator, disturbance=lambda counter: Strike(point, counter))
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
