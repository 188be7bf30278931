"""A holder with an old and a new card, a centre that has both on record, and visits to places that have a reader."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any, TypeVar

from apdu.layout.states import SocialState
from terminal.backoffice.channel_ports import Papers
from terminal.backoffice.office import Office
from terminal.backoffice.ports import UnreachableError
from terminal.backoffice.profile import load_profile
from terminal.counter import settings_of
from terminal.enrol import enrol_card
from terminal.flow.authentication import Means
from terminal.flow.channel import Errand, Finished, at_card
from terminal.flow.dual_insert_run import Ended, activation
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
