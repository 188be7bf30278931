"""R14: the bank reports an activation, the centre activates the social application, the card catches up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from centre_samples import BALANCE_FEN, HOLDER, KEY, OTHER, RECEIVED

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.bank_ports import BankNotice, NoticeAnswer
from terminal.backoffice.records import LossReason, ReservationStatus

NOTICE = BankNotice(KEY.number, HOLDER.id_number, "6212345600000000317")
DONE = NoticeAnswer(SocialState.NORMAL, activated=True)


def standing(world):
    with world.store.transaction():
        card, old = world.store.social_card(KEY.number), world.store.old_card("900001")
        balances = world.store.balance(old.account), world.store.balance(card.account)
    return (card.social, card.financial, old.state, *balances)


def stored(world, read):
    with world.store.transaction():
        return read(world.store)


AFTER = (SocialState.NORMAL, FinancialState.ACTIVE, SocialState.CANCELLED, 0, BALANCE_FEN)


def test_notice_activates_the_card_in_place_of_the_old_one_with_its_account(world):
    assert world.office.bank_activated(NOTICE) == DONE
    assert standing(world) == AFTER
    assert stored(world, lambda store: store.old_card("900001")).replaced_by == KEY.number
    assert ("bank-notice", KEY.number) in [line[1:3] for line in stored(world, lambda store: store.audit())]


def test_notice_heard_twice_changes_nothing_more(world):
    world.office.bank_activated(NOTICE)
    assert world.office.bank_activated(NOTICE) == NoticeAnswer(SocialState.NORMAL, activated=False)
    assert standing(world) == AFTER


def test_the_day_of_the_bank_s_activation_is_that_of_the_first_notice(world):
    world.office.bank_activated(NOTICE)
    first = stored(world, lambda store: store.social_card(KEY.number)).bank_activated_at
    assert first == world.now
    world.now += timedelta(days=1)
    world.office.bank_activated(NOTICE)
    card = stored(world, lambda store: store.social_card(KEY.number))
    assert (card.bank_activated_at, card.bank_number) == (first, NOTICE.bank_card)
    assert NOTICE.bank_card not in repr(card)


def test_card_that_a_pharmacy_activated_is_told_active_already(world):
    world.activate()
    assert world.office.bank_activated(NOTICE).activated is False
    assert standing(world) == AFTER


def test_every_old_card_of_the_holder_gives_way(world):
    world.enrolment.enrol_old_card("sle4428", "900009", HOLDER, balance_fen=11)
    world.office.bank_activated(NOTICE)
    assert stored(world, lambda store: store.old_cards_of(HOLDER.id_number)) == []
    assert stored(world, lambda store: store.balance(f"new:{KEY.number}")) == BALANCE_FEN + 11


def test_activation_begun_at_a_pharmacy_is_carried_out(world):
    number = world.reserved_number()
    assert world.office.bank_activated(NOTICE) == DONE
    assert stored(world, lambda store: store.reservation(number)).status is ReservationStatus.COMMITTED
    assert world.confirm(number).balance_fen == BALANCE_FEN
    assert standing(world) == AFTER


def test_activation_begun_with_the_old_card_and_another_new_one_is_released(world):
    number = world.reserved_number()
    other = BankNotice("A00000033", HOLDER.id_number, NOTICE.bank_card)
    key = type(KEY)("990100D15600000500A1B2C5D4E5F609", other.card)
    world.enrolment.enrol_social_card(key, bytes(13), HOLDER, received_at=RECEIVED)
    assert world.office.bank_activated(other) == DONE
    assert stored(world, lambda store: store.reservation(number)).status is ReservationStatus.RELEASED
    assert world.card().social is SocialState.SEALED


@pytest.mark.parametrize(
    "state", [SocialState.FORMALLY_LOST, SocialState.TEMPORARILY_LOST, SocialState.APPLICATION_LOCKED]
)
def test_lost_and_locked_cards_stay_so_and_the_bank_side_is_noted(make_world, state):
    world = make_world().enrol(social=state)
    assert world.office.bank_activated(NOTICE) == NoticeAnswer(state, activated=False)
    assert standing(world) == (state, FinancialState.ACTIVE, SocialState.NORMAL, BALANCE_FEN, 0)


def test_after_the_deadline_the_notice_comes_first_and_the_release_second(world):
    world.now = RECEIVED + timedelta(days=301)
    assert world.office.bank_activated(NOTICE).social is SocialState.FORMALLY_LOST
    assert world.card().loss_reason is LossReason.DEADLINE
    world.release_loss()
    assert world.card().social is SocialState.SEALED
    assert world.office.bank_activated(NOTICE) == DONE


@pytest.mark.parametrize(
    ("notice", "refusal"),
    [
        (BankNotice("A00000099", HOLDER.id_number, NOTICE.bank_card), ("R1", "unknown-card")),
        (BankNotice(KEY.number, OTHER.id_number, NOTICE.bank_card), ("R14", "other-holder")),
    ],
)
def test_notice_of_another_card_or_person_is_refused_and_changes_nothing(world, notice, refusal):
    before = world.office.snapshot()
    assert world.refusal(world.office.bank_activated, notice) == refusal
    assert world.office.snapshot() == before
    assert world.card().financial is FinancialState.INACTIVE


def test_notice_of_a_cancelled_card_is_refused(make_world):
    world = make_world().enrol(social=SocialState.CANCELLED)
    assert world.refusal(world.office.bank_activated, NOTICE)[1] == "card-cancelled"


def test_notice_shows_neither_person_nor_bank_card(world):
    world.office.bank_activated(NOTICE)
    shown = repr(NOTICE) + str(stored(world, lambda store: store.audit()))
    assert HOLDER.id_number not in shown and NOTICE.bank_card not in shown
