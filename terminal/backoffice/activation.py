"""Carrying out an activation: what changes at the centre, in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from apdu.layout.states import Channel, SocialState
from terminal.backoffice.card_states import Operation, moved
from terminal.backoffice.records import OldCard, Reservation, ReservationStatus, SocialCard
from terminal.backoffice.store import Store

Commit = Callable[[Store, Reservation, SocialCard, OldCard, datetime], Reservation]
"""Inside an open transaction: enable, cancel, move, mark as committed; gives the reservation after it."""


def commit_activation(
    store: Store, reservation: Reservation, card: SocialCard, old: OldCard, at: datetime
) -> Reservation:
    """Enable the new card, cancel the old one, move the account to the fen, commit the reservation."""
    store.set_state(moved(card, Operation.ENABLE, at=at, channel=Channel.PHARMACY))
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


def take_over(
    store: Store, card: SocialCard, at: datetime, channel: Channel, commit: Commit = commit_activation
) -> SocialCard:
    """Enable a card without an old one at hand: every old card of its holder gives way, every account moves (R10).

    What a pharmacy has begun with this card is carried out, what it has begun with another new one is released.
    """
    for old in store.old_cards_of(card.holder.id_number):
        for reservation in store.reservations_with(old.number):
            if reservation.status is not ReservationStatus.OPEN:
                continue
            if reservation.card == card.number:
                commit(store, reservation, card, old, at)
            else:
                store.set_reservation(replace(reservation, status=ReservationStatus.RELEASED))
    after = moved(card, Operation.ENABLE, at=at, channel=channel)
    store.set_state(after)
    for old in store.old_cards_of(card.holder.id_number):
        store.set_old_state(old.number, SocialState.CANCELLED, replaced_by=card.number)
        transfer(store, old, card, None, at)
    return after


def transfer(store: Store, old: OldCard, card: SocialCard, reservation: str | None, at: datetime) -> None:
    """Move the whole balance of the old card's account."""
    amount_fen = store.balance(old.account)
    store.move(old.account, card.account, amount_fen, reason="activation", at=at, reference=reservation)
