"""Plays a scenario and compares what happened with what was expected."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from terminal.backoffice.office import Office
from terminal.counter import Counter
from terminal.flow.dual_insert_run import Ended
from terminal.flow.operator import Operator
from terminal.flow.payment_run import PaymentEnded
from terminal.scenario.clinic_run import at_desk
from terminal.scenario.comparing import visit_problems
from terminal.scenario.disturbances import PlannedDisturbance, ServiceFaults, card_faults
from terminal.scenario.errand_run import Scene, carry_out
from terminal.scenario.errand_tables import shown_papers
from terminal.scenario.findings import MeansSeen
from terminal.scenario.model import Scenario, VisitSpec
from terminal.scenario.played import ErrandEnded, Visit
from terminal.scenario.script import ScriptMismatchError, ScriptOperator
from terminal.scenario.stage import OfficeMaker, Stage
from terminal.session import Disturbance, Event, Listener, TerminalPowerLossError

__all__ = ["ScenarioResult", "Visit", "act", "play", "run_scenario"]

NO_SETTLEMENT = "0"
"""A settlement number that nobody has."""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What became of a scenario: `problems` is empty when it passed; `outcomes` one per visit.

    `rules`: those of the domain that it shows.
    """

    name: str
    outcomes: tuple[str, ...]
    problems: tuple[str, ...]
    duration_s: float
    rules: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.problems


def run_scenario(
    scenario: Scenario,
    listener: Listener | None = None,
    *,
    over_http: bool = False,
    make_office: OfficeMaker = Office.open,
) -> ScenarioResult:
    """Play every visit in order on the same cards and centre; raises ScenarioError where it cannot be set up.

    `over_http`: the centre is a service on this machine, whatever the scenario says. `make_office` replaces the back
    office, to show that a broken rule is found.
    """
    started = time.perf_counter()
    stage = Stage.of(scenario, make_office)
    outcomes: list[str] = []
    problems: list[str] = []
    with _served(stage) if over_http or scenario.over_http else nullcontext():
        for number, visit in enumerate(scenario.visits, 1):
            played = play(stage, visit, listener)
            outcomes.append(played.outcome)
            problems += [f"visit {number}: {problem}" for problem in visit_problems(stage, visit, played)]
    duration_s = time.perf_counter() - started
    return ScenarioResult(scenario.name, tuple(outcomes), tuple(problems), duration_s, tuple(scenario.rules))


def _served(stage: Stage) -> AbstractContextManager[None]:
    from terminal.scenario.service import served

    return served(stage)


def play(stage: Stage, visit: VisitSpec, listener: Listener | None = None) -> Visit:
    """Play one visit on a stage: fresh counter, empty slots, the visit's faults."""
    terminal = visit.terminal or stage.scenario.terminal
    plans = card_faults(visit, terminal)
    counter = stage.counter(terminal, plans)
    operator = ScriptOperator(visit.operator, stage.cards, counter.slots, stage.pins)
    disturbance = PlannedDisturbance.of(visit, stage.scenario.centre.reachable)
    service = ServiceFaults.of(visit, stage.failures)
    played = Visit(None, operator)
    seen = MeansSeen()

    def tell(event: Event) -> None:
        seen.listen(event)
        if listener is not None:
            listener(event)

    try:
        played.ended = act(stage, visit, counter, operator, listener=tell, disturbance=disturbance)
    except TerminalPowerLossError:
        pass  # the visit has no outcome; cards and centre keep what they had
    except ScriptMismatchError as error:
        played.mismatch = str(error)
    counter.clear()
    cards = (f"{role.value}: {idle}" for role, plan in plans.items() for idle in plan.idle())
    played.idle_faults = (*cards, *disturbance.idle(), *service.over())
    played.means = seen.means
    return played


def act(
    stage: Stage,
    visit: VisitSpec,
    counter: Counter,
    operator: Operator,
    *,
    listener: Listener | None = None,
    disturbance: Disturbance | None = None,
) -> Ended | PaymentEnded | ErrandEnded:
    """What the visit is about: a dual insert, something at the till or a hospital's desk, or any other errand."""
    if visit.errand is not None:
        return carry_out(visit.errand, Scene(stage, counter, operator, listener, disturbance))
    papers = shown_papers(stage, visit.papers)
    if visit.purchase is not None:
        bill = visit.purchase.bill()
        return stage.till(counter).purchase(bill, operator, listener, disturbance, papers)
    if visit.clinic is not None:
        return at_desk(visit.clinic, stage.till(counter), operator, listener, disturbance)
    if visit.refund is not None:
        till = stage.till(counter)
        sold = [sale.settlement for sale in till.book.sales() if sale.settlement and not sale.cancels]
        number = visit.refund.sale
        settlement = sold[number - 1] if 0 < number <= len(sold) else NO_SETTLEMENT
        return till.refund(settlement, operator, listener, disturbance)
    if visit.reconcile:
        return stage.till(counter).reconcile(operator, None, listener, disturbance)
    return counter.dual_insert(operator, listener, disturbance, papers)
