"""The back office's memory: cards, persons, ledger, verifiers, reservations, audit.

Typed reads and writes, no decisions; in SQLite or PostgreSQL, by SQLAlchemy. All happens inside `transaction()`; PINs
are held as verifiers only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from terminal.backoffice.database import connect, label_of, translated
from terminal.backoffice.ports import RefusedError
from terminal.backoffice.stored.activations import Activations
from terminal.backoffice.stored.cards import Cards
from terminal.backoffice.stored.debits import Debits
from terminal.backoffice.stored.electronic import ElectronicCards
from terminal.backoffice.stored.ledger import Ledger
from terminal.backoffice.stored.messages import Messages
from terminal.backoffice.stored.orders import Orders
from terminal.backoffice.stored.people import People
from terminal.backoffice.stored.settlements import Settlements
from terminal.backoffice.tables import audit


class Store(Cards, Activations, Ledger, People, Messages, Settlements, ElectronicCards, Debits, Orders):
    """One open store; not for use from several threads at a time. `where` and `read_only` as `connect` takes them."""

    def __init__(self, where: str | Path = ":memory:", *, read_only: bool = False) -> None:
        self.path = label_of(where)
        self._db = connect(where, read_only=read_only)
        self._locks = not read_only

    def close(self) -> None:
        """Close the database; what was committed is safe without it."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. A refusal is a result: what was noted on the way to it is kept.

        Raises StoreError where the database fails, LostRaceError where another terminal was first, DamagedStoreError
        where it holds what no store holds.
        """
        refused: RefusedError | None = None
        try:
            with self._db.begin():
                try:
                    yield
                except RefusedError as refusal:
                    refused = refusal
        except DBAPIError as error:
            raise translated(error, self.path) from None
        if refused is not None:
            raise refused

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
        self._add(audit, at=at, event=event, card=card, reservation=reservation, place=place, detail=detail)

    def audit(self) -> list[tuple[str, ...]]:
        """Every audit line in order: time, event, card, reservation, place, detail (empty where absent)."""
        columns = (
            audit.c.at,
            audit.c.event,
            audit.c.card,
            audit.c.reservation,
            audit.c.place,
            audit.c.detail,
        )
        rows = self._run(select(*columns).order_by(audit.c.entry))
        return [tuple(_written(field) for field in row) for row in rows]


def _written(field: datetime | str | None) -> str:
    return field.isoformat() if isinstance(field, datetime) else field or ""
