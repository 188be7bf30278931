"""R18, R20, R21, R23, R41: handing over, losing, releasing, replacing, cancelling, locking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from centre_samples import (
    APP,
    BALANCE_FEN,
    BANK,
    COUNTER,
    HOLDER,
    HOSPITAL,
    KEY,
    OTHER,
    OTHER_HISTORY,
    OTHER_KEY,
    PAPERS,
    PHONE,
    PLACE,
    RECEIVED,
)

from apdu.layout.states import ReceiptMode, SocialState
from terminal.backoffice.bank_ports import BankNotice
from terminal.backoffice.card_life_ports import (
    CancelCard,
    CardChanged,
    CardReplaced,
    HandedOver,
    HandOver,
    HandOverToEmployer,
    LockCard,
    ReleaseLoss,
    ReplaceCard,
    ReportLoss,
    UnlockCard,
)
from terminal.backoffice.card_ports import Enable, QueryCard
from terminal.backoffice.channel_ports import CENTRE, Papers
from terminal.backoffice.ports import CardKey, Refusal

NUMBER = KEY.number
NEW = CardKey("990100D15600000500A1B2C5D4E5F609", "A00000033")
NOTICE = BankNotice(NUMBER, HOLDER.id_number, "6212345600000000317")


@pytest.mark.parametrize("place", [COUNTER, PHONE, APP])
def test_a_temporary_loss_is_reported_anywhere_and_released_at_a_counter(world, place):
    world.call(Enable(COUNTER, NUMBER, None, PAPERS))
    request = ReportLoss(place, NUMBER, False, PAPERS, KEY.card_id)
    assert world.call(request) == CardChanged(NUMBER, SocialState.TEMPORARILY_LOST, changed=True)
    assert world.call(request).changed is False
    assert world.call(ReleaseLoss(COUNTER, NUMBER, PAPERS)).social is SocialState.NORMAL
    assert world.call(ReleaseLoss(COUNTER, NUMBER, PAPERS)).changed is False


def test_a_loss_online_needs_all_three_numbers(world):
    request = ReportLoss(APP, NUMBER, False, PAPERS)
    assert world.refusal(world.call, request) == ("R16", "holder-not-identified")


@pytest.mark.parametrize("place", [PHONE, APP])
def test_a_formal_loss_is_reported_at_a_counter(world, place):
    assert world.refusal(world.call, ReportLoss(place, NUMBER, True, PAPERS)) == ("R41", "wrong-place")
    assert world.call(ReportLoss(COUNTER, NUMBER, True, PAPERS)).social is SocialState.FORMALLY_LOST


@pytest.mark.parametrize("place", [PLACE, HOSPITAL, BANK, PHONE, APP])
def test_no_other_place_releases_a_loss(world, place):
    world.lose()
    assert world.refusal(world.call, ReleaseLoss(place, NUMBER, PAPERS)) == ("R21", "wrong-place")


def test_a_formal_loss_is_not_made_a_temporary_one(world):
    world.lose()
    assert world.refusal(world.lose, formal=False) == ("R41", "move-not-legal")


def test_past_the_deadline_the_bank_comes_first_and_the_release_second(world):
    world.now = RECEIVED + timedelta(days=301)
    release = ReleaseLoss(COUNTER, NUMBER, PAPERS)
    assert world.refusal(world.call, release) == ("R21", "bank-first")
    assert world.call(NOTICE).activated is False
    assert world.call(release).social is SocialState.SEALED
    assert world.refusal(world.call, ReplaceCard(COUNTER, NUMBER, NUMBER, PAPERS))[0] == "R41"


def test_past_the_deadline_a_new_card_is_no_way_around_the_bank(world):
    world.now = RECEIVED + timedelta(days=301)
    world.enrolment.enrol_social_card(NEW, bytes(13), HOLDER)
    request = ReplaceCard(COUNTER, NUMBER, NEW.number, PAPERS)
    assert world.refusal(world.call, request) == ("R20", "past-deadline")


def test_a_replacement_cancels_the_lost_card_and_gives_its_account_to_a_sealed_one(world):
    world.activate()
    world.enrolment.enrol_social_card(NEW, bytes(13), HOLDER)
    request = ReplaceCard(COUNTER, NUMBER, NEW.number, PAPERS)
    assert world.refusal(world.call, request) == ("R41", "move-not-legal")
    world.lose()
    assert world.call(request) == CardReplaced(NUMBER, NEW.number, BALANCE_FEN, changed=True)
    assert world.call(request) == CardReplaced(NUMBER, NEW.number, BALANCE_FEN, changed=False)
    old, new = world.card(), world.card(NEW.number)
    assert (old.social, old.replaced_by) == (SocialState.CANCELLED, NEW.number)
    assert new.social is SocialState.SEALED
    assert world.office.snapshot()[f"new:{NUMBER}"]["balance_fen"] == 0
    assert world.call(Enable(COUNTER, NEW.number, None, PAPERS)).balance_fen == BALANCE_FEN
    with world.store.transaction():
        assert world.store.ledger_faults() == []


def test_only_a_fresh_card_of_the_same_holder_takes_the_place(world):
    world.enrol_other()
    world.lose()
    for number, refusal in (
        ("A00000099", ("R41", "unknown-card")),
        (OTHER_KEY.number, ("R41", "other-holder")),
        (NUMBER, ("R41", "move-not-legal")),
    ):
        assert world.refusal(world.call, ReplaceCard(COUNTER, NUMBER, number, PAPERS)) == refusal


def test_the_centre_alone_locks_unlocks_and_cancels_a_locked_card(world):
    world.call(Enable(COUNTER, NUMBER, None, PAPERS))
    for request in (LockCard(COUNTER, NUMBER), UnlockCard(COUNTER, NUMBER)):
        assert world.refusal(world.call, request) == ("R1", "wrong-place")
    assert world.lock() == CardChanged(NUMBER, SocialState.APPLICATION_LOCKED, changed=True)
    assert world.lock().changed is False
    assert world.refusal(world.call, CancelCard(COUNTER, NUMBER, PAPERS)) == ("R1", "card-locked")
    assert world.refusal(world.lose) == ("R41", "move-not-legal")
    assert world.call(UnlockCard(CENTRE, NUMBER)).social is SocialState.NORMAL
    world.lock()
    assert world.call(CancelCard(CENTRE, NUMBER)).social is SocialState.CANCELLED


def test_a_cancelled_card_is_final_and_cancelling_again_harmless(world):
    request = CancelCard(COUNTER, NUMBER, PAPERS)
    assert world.call(request) == CardChanged(NUMBER, SocialState.CANCELLED, changed=True)
    assert world.call(request).changed is False
    for other in (ReleaseLoss(COUNTER, NUMBER, PAPERS), ReportLoss(COUNTER, NUMBER, True, PAPERS)):
        assert world.refusal(world.call, other) == ("R41", "move-not-legal")


# --- handing over ----------------------------------------------------------------------------------------


def test_the_day_of_receipt_is_when_the_card_was_handed_over_first(make_world):
    world = make_world().enrol(received_at=None)
    done = world.call(HandOver(COUNTER, NUMBER, KEY.card_id, PAPERS))
    assert done == HandedOver(NUMBER, world.now, ReceiptMode.IN_PERSON, changed=True)
    first, world.now = world.now, world.now + timedelta(days=3)
    assert world.call(HandOver(BANK, NUMBER, None, PAPERS)) == replace(done, changed=False)
    assert world.card().received_at == first


def test_a_card_is_handed_to_its_holder_alone(make_world):
    world = make_world().enrol(received_at=None)
    stranger = HandOver(COUNTER, NUMBER, None, Papers(OTHER.id_number))
    assert world.refusal(world.call, stranger) == ("R10", "other-holder")
    assert world.refusal(world.call, HandOver(PLACE, NUMBER, None, PAPERS)) == ("R23", "wrong-place")
    assert world.card().received_at is None


def test_an_employers_list_is_recorded_card_by_card(make_world):
    world = make_world().enrol(received_at=None)
    world.enrolment.enrol_social_card(OTHER_KEY, OTHER_HISTORY, OTHER, social=SocialState.CANCELLED)
    numbers = (NUMBER, OTHER_KEY.number, "A00000099", NUMBER)
    request = HandOverToEmployer(COUNTER, "测试单位", numbers)
    results = world.call(request).results
    assert [number for number, _ in results] == list(numbers)
    first, cancelled, unknown, again = (result for _, result in results)
    assert first == HandedOver(NUMBER, world.now, ReceiptMode.EMPLOYER, changed=True)
    assert isinstance(cancelled, Refusal) and cancelled.code.value == "card-cancelled"
    assert isinstance(unknown, Refusal) and unknown.code.value == "unknown-card"
    assert again == replace(first, changed=False)
    assert world.card().receipt_mode is ReceiptMode.EMPLOYER
    elsewhere = replace(request, place=PLACE)
    assert world.refusal(world.call, elsewhere) == ("R23", "wrong-place")


def test_every_time_is_told_by_the_region_s_clock(world):
    world.now = world.now.astimezone(UTC)
    world.enrolment.enrol_social_card(OTHER_KEY, OTHER_HISTORY, OTHER)
    ((_, handed_over),) = world.call(HandOverToEmployer(COUNTER, "测试单位", (OTHER_KEY.number,))).results
    enabled = world.call(Enable(COUNTER, NUMBER, None, PAPERS)).standing
    seen = world.call(QueryCard(CENTRE, NUMBER))
    for told in (handed_over.received_at, enabled.enabled_at, seen.enabled_at, seen.received_at):
        assert told.utcoffset() == timedelta(hours=8)
    assert (seen.enabled_at, seen.received_at) == (world.now, RECEIVED)
