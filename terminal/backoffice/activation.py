"""Carrying out an activation: what changes at the centre, in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.bank_ports import BankNotice, NoticeAnswer
from terminal.backoffice.ports import RefusedError
from terminal.backoffice.records import OldCard, Reservation, ReservationStatus, SocialCard
from terminal.backoffice.rules import notice_refusal
from terminal.backoffice.store import Store

Commit = Callable[[Store, Reservation, SocialCard, OldCard, datetime], Reservation]
"""Inside an open transaction: enable, cancel, move, mark as committed; gives the reservation after it."""


def commit_activation(
    store: Store, reservation: Reservation, card: SocialCard, old: OldCard, at: datetime
) -> Reservation:
    """Enable the new card, cancel the old one, move the account to the fen, commit the reservation."""
    store.set_social(card.number, SocialState.NORMAL)
    store.set_old_state(old.number, SocialState.CANCELLED, replaced_by=card.number)
    transfer(store, old, card, reservation.number, at)
    committed = replace(
        reservation,
        status=ReservationStatus.COMMITTED,
        committed_at=at,
        balance_fen=store.balance(card.account),
    )
    store.set_reservation(committed)
    return committed


def take_over(store: Store, card: SocialCard, at: datetime) -> None:
    """Enable a card without an old one at hand: every old card of its holder gives way, every account moves (R10)."""
    store.set_social(card.number, SocialState.NORMAL)
    for old in store.old_cards_of(card.holder.id_number):
        store.set_old_state(old.number, SocialState.CANCELLED, replaced_by=card.number)
        transfer(store, old, card, None, at)


def transfer(store: Store, old: OldCard, card: SocialCard, reservation: str | None, at: datetime) -> None:
    """Move the whole balance of the old card's account."""
    amount_fen = store.balance(old.account)
    store.move(old.account, card.account, amount_fen, reason="activation", at=at, reference=reservation)


class BankDesk:
    """Where the bank's notices arrive: the centre then activates the social application by itself (R14).

    `contact` looks a card up and reports it lost first where the bank's deadline has passed.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        contact: Callable[[str], SocialCard | None],
        commit: Commit = commit_activation,
    ) -> None:
        self._store = store
        self._now = now
        self._contact = contact
        self._commit = commit

    def bank_activated(self, notice: BankNotice) -> NoticeAnswer:
        """The bank's application is active, and so is the social one from now on, unless lost or locked (R21).

        What a pharmacy has begun with the card is carried out. Raises RefusedError for a card that is unknown,
        another person's, or cancelled.
        """
        with self._store.transaction():
            card = self._contact(notice.card)
            refusal = notice_refusal(card, notice)
            if refusal is not None:
                self._store.note(self._now(), "refused", detail=f"R14 {refusal.code.value}")
                raise RefusedError(refusal)
            assert card is not None
            return self._activated(card)

    def _activated(self, card: SocialCard) -> NoticeAnswer:
        self._store.set_financial(card.number, FinancialState.ACTIVE)
        self._store.note(self._now(), "bank-notice", card.number, detail="R14")
        if card.social is not SocialState.SEALED:
            return NoticeAnswer(card.social, activated=False)
        self._settle_reservations(card)
        take_over(self._store, card, self._now())
        return NoticeAnswer(SocialState.NORMAL, activated=True)

    def _settle_reservations(self, card: SocialCard) -> None:
        """Commit what was begun with this card, release what was begun with the holder's old cards otherwise."""
        for old in self._store.old_cards_of(card.holder.id_number):
            for reservation in self._store.reservations_with(old.number):
                if reservation.status is not ReservationStatus.OPEN:
                    continue
                if reservation.card == card.number:
                    self._commit(self._store, reservation, card, old, self._now())
                else:
                    released = replace(reservation, status=ReservationStatus.RELEASED)
                    self._store.set_reservation(released)
