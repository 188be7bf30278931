"""The back office's memory in SQLite: cards, persons, ledger, verifiers, reservations, audit.

Typed reads and writes, no decisions. All happens inside `transaction()`; PINs are held as verifiers only.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from apdu.layout.states import FinancialState, ReceiptMode, SocialState
from terminal.backoffice.database import CURE, DamagedStoreError, connect, translated
from terminal.backoffice.ports import CardKey, Holder, MedicalBase, RefusedError
from terminal.backoffice.records import (
    LossReason,
    OldCard,
    PinCounter,
    Reservation,
    ReservationStatus,
    SocialCard,
)
from terminal.backoffice.verifier import PinVerifier

T = TypeVar("T")

_SOCIAL_CARDS = "SELECT * FROM social_cards JOIN persons USING (id_number)"
_OLD_CARDS = "SELECT * FROM old_cards JOIN persons USING (id_number)"


class Store:
    """One open store; not for use from several threads. `path` and `read_only` as `connect` takes them."""

    def __init__(self, path: str | Path = ":memory:", *, read_only: bool = False) -> None:
        self.path = str(path)
        self._begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
        self._db = connect(path, read_only=read_only)
        self._db.row_factory = sqlite3.Row

    def close(self) -> None:
        """Close the file; what was committed is safe without it."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. A refusal is a result: what was noted on the way to it is kept.

        Raises StoreError where the file fails, DamagedStoreError where it holds what no store holds.
        """
        try:
            self._db.execute(self._begin)
            try:
                yield
            except RefusedError:
                self._db.execute("COMMIT")
                raise
            self._db.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise translated(error, self.path) from None
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    # --- persons and cards ---------------------------------------------------------------------------------

    def add_person(self, holder: Holder) -> None:
        """Record a person; one who is known already stays as recorded."""
        self._db.execute("INSERT OR IGNORE INTO persons VALUES (?, ?)", (holder.id_number, holder.name))

    def add_social_card(self, card: SocialCard) -> None:
        """Record a social security card whose holder is recorded."""
        self._db.execute(
            "INSERT INTO social_cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                card.key.number,
                card.key.card_id,
                card.historical_bytes,
                card.holder.id_number,
                card.social,
                card.financial,
                card.valid_until and card.valid_until.isoformat(),
                card.received_at and card.received_at.isoformat(),
                card.receipt_mode,
                json.dumps(card.medical.items, ensure_ascii=False),
                card.state_before_loss,
                card.loss_reason and card.loss_reason.value,
            ),
        )

    def add_old_card(self, card: OldCard) -> None:
        """Record an old card whose holder is recorded."""
        self._db.execute(
            "INSERT INTO old_cards VALUES (?, ?, ?, ?, ?)",
            (card.number, card.kind, card.holder.id_number, card.state, card.replaced_by),
        )

    def social_card(self, number: str) -> SocialCard | None:
        """The social security card with this card number."""
        return _first(self._social_cards(f"{_SOCIAL_CARDS} WHERE number = ?", number))

    def social_card_by_id(self, card_id: str) -> SocialCard | None:
        """The social security card with this identification code (32 hex digits, upper case)."""
        return _first(self._social_cards(f"{_SOCIAL_CARDS} WHERE card_id = ?", card_id))

    def social_cards_by_atr(self, region: str, historical_bytes: bytes) -> list[SocialCard]:
        """The social security cards of a region (first six digits of the id) with these historical bytes."""
        query = f"{_SOCIAL_CARDS} WHERE historical_bytes = ? AND substr(card_id, 1, 6) = ?"
        return self._social_cards(query, historical_bytes, region)

    def social_cards(self) -> list[SocialCard]:
        """Every social security card, by number."""
        return self._social_cards(f"{_SOCIAL_CARDS} ORDER BY number")

    def old_card(self, number: str) -> OldCard | None:
        """The old medical card with this number."""
        return _first(self._old_cards(f"{_OLD_CARDS} WHERE number = ?", number))

    def old_cards(self) -> list[OldCard]:
        """Every old medical card, by number."""
        return self._old_cards(f"{_OLD_CARDS} ORDER BY number")

    def old_cards_of(self, id_number: str) -> list[OldCard]:
        """A person's old medical cards that are not cancelled, by number."""
        query = f"{_OLD_CARDS} WHERE id_number = ? AND state <> ? ORDER BY number"
        return self._old_cards(query, id_number, SocialState.CANCELLED)

    def set_social(
        self,
        number: str,
        state: SocialState,
        before_loss: SocialState | None = None,
        reason: LossReason | None = None,
    ) -> None:
        """Set a card's state; for a loss, with the state to return to and its reason."""
        self._db.execute(
            "UPDATE social_cards SET social = ?, state_before_loss = ?, loss_reason = ? WHERE number = ?",
            (state, before_loss, reason and reason.value, number),
        )

    def set_financial(self, number: str, state: FinancialState) -> None:
        """Record the state of the bank's application."""
        self._db.execute("UPDATE social_cards SET financial = ? WHERE number = ?", (state, number))

    def set_old_state(self, number: str, state: SocialState, replaced_by: str | None = None) -> None:
        """Set an old card's state, and the number of the card that took its place."""
        self._db.execute(
            "UPDATE old_cards SET state = ?, replaced_by = ? WHERE number = ?", (state, replaced_by, number)
        )

    # --- PIN verifiers -------------------------------------------------------------------------------------

    def add_verifier(self, old_card: str, verifier: PinVerifier, tries_left: int) -> None:
        """Record the PIN verifier of an old card."""
        self._db.execute(
            "INSERT INTO verifiers VALUES (?, ?, ?, ?, ?, NULL, NULL)",
            (old_card, verifier.salt, verifier.rounds, verifier.digest, tries_left),
        )

    def verifier(self, old_card: str) -> PinVerifier | None:
        """The PIN verifier of an old card."""
        row = self._one("SELECT salt, rounds, digest FROM verifiers WHERE old_card = ?", old_card)
        return row and PinVerifier(*row)

    def pin_counter(self, old_card: str) -> PinCounter | None:
        """Tries left and last proof of an old card's PIN."""
        row = self._one(
            "SELECT tries_left, proven_for, proven_at FROM verifiers WHERE old_card = ?", old_card
        )
        return row and PinCounter(*row)

    def set_pin_counter(self, old_card: str, counter: PinCounter) -> None:
        """Record tries left and proof."""
        self._db.execute(
            "UPDATE verifiers SET tries_left = ?, proven_for = ?, proven_at = ? WHERE old_card = ?",
            (counter.tries_left, counter.proven_for, counter.proven_at, old_card),
        )

    # --- accounts ------------------------------------------------------------------------------------------

    def balance(self, account: str) -> int:
        """Balance of an account in fen: the sum of its ledger rows."""
        row = self._one("SELECT coalesce(sum(amount_fen), 0) FROM ledger WHERE account = ?", account)
        return int(row[0])

    def post(self, account: str, amount_fen: int, reason: str, reservation: str | None, at: datetime) -> None:
        """Add one ledger row."""
        self._db.execute(
            "INSERT INTO ledger (account, amount_fen, reason, reservation, at) VALUES (?, ?, ?, ?, ?)",
            (account, amount_fen, reason, reservation, at.isoformat()),
        )

    # --- reservations --------------------------------------------------------------------------------------

    def add_reservation(self, day: date, card: str, old_card: str) -> Reservation:
        """Open a reservation; its number is 16 digits: the day and a sequence that never repeats."""
        row = self._one("SELECT coalesce(max(sequence), 0) + 1 FROM reservations")
        sequence = int(row[0])
        reservation = Reservation(f"{day:%Y%m%d}{sequence:08d}", card, old_card, ReservationStatus.OPEN)
        self._db.execute(
            "INSERT INTO reservations VALUES (?, ?, ?, ?, ?, NULL, NULL)",
            (sequence, reservation.number, card, old_card, reservation.status.value),
        )
        return reservation

    def reservation(self, number: str) -> Reservation | None:
        """The reservation with this number, whatever its status."""
        return _first(self._reservations("WHERE number = ?", number))

    def reservations_of(self, card: str) -> list[Reservation]:
        """Every reservation of a social security card, the latest first."""
        return self._reservations("WHERE card = ? ORDER BY sequence DESC", card)

    def reservations_with(self, old_card: str) -> list[Reservation]:
        """Every reservation of an old card, the latest first."""
        return self._reservations("WHERE old_card = ? ORDER BY sequence DESC", old_card)

    def set_reservation(self, reservation: Reservation) -> None:
        """Record status, time and balance of a reservation."""
        self._db.execute(
            "UPDATE reservations SET status = ?, committed_at = ?, balance_fen = ? WHERE number = ?",
            (
                reservation.status.value,
                reservation.committed_at and reservation.committed_at.isoformat(),
                reservation.balance_fen,
                reservation.number,
            ),
        )

    # --- audit ---------------------------------------------------------------------------------------------

    def note(
        self,
        at: datetime,
        event: str,
        card: str | None = None,
        *,
        reservation: str | None = None,
        place: str | None = None,
        detail: str | None = None,
    ) -> None:
        """Add a line to the audit; card numbers and codes only, never a PIN or an ID number."""
        self._db.execute(
            "INSERT INTO audit (at, event, card, reservation, place, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (at.isoformat(), event, card, reservation, place, detail),
        )

    def audit(self) -> list[tuple[str, ...]]:
        """Every audit line in order: time, event, card, reservation, place, detail (empty where absent)."""
        rows = self._db.execute(
            "SELECT at, event, card, reservation, place, detail FROM audit ORDER BY entry"
        )
        return [tuple(field or "" for field in row) for row in rows]

    # --- rows to records -----------------------------------------------------------------------------------

    def _one(self, query: str, *arguments: object) -> Any:
        return self._db.execute(query, arguments).fetchone()

    def _social_cards(self, query: str, *arguments: object) -> list[SocialCard]:
        return self._records(_social_card, query, *arguments)

    def _old_cards(self, query: str, *arguments: object) -> list[OldCard]:
        return self._records(_old_card, query, *arguments)

    def _reservations(self, condition: str, *arguments: object) -> list[Reservation]:
        return self._records(_reservation, f"SELECT * FROM reservations {condition}", *arguments)

    def _records(self, record: Callable[[sqlite3.Row], T], query: str, *arguments: object) -> list[T]:
        rows = self._db.execute(query, arguments)
        return [self._record(record, row) for row in rows]

    def _record(self, record: Callable[[sqlite3.Row], T], row: sqlite3.Row) -> T:
        try:
            return record(row)
        except (ValueError, TypeError, AttributeError, IndexError) as error:
            kind = record.__name__.strip("_").replace("_", " ")
            finding = f"{kind} {row['number']} is damaged ({error})"
            raise DamagedStoreError(self.path, finding, CURE) from None


