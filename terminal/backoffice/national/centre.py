"""What every transaction of the interface has at hand, and how people and cards are found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from apdu.layout.states import SocialState
from terminal.backoffice import refusals
from terminal.backoffice.clock import Clock
from terminal.backoffice.national.faults import Fault, InterfaceError
from terminal.backoffice.national.messages.transaction import Transaction
from terminal.backoffice.ports import RefusedError
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import SocialCard
from terminal.backoffice.rule import Situation
from terminal.backoffice.rules_cards import may_be_used, new_card_is_not_cancelled, new_card_is_not_lost
from terminal.backoffice.rules_cards import new_card_is_not_locked as not_locked
from terminal.backoffice.store import Store
from terminal.backoffice.stored.ledger import EMPLOYEE_FUND
from terminal.backoffice.stored.people import INSURED, InsuranceRow, Person

VOUCHER, ID_CARD, SOCIAL_CARD = "01", "02", "03"
"""Kinds of certificate (mdtrt_cert_type)."""

_DIGITS = 13


class Numbered(Enum):
    """What a number of 20 digits names; the value is the digit behind the region, so that none is taken for another."""

    PERSON = "0"
    VISIT = "1"
    SETTLEMENT = "2"


@dataclass(frozen=True, slots=True)
class Call:
    """One transaction under way: who asks (the envelope's values), what (the nodes' values), and when."""

    transaction: Transaction
    envelope: Mapping[str, Any]
    input: Mapping[str, Any]
    at: datetime

    @property
    def place(self) -> str:
        """The institution's code."""
        return str(self.envelope["fixmedins_code"])

    @property
    def msgid(self) -> str:
        """The message's id."""
        return str(self.envelope["msgid"])


@dataclass(frozen=True, slots=True)
class Centre:
    """The insurance centre: store, region, and the clock that brings a card up to the hour when it is looked at."""

    store: Store
    profile: Profile
    clock: Clock

    # --- numbers: region and a row's number ------------------------------------------------------------------

    def number(self, kind: Numbered, entry: int) -> str:
        """A person, visit or settlement number: the region, a digit for its kind, and the row."""
        return f"{self.profile.region}{kind.value}{entry:0{_DIGITS}d}"

    def entry(self, kind: Numbered, number: str) -> int:
        """The row of such a number; -1, which no row has, where it is none."""
        beginning = f"{self.profile.region}{kind.value}"
        digits = number.removeprefix(beginning)
        fits = number.startswith(beginning) and len(digits) == _DIGITS
        return int(digits) if fits and digits.isascii() and digits.isdigit() else -1

    def day(self, moment: datetime) -> date:
        """The region's calendar day."""
        return self.profile.local_date(moment)

    # --- people and cards --------------------------------------------------------------------------------------

    def person(self, number: str) -> Person:
        """The person with this person number; raises InterfaceError."""
        found = self.store.person(self.entry(Numbered.PERSON, number))
        if found is None:
            raise InterfaceError(Fault.NO_PERSON)
        return found

    def insured(self, person: Person, kind: str) -> InsuranceRow:
        """The person's insurance of a kind, in force; raises InterfaceError."""
        rows = self.store.insurances_of(person.id_number)
        if not rows:
            raise InterfaceError(Fault.NOT_INSURED)
        for row in rows:
            if row.kind == kind and row.status == INSURED:
                return row
        raise InterfaceError(Fault.PAUSED)

    def card(self, number: str) -> SocialCard:
        """A card that may be used now; raises RefusedError (R1, R41), InterfaceError."""
        return self._usable(self.clock.contact(number))

    def active_card(self, person: Person) -> SocialCard | None:
        """The person's card that is in use, None where there is none."""
        numbers = [card.number for card in self.store.social_cards_of(person.id_number)]
        cards = (self.clock.contact(number) for number in numbers)
        return next((card for card in cards if card and may_be_used(card.social)), None)

    def card_shown(self, person: Person, values: Mapping[str, Any]) -> SocialCard | None:
        """The card behind a certificate that was shown for a person; for ID card and e-voucher the one in use, if any.

        Raises RefusedError, InterfaceError.
        """
        kind, number = values["mdtrt_cert_type"], first_part(values["mdtrt_cert_no"])
        if kind == SOCIAL_CARD:
            card = self._card_of(person, number)
            if values.get("card_sn") and card.key.card_id != values["card_sn"].upper():
                raise RefusedError(refusals.UNKNOWN_NEW_CARD)
            return card
        if number is not None and not self._names(person, kind, number):
            raise InterfaceError(Fault.OTHER_PERSON)
        return self.active_card(person)

    def balance(self, card: SocialCard | None, kind: str) -> int:
        """What is on the personal account of the card in use; only employees' insurance has accounts (R52)."""
        return self.store.balance(card.account) if card is not None and kind == EMPLOYEE_FUND else 0

    def _card_of(self, person: Person, number: str | None) -> SocialCard:
        if number is None:
            card = self.active_card(person)
            if card is not None:
                return card
            cards = self.store.social_cards_of(person.id_number)
            return self._usable(cards[-1] if cards else None)
        shown = self.clock.contact(number)
        if shown is not None and shown.holder.id_number != person.id_number:
            raise InterfaceError(Fault.OTHER_PERSON)
        return self._usable(shown)

    def _names(self, person: Person, kind: str, number: str) -> bool:
        if kind == ID_CARD:
            return number.upper() == person.id_number
        owner = self.store.person_by_voucher(number)
        return owner is not None and owner.id_number == person.id_number

    def _usable(self, card: SocialCard | None) -> SocialCard:
        """R1, R41: only a card in its normal state, as the centre holds it."""
        if card is None:
            raise RefusedError(refusals.UNKNOWN_NEW_CARD)
        situation = Situation(card=card)
        for rule in (new_card_is_not_lost, not_locked, new_card_is_not_cancelled):
            refusal = rule(situation, None, datetime.min, self.profile)
            if refusal is not None:
                raise RefusedError(refusal)
        if card.social is not SocialState.NORMAL:
            raise InterfaceError(Fault.NOT_ENABLED)
        return card


def first_part(number: str | None) -> str | None:
    """A card number without the business string that some provinces add behind `|`."""
    return number if number is None else number.partition("|")[0]
