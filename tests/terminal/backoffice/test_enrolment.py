"""Bringing cards in: harmless when repeated, never a silent reset."""

from __future__ import annotations

import pytest
from centre_samples import HOLDER

from apdu.layout.states import SocialState
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.ports import CardKey, Holder
from terminal.text import Pin


def test_enrolling_again_keeps_what_has_happened_since(world):
    world.activate()
    before = world.office.snapshot()
    world.enrol()
    assert world.office.snapshot() == before


def test_enrolling_again_keeps_the_pin_and_its_tries(world):
    world.verify(Pin("135792"))
    world.enrolment.enrol_old_card("sle4442", "900001", world.query().holder, pin=Pin("999999"))
    assert world.query().pin_tries == 5
    assert world.verify().correct


def test_a_number_of_another_person_is_refused(world):
    stranger = Holder("990100197502020025", "测试乙")
    with pytest.raises(EnrolmentError, match="900001"):
        world.enrolment.enrol_old_card("sle4442", "900001", stranger)
    with pytest.raises(EnrolmentError, match="A00000017"):
        world.enrolment.enrol_social_card(
            CardKey("990100D15600000500A1B2C3D4E5F607", "A00000017"), bytes(13), stranger
        )


def test_a_card_id_under_another_number_is_refused(world):
    key = CardKey("990100d15600000500a1b2c3d4e5f607", "A00000041")
    with pytest.raises(EnrolmentError, match="A00000041"):
        world.enrolment.enrol_social_card(key, bytes(13), world.query().holder)


def test_nonsense_is_refused(world):
    holder = world.query().holder
    with pytest.raises(EnrolmentError, match="sealed"):
        world.enrolment.enrol_old_card("sle4442", "900007", holder, state=SocialState.SEALED)
    with pytest.raises(EnrolmentError, match="below zero"):
        world.enrolment.enrol_old_card("sle4442", "900007", holder, balance_fen=-1)
    with pytest.raises(EnrolmentError, match="13 historical bytes"):
        world.enrolment.enrol_social_card(CardKey("00" * 16, "A00000050"), bytes(15), holder)


def test_changes_of_old_cards_not_on_record_are_refused(world):
    with pytest.raises(EnrolmentError, match="900099"):
        world.enrolment.set_old_card_state("900099", SocialState.NORMAL)


def test_tries_left_can_be_given_at_enrolment(make_world):
    world = make_world()
    holder = Holder("990100198001010018", "测试甲")
    world.enrolment.enrol_old_card("sle4442", "900001", holder, pin=Pin("246813"), tries_left=1)
    world.enrol()
    assert world.query().pin_tries == 1


def test_the_holder_of_an_old_card_is_insured_as_an_employee(world):
    with world.store.transaction():
        (row,) = world.store.insurances_of(HOLDER.id_number)
    assert (row.kind, row.person_type, row.status) == ("310", "1101", "1")
    world.enrolment.enrol_old_card("sle4428", "900077", HOLDER)
    with world.store.transaction():
        assert world.store.insurances_of(HOLDER.id_number) == [row]
