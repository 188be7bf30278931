"""R12, R13: the old card must be there, live, and the holder's own."""

from __future__ import annotations

import pytest

from apdu.layout.states import SocialState


def test_a_live_old_card_is_answered_with_holder_and_balance(world):
    answer = world.query_old()
    assert (answer.holder.id_number, answer.replaced_by, answer.balance_fen) == (
        "990100198001010018",
        None,
        123_457,
    )


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (SocialState.FORMALLY_LOST, "old-card-lost"),
        (SocialState.TEMPORARILY_LOST, "old-card-lost"),
        (SocialState.APPLICATION_LOCKED, "old-card-blocked"),
    ],
)
def test_a_lost_or_blocked_old_card_sends_the_holder_to_the_centre(world, state, code):
    world.enrolment.set_old_card_state("900001", state)
    for action in (world.query_old, world.query, world.verify, world.reserve):
        assert world.refusal(action) == ("R13", code)


def test_a_cancelled_old_card_without_successor_is_refused(world):
    world.enrolment.set_old_card_state("900001", SocialState.CANCELLED)
    assert world.refusal(world.query_old) == ("R12", "card-cancelled")


def test_an_unknown_old_card_is_refused(world):
    assert world.refusal(world.query_old, "900009") == ("R12", "unknown-card")
    assert world.refusal(world.query, "900009") == ("R12", "unknown-card")


def test_a_number_of_another_kind_of_old_card_is_unknown(world):
    assert world.refusal(world.query_old, kind="old-cpu") == ("R12", "unknown-card")


def test_a_replaced_old_card_is_answered_with_its_successor_and_an_empty_account(world):
    world.activate()
    answer = world.query_old()
    assert (answer.replaced_by, answer.balance_fen) == ("A00000017", 0)


def test_the_default_profile_wants_the_old_card_itself(world):
    assert world.refusal(world.query, None) == ("R12", "old-card-required")
    world.verify(old=None)
    assert world.refusal(world.reserve, None) == ("R12", "old-card-required")


def test_the_old_pin_profile_takes_the_new_card_alone(make_world):
    world = make_world("old-pin").enrol()
    assert world.query(None).pin_tries == 6
    assert world.verify(old=None).correct
    number = world.reserve(None).reservation.number
    assert world.confirm(number).balance_fen == 123_457


def test_the_old_pin_profile_refuses_where_no_single_old_card_is_on_record(make_world):
    world = make_world("old-pin").enrol()
    holder = world.query(None).holder
    world.enrolment.enrol_old_card("old-cpu", "900003", holder)
    assert world.refusal(world.query, None) == ("R12", "old-card-required")


def test_another_holders_old_card_is_refused_at_pin_and_reservation_but_the_query_answers(world):
    world.enrol_other()
    assert world.query("900002").holder.id_number == "990100198001010018"
    assert world.refusal(world.verify, old="900002") == ("R12", "other-holder")
    assert world.refusal(world.reserve, "900002") == ("R12", "other-holder")
