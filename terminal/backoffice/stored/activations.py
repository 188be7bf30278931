"""What an activation needs: verifiers of old cards' PINs, and reservations."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from terminal.backoffice.records import PinCounter, Reservation, ReservationStatus
from terminal.backoffice.stored.rows import Rows
from terminal.backoffice.tables import reservations, verifiers
from terminal.backoffice.verifier import PinVerifier

_SEQUENCE_DIGITS = 8

_VERIFIER = select(verifiers).where(verifiers.c.old_card == bindparam("old_card"))
_LATEST_FIRST = select(reservations).order_by(reservations.c.sequence.desc())
_RESERVATION = select(reservations).where(reservations.c.sequence == bindparam("sequence"))
_OF_CARD = _LATEST_FIRST.where(reservations.c.card == bindparam("card"))
_OF_OLD_CARD = _LATEST_FIRST.where(reservations.c.old_card == bindparam("old_card"))


class Activations(Rows):
    """PIN verifiers and reservations."""

    def add_verifier(self, old_card: str, verifier: PinVerifier, tries_left: int) -> None:
        """Record the PIN verifier of an old card."""
        self._add(
            verifiers,
            old_card=old_card,
            salt=verifier.salt,
            rounds=verifier.rounds,
            digest=verifier.digest,
            tries_left=tries_left,
        )

    def verifier(self, old_card: str) -> PinVerifier | None:
        """The PIN verifier of an old card."""
        return self._first(_verifier, _VERIFIER, old_card=old_card)

    def pin_counter(self, old_card: str) -> PinCounter | None:
        """Tries left and last proof of an old card's PIN."""
        return self._first(_pin_counter, _VERIFIER, old_card=old_card)

    def set_pin_counter(self, old_card: str, counter: PinCounter) -> None:
        """Record tries left and proof."""
        self._run(
            update(verifiers)
            .where(verifiers.c.old_card == old_card)
            .values(tries_left=counter.tries_left, proven_for=counter.proven_for, proven_at=counter.proven_at)
        )

    def add_reservation(self, day: date, card: str, old_card: str) -> Reservation:
        """Open a reservation; its number is 16 digits: the day and a sequence that never repeats."""
        added = self._add(
            reservations, day=day, card=card, old_card=old_card, status=ReservationStatus.OPEN.value
        )
        return Reservation(
            _number(day, added.inserted_primary_key[0]), card, old_card, ReservationStatus.OPEN
        )

    def reservation(self, number: str) -> Reservation | None:
        """The reservation with this number, whatever its status."""
        found = self._first(_reservation, _RESERVATION, sequence=_sequence(number))
        return found if found is not None and found.number == number else None

    def reservations_of(self, card: str) -> list[Reservation]:
        """Every reservation of a social security card, the latest first."""
        return self._all(_reservation, _OF_CARD, card=card)

    def reservations_with(self, old_card: str) -> list[Reservation]:
        """Every reservation of an old card, the latest first."""
        return self._all(_reservation, _OF_OLD_CARD, old_card=old_card)

    def set_reservation(self, reservation: Reservation) -> None:
        """Record status, time and balance of a reservation."""
        self._run(
            update(reservations)
            .where(reservations.c.sequence == _sequence(reservation.number))
            .values(
                status=reservation.status.value,
                committed_at=reservation.committed_at,
                balance_fen=reservation.balance_fen,
            )
        )


def _number(day: date, sequence: int) -> str:
    return f"{day:%Y%m%d}{sequence:0{_SEQUENCE_DIGITS}d}"


def _sequence(number: str) -> int:
    """The sequence in a reservation's number; -1, which no row has, where it is no such number."""
    digits = number[_SEQUENCE_DIGITS:]
    return int(digits) if digits.isascii() and digits.isdigit() else -1


def _verifier(row: Row[Any]) -> PinVerifier:
    return PinVerifier(row.salt, row.rounds, row.digest)


def _pin_counter(row: Row[Any]) -> PinCounter:
    return PinCounter(row.tries_left, row.proven_for, row.proven_at)


def _reservation(row: Row[Any]) -> Reservation:
    return Reservation(
        _number(row.day, row.sequence),
        row.card,
        row.old_card,
        ReservationStatus(row.status),
        row.committed_at,
        row.balance_fen,
    )
