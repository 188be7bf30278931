"""Centres with one rule broken, in a module that the process of a service can import."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from apdu.layout.states import Channel, SocialState
from terminal.backoffice.activation import commit_activation
from terminal.backoffice.card_states import Operation, moved
from terminal.backoffice.records import OldCard, Reservation, SocialCard
from terminal.backoffice.store import Store

_calls = count(1)


def in_two_transactions(
    store: Store, reservation: Reservation, card: SocialCard, old: OldCard, at: datetime
) -> Reservation:
    """Enables the new card, commits, and does the rest: complete, unless it dies in between."""
    store.set_state(moved(card, Operation.ENABLE, at=at, channel=Channel.PHARMACY))
    store._db.connection.commit()
    return commit_activation(store, reservation, card, old, at)


def without_cancelling(
    store: Store, reservation: Reservation, card: SocialCard, old: OldCard, at: datetime
) -> Reservation:
    """Forgets to cancel the old card."""
    committed = commit_activation(store, reservation, card, old, at)
    store.set_old_state(old.number, SocialState.NORMAL, replaced_by=card.number)
    return committed


def dies_of_the_second(
    store: Store, reservation: Reservation, card: SocialCard, old: OldCard, at: datetime
) -> Reservation:
    """Has a bug that shows at the second activation of a process."""
    if next(_calls) == 2:
        raise KeyError("a bug")
    return commit_activation(store, reservation, card, old, at)