def _first(found: list[T]) -> T | None:
    return found[0] if found else None


def _social_card(row: sqlite3.Row) -> SocialCard:
    before, reason = row["state_before_loss"], row["loss_reason"]
    return SocialCard(
        key=CardKey(row["card_id"], row["number"]),
        historical_bytes=row["historical_bytes"],
        holder=Holder(row["id_number"], row["name"]),
        social=SocialState(row["social"]),
        financial=FinancialState(row["financial"]),
        valid_until=row["valid_until"] and date.fromisoformat(row["valid_until"]),
        received_at=_moment(row["received_at"]),
        receipt_mode=ReceiptMode(row["receipt_mode"]),
        medical=MedicalBase({int(tag): text for tag, text in json.loads(row["medical"]).items()}),
        state_before_loss=None if before is None else SocialState(before),
        loss_reason=reason and LossReason(reason),
    )


def _old_card(row: sqlite3.Row) -> OldCard:
    holder = Holder(row["id_number"], row["name"])
    return OldCard(row["kind"], row["number"], holder, SocialState(row["state"]), row["replaced_by"])


def _reservation(row: sqlite3.Row) -> Reservation:
    return Reservation(
        row["number"],
        row["card"],
        row["old_card"],
        ReservationStatus(row["status"]),
        _moment(row["committed_at"]),
        row["balance_fen"],
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
