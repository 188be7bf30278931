"""The sweep: no exchange at which something may go wrong breaks an invariant, and broken rules are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from swept_subjects import Only, at_once, bank, hospital, pharmacy

from apdu.layout.states import SocialState
from terminal.backoffice import activation
from terminal.backoffice.activation import commit_activation
from terminal.backoffice.office import Office
from terminal.backoffice.records import OldCard, Reservation, ReservationStatus, SocialCard
from terminal.backoffice.store import Store
from terminal.backoffice.stored.ledger import EMPLOYEE_FUND, fund_account
from terminal.flow import dual_insert_actions, dual_insert_run
from terminal.flow.dual_insert import MACHINE, Event, State
from terminal.flow.outcomes import Outcome
from terminal.flow.steps import Flow
from terminal.flow.visit import Visit
from terminal.scenario.model import Scenario, ScenarioError, load_scenario
from terminal.scenario.sweep import SweepResult, sweep
from terminal.scenario.sweep_points import Point, Shape
from terminal.session import Party

PLAIN = Path(__file__).parents[2] / "scenarios" / "dual-insert.yaml"
SAMPLE = 53
CONFIGURATIONS = [
    pytest.param(new, means, readers, id=f"{new}-{means}-{readers}")
    for new in ("ssc-1.0", "ssc-2.0", "ssc-3.0")
    for means in ("psam", "hsm")
    for readers in (1, 2)
]


def configured(new: str, means: str, readers: int) -> Scenario:
    plain = load_scenario(PLAIN)
    card = msgspec.structs.replace(plain.cards["new"], kind=new)
    terminal = msgspec.structs.replace(plain.terminal, means=means, readers=readers)
    return msgspec.structs.replace(plain, cards={**plain.cards, "new": card}, terminal=terminal)


def assert_clean(result: SweepResult) -> None:
    assert result.passed, "\n".join(str(violation) for violation in result.violations[:20])


@pytest.mark.parametrize(("new", "means", "readers"), CONFIGURATIONS)
def test_sampled_sweep_finds_no_violation(new: str, means: str, readers: int) -> None:
    result = sweep(configured(new, means, readers), every=SAMPLE)
    assert result.points >= 9
    assert_clean(result)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("new", "means", "readers"), CONFIGURATIONS)
def test_full_sweep_finds_no_violation(new: str, means: str, readers: int) -> None:
    result = sweep(configured(new, means, readers))
    assert result.points > 4 * result.exchanges
    assert_clean(result)


@pytest.mark.parametrize("subject", [hospital, bank])
def test_sampled_sweep_of_an_errand_finds_no_violation(subject: Callable[[], Scenario]) -> None:
    result = sweep(subject(), every=SAMPLE)
    assert result.points >= 9
    assert_clean(result)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("subject", [hospital, bank])
def test_full_sweep_of_an_errand_finds_no_violation(subject: Callable[[], Scenario]) -> None:
    assert_clean(sweep(subject()))


def test_sweep_tries_both_sides_of_every_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def remember(ground: Any, subject: Any, point: Any) -> Iterator[Any]:
        tried.append(point)
        return iter(())

    monkeypatch.setattr("terminal.scenario.sweeping._try", remember)
    result = sweep(load_scenario(PLAIN))
    sides = {"pull before", "pull after", "power loss before", "power loss after"}
    for exchange in range(1, result.exchanges + 1):
        points = [point for point in tried if point.exchange == exchange]
        assert sides <= {point.what for point in points}
        if points[0].party is Party.CENTRE:
            assert {"request lost", "answer lost"} <= {point.what for point in points}
    assert {point.party for point in tried} == set(Party)
    assert len({(point.exchange, point.after_bytes) for point in tried if point.what == "tear"}) > 150


def test_sweep_wants_one_visit_that_activates() -> None:
    plain = load_scenario(PLAIN)
    with pytest.raises(ScenarioError, match="one visit without faults"):
        sweep(msgspec.structs.replace(plain, visits=plain.visits * 2))
    lost = msgspec.structs.replace(plain.centre, new_state="FORMALLY_LOST")
    with pytest.raises(ScenarioError, match="undisturbed it ends card-lost"):
        sweep(msgspec.structs.replace(plain, centre=lost))


# --- one rule broken on purpose ---------------------------------------------------------------------------------


def problems_of(result: SweepResult) -> str:
    assert not result.passed, "the broken rule was not found"
    return "\n".join(str(violation) for violation in result.violations)


def after_the_centre(point: Point, shape: Shape) -> bool:
    """The centre has done its part, and nothing of it is on the card yet."""
    return point.party is Party.CENTRE and point.what == "power loss after"


def with_rows(
    monkeypatch: pytest.MonkeyPatch, changes: Mapping[State, Mapping[Event, State | Outcome]]
) -> None:
    rows = {state: {**row, **changes.get(state, {})} for state, row in MACHINE.rows.items()}
    monkeypatch.setattr(dual_insert_run, "MACHINE", replace(MACHINE, rows=rows))


def with_action(monkeypatch: pytest.MonkeyPatch, state: State, action: Any) -> None:
    actions = {**dual_insert_actions.ACTIONS, state: action}
    monkeypatch.setattr(dual_insert_run, "ACTIONS", actions)


def test_finds_that_a_committed_activation_is_left_alone(monkeypatch: pytest.MonkeyPatch, only: Only) -> None:
    with_rows(monkeypatch, {State.QUERY: {Event.COMMITTED: Outcome.ALREADY_ACTIVE}})
    only(after_the_centre)
    found = problems_of(sweep(pharmacy()))
    assert "the journal on the card is still open" in found


def test_finds_that_the_pin_is_changed_after_the_commit(monkeypatch: pytest.MonkeyPatch, only: Only) -> None:
    with_rows(
        monkeypatch,
        {
            State.OPEN_JOURNAL: {Event.DONE: State.WRITE_MEDICAL},
            State.CONFIRM: {Event.DONE: State.WRITE_PIN},
            State.WRITE_PIN: {Event.DONE: State.CLOSE_JOURNAL},
            State.CATCH_UP: {Event.COMMITTED: State.CLOSE_JOURNAL},
        },
    )
    only(after_the_centre)
    found = problems_of(sweep(pharmacy()))
    assert "the new card is active but does not have the old card's PIN" in found


def test_finds_that_medical_data_are_written_after_the_commit(
    monkeypatch: pytest.MonkeyPatch, only: Only
) -> None:
    with_rows(
        monkeypatch,
        {
            State.WRITE_PIN: {Event.DONE: State.WRITE_STATUS},
            State.CONFIRM: {Event.DONE: State.WRITE_MEDICAL},
            State.WRITE_MEDICAL: {Event.DONE: State.CLOSE_JOURNAL},
            State.QUERY: {Event.COMMITTED: State.CLOSE_JOURNAL},
        },
    )
    only(after_the_centre)
    found = problems_of(sweep(pharmacy()))
    assert "are not on the card" in found


def test_finds_that_the_status_is_written_last_and_never_caught_up(
    monkeypatch: pytest.MonkeyPatch, only: Only
) -> None:
    with_rows(
        monkeypatch,
        {
            State.WRITE_MEDICAL: {Event.DONE: State.CONFIRM},
            State.CONFIRM: {Event.DONE: State.WRITE_STATUS},
            State.WRITE_STATUS: {Event.DONE: State.CLOSE_JOURNAL},
            State.QUERY: {
                Event.COMMITTED: State.CLOSE_JOURNAL,
                Event.STALE_STATUS: Outcome.ALREADY_ACTIVE,
            },
        },
    )
    only(after_the_centre)
    found = problems_of(sweep(pharmacy()))
    assert "the card says SEALED, the centre NORMAL" in found


def test_finds_that_undoing_forgets_the_reservation(monkeypatch: pytest.MonkeyPatch, only: Only) -> None:
    def keep_reservation(visit: Visit) -> Flow[Event]:
        yield from ()
        assert visit.cause is not None
        return visit.cause

    with_action(monkeypatch, State.UNDO, keep_reservation)
    only(after_the_centre)
    found = problems_of(sweep(pharmacy()))
    assert "then given up first: the reservation at the centre is still open" in found


def test_finds_that_the_commit_forgets_to_cancel_the_old_card(only: Only) -> None:
    def commit(
        store: Store, reservation: Reservation, card: SocialCard, old: OldCard, at: datetime
    ) -> Reservation:
        committed = commit_activation(store, reservation, card, old, at)
        store.set_old_state(old.number, SocialState.NORMAL, replaced_by=card.number)
        return committed

    only(at_once)
    found = problems_of(sweep(pharmacy(), make_office=partial(Office.open, commit=commit)))
    assert "both cards are usable" in found


def test_finds_that_the_commit_forgets_the_money(monkeypatch: pytest.MonkeyPatch, only: Only) -> None:
    monkeypatch.setattr(activation, "transfer", lambda *arguments: None)
    only(at_once)
    found = problems_of(sweep(pharmacy()))
    assert "the account is not with the card that is usable" in found


def test_finds_that_the_commit_enables_nothing(only: Only) -> None:
    def commit(
        store: Store, reservation: Reservation, card: SocialCard, old: OldCard, at: datetime
    ) -> Reservation:
        committed = commit_activation(store, reservation, card, old, at)
        store.set_state(card)
        return committed

    only(at_once)
    found = problems_of(sweep(pharmacy(), make_office=partial(Office.open, commit=commit)))
    assert "neither card is usable" in found


def test_finds_that_the_commit_takes_one_fen(only: Only) -> None:
    def commit(
        store: Store, reservation: Reservation, card: SocialCard, old: OldCard, at: datetime
    ) -> Reservation:
        committed = commit_activation(store, reservation, card, old, at)
        store.move(card.account, fund_account(EMPLOYEE_FUND), 1, reason="fee", at=at)
        return committed

    only(at_once)
    found = problems_of(sweep(pharmacy(), make_office=partial(Office.open, commit=commit)))
    assert "the accounts hold 428535 fen, not 428536" in found


def test_finds_that_a_commit_is_carried_out_in_two_transactions(only: Only) -> None:
    """The centre that answers first and marks its reservation later leaves it open for ever."""

    def commit(
        store: Store, reservation: Reservation, card: SocialCard, old: OldCard, at: datetime
    ) -> Reservation:
        committed = commit_activation(store, reservation, card, old, at)
        store.set_reservation(replace(committed, status=ReservationStatus.OPEN))
        return committed

    only(at_once)
    found = problems_of(sweep(pharmacy(), make_office=partial(Office.open, commit=commit)))
    assert "the reservation at the centre is still open" in found
