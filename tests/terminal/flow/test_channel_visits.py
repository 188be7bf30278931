"""A visit at a counter that breaks off anywhere: the next one, anywhere, ends with card and centre of one mind."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest

from apdu.layout.states import SocialState
from terminal.backoffice.channel_ports import NO_PAPERS, Papers
from terminal.backoffice.office import Office
from terminal.backoffice.ports import CardKey, Holder, UnreachableError
from terminal.backoffice.profile import load_profile
from terminal.counter import settings_of
from terminal.enrol import enrol_card
from terminal.flow.authentication import Means
from terminal.flow.channel import Errand, Finished, at_card
from terminal.flow.dual_insert_run import Ended, activation
from terminal.flow.errands import enable, hand_over, release_loss, renew_pin
from terminal.flow.outcomes import Outcome
from terminal.flow.steps import Flow, InsertCard, RemoveCard, Role
from terminal.scenario.findings import status_on_card
from terminal.session import Party, Session, TerminalPowerLossError
from terminal.text import Pin
from terminal.transport.base import CardRemovedError
from terminal.transport.virtual import VirtualReader
from virtual_card.issue_record import issue_record
from virtual_card.issuer import issue
from virtual_card.slot import Slot

T = TypeVar("T")
NOW = datetime.fromisoformat("2030-01-08T10:00:00+08:00")
HOSPITAL, COUNTER = "990100000101", "990100000301"


class Hands:
    """A person who does as told."""

    def __init__(self, slot: Slot, card: Any) -> None:
        self.slot, self.card = slot, card

    def insert_card(self, request: InsertCard) -> None:
        if self.slot.card is None:
            self.slot.insert(self.card)

    def remove_card(self, request: RemoveCard) -> None:
        self.slot.remove()

    def show(self, request: Any) -> None:
        """Read it."""

    def enter_pin(self, request: Any) -> Pin:
        raise AssertionError("no PIN is asked for here")

    def confirm(self, request: Any) -> bool:
        raise AssertionError("nothing is to be confirmed here")

    def print_receipt(self, request: Any) -> None:
        """Keep it."""


class Break:
    """Something happens at one exchange, before it is sent or after it was answered."""

    def __init__(self, at: int, *, before: bool, power: bool) -> None:
        self.at, self.early, self.power = at, before, power
        self.struck = False

    def before(self, exchange: int, party: Party) -> None:
        self._strike(exchange, party, self.early)

    def after(self, exchange: int, party: Party) -> None:
        self._strike(exchange, party, not self.early)

    def _strike(self, exchange: int, party: Party, now: bool) -> None:
        if exchange == self.at and now:
            self.struck = True
            if self.power:
                raise TerminalPowerLossError
            if party is Party.CENTRE:
                raise UnreachableError("cut off")
            raise CardRemovedError("pulled out")


class World:
    def __init__(self, kind: str = "ssc-3.0", profile: str = "default") -> None:
        self.card = issue(kind, 3, random=Random(1).randbytes)
        self.old = issue("sle4442", 3, random=Random(1).randbytes)
        self.office = Office.open(":memory:", load_profile(profile), lambda: NOW, random=Random(2).randbytes)
        self.number = enrol_card(self.office, self.card)
        enrol_card(self.office, self.old)
        self.papers = Papers(issue_record(self.card).holder_id)

    def visit(self, place: str, errand: Errand, disturbance: Break | None = None) -> Finished | None:
        return self.run(at_card(settings_of(self.office.profile, Means.HSM, place), errand), disturbance)

    def alone(self, disturbance: Break | None = None) -> Ended | None:
        """An activation at a pharmacy, the way of the region."""
        return self.run(activation(settings_of(self.office.profile, Means.HSM), self.papers), disturbance)

    def run(self, flow: Flow[T], disturbance: Break | None) -> T | None:
        slot = Slot("card")
        session = Session(
            {Role.NEW: VirtualReader(slot)},
            Hands(slot, self.card),
            self.office,
            now=lambda: NOW,
            random=Random(3).randbytes,
            disturbance=disturbance,
        )
        try:
            return session.run(flow)
        except TerminalPowerLossError:
            return None
        finally:
            slot.remove()

    @property
    def at_centre(self) -> SocialState:
        return next(card.state for card in self.office.cards() if card.role == "new")

    @property
    def on_card(self) -> SocialState:
        found = status_on_card(self.card)
        return found.status.social if found and found.status else SocialState.SEALED


def whole(world: World) -> int:
    """How many exchanges a whole activation takes."""

    class Count:
        exchanges = 0

        def before(self, exchange: int, party: Party) -> None:
            self.exchanges = exchange

        def after(self, exchange: int, party: Party) -> None:
            """Nothing."""

    count: Any = Count()
    finished = world.visit(HOSPITAL, enable(NO_PAPERS), count)
    assert finished is not None and finished.label == "activated"
    return int(count.exchanges)


EVERY_KIND = pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0", "ssc-3.0"])
EVERY_BREAK = pytest.mark.parametrize(("early", "power"), [(True, False), (False, False), (False, True)])


@EVERY_KIND
@EVERY_BREAK
def test_an_activation_broken_off_is_finished_at_the_next_insertion(
    kind: str, early: bool, power: bool
) -> None:
    broken_off(kind, early, power, every=9)


@pytest.mark.slow
@EVERY_KIND
@EVERY_BREAK
def test_an_activation_broken_off_anywhere_is_finished_at_the_next_insertion(
    kind: str, early: bool, power: bool
) -> None:
    broken_off(kind, early, power, every=1)


def broken_off(kind: str, early: bool, power: bool, *, every: int) -> None:
    total = sum(card.balance_fen for card in World(kind).office.cards())
    for at in range(1, whole(World(kind)) + 1, every):
        world = World(kind)
        disturbance = Break(at, before=early, power=power)
        world.visit(HOSPITAL, enable(NO_PAPERS), disturbance)
        assert disturbance.struck
        usable = [card.role for card in world.office.cards() if card.usable]
        assert len(usable) == 1, "never both cards usable, never neither"
        finished = world.visit(COUNTER, enable(world.papers))
        assert finished is not None
        assert finished.label in {"activated", "caught-up", "already-active"}
        assert (world.at_centre, world.on_card) == (SocialState.NORMAL, SocialState.NORMAL)
        assert sum(card.balance_fen for card in world.office.cards()) == total


@EVERY_BREAK
@pytest.mark.parametrize("profile", ["first-purchase", "id-card"])
def test_a_card_alone_broken_off_is_finished_at_the_next_insertion(
    profile: str, early: bool, power: bool
) -> None:
    total = sum(card.balance_fen for card in World().office.cards())
    at = 1
    while True:
        world = World(profile=profile)
        disturbance = Break(at, before=early, power=power)
        world.alone(disturbance)
        if not disturbance.struck:
            break
        assert len([card for card in world.office.cards() if card.usable]) == 1
        ended = world.alone()
        assert ended is not None
        assert ended.outcome in {Outcome.ACTIVATED, Outcome.CAUGHT_UP, Outcome.ALREADY_ACTIVE}
        assert (world.at_centre, world.on_card) == (SocialState.NORMAL, SocialState.NORMAL)
        assert sum(card.balance_fen for card in world.office.cards()) == total
        at += 5
    assert at > 40, "the visit is that long"


def test_a_lost_card_is_told_so_and_is_not_written() -> None:
    from terminal.flow.errands import report_loss

    world = World()
    lost = world.visit(COUNTER, report_loss(world.papers, formal=True))
    assert lost is not None and lost.label == "loss-reported"
    refused = world.visit(HOSPITAL, enable(NO_PAPERS))
    assert refused is not None
    assert (refused.label, int(refused.exit_code)) == ("card-lost", 6)
    assert refused.refusal is not None and refused.refusal.rule == "R41"
    assert world.on_card is SocialState.SEALED
    released = world.visit(COUNTER, release_loss(world.papers))
    assert released is not None and released.label == "loss-released"
    assert world.at_centre is SocialState.SEALED


@EVERY_KIND
@pytest.mark.parametrize("place", [HOSPITAL, COUNTER])
def test_a_card_that_the_centre_has_for_another_holder_is_refused_and_nothing_is_changed(
    kind: str, place: str
) -> None:
    world = World(kind)
    world.office = Office.open(":memory:", world.office.profile, lambda: NOW)
    record = issue_record(world.card)
    key, another = CardKey(record.card_id, record.number), Holder("990100197502020025", "测试乙")
    world.office.enrolment.enrol_social_card(key, record.historical_bytes, another)
    before = world.card.contents()
    finished = world.visit(place, enable(Papers(another.id_number)))
    assert finished is not None
    assert (finished.label, int(finished.exit_code)) == ("other-holder", 8)
    assert "another holder" in finished.text.en
    assert world.at_centre is SocialState.SEALED
    assert world.card.contents() == before


def test_another_card_than_a_social_security_card_is_refused_by_the_terminal() -> None:
    world = World()
    world.card = world.old
    finished = world.visit(HOSPITAL, enable(NO_PAPERS))
    assert finished is not None
    assert (finished.label, int(finished.exit_code)) == ("wrong-new-card", 8)


def test_a_pin_is_not_renewed_where_the_place_holds_no_authorisation() -> None:
    world = World()
    world.visit(HOSPITAL, enable(NO_PAPERS))
    refused = world.visit("990100000002", renew_pin(world.papers, Pin("864209")))
    assert refused is not None and refused.label == "wrong-place"
    done = world.visit(COUNTER, renew_pin(world.papers, Pin("864209")))
    assert done is not None and done.label == "pin-reset"


def test_handing_over_again_is_harmless() -> None:
    world = World()
    for _ in range(2):
        finished = world.visit(COUNTER, hand_over(world.papers))
        assert finished is not None and finished.label == "handed-over"


def test_the_bare_centre_never_answers_where_the_line_is_down(tmp_path: Path) -> None:
    class Down:
        def call(self, request: Any) -> Any:
            raise UnreachableError("the line is down")

    world = World()
    world.office, office = Down(), world.office  # type: ignore[assignment]
    world.office.profile = office.profile
    finished = world.visit(HOSPITAL, enable(NO_PAPERS))
    assert finished is not None
    assert (finished.label, int(finished.exit_code)) == ("centre-unreachable", 7)
