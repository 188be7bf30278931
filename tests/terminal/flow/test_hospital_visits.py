"""Patients' visits: registered, settled, taken back, given up; wherever it is interrupted, once and not twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from apdu.layout.states import SocialState
from terminal.backoffice.ports import UnreachableError
from terminal.counter import Till
from terminal.flow.clinic import ClinicBill, InPatient, OutPatient, Staff, VisitForm
from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.payment_run import PaymentEnded
from terminal.flow.sales import Phase, Sale
from terminal.scenario.findings import centre_side, money_faults
from terminal.scenario.model import CardSpec, Expectation, Scenario, TerminalSpec, VisitSpec
from terminal.scenario.payments import InsuranceSpec
from terminal.scenario.script import Answer, EnterPinStep, Insert, Remove, ScriptOperator, ScriptStep
from terminal.scenario.stage import Stage
from terminal.session import Disturbance, Party, TerminalPowerLossError

HOSPITAL = "990100000101"
BALANCE_FEN = 50_000
MOST_VISITS = 10
LAST = 3
STAFF = Staff("A02", "全科", "D0001", "测试医师")
OUT = OutPatient(STAFF)
IN = InPatient(STAFF, "J18.9", "肺炎", "3-12")
BILL = ClinicBill(120_000, own_cost_fen=10_000)
AT_THE_DESK: tuple[ScriptStep, ...] = (Insert(card="new"), Remove())
PAYING: tuple[ScriptStep, ...] = (
    Insert(card="new"),
    EnterPinStep(pin="initial"),
    Answer(agree=True),
    Remove(),
)
AGREEING: tuple[ScriptStep, ...] = (Answer(agree=True),)
FORMS = pytest.mark.parametrize("form", [OUT, IN], ids=["out-patient", "in-patient"])
Act = Callable[[Till, ScriptOperator, Disturbance | None], PaymentEnded]


def staged(profile: str = "default", **card: Any) -> Stage:
    """A hospital's desk and one patient, whose card nobody has used yet."""
    return Stage.of(
        Scenario(
            name="hospital",
            profile=profile,
            cards={
                "new": CardSpec(kind="ssc-3.0", **card),
                "other": CardSpec(kind="ssc-3.0", seed=9),
            },
            terminal=TerminalSpec(pharmacy=HOSPITAL),
            insurance=InsuranceSpec(balance_fen=BALANCE_FEN),
            visits=[VisitSpec(expect=Expectation(outcome="reconciled"), reconcile=True)],
        )
    )


def at_desk(
    stage: Stage, steps: tuple[ScriptStep, ...], act: Act, disturbance: Disturbance | None = None
) -> PaymentEnded | None:
    """One thing done at the desk; None where the power went."""
    counter = stage.counter(stage.scenario.terminal)
    operator = ScriptOperator(steps, stage.cards, counter.slots, stage.pins, strict=False)
    try:
        return act(stage.till(counter), operator, disturbance)
    except TerminalPowerLossError:
        return None
    finally:
        for slot in counter.slots.values():
            slot.power_loss()
        counter.clear()


def registers(form: VisitForm) -> Act:
    return lambda till, operator, disturbance: till.register(form, operator, None, disturbance)


def settles(number: str, bill: ClinicBill = BILL) -> Act:
    return lambda till, operator, disturbance: till.settle_visit(number, bill, operator, None, disturbance)


def gives_up(number: str) -> Act:
    return lambda till, operator, disturbance: till.give_visit_up(number, operator, None, disturbance)


def refunds(number: str) -> Act:
    return lambda till, operator, disturbance: till.refund(number, operator, None, disturbance)


def reconciles(till: Till, operator: ScriptOperator, disturbance: Disturbance | None) -> PaymentEnded:
    return till.reconcile(operator)


def registered(stage: Stage, form: VisitForm = OUT) -> Sale:
    ended = at_desk(stage, AT_THE_DESK, registers(form))
    assert ended is not None and ended.outcome is PaymentOutcome.REGISTERED, ended
    assert ended.sale is not None
    return ended.sale


