"""Bringing cards into the back office, and recording what happens to old ones.

Enrolling a card again is harmless: nothing that has happened to it since is reset.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta

from apdu.layout.states import FinancialState, ReceiptMode, SocialState
from terminal.backoffice.ports import CardKey, Holder, MedicalBase
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import LOST_STATES, LossReason, OldCard, SocialCard
from terminal.backoffice.store import Store
from terminal.backoffice.stored.ledger import EMPLOYEE_FUND, fund_account
from terminal.backoffice.stored.people import INSURED, InsuranceRow
from terminal.backoffice.verifier import PinVerifier
from terminal.text import Pin

EMPLOYEE = "1101"
"""psn_type of an employee in work."""

INSURED_FOR = timedelta(days=3 * 365)
"""How long the holder of an old medical card has been insured already when the card is brought in."""


class EnrolmentError(ValueError):
    """A card cannot be brought in, or cannot change as asked; the message names card and next step."""


class Enrolment:
    """The counter of the back office. `now` gives aware datetimes, `random` salts for PIN verifiers."""

    def __init__(
        self,
        store: Store,
        profile: Profile,
        now: Callable[[], datetime],
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._store = store
        self._profile = profile
        self._now = now
        self._random = random

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
    ) -> OldCard:
        """Bring in an old medical card; `pin` becomes a verifier (None: the card checks its PIN itself).

        Returns the card as on record. Raises EnrolmentError where the number is another person's or kind's.
        """
        if state is SocialState.SEALED:
            raise EnrolmentError(f"old card {number}: an old card is in use or out of it, never sealed")
        if balance_fen < 0:
            raise EnrolmentError(f"old card {number}: a personal account is never below zero fen")
        with self._store.transaction():
            known = self._store.old_card(number)
            if known is not None:
                self._check_same(f"old card {number}", (known.kind, known.holder), (kind, holder))
                return known
            card = OldCard(kind, number, holder, state, None)
            self._store.add_person(holder)
            self._store.add_old_card(card)
            if pin is not None:
                verifier = pin if isinstance(pin, PinVerifier) else PinVerifier.of(pin, self._random)
                tries = self._profile.pin_tries if tries_left is None else tries_left
                self._store.add_verifier(number, verifier, tries)
            self._store.move(
                fund_account(EMPLOYEE_FUND), card.account, balance_fen, reason="enrolment", at=self._now()
            )
            self._insure(holder)
            self._store.note(self._now(), "enrol-old", number)
            return card

    def _insure(self, holder: Holder) -> None:
        """Whoever holds an old medical card is insured: as an employee, where nothing else is on record."""
        if not self._store.insurances_of(holder.id_number):
            since = self._profile.local_date(self._now()) - INSURED_FOR
            self._store.add_insurance(holder.id_number, InsuranceRow(EMPLOYEE_FUND, EMPLOYEE, INSURED, since))

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
    ) -> SocialCard:
        """Bring in a social security card. `valid_until` None: no limit; `received_at` None: no deadline.

        Returns the card as on record. Raises EnrolmentError where number or code are another card's.
        """
        _refuse_wrong_form(key, historical_bytes, received_at)
        key = CardKey(key.card_id.upper(), key.number)
        with self._store.transaction():
            known = self._store.social_card(key.number) or self._store.social_card_by_id(key.card_id)
            if known is not None:
                self._check_same(
                    f"card {key.number}",
                    (known.key, known.historical_bytes, known.holder),
                    (key, historical_bytes, holder),
                )
                return known
            card = SocialCard(
                key,
                historical_bytes,
                holder,
                social,
                financial,
                valid_until,
                received_at,
                receipt_mode,
                medical or MedicalBase(),
                state_before_loss=SocialState.SEALED if social in LOST_STATES else None,
                loss_reason=LossReason.REPORTED if social in LOST_STATES else None,
            )
            self._store.add_person(holder)
            self._store.add_social_card(card)
            self._store.note(self._now(), "enrol-new", key.number)
            return card

    def set_old_card_state(self, number: str, state: SocialState) -> None:
        """Record a loss, a block or its end for an old card; one that was replaced stays cancelled."""
        with self._store.transaction():
            card = self._store.old_card(number)
            if card is None or card.replaced_by is not None:
                raise EnrolmentError(f"old card {number}: not on record, or replaced already")
            self._store.set_old_state(number, state)
            self._store.note(self._now(), "old-state", number, detail=state.name)

    @staticmethod
    def _check_same(what: str, known: tuple[object, ...], given: tuple[object, ...]) -> None:
        if known != given:
            raise EnrolmentError(
                f"{what}: on record with another holder or other data; check which card this is"
            )


def _refuse_wrong_form(key: CardKey, historical_bytes: bytes, received_at: datetime | None) -> None:
    if len(historical_bytes) != 13:
        raise EnrolmentError(
            f"card {key.number}: 13 historical bytes are needed, not {len(historical_bytes)}"
        )
    if received_at is not None and received_at.tzinfo is None:
        raise EnrolmentError(f"card {key.number}: the time of receipt needs a zone")
