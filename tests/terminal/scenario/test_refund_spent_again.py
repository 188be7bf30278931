"""A cancellation whose answer is lost, and whose money is spent before it could be reversed, is booked and stays so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from terminal.backoffice.stored.ledger import EMPLOYEE_FUND, fund_account
from terminal.counter import DEFAULT_PHARMACY
from terminal.flow import payment_actions
from terminal.flow.payment import Payment
from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.payment_run import PaymentEnded
from terminal.flow.purchase import Event, State
from terminal.flow.sales import Phase, SalesBook
from terminal.flow.steps import Flow
from terminal.scenario.findings import centre_side, money_faults
from terminal.scenario.model import VisitSpec, load_scenario
from terminal.scenario.payment_sweep import RECONCILE
from terminal.scenario.run import act
from terminal.scenario.script import ScriptOperator
from terminal.scenario.stage import Stage

SCENARIO = load_scenario(Path(__file__).parents[2] / "scenarios" / "purchase-refund-answer-lost.yaml")
PURCHASE, LOST_REFUND, REFUND, _ = SCENARIO.visits


@pytest.fixture
def stage() -> Stage:
    """One purchase is paid."""
    stage = Stage.of(SCENARIO)
    assert visited(stage, PURCHASE).outcome is PaymentOutcome.PAID
    return stage


def visited(stage: Stage, visit: VisitSpec) -> PaymentEnded:
    counter = stage.counter(SCENARIO.terminal)
    operator = ScriptOperator(visit.operator, stage.cards, counter.slots, stage.pins, strict=False)
    ended = act(stage, visit, counter, operator)
    assert isinstance(ended, PaymentEnded)
    assert len(operator.receipts) == (ended.outcome.exit_code == 0 and visit is not RECONCILE)
    return ended


def book_of(stage: Stage) -> SalesBook:
    return stage.drawers[DEFAULT_PHARMACY].book


def spend_everything(stage: Stage) -> None:
    side = centre_side(stage, "new")
    assert side is not None and side.balance_fen
    source, store = f"new:{stage.social_record('new').number}", stage.office.store
    with store.transaction():
        spent = (source, fund_account(EMPLOYEE_FUND), side.balance_fen)
        store.move(*spent, reason="elsewhere", at=stage.clock)


def assert_cancelled_once(stage: Stage) -> None:
    sold, cancelled = book_of(stage).sales()
    assert (sold.phase, cancelled.phase, cancelled.cancels) == (Phase.CLOSED, Phase.CLOSED, sold.settlement)
    assert cancelled.settlement and cancelled.total_fen == -sold.total_fen
    assert visited(stage, RECONCILE).outcome is PaymentOutcome.RECONCILED
    assert money_faults(stage) == []


def test_it_is_booked_and_gets_its_slip_at_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def reverse(payment: Payment) -> Flow[Event]:
        spend_everything(stage)
        return (yield from payment_actions.reverse(payment))

    monkeypatch.setitem(payment_actions.ACTIONS, State.REVERSE, reverse)  # type: ignore[arg-type]
    assert visited(stage, LOST_REFUND).outcome is PaymentOutcome.REFUNDED
    assert_cancelled_once(stage)


def test_it_gets_its_slip_at_the_next_visit(stage: Stage) -> None:
    assert visited(stage, REFUND).outcome is PaymentOutcome.REFUNDED
    *_, cancelled = book_of(stage).sales()
    book_of(stage).keep(replace(cancelled, phase=Phase.SENT, settlement=""))
    spend_everything(stage)
    assert visited(stage, PURCHASE).outcome is PaymentOutcome.FINISHED_EARLIER
    assert_cancelled_once(stage)