def outcome(ended: PaymentEnded | None) -> PaymentOutcome | None:
    return ended.outcome if ended else None


def standing_visits(stage: Stage) -> list[int]:
    """The visits that take place, as the centre has them."""
    store = stage.office.store
    with store.transaction():
        found = [store.visit(entry) for entry in range(1, MOST_VISITS)]
    return [visit.entry for visit in found if visit is not None and not visit.cancelled]


@FORMS
def test_the_first_registration_activates_the_card_and_asks_nothing_else(form: VisitForm) -> None:
    stage = staged()
    sale = registered(stage, form)
    new = centre_side(stage, "new")
    assert new is not None and new.state is SocialState.NORMAL
    assert sale.visit and sale.infno == form.infno and len(standing_visits(stage)) == 1


@FORMS
def test_a_visit_is_settled_with_fund_account_and_cash_to_the_fen(form: VisitForm) -> None:
    stage = staged()
    number = registered(stage, form).visit
    paid = at_desk(stage, PAYING, settles(number))
    assert paid is not None and paid.outcome is PaymentOutcome.PAID and paid.sale is not None
    sale = paid.sale
    assert (sale.total_fen, sale.visit) == (120_000, number)
    assert sale.fund_fen == {OUT: (110_000 - 20_000) * 60 // 100, IN: (110_000 - 80_000) * 85 // 100}[form]
    assert sale.fund_fen + sale.account_fen + sale.cash_fen == sale.total_fen
    assert sale.account_fen == min(BALANCE_FEN, sale.total_fen - sale.fund_fen)
    assert outcome(at_desk(stage, (), reconciles)) is PaymentOutcome.RECONCILED
    assert money_faults(stage) == []


@FORMS
def test_a_settlement_is_taken_back_once_and_then_the_visit_can_be_given_up(form: VisitForm) -> None:
    stage = staged()
    number = registered(stage, form).visit
    paid = at_desk(stage, PAYING, settles(number))
    assert paid is not None and paid.sale is not None
    assert outcome(at_desk(stage, AGREEING, gives_up(number))) is PaymentOutcome.VISIT_SETTLED
    assert outcome(at_desk(stage, AGREEING, refunds(paid.sale.settlement))) is PaymentOutcome.REFUNDED
    assert outcome(at_desk(stage, AGREEING, refunds(paid.sale.settlement))) is PaymentOutcome.TAKEN_BACK
    new = centre_side(stage, "new")
    assert new is not None and new.balance_fen == BALANCE_FEN
    assert outcome(at_desk(stage, AGREEING, gives_up(number))) is PaymentOutcome.VISIT_GIVEN_UP
    assert outcome(at_desk(stage, AGREEING, gives_up(number))) is PaymentOutcome.NO_SUCH_VISIT
    assert standing_visits(stage) == []
    assert outcome(at_desk(stage, (), reconciles)) is PaymentOutcome.RECONCILED


def test_a_visit_is_kept_where_nobody_agrees_to_give_it_up() -> None:
    stage = staged()
    number = registered(stage).visit
    assert outcome(at_desk(stage, (Answer(agree=False),), gives_up(number))) is PaymentOutcome.VISIT_KEPT
    assert len(standing_visits(stage)) == 1


def test_another_persons_card_settles_nobody_elses_visit() -> None:
    stage = staged()
    number = registered(stage).visit
    stage.cards["new"] = stage.cards["other"]
    ended = at_desk(stage, PAYING, settles(number))
    assert outcome(ended) in {PaymentOutcome.OTHER_HOLDER, PaymentOutcome.NOT_USABLE, PaymentOutcome.REFUSED}
    assert [sale.phase for sale in stage.drawers[HOSPITAL].book.sales()] == [Phase.CLOSED]


def test_a_card_with_a_purse_records_the_settlement_of_a_visit_too() -> None:
    stage = staged("purse-record", purse_fen=0)
    paid = at_desk(stage, PAYING, settles(registered(stage).visit))
    assert paid is not None and paid.outcome is PaymentOutcome.PAID
    assert paid.sale is not None and paid.sale.debit is not None
    assert paid.sale.debit.self_paid_fen == paid.sale.total_fen
    assert paid.sale.debit.pool_fen == paid.sale.fund_fen + paid.sale.account_fen


@dataclass
class Interruption:
    """One thing that goes wrong at the `at`-th exchange, before it or after it."""

    at: int
    before_it: bool
    error: Exception

    def before(self, exchange: int, party: Party) -> None:
        self._strike(exchange, self.before_it)

    def after(self, exchange: int, party: Party) -> None:
        self._strike(exchange, not self.before_it)

    def _strike(self, exchange: int, now: bool) -> None:
        if exchange == self.at and now:
            raise self.error


@dataclass
class Counting:
    """Learns who each exchange is with."""

    parties: list[Party] = field(default_factory=list)

    def before(self, exchange: int, party: Party) -> None:
        self.parties.append(party)

    def after(self, exchange: int, party: Party) -> None:
        """Nothing more to learn."""


def interruptions(stage: Stage, steps: tuple[ScriptStep, ...], act: Act) -> Iterator[Interruption]:
    """Power lost around the last exchanges; request and answer lost at each of them that is with the centre."""
    counting = Counting()
    at_desk(stage, steps, act, counting)
    for at, party in list(enumerate(counting.parties, 1))[-LAST:]:
        for before_it in (True, False):
            yield Interruption(at, before_it, TerminalPowerLossError())
            if party is Party.CENTRE:
                yield Interruption(at, before_it, UnreachableError("lost"))


@FORMS
def test_an_interrupted_registration_leaves_one_visit_once_it_was_done_again(form: VisitForm) -> None:
    for interruption in interruptions(staged(), AT_THE_DESK, registers(form)):
        stage = staged()
        ended = at_desk(stage, AT_THE_DESK, registers(form), interruption)
        tries = 0
        while outcome(ended) not in (PaymentOutcome.REGISTERED, PaymentOutcome.FINISHED_EARLIER):
            ended, tries = at_desk(stage, AT_THE_DESK, registers(form)), tries + 1
            assert tries < 4, f"{interruption}: {ended}"
        book = stage.drawers[HOSPITAL].book
        assert not book.open_sales(), interruption
        assert len(standing_visits(stage)) == 1, interruption
        assert [sale.phase for sale in book.sales() if sale.phase.counts] == [Phase.CLOSED], interruption


@FORMS
def test_an_interrupted_giving_up_leaves_no_visit_once_it_was_done_again(form: VisitForm) -> None:
    first = staged()
    for interruption in interruptions(first, AGREEING, gives_up(registered(first, form).visit)):
        stage = staged()
        number = registered(stage, form).visit
        at_desk(stage, AGREEING, gives_up(number), interruption)
        again = at_desk(stage, AGREEING, gives_up(number))
        assert outcome(again) in (PaymentOutcome.VISIT_GIVEN_UP, PaymentOutcome.NO_SUCH_VISIT), interruption
        assert standing_visits(stage) == [], interruption
        assert not stage.drawers[HOSPITAL].book.open_sales(), interruption


def test_an_interrupted_settlement_is_booked_once_when_it_was_done_again() -> None:
    first = staged()
    for interruption in interruptions(first, PAYING, settles(registered(first).visit)):
        stage = staged()
        number = registered(stage).visit
        ended = at_desk(stage, PAYING, settles(number), interruption)
        while outcome(ended) not in (PaymentOutcome.PAID, PaymentOutcome.FINISHED_EARLIER):
            ended = at_desk(stage, PAYING, settles(number))
        new = centre_side(stage, "new")
        assert new is not None and new.balance_fen == 0, interruption
        assert outcome(at_desk(stage, (), reconciles)) is PaymentOutcome.RECONCILED, interruption
        assert money_faults(stage) == [], interruption
