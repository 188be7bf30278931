"""The dual insert as a table: complete, connected, and drawn as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.backoffice.ports import RefusalCode
from terminal.exit_codes import ExitCode
from terminal.flow import diagram
from terminal.flow.dual_insert import MACHINE, Event, State
from terminal.flow.dual_insert_actions import ACTIONS
from terminal.flow.dual_insert_run import FAILURES
from terminal.flow.outcomes import BY_REFUSAL, Outcome

PAGE = Path(__file__).parents[3] / "docs" / "dual-insert.md"


@pytest.mark.parametrize("state", State)
def test_every_event_has_an_answer_in_every_state(state: State) -> None:
    for event in Event:
        assert isinstance(MACHINE.next(state, event), State | Outcome)


@pytest.mark.parametrize("state", State)
def test_every_state_has_an_action_and_a_row(state: State) -> None:
    assert state in ACTIONS
    assert MACHINE.rows[state]


def test_every_state_is_reachable_from_the_start() -> None:
    reached, frontier = {MACHINE.start}, [MACHINE.start]
    while frontier:
        state = frontier.pop()
        targets = {MACHINE.next(state, event) for event in Event}
        fresh = {target for target in targets if isinstance(target, State)} - reached
        reached |= fresh
        frontier += fresh
    assert reached == set(State)


def test_every_state_leads_to_an_end() -> None:
    ending = {
        state
        for state in State
        if any(isinstance(target, Outcome) for target in MACHINE.rows[state].values())
    }
    while True:
        more = {state for state in State if set(MACHINE.rows[state].values()) & ending} - ending
        if not more:
            break
        ending |= more
    assert ending == set(State)


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


def test_outcomes_have_names_of_their_own_and_texts_in_both_languages() -> None:
    assert len({outcome.label for outcome in Outcome}) == len(Outcome)
    for outcome in Outcome:
        assert outcome.text.en.isascii() and outcome.text.zh


def test_diagram_names_every_state_and_every_transition() -> None:
    drawn = MACHINE.mermaid()
    for state, row in MACHINE.rows.items():
        for event, target in row.items():
            assert f"    {state.name} --> {target.name}: {event.name}\n" in drawn
    for event, target in MACHINE.anywhere.items():
        assert f"anywhere: {event.name} to {target.name}" in drawn


def test_page_is_fresh() -> None:
    remedy = "run `python -m terminal.flow.diagram > docs/dual-insert.md`"
    assert PAGE.read_text(encoding="utf-8") == diagram.page(), remedy
