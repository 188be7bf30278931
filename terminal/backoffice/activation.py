"""Carrying out a reserved activation: what changes at the centre, in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from apdu.layout.states import SocialState
from terminal.backoffice.records import OldCard, Reservation, ReservationStatus, SocialCard
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


def transfer(store: Store, old: OldCard, card: SocialCard, reservation: str, at: datetime) -> None:
    """Move the whole balance of the old card's account: two ledger rows that add up to nothing."""
    amount_fen = store.balance(old.account)
    store.post(old.account, -amount_fen, "activation", reservation, at)
    store.post(card.account, amount_fen, "activation", reservation, at)
