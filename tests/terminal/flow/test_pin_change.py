"""The holder changes the PIN at a pharmacy, a counter, a hospital: who knows the old one, chooses the new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any

import pytest

from apdu.commands import verify
from terminal.backoffice.channel_ports import Papers, PlaceKind
from terminal.backoffice.office import Office
from terminal.backoffice.profile import Profile, load_profile
from terminal.counter import settings_of
from terminal.enrol import enrol_card
from terminal.flow.authentication import Means
from terminal.flow.channel import Finished, at_card
from terminal.flow.operator import OperatorCancelledError
from terminal.flow.pin_change import ATTEMPTS, change_pin
from terminal.flow.steps import Confirm, EnterPin, InsertCard, RemoveCard, Role, Show
from terminal.session import Session
from terminal.text import Pin
from terminal.transport.virtual import VirtualReader
from virtual_card.card import VirtualCard
from virtual_card.issue_record import SocialIssueRecord, issue_record
from virtual_card.issuer import issue
from virtual_card.slot import Slot

NOW = datetime.fromisoformat("2030-01-08T10:00:00+08:00")
OLD, NEW, OTHER = "123456", "864209", "975310"


@dataclass
class Holder:
    """Types these PINs in turn and then presses cancel; `brave`: agrees to the last try."""

    slot: Slot
    card: VirtualCard
    typed: list[str]
    brave: bool = False
    told: list[str] = field(default_factory=list)
    tries: list[int | None] = field(default_factory=list)

    def insert_card(self, request: InsertCard) -> None:
        self.slot.insert(self.card)

    def remove_card(self, request: RemoveCard) -> None:
        self.slot.remove()

    def show(self, request: Show) -> None:
        self.told.append(request.text.en)

    def enter_pin(self, request: EnterPin) -> Pin:
        self.tries.append(request.tries_left)
        if not self.typed:
            raise OperatorCancelledError("cancelled at the PIN")
        return Pin(self.typed.pop(0))

    def confirm(self, request: Confirm) -> bool:
        return self.brave

    def print_receipt(self, request: Any) -> None:
        raise AssertionError("nothing is printed here")


@dataclass
class Visit:
    """One holder, one card, one centre."""

    profile: Profile = field(default_factory=lambda: load_profile("default"))
    card: VirtualCard = field(default_factory=lambda: issue("ssc-3.0", 3, random=Random(1).randbytes))

    def __post_init__(self) -> None:
        self.office = Office.open(":memory:", self.profile, lambda: NOW, random=Random(2).randbytes)
        enrol_card(self.office, self.card)
        record = issue_record(self.card)
        assert isinstance(record, SocialIssueRecord)
        self.papers = Papers(record.holder_id)

    def change(
        self, *typed: str, place: str = "990100000301", brave: bool = False
    ) -> tuple[Finished, Holder]:
        slot = Slot("card")
        holder = Holder(slot, self.card, list(typed), brave)
        session = Session(
            {Role.NEW: VirtualReader(slot)}, holder, self.office, now=lambda: NOW, random=Random(3).randbytes
        )
        settings = settings_of(self.profile, Means.HSM, place)
        return session.run(at_card(settings, change_pin(self.papers))), holder

    def accepts(self, pin: str) -> bool:
        self.card.power_on()
        self.card.transmit(bytes.fromhex("00A404000F7378312E73682EC9E7BBE1B1A3D5CF"))
        answer = self.card.transmit(verify(Pin(pin).bcd()).encode())
        self.card.power_off()
        return answer == b"\x90\x00"


@pytest.fixture
def visit() -> Visit:
    return Visit()


@pytest.mark.parametrize("kind", [PlaceKind.PHARMACY, PlaceKind.COUNTER, PlaceKind.HOSPITAL])
@pytest.mark.parametrize("card", ["ssc-1.0", "ssc-2.0", "ssc-3.0"])
def test_the_new_pin_works_and_the_old_one_does_not(kind: PlaceKind, card: str) -> None:
    visit = Visit(card=issue(card, 3, random=Random(1).randbytes))
    place = next(iter(visit.profile.places_of(kind)))
    finished, holder = visit.change(OLD, NEW, NEW, place=place)
    assert (finished.label, int(finished.exit_code)) == ("pin-changed", 0)
    assert holder.tries == [6, None, None], "tries are told of a PIN that is checked"
    assert visit.accepts(NEW) and not visit.accepts(OLD)


def test_pins_of_every_length_the_card_takes_are_taken(visit: Visit) -> None:
    present = OLD
    for new in ("1357", "13579", "1" * 15 + "2", NEW):
        finished, _ = visit.change(present, new, new)
        assert finished.label == "pin-changed" and visit.accepts(new)
        present = new


def test_a_wrong_pin_costs_a_try_each_and_is_asked_again(visit: Visit) -> None:
    finished, holder = visit.change(OTHER, OTHER, OLD, NEW, NEW)
    assert finished.label == "pin-changed"
    assert holder.tries[:3] == [6, 5, 4]
    assert [text for text in holder.told if "Wrong PIN" in text] == [
        "Wrong PIN, 5 tries left.",
        "Wrong PIN, 4 tries left.",
    ]


def test_the_last_try_is_not_spent_silently_and_spent_it_blocks(visit: Visit) -> None:
    declined, _ = visit.change(*[OTHER] * 5, OLD)
    assert (declined.label, int(declined.exit_code)) == ("last-try-declined", 9)
    blocked, _ = visit.change(OTHER, brave=True)
    assert (blocked.label, int(blocked.exit_code)) == ("card-pin-blocked", 5)
    again, holder = visit.change(OLD)
    assert again.label == "card-pin-blocked" and holder.tries == [], "nothing is asked of a blocked PIN"


def test_what_is_not_typed_twice_alike_is_asked_again_and_then_given_up(visit: Visit) -> None:
    finished, holder = visit.change(OLD, NEW, OTHER, NEW, NEW)
    assert finished.label == "pin-changed" and "The two new PINs differ." in holder.told
    finished, _ = visit.change(NEW, *[OTHER, OLD] * ATTEMPTS)
    assert (finished.label, int(finished.exit_code)) == ("no-new-pin", 8)
    assert visit.accepts(NEW), "the card keeps the one it has"


def test_the_initial_pin_is_refused_where_the_region_says_so(visit: Visit) -> None:
    assert visit.change(OLD, NEW, NEW)[0].label == "pin-changed"
    assert visit.change(NEW, OLD, OLD)[0].label == "pin-changed", "the default region lets it be"
    strict = Visit(load_profile("bank-first"))
    assert strict.change(OLD, NEW, NEW)[0].label == "pin-changed"
    finished, holder = strict.change(NEW, *[OLD] * ATTEMPTS)
    assert finished.label == "no-new-pin"
    assert "The initial PIN cannot be the new one." in holder.told
    assert strict.accepts(NEW)


def test_the_present_pin_is_no_new_one(visit: Visit) -> None:
    finished, holder = visit.change(OLD, *[OLD] * ATTEMPTS)
    assert finished.label == "no-new-pin" and "The new PIN is the present one." in holder.told


def test_a_visit_given_up_changes_nothing(visit: Visit) -> None:
    typed: tuple[tuple[str, ...], ...] = ((), (OLD,), (OLD, NEW))
    for given in typed:
        finished, _ = visit.change(*given)
        assert (finished.label, int(finished.exit_code)) == ("cancelled", 9)
        assert visit.accepts(OLD)


Unfit = Callable[[Visit], None]


def unpapered(visit: Visit) -> None:
    visit.papers = replace(visit.papers, holder_id=None)


def anothers(visit: Visit) -> None:
    visit.papers = replace(visit.papers, holder_id="990100197502020025")


@pytest.mark.parametrize(
    ("unfit", "place", "label"),
    [
        (None, "990100000002", "wrong-place"),
        (None, "990100000201", "wrong-place"),
        (None, "1", "not-designated"),
        (unpapered, "990100000301", "holder-not-identified"),
        (anothers, "990100000001", "other-holder"),
    ],
)
def test_who_may_not_is_told_before_a_pin_is_asked(
    visit: Visit, unfit: Unfit | None, place: str, label: str
) -> None:
    if unfit is not None:
        unfit(visit)
    finished, holder = visit.change(OLD, NEW, NEW, place=place)
    assert (finished.label, int(finished.exit_code)) == (label, 6)
    assert holder.tries == [] and visit.accepts(OLD)
