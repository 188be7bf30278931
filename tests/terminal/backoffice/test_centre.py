"""Reservation, confirmation, release and recovery: never both cards usable, never neither, not a fen lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apdu.layout.states import SocialState
from terminal.backoffice.activation import transfer
from terminal.backoffice.ports import CardKey, Place, ReservationView, Reserve, VerifyOldPin
from terminal.backoffice.records import ReservationStatus
from terminal.text import Pin


def test_activation_enables_the_new_card_cancels_the_old_and_moves_the_account(world):
    confirmed = world.activate()
    assert (confirmed.balance_fen, confirmed.at) == (123_457, world.now)
    assert world.office.snapshot() == {
        "old:900001": {"state": "CANCELLED", "usable": False, "balance_fen": 0, "reservation": "committed"},
        "new:A00000017": {
            "state": "NORMAL",
            "usable": True,
            "balance_fen": 123_457,
            "reservation": "committed",
        },
    }


def test_a_reservation_carries_what_is_written_to_the_card(world):
    world.verify()
    reserved = world.reserve()
    assert reserved.medical.items == {0x8A: "M1"}
    assert reserved.reservation == ReservationView("2026020900000001")


def test_until_the_confirmation_only_the_old_card_is_usable(world):
    world.reserved_number()
    cards = world.office.snapshot()
    assert (cards["old:900001"]["usable"], cards["new:A00000017"]["usable"]) == (True, False)


def test_confirming_again_is_answered_as_the_first_time_even_after_a_loss(world):
    number = world.reserved_number()
    first = world.confirm(number)
    world.now = world.now.replace(year=2027)
    world.lose()
    assert world.confirm(number) == first
    assert world.office.snapshot()["new:A00000017"]["balance_fen"] == 123_457


def test_the_same_pair_gets_the_same_number_before_and_after_the_confirmation(world):
    number = world.reserved_number()
    assert world.reserve().reservation == ReservationView(number)
    world.confirm(number)
    assert world.reserve().reservation == ReservationView(number, committed=True)


def test_the_open_reservation_is_found_without_the_old_card(world):
    number = world.reserved_number()
    assert world.query(None).reservation == ReservationView(number)
    assert world.reserve(None).reservation == ReservationView(number)


def test_an_active_card_answers_its_committed_reservation(world):
    number = world.reserved_number()
    world.confirm(number)
    answer = world.query(None, journal=number)
    assert (answer.social, answer.reservation) == (
        SocialState.NORMAL,
        ReservationView(number, committed=True),
    )


@pytest.mark.parametrize("journal", ["2026020900000001", "1999010100000077"])
def test_a_released_or_unknown_journal_number_counts_as_released(world, journal):
    world.release(world.reserved_number())
    assert world.query(journal=journal).reservation == ReservationView(journal, released=True)


def test_a_new_reservation_outranks_the_journal_of_a_released_one(world):
    old_number = world.reserved_number()
    world.release(old_number)
    number = world.reserved_number()
    assert number != old_number
    assert world.query(None, journal=old_number).reservation == ReservationView(number)


def test_releasing_is_idempotent_and_bars_the_confirmation(world):
    number = world.reserved_number()
    assert world.release(number) == world.release(number) == ReservationView(number, released=True)
    assert world.refusal(world.confirm, number) == ("R12", "no-reservation")


def test_a_committed_reservation_is_not_released(world):
    number = world.reserved_number()
    world.confirm(number)
    assert world.refusal(world.release, number) == ("R19", "no-reservation")
    assert world.office.snapshot()["new:A00000017"]["usable"] is True


def test_an_unknown_number_is_neither_confirmed_nor_released(world):
    for action in (world.confirm, world.release):
        assert world.refusal(action, "2026020900000042") == ("R12", "no-reservation")


def test_another_old_card_of_the_holder_may_follow_a_released_reservation(world):
    first = world.reserved_number()
    world.release(first)
    world.enrolment.enrol_old_card(
        "sle4428", "900005", world.query().holder, pin=Pin("864200"), balance_fen=7
    )
    world.verify(Pin("864200"), "900005")
    assert world.confirm(world.reserve("900005").reservation.number).balance_fen == 7
    assert world.query_old().balance_fen == 123_457


def test_a_second_new_card_of_the_holder_takes_over_the_reservation(world):
    first = world.reserved_number()
    second = CardKey("990100D15600000500A1B2C5D4E5F609", "A00000033")
    world.enrolment.enrol_social_card(second, bytes(13), world.query().holder)
    world.call(VerifyOldPin(Place("990100000001"), second, Pin("246813"), "900001"))
    number = world.call(Reserve(Place("990100000001"), second, "900001")).reservation.number
    assert world.refusal(world.confirm, first) == ("R12", "no-reservation")
    assert world.confirm(number).balance_fen == 123_457


def test_money_is_neither_made_nor_lost(world):
    world.enrol_other()
    total = sum(card.balance_fen for card in world.office.cards())
    world.activate()
    assert sum(card.balance_fen for card in world.office.cards()) == total


def test_a_failing_commit_changes_nothing(make_world):
    def breaks_down(store, reservation, card, old, at):
        store.set_state(replace(card, social=SocialState.NORMAL))
        transfer(store, old, card, reservation.number, at)
        raise RuntimeError("power cut in the middle")

    world = make_world(options={"commit": breaks_down}).enrol()
    number = world.reserved_number()
    before = world.office.snapshot()
    with pytest.raises(RuntimeError):
        world.confirm(number)
    assert world.office.snapshot() == before


def test_a_broken_transition_can_be_put_in_and_is_seen_in_the_snapshot(make_world):
    def forgets_the_old_card(store, reservation, card, old, at):
        store.set_state(replace(card, social=SocialState.NORMAL))
        done = replace(reservation, status=ReservationStatus.COMMITTED, committed_at=at, balance_fen=0)
        store.set_reservation(done)
        return done

    world = make_world(options={"commit": forgets_the_old_card}).enrol()
    world.activate()
    assert [card.usable for card in world.office.cards()] == [True, True]


def test_a_released_loss_returns_to_the_state_before_it(world):
    world.lose(formal=False)
    world.lose()
    world.release_loss()
    assert world.query().social is SocialState.SEALED
    world.activate()
    world.lose()
    world.release_loss()
    assert world.query().social is SocialState.NORMAL
