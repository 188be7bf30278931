"""Paying as tables: complete, connected, and drawn as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.flow import payment_diagram
from terminal.flow.payment_actions import ACTIONS
from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.payment_run import FAILURES
from terminal.flow.purchase import PURCHASE, RECONCILIATION, REFUND, Event, PaymentMachine, State
from terminal.trace.names import STATE_NAMES

PAGE = Path(__file__).parents[3] / "docs" / "purchase.md"
MACHINES = [
    pytest.param(PURCHASE, id="purchase"),
    pytest.param(REFUND, id="refund"),
    pytest.param(RECONCILIATION, id="reconciliation"),
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
    in_tables = set(PURCHASE.rows) | set(REFUND.rows) | set(RECONCILIATION.rows)
    assert set(State) == set(ACTIONS) == in_tables
    assert {state.name for state in State} <= set(STATE_NAMES)


def test_whatever_moves_money_is_reversed_where_no_answer_comes() -> None:
    for machine, state in ((PURCHASE, State.SETTLE), (REFUND, State.CANCEL_SALE)):
        assert machine.next(state, Event.UNREACHABLE) is State.REVERSE
        assert machine.next(State.REVERSE, Event.UNREACHABLE) is PaymentOutcome.UNKNOWN


def test_every_failure_leads_somewhere_from_anywhere() -> None:
    for machine in (PURCHASE, REFUND, RECONCILIATION):
        assert {event for _, event in FAILURES} == set(machine.anywhere)


def test_the_page_is_what_the_tables_say() -> None:
    remedy = "run `python -m terminal.flow.payment_diagram > docs/purchase.md`"
    assert PAGE.read_text(encoding="utf-8") == payment_diagram.page(), remedy
