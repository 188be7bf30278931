"""Plays a scenario and compares what happened with what was expected."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from terminal.backoffice.ports import UnreachableError
from terminal.counter import Counter
from terminal.exit_codes import ExitCode
from terminal.flow.authentication import Means
from terminal.flow.dual_insert_run import Ended
from terminal.flow.operator import Operator
from terminal.flow.payment_run import PaymentEnded
from terminal.flow.steps import Role
from terminal.scenario.findings import MeansSeen, final_problems, money_faults
from terminal.scenario.model import (
    POWER_LOST,
    SCRIPT_MISMATCH,
    CardFault,
    CentreFault,
    Expectation,
    Scenario,
    TerminalFault,
    TerminalSpec,
    VisitSpec,
)
from terminal.scenario.script import ScriptMismatchError, ScriptOperator
from terminal.scenario.stage import Stage
from terminal.session import Disturbance, Event, Listener, Party, TerminalPowerLossError
from virtual_card.faults import WatchedPlan

NO_SETTLEMENT = "0"
"""A settlement number that nobody has."""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What became of a scenario: `problems` is empty when it passed; `outcomes` one per visit."""

    name: str
    outcomes: tuple[str, ...]
    problems: tuple[str, ...]
    duration_s: float

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.problems


@dataclass(slots=True)
class PlannedDisturbance:
    """The centre's and the terminal's faults of one visit, as a `Disturbance`; remembers which struck."""

    faults: tuple[CentreFault | TerminalFault, ...]
    reachable: bool
    _centre: int = 0
    _struck: set[CentreFault | TerminalFault] = field(default_factory=set)

    def before(self, exchange: int, party: Party) -> None:
        """Lose the request, or the power."""
        self._centre += party is Party.CENTRE
        if party is Party.CENTRE and not self.reachable:
            raise UnreachableError("the scenario has it out of order")
        for fault in self.faults:
            if isinstance(fault, TerminalFault):
                if fault.do == "power-loss-before" and fault.at == exchange:
                    self._struck.add(fault)
                    raise TerminalPowerLossError
            elif party is Party.CENTRE and fault.do == "lose-request" and fault.at == self._centre:
                self._struck.add(fault)
                raise UnreachableError("the request was lost")

    def after(self, exchange: int, party: Party) -> None:
        """Lose the answer, or the power."""
        for fault in self.faults:
            if isinstance(fault, TerminalFault):
                if fault.do == "power-loss-after" and fault.at == exchange:
                    self._struck.add(fault)
                    raise TerminalPowerLossError
            elif party is Party.CENTRE and fault.do == "lose-answer" and fault.at == self._centre:
                self._struck.add(fault)
                raise UnreachableError("the answer was lost")

    def idle(self) -> Iterator[str]:
        """The faults that never struck, in words."""
        for fault in self.faults:
            if fault not in self._struck:
                party = "centre" if isinstance(fault, CentreFault) else "terminal"
                yield f"{party}: {fault.do} at exchange {fault.at}"


@dataclass(slots=True)
class Visit:
    """What was seen of one visit."""

    ended: Ended | PaymentEnded | None
    operator: ScriptOperator
    means: Means | None = None
    mismatch: str = ""
    idle_faults: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """The outcome's label, or that the power was lost, or that script and terminal disagree."""
        if self.mismatch:
            return SCRIPT_MISMATCH
        return self.ended.outcome.label if self.ended else POWER_LOST


def run_scenario(scenario: Scenario, listener: Listener | None = None) -> ScenarioResult:
    """Play every visit in order on the same cards and centre; raises ScenarioError where it cannot be set up."""
    started = time.perf_counter()
    stage = Stage.of(scenario)
    outcomes: list[str] = []
    problems: list[str] = []
    for number, visit in enumerate(scenario.visits, 1):
        played = play(stage, visit, listener)
        outcomes.append(played.outcome)
        problems += [f"visit {number}: {problem}" for problem in _visit_problems(stage, visit, played)]
    return ScenarioResult(scenario.name, tuple(outcomes), tuple(problems), time.perf_counter() - started)


