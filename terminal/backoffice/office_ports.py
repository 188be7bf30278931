"""The back office as those see it who run it: bring cards in, list them, put questions, close the door.

`Office` and `RemoteOffice` are both of this kind, so that commands need not know where the centre is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from apdu.layout.states import FinancialState, ReceiptMode, SocialState
from terminal.backoffice.bank_ports import BankNotice, NoticeAnswer
from terminal.backoffice.card_life_ports import Tick, Ticked
from terminal.backoffice.ports import Answer, CardKey, Holder, MedicalBase, Request
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import CardStatus
from terminal.backoffice.verifier import PinVerifier
from terminal.text import Pin


class Enroller(Protocol):
    """Where cards are brought in; see `terminal.backoffice.enrolment`."""

    def enrol_old_card(
        self,
        kind: str,
        number: str,
        holder: Holder,
        *,
        pin: Pin | PinVerifier | None = None,
        balance_fen: int = 0,
        state: SocialState = SocialState.NORMAL,
        tries_left: int | None = None,
    ) -> object:
        """Bring in an old medical card; raises EnrolmentError."""

    def enrol_social_card(
        self,
        key: CardKey,
        historical_bytes: bytes,
        holder: Holder,
        *,
        valid_until: date | None = None,
        received_at: datetime | None = None,
        receipt_mode: ReceiptMode = ReceiptMode.IN_PERSON,
        social: SocialState = SocialState.SEALED,
        financial: FinancialState = FinancialState.INACTIVE,
        medical: MedicalBase | None = None,
    ) -> object:
        """Bring in a social security card; raises EnrolmentError."""


class OpenOffice(Protocol):
    """A back office at hand, in this process or at the other end of a line."""

    @property
    def profile(self) -> Profile:
        """The region whose rules this terminal goes by."""

    @property
    def enrolment(self) -> Enroller:
        """Where cards are brought in."""

    def call(self, request: Request) -> Answer:
        """Answer a request; raises RefusedError, UnreachableError, StoreError."""

    def bank_activated(self, notice: BankNotice) -> NoticeAnswer:
        """Take the bank's notice (R14); raises as `call`."""

    def tick(self) -> Ticked:
        """Do all that is due by the office's clock; raises as `call`."""

    def cards(self) -> list[CardStatus]:
        """Every card on record, old ones first; raises as `call`."""

    def close(self) -> None:
        """Close what was opened."""


@dataclass(frozen=True, slots=True)
class EnrolOldCard:
    """Bring in an old medical card, its PIN as a verifier. Answer: Enrolled."""

    kind: str
    number: str
    holder: Holder
    verifier: PinVerifier | None
    balance_fen: int
    state: SocialState
    tries_left: int | None


@dataclass(frozen=True, slots=True)
class EnrolSocialCard:
    """Bring in a social security card. Answer: Enrolled."""

    key: CardKey
    historical_bytes: bytes
    holder: Holder
    valid_until: date | None
    received_at: datetime | None
    receipt_mode: ReceiptMode
    social: SocialState
    financial: FinancialState
    medical: MedicalBase


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The card of this number is on record."""

    number: str


@dataclass(frozen=True, slots=True)
class ListCards:
    """Every card on record, for listings and end-state checks. Answer: CardList."""


@dataclass(frozen=True, slots=True)
class CardList:
    """Old cards first, then social security cards."""

    cards: tuple[CardStatus, ...]


def all_due(call: Callable[[Tick], Answer]) -> Ticked:
    """Do all that is due by the clock, some cards in each transaction (R18, R20); raises as `call`."""
    activated = lost = 0
    while True:
        done = call(Tick())
        assert isinstance(done, Ticked)
        activated, lost = activated + done.activated, lost + done.lost
        if not done.more:
            return Ticked(activated, lost, more=False)


def snapshot_of(cards: Iterable[CardStatus]) -> dict[str, dict[str, Any]]:
    """State, usable, balance_fen, reservation of every card, by `old:NUMBER` or `new:NUMBER`."""
    return {
        f"{card.role}:{card.number}": {
            "state": card.state.name,
            "usable": card.usable,
            "balance_fen": card.balance_fen,
            "reservation": card.reservation.value if card.reservation else None,
        }
        for card in cards
    }
