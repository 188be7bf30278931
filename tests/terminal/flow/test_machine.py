"""Activating at a pharmacy as tables: complete, connected, and drawn as it is."""

from __future__ import annotations

from collections import Counter as Tally
from pathlib import Path
from typing import Any

import pytest

from terminal.backoffice.ports import RefusalCode
from terminal.exit_codes import ExitCode
from terminal.flow import diagram
from terminal.flow.card_alone import ACTIONS as ALONE
from terminal.flow.card_alone import CARD_ALONE
from terminal.flow.dual_insert import MACHINE, Event, State
from terminal.flow.dual_insert_actions import ACTIONS
from terminal.flow.dual_insert_run import FAILURES
from terminal.flow.machine import Machine
from terminal.flow.outcomes import BY_REFUSAL, Outcome

PAGE = Path(__file__).parents[3] / "docs" / "dual-insert.md"


Table = Machine[State, Event, Outcome]
TABLES = pytest.mark.parametrize(
    ("machine", "actions"),
    [pytest.param(MACHINE, ACTIONS, id="dual-insert"), pytest.param(CARD_ALONE, ALONE, id="card-alone")],
)


@TABLES
def test_every_event_has_an_answer_in_every_state(machine: Table, actions: Any) -> None:
    for state in State:
        for event in Event:
            assert isinstance(machine.next(state, event), State | Outcome)


@TABLES
def test_every_state_has_an_action_and_a_row(machine: Table, actions: Any) -> None:
    assert set(machine.rows) <= set(actions)
    assert all(machine.rows.values())


def test_every_state_is_in_a_table() -> None:
    assert {*MACHINE.rows, *CARD_ALONE.rows} == set(State)


@TABLES
def test_every_state_is_reachable_from_the_start(machine: Table, actions: Any) -> None:
    reached, frontier = {machine.start}, [machine.start]
    while frontier:
        state = frontier.pop()
        targets = {machine.next(state, event) for event in Event}
        fresh = {target for target in targets if isinstance(target, State)} - reached
        reached |= fresh
        frontier += fresh
    assert reached == set(machine.rows)


@TABLES
def test_every_state_leads_to_an_end(machine: Table, actions: Any) -> None:
    ending = {
        state
        for state, row in machine.rows.items()
        if any(isinstance(target, Outcome) for target in row.values())
    }
    while True:
        more = {state for state, row in machine.rows.items() if set(row.values()) & ending} - ending
        if not more:
            break
        ending |= more
    assert ending == set(machine.rows)


def test_every_event_leads_somewhere_and_every_failure_does_from_anywhere() -> None:
    used = {event for row in MACHINE.rows.values() for event in row} | set(MACHINE.anywhere)
    assert used == set(Event)
    assert {event for _, event in FAILURES} <= set(MACHINE.anywhere)


def test_every_outcome_is_in_the_table_or_stands_for_a_refusal() -> None:
    in_table = {target for row in MACHINE.rows.values() for target in row.values()} | set(
        MACHINE.anywhere.values()
    )
    assert {target for target in in_table if isinstance(target, Outcome)} | set(BY_REFUSAL.values()) | {
        MACHINE.impossible
    } == set(Outcome)
    assert set(BY_REFUSAL) == set(RefusalCode)


def test_pair_that_cannot_occur_is_called_a_bug() -> None:
    assert MACHINE.next(State.INSERT_OLD, Event.COMMITTED) is Outcome.IMPOSSIBLE
    assert Outcome.IMPOSSIBLE.exit_code is ExitCode.BUG


def test_row_comes_before_what_holds_anywhere() -> None:
    assert MACHINE.next(State.READ_OLD, Event.CARD_MUTE) is Outcome.UNREADABLE_OLD_CARD
    assert MACHINE.next(State.IDENTIFY_NEW, Event.CARD_MUTE) is Outcome.CARD_MUTE


@pytest.mark.parametrize(
    "state", [State.OPEN_JOURNAL, State.WRITE_PIN, State.WRITE_MEDICAL, State.WRITE_STATUS]
)
def test_refusal_between_reservation_and_commit_is_undone(state: State) -> None:
    assert MACHINE.next(state, Event.CARD_REFUSED) is State.UNDO
    assert MACHINE.next(state, Event.REFUSED) is State.UNDO


def test_outcomes_have_words_of_their_own_in_both_languages() -> None:
    assert len({outcome.text.en for outcome in Outcome}) == len({outcome.text.zh for outcome in Outcome})
    assert len({outcome.text.en for outcome in Outcome}) == len(Outcome)
    for outcome in Outcome:
        assert outcome.text.en.isascii() and outcome.text.zh


def test_outcomes_have_names_of_their_own_but_for_who_differs_from_whom() -> None:
    labels = Tally(outcome.label for outcome in Outcome)
    assert {label for label, times in labels.items() if times > 1} == {"other-holder"}
    assert Outcome.OTHER_HOLDER.exit_code is Outcome.OTHER_HOLDER_AT_CENTRE.exit_code


@TABLES
def test_diagram_names_every_state_and_every_transition(machine: Table, actions: Any) -> None:
    drawn = machine.mermaid()
    for state, row in machine.rows.items():
        for event, target in row.items():
            assert f"    {state.name} --> {target.name}: {event.name}\n" in drawn
    for event, target in machine.anywhere.items():
        assert f"anywhere: {event.name} to {target.name}" in drawn


def test_page_is_fresh() -> None:
    remedy = "run `python -m terminal.flow.diagram > docs/dual-insert.md`"
    assert PAGE.read_text(encoding="utf-8") == diagram.page(), remedy
