"""The table of card states: complete, drawn as it is, and never left, whatever is asked in whatever order."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from centre_samples import APP, COUNTER, HISTORY, HOLDER, HOSPITAL, KEY, PAPERS, PHONE, PLACE, RECEIVED
from hypothesis import given
from hypothesis import strategies as st

from apdu.layout.states import Channel, FinancialState, ReceiptMode, SocialState
from terminal.backoffice import card_states_page
from terminal.backoffice.bank_ports import BankNotice
from terminal.backoffice.card_life_ports import CancelCard, LockCard, ReleaseLoss, ReportLoss, UnlockCard
from terminal.backoffice.card_ports import Enable, QueryCard
from terminal.backoffice.card_states import MOVES, REPEATS, Operation, edges, is_legal, mermaid, moved
from terminal.backoffice.channel_ports import CENTRE
from terminal.backoffice.ports import MedicalBase, RefusedError
from terminal.backoffice.records import LOST_STATES, LossReason, SocialCard
from terminal.backoffice.store import Store

PAGE = Path(__file__).parents[3] / "docs" / "card-states.md"
CARD = SocialCard(
    KEY,
    HISTORY,
    HOLDER,
    SocialState.SEALED,
    FinancialState.INACTIVE,
    None,
    RECEIVED,
    ReceiptMode.IN_PERSON,
    MedicalBase(),
)


def test_every_state_has_a_row_and_every_operation_its_repeats() -> None:
    assert set(MOVES) == set(SocialState)
    assert set(REPEATS) == set(Operation)
    for state in SocialState:
        assert not any(state in REPEATS[operation] for operation in MOVES[state])


@given(st.lists(st.sampled_from(Operation), max_size=30))
def test_no_sequence_of_operations_leaves_the_table(operations: list[Operation]) -> None:
    card = CARD
    for operation in operations:
        if not is_legal(card.social, operation):
            with pytest.raises(ValueError, match="no way"):
                moved(card, operation)
            continue
        after = moved(card, operation)
        assert after is card or (card.social, after.social) in edges()
        lost = after.social in LOST_STATES
        assert (after.state_before_loss is not None, after.loss_reason is not None) == (lost, lost)
        card = after


@pytest.mark.parametrize("start", [SocialState.SEALED, SocialState.NORMAL])
@pytest.mark.parametrize("first", [Operation.SUSPEND, Operation.LOSE, Operation.RUN_LATE])
def test_a_release_returns_to_the_state_before_the_first_loss(start: SocialState, first: Operation) -> None:
    lost = moved(replace(CARD, social=start), first)
    if first is Operation.SUSPEND:
        lost = moved(lost, Operation.LOSE)
        assert lost.social is SocialState.FORMALLY_LOST
    assert moved(lost, Operation.RELEASE) == replace(CARD, social=start)


def test_a_reported_loss_on_top_keeps_the_deadline_as_its_reason() -> None:
    lost = moved(CARD, Operation.RUN_LATE)
    assert moved(lost, Operation.LOSE) is lost
    assert lost.loss_reason is LossReason.DEADLINE


def test_enabling_says_how_and_when_and_a_second_time_changes_neither() -> None:
    card = moved(CARD, Operation.ENABLE, at=RECEIVED, channel=Channel.PHONE)
    assert (card.social, card.enabled_by, card.enabled_at) == (SocialState.NORMAL, Channel.PHONE, RECEIVED)
    assert moved(card, Operation.ENABLE, at=None, channel=Channel.ONLINE) is card


def test_cancelled_and_void_are_final() -> None:
    assert MOVES[SocialState.CANCELLED] == MOVES[SocialState.VOID] == {}
    assert not any(SocialState.VOID in edge for edge in edges())


def test_the_diagram_has_every_move() -> None:
    drawn = mermaid()
    for source, target in edges():
        assert f"    {source.name} --> {target.name}: " in drawn


def test_the_page_is_fresh() -> None:
    remedy = "run `python -m terminal.backoffice.card_states_page > docs/card-states.md`"
    assert PAGE.read_text(encoding="utf-8") == card_states_page.page(), remedy


@pytest.mark.parametrize("seed", range(6))
def test_no_sequence_of_requests_leaves_the_table(make_world, seed: int, monkeypatch) -> None:
    """Every change of a state that reaches the database is one of the table's."""
    written = Store.set_state
    seen: set[tuple[SocialState, SocialState]] = set()

    def watched(store: Store, card: SocialCard) -> None:
        on_record = store.social_card(card.number)
        seen.add((on_record.social, card.social))
        written(store, card)

    monkeypatch.setattr(Store, "set_state", watched)
    world = make_world().enrol(
        receipt_mode=ReceiptMode.EMPLOYER if seed % 2 else ReceiptMode.IN_PERSON,
        received_at=RECEIVED,
    )
    world.now = RECEIVED
    number, random = KEY.number, Random(seed)
    requests = [
        *(Enable(place, number, KEY.card_id, PAPERS) for place in (COUNTER, HOSPITAL, PHONE, APP, PLACE)),
        *(ReportLoss(COUNTER, number, formal, PAPERS) for formal in (True, False)),
        *[ReleaseLoss(COUNTER, number, PAPERS)] * 4,
        *[LockCard(CENTRE, number), UnlockCard(CENTRE, number)] * 2,
        QueryCard(CENTRE, number),
        BankNotice(number, HOLDER.id_number, "6212345600000000317"),
    ]
    for step in range(80):
        if random.random() < 0.1:
            world.now += timedelta(days=random.choice((1, 5, 300)))
        request = random.choice(requests) if step < 79 else CancelCard(COUNTER, number, PAPERS)
        with suppress(RefusedError):
            world.call(request)
    assert len(seen) > 3 and seen <= edges()
