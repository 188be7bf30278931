"""A patient's visit over a real socket: whatever fails at the centre, there is one visit and one settlement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from serve_desk import NOW, Served
from serve_shop import Shop

from terminal.backoffice.national_line import MessageIds
from terminal.counter import Till
from terminal.flow.clinic import ClinicBill, InPatient, OutPatient, Staff
from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.payment_run import PaymentEnded
from terminal.scenario.script import Answer, EnterPinStep, Insert, Remove, ScriptOperator, ScriptStep
from terminal.serve.failures import Failure, FailureKind

HOSPITAL = "990100000101"
STAFF = Staff("A02", "全科", "D0001", "测试医师")
FORMS = {"2201": OutPatient(STAFF), "2401": InPatient(STAFF, "J18.9", "肺炎", "3-12")}
AT_THE_DESK: tuple[ScriptStep, ...] = (Insert("new"), Remove())
PAYING: tuple[ScriptStep, ...] = (Insert("new"), EnterPinStep("123456"), Answer(True), Remove())
DONE = (PaymentOutcome.REGISTERED, PaymentOutcome.PAID, PaymentOutcome.FINISHED_EARLIER)
MOST_VISITS = 10
Act = Callable[[Till, ScriptOperator], PaymentEnded]


class Desk(Shop):
    """A hospital's desk at the other end of a socket, with a book that stays."""

    def register(self, infno: str) -> PaymentEnded:
        """Register the patient, again until it is done."""
        return self._until_done(AT_THE_DESK, lambda till, operator: till.register(FORMS[infno], operator))

    def settle(self, visit: str) -> PaymentEnded:
        """Settle the visit, again until it is done."""
        bill = ClinicBill(120_000)
        return self._until_done(PAYING, lambda till, operator: till.settle_visit(visit, bill, operator))

    def _until_done(self, steps: tuple[ScriptStep, ...], act: Act) -> PaymentEnded:
        for _ in range(3):
            till, operator = self.till()
            place = replace(till.terminal, settings=replace(till.terminal.settings, pharmacy=HOSPITAL))
            till = replace(till, terminal=place, new_msgid=self.hospital_ids)
            ended: PaymentEnded = act(
                till, ScriptOperator(steps, operator.cards, operator.slots, {}, strict=False)
            )
            if ended.outcome in DONE:
                return ended
            for slot in operator.slots.values():
                slot.remove()
        raise AssertionError(f"it is never done: {ended}")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.hospital_ids = MessageIds(HOSPITAL, self.profile, lambda: NOW)

    def visits(self) -> int:
        """How many visits take place, as the centre has it."""
        with self.served.pool.centre() as centre, centre.store.transaction():
            found = [centre.store.visit(entry) for entry in range(1, MOST_VISITS)]
        return sum(visit is not None and not visit.cancelled for visit in found)


@pytest.fixture
def desk(served: Served) -> Desk:
    return Desk(served)


@pytest.mark.parametrize("infno", FORMS)
@pytest.mark.parametrize("kind", [None, FailureKind.GARBLED, FailureKind.DUPLICATE, FailureKind.DOWN])
def test_a_patient_is_registered_once(desk: Desk, infno: str, kind: FailureKind | None) -> None:
    if kind is not None:
        desk.served.switch.on(Failure(kind, infno))
    ended = desk.register(infno)
    assert ended.sale is not None and ended.sale.visit
    assert desk.visits() == 1 and desk.book.open_sales() == ()
    assert bool(desk.served.switch.struck) is (kind is not None)


@pytest.mark.parametrize("infno", FORMS)
@pytest.mark.parametrize("kind", [None, FailureKind.GARBLED])
def test_a_visit_is_settled_once(desk: Desk, infno: str, kind: FailureKind | None) -> None:
    ended = desk.register(infno)
    assert ended.sale is not None
    if kind is not None:
        desk.served.switch.on(Failure(kind, "2207"))
    paid = desk.settle(ended.sale.visit).sale
    assert paid is not None and paid.fund_fen + paid.account_fen + paid.cash_fen == paid.total_fen == 120_000
    with desk.served.pool.centre() as centre, centre.store.transaction():
        assert centre.store.balance(f"new:{paid.card}") == paid.balance_fen
        assert centre.store.ledger_faults() + centre.store.settlement_faults() == []
