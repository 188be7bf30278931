"""R1, R2, R16, R19, R41: what the centre says to a new card in each state."""

from __future__ import annotations

import pytest

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.ports import CardKey, NewCardQuery, Place
from terminal.backoffice.rules_cards import may_be_used


def test_a_sealed_card_is_answered_with_its_states(world):
    answer = world.query()
    assert (answer.social, answer.financial, answer.reservation, answer.pin_tries) == (
        SocialState.SEALED,
        FinancialState.INACTIVE,
        None,
        6,
    )


@pytest.mark.parametrize(
    ("state", "rule", "code"),
    [
        (SocialState.FORMALLY_LOST, "R41", "card-lost"),
        (SocialState.TEMPORARILY_LOST, "R41", "card-lost"),
        (SocialState.APPLICATION_LOCKED, "R1", "card-locked"),
        (SocialState.CANCELLED, "R1", "card-cancelled"),
    ],
)
def test_a_card_out_of_use_is_refused_everything(make_world, state, rule, code):
    world = make_world().enrol(social=state)
    for action in (world.query, world.verify, world.reserve):
        assert world.refusal(action) == (rule, code)


@pytest.mark.parametrize("formal", [True, False])
def test_a_loss_in_the_middle_stops_the_confirmation(world, formal):
    number = world.reserved_number()
    world.lose(formal)
    expected = ("R41", "card-lost")
    assert world.refusal(world.query, None) == expected
    assert world.refusal(world.confirm, number) == expected
    assert world.office.snapshot()["old:900001"]["usable"] is True


def test_a_lost_old_card_in_the_middle_stops_the_confirmation(world):
    number = world.reserved_number()
    world.enrolment.set_old_card_state("900001", SocialState.FORMALLY_LOST)
    assert world.refusal(world.confirm, number) == ("R13", "old-card-lost")
    assert world.release(number).released


def test_an_unknown_card_and_a_mismatched_number_are_refused(world):
    stranger = CardKey("990100D15600000500A1B2C9D4E5F699", "A00000099")
    mixed = CardKey("990100D15600000500A1B2C9D4E5F699", "A00000017")
    for key in (stranger, mixed):
        request = NewCardQuery(Place("990100000001"), key, "900001")
        assert world.refusal(world.call, request) == ("R1", "unknown-card")


def test_an_active_card_is_no_error_and_nothing_is_changed(make_world):
    world = make_world().enrol(social=SocialState.NORMAL)
    before = world.office.snapshot()
    assert world.query(None).social is SocialState.NORMAL
    assert world.refusal(world.reserve) == ("R19", "no-reservation")
    assert world.office.snapshot() == before


def test_bank_first_refuses_a_sealed_card_until_the_bank_is_active(make_world):
    world = make_world("bank-first").enrol()
    assert world.refusal(world.query) == ("R2", "bank-first")
    world.verify()
    assert world.refusal(world.reserve) == ("R2", "bank-first")
    world.activate_financial()
    assert world.query().financial is FinancialState.ACTIVE
    assert world.activate().balance_fen == 123_457


def test_elsewhere_the_financial_state_never_blocks_the_activation(make_world):
    for financial in FinancialState:
        assert make_world().enrol(financial=financial).activate().balance_fen == 123_457


def test_bank_first_does_not_trouble_a_card_that_is_active(make_world):
    world = make_world("bank-first").enrol(social=SocialState.NORMAL)
    assert world.query().social is SocialState.NORMAL


def test_only_a_normal_card_may_be_used():
    assert [state for state in SocialState if may_be_used(state)] == [SocialState.NORMAL]
