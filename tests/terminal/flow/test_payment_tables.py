"""Paying as tables: complete, connected, and drawn as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.flow import hospital_page, payment_diagram
from terminal.flow.hospital import CLINIC_SETTLEMENT, GIVING_UP, REGISTRATION
from terminal.flow.payment_actions import ACTIONS
from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.payment_run import FAILURES
from terminal.flow.purchase import PURCHASE, RECONCILIATION, REFUND, Event, PaymentMachine, State
from terminal.trace.names import STATE_NAMES

DOCS = Path(__file__).parents[3] / "docs"
EVERY_MACHINE = (PURCHASE, REFUND, RECONCILIATION, REGISTRATION, CLINIC_SETTLEMENT, GIVING_UP)
MACHINES = [
    pytest.param(PURCHASE, id="purchase"),
    pytest.param(REFUND, id="refund"),
    pytest.param(RECONCILIATION, id="reconciliation"),
    pytest.param(REGISTRATION, id="registration"),
    pytest.param(CLINIC_SETTLEMENT, id="clinic-settlement"),
    pytest.param(GIVING_UP, id="giving-up"),
]


@pytest.mark.parametrize("machine", MACHINES)
def test_every_event_has_an_answer_in_every_state(machine: PaymentMachine) -> None:
    for state in State:
        for event in Event:
            assert isinstance(machine.next(state, event), State | PaymentOutcome)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_of_a_table_is_reachable_and_no_other(machine: PaymentMachine) -> None:
    reached, frontier = {machine.start}, [machine.start]
    while frontier:
        row = machine.rows[frontier.pop()]
        fresh = {target for target in row.values() if isinstance(target, State)} - reached
        reached |= fresh
        frontier += fresh
    assert reached == set(machine.rows)


def test_every_state_has_an_action_a_name_and_a_table() -> None:
    in_tables = {state for machine in EVERY_MACHINE for state in machine.rows}
    assert set(State) == set(ACTIONS) == in_tables
    assert {state.name for state in State} <= set(STATE_NAMES)


@pytest.mark.parametrize("machine", [PURCHASE, CLINIC_SETTLEMENT], ids=["purchase", "clinic-settlement"])
def test_more_cash_than_was_agreed_to_is_kept_by_a_yes_alone(machine: PaymentMachine) -> None:
    assert machine.next(State.SETTLE, Event.OTHER_SPLIT) is State.AGREE_AGAIN
    for event in (Event.DECLINED, Event.TIMED_OUT, Event.CANCELLED):
        assert machine.next(State.AGREE_AGAIN, event) is State.UNDO_DEARER
    assert machine.next(State.UNDO_DEARER, Event.UNREACHABLE) is PaymentOutcome.UNKNOWN


def test_whatever_moves_money_is_reversed_where_no_answer_comes() -> None:
    for machine, state in (
        (PURCHASE, State.SETTLE),
        (REFUND, State.CANCEL_SALE),
        (REGISTRATION, State.REGISTER),
        (CLINIC_SETTLEMENT, State.SETTLE),
    ):
        assert machine.next(state, Event.UNREACHABLE) is State.REVERSE
        assert machine.next(State.REVERSE, Event.UNREACHABLE) is PaymentOutcome.UNKNOWN


def test_every_failure_leads_somewhere_from_anywhere() -> None:
    for machine in EVERY_MACHINE:
        assert {event for _, event in FAILURES} == set(machine.anywhere)


def test_settlement_and_debit_stand_both_or_neither() -> None:
    failures = set(PURCHASE.anywhere)
    assert {PURCHASE.next(State.BEGIN_DEBIT, failure) for failure in failures} == {State.UNDO_SETTLEMENT}
    for state in (State.REINSERT_CARD, State.ASK_PROOF, State.FINISH_DEBIT, State.SEARCH_LOG):
        assert {PURCHASE.next(state, failure) for failure in failures} == {PaymentOutcome.DEBIT_UNKNOWN}


def test_the_pages_are_what_the_tables_say() -> None:
    for name, written in (("purchase", payment_diagram.page()), ("hospital", hospital_page.page())):
        assert (DOCS / f"{name}.md").read_text(encoding="utf-8") == written, "run `make docs`"
