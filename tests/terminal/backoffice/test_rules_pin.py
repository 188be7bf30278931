"""R12, R13: the old PIN, its tries, and what a proof of it is good for."""

from __future__ import annotations

from terminal.backoffice.ports import PinAnswer, Place
from terminal.text import Pin

WRONG = Pin("135792")
ELSEWHERE = Place("990100000002")


def test_the_right_pin_is_accepted_and_restores_the_tries(world):
    assert world.verify(WRONG) == PinAnswer(False, 5)
    assert world.query().pin_tries == 5
    assert world.verify() == PinAnswer(True, 6)


def test_the_sixth_wrong_pin_blocks_even_the_right_one(world):
    assert [world.verify(WRONG).tries_left for _ in range(6)] == [5, 4, 3, 2, 1, 0]
    assert world.refusal(world.verify) == ("R13", "pin-blocked")
    assert world.query().pin_tries == 0


def test_a_reservation_without_a_proven_pin_is_refused(world):
    assert world.refusal(world.reserve) == ("R12", "pin-not-verified")


def test_a_wrong_pin_takes_an_earlier_proof_back(world):
    world.verify()
    world.verify(WRONG)
    assert world.refusal(world.reserve) == ("R12", "pin-not-verified")


def test_a_proof_counts_only_where_it_was_given(world):
    world.verify()
    assert world.refusal(world.reserve, place=ELSEWHERE) == ("R12", "pin-not-verified")


def test_a_proof_is_good_for_one_reservation(world):
    world.release(world.reserved_number())
    assert world.refusal(world.reserve) == ("R12", "pin-not-verified")


def test_an_open_reservation_is_given_again_without_a_new_proof(world):
    number = world.reserved_number()
    assert world.reserve(place=ELSEWHERE).reservation.number == number


def test_without_a_named_old_card_the_reserved_or_only_one_is_meant(world):
    assert world.verify(old=None).correct
    world.reserve()
    assert world.verify(old=None).correct


def test_an_old_card_without_verifier_cannot_prove_a_pin_here(make_world):
    world = make_world().enrol()
    world.enrolment.enrol_old_card("old-cpu", "900004", world.query().holder)
    assert world.refusal(world.verify, old="900004") == ("R13", "pin-not-verified")
    assert world.refusal(world.reserve, "900004") == ("R12", "pin-not-verified")


def test_the_old_cards_pin_belongs_to_history_after_the_activation(world):
    world.activate()
    assert world.refusal(world.verify) == ("R12", "card-cancelled")


def test_neither_audit_nor_repr_shows_a_pin_or_an_id_number(world):
    world.verify(WRONG)
    world.activate()
    with world.store.transaction():
        shown = repr(world.store.audit()) + repr(world.store.verifier("900001"))
    shown += repr(world.office.cards())
    for secret in ("246813", "135792", "990100198001010018"):
        assert secret not in shown