def play(stage: Stage, visit: VisitSpec, listener: Listener | None = None) -> Visit:
    """Play one visit on a stage: fresh counter, empty slots, the visit's faults."""
    terminal = visit.terminal or stage.scenario.terminal
    plans = card_faults(visit, terminal)
    counter = stage.counter(terminal, plans)
    operator = ScriptOperator(visit.operator, stage.cards, counter.slots, stage.pins)
    others = tuple(fault for fault in visit.faults if not isinstance(fault, CardFault))
    disturbance = PlannedDisturbance(others, stage.scenario.centre.reachable)
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
    played.idle_faults = (*cards, *disturbance.idle())
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
) -> Ended | PaymentEnded:
    """What the visit is about: a dual insert, or something at the till."""
    if visit.purchase is not None:
        return stage.till(counter).purchase(visit.purchase.bill(), operator, listener, disturbance)
    if visit.refund is not None:
        till = stage.till(counter)
        sold = [sale.settlement for sale in till.book.sales() if sale.settlement and not sale.cancels]
        number = visit.refund.sale
        settlement = sold[number - 1] if 0 < number <= len(sold) else NO_SETTLEMENT
        return till.refund(settlement, operator, listener, disturbance)
    if visit.reconcile:
        return stage.till(counter).reconcile(operator, None, listener, disturbance)
    return counter.dual_insert(operator, listener, disturbance)


def card_faults(visit: VisitSpec, terminal: TerminalSpec) -> Mapping[Role, WatchedPlan]:
    """The slots' fault plans; with one reader both cards' faults are in the plan of the old card's slot."""
    plans: dict[Role, WatchedPlan] = {}
    one_reader = terminal.readers == 1
    for role in Role:
        if one_reader and role is Role.NEW:
            continue
        names = {"old", "new"} if one_reader and role is Role.OLD else {role.value}
        mine = [
            fault.entry() for fault in visit.faults if isinstance(fault, CardFault) and fault.slot in names
        ]
        plans[role] = WatchedPlan.from_data(mine)
    return plans


def _visit_problems(stage: Stage, visit: VisitSpec, played: Visit) -> list[str]:
    expect = visit.expect
    problems = [played.mismatch] if played.mismatch else []
    if played.outcome != expect.outcome:
        detail = f" ({played.ended.detail})" if played.ended and played.ended.detail else ""
        problems.append(f"outcome {played.outcome}{detail}, expected {expect.outcome}")
    code = played.ended.outcome.exit_code if played.ended else ExitCode.DONE
    if expect.exit_code is not None and code != expect.exit_code and not played.mismatch:
        problems.append(f"exit code {code}, expected {expect.exit_code}")
    if expect.means is not None and played.means is not Means(expect.means):
        used = played.means.value if played.means else "nothing"
        problems.append(f"authenticated by {used}, expected {expect.means}")
    problems += [f"nothing asked for {step}" for step in played.operator.leftover()]
    problems += [f"fault never struck: {fault}" for fault in played.idle_faults]
    said = [str(text) for text in played.operator.shown]
    problems += [f"nobody said {part!r}" for part in expect.says if not any(part in text for text in said)]
    problems += payment_problems(expect, played)
    problems += books_problems(stage, visit, expect)
    return problems + final_problems(stage, expect)


def payment_problems(expect: Expectation, played: Visit) -> list[str]:
    """How what was paid differs from what was expected."""
    wanted = {key: fen for key, fen in msgspec.structs.asdict(expect.pays).items() if fen is not None}
    if not wanted:
        return []
    sale = played.ended.sale if isinstance(played.ended, PaymentEnded) else None
    if sale is None:
        return ["nothing was paid"]
    return [
        f"{key} is {getattr(sale, key)}, expected {fen}"
        for key, fen in wanted.items()
        if getattr(sale, key) != fen
    ]


def books_problems(stage: Stage, visit: VisitSpec, expect: Expectation) -> list[str]:
    """What does not add up at the centre, and how the till's book differs from what was expected."""
    terminal = visit.terminal or stage.scenario.terminal
    problems = money_faults(stage)
    if expect.book is not None:
        drawer = stage.drawers.get(terminal.pharmacy)
        phases = [sale.phase.value for sale in drawer.book.sales()] if drawer else []
        if phases != expect.book:
            problems.append(f"the book says {phases}, expected {expect.book}")
    return problems
