"""A card that the centre has as another's than the card says: nothing is done for it, but it may be reported lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from channel_world import COUNTER, HOSPITAL, NOW, World

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.bank_ports import Outlet, OutletIssuer
from terminal.backoffice.channel_ports import Papers, PlaceKind
from terminal.backoffice.office import Office
from terminal.backoffice.ports import CardKey, CardStanding, Holder
from terminal.counter import settings_of
from terminal.flow import errands
from terminal.flow.authentication import Means
from terminal.flow.catching_up import is_anothers
from terminal.flow.channel import Errand
from terminal.flow.outcomes import Outcome
from terminal.flow.pin_change import change_pin
from terminal.flow.visit import Visit
from terminal.procedures.social import HolderData
from terminal.text import Pin
from virtual_card.issue_record import issue_record

ANOTHER = Holder("990100197502020025", "测试乙")
SHOWN = Papers(ANOTHER.id_number)
EVERY_KIND = pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0", "ssc-3.0"])


def of_another(kind: str = "ssc-3.0", profile: str = "default") -> World:
    """The centre has the holder's new card as another person's, whose ID card is shown."""
    world = World(kind, profile)
    world.office = Office.open(":memory:", world.office.profile, lambda: NOW)
    record = issue_record(world.card)
    key = CardKey(record.card_id, record.number)
    world.office.enrolment.enrol_social_card(key, record.historical_bytes, ANOTHER)
    world.papers = SHOWN
    return world


def silent_bank(card: str, id_number: str) -> OutletIssuer:
    raise AssertionError("the bank is not asked for this card")


ERRANDS: dict[str, tuple[PlaceKind, Callable[[], Errand]]] = {
    "enable": (PlaceKind.COUNTER, lambda: errands.enable(SHOWN)),
    "new-pin": (PlaceKind.COUNTER, lambda: errands.renew_pin(SHOWN, Pin("864209"))),
    "unblock-pin": (PlaceKind.PHARMACY, lambda: errands.renew_pin(SHOWN, None)),
    "change-pin": (PlaceKind.PHARMACY, lambda: change_pin(SHOWN)),
    "release": (PlaceKind.COUNTER, lambda: errands.release_loss(SHOWN)),
    "replace": (PlaceKind.COUNTER, lambda: errands.replace(SHOWN, "A00000017")),
    "hand-over": (PlaceKind.COUNTER, lambda: errands.hand_over(SHOWN)),
    "bank": (PlaceKind.BANK, lambda: errands.activate_bank(SHOWN, Outlet(silent_bank))),
}


def assert_refused(world: World, place: str, errand: Errand) -> None:
    """With the terminal's own refusal; neither card nor centre has changed."""
    card, centre = world.card.contents(), list(world.office.cards())
    finished = world.visit(place, errand)
    assert finished is not None
    assert (finished.label, int(finished.exit_code)) == ("other-holder", 8)
    assert "another holder" in finished.text.en
    assert (world.card.contents(), list(world.office.cards())) == (card, centre)


@pytest.mark.parametrize("name", ERRANDS)
def test_nothing_is_done_for_the_card_and_nothing_is_changed(name: str) -> None:
    world = of_another()
    kind, errand = ERRANDS[name]
    assert_refused(world, next(iter(world.office.profile.places_of(kind))), errand())


@EVERY_KIND
def test_a_card_of_every_kind_is_refused(kind: str) -> None:
    assert_refused(of_another(kind), HOSPITAL, errands.enable(SHOWN))


def test_the_card_may_be_reported_lost_and_is_not_released() -> None:
    world = of_another()
    lost = world.visit(COUNTER, errands.report_loss(SHOWN, formal=True))
    assert lost is not None and lost.label == "loss-reported"
    assert_refused(world, COUNTER, errands.release_loss(SHOWN))
    assert world.at_centre is SocialState.FORMALLY_LOST


@pytest.mark.parametrize("profile", ["first-purchase", "id-card"])
def test_a_card_alone_is_refused_in_words_that_speak_of_one_card(profile: str) -> None:
    world = of_another(profile=profile)
    before = world.card.contents()
    ended = world.alone()
    assert ended is not None and ended.outcome is Outcome.OTHER_HOLDER_AT_CENTRE
    assert "this card" in ended.text.en and "two cards" not in ended.text.en
    assert world.at_centre is SocialState.SEALED and world.card.contents() == before


def test_a_small_x_in_the_number_on_the_card_makes_nobody_another() -> None:
    visit = Visit(settings_of(World().office.profile, Means.HSM, COUNTER))
    held = CardStanding(Holder("99010019900101001X", "测试"), SocialState.SEALED, FinancialState.INACTIVE)
    visit.holder = HolderData("99010019900101001x", "测试")
    assert not is_anothers(visit, held)
    visit.holder = HolderData(ANOTHER.id_number, "测试")
    assert is_anothers(visit, held)
