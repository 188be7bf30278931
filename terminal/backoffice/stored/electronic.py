"""Electronic social security cards: one token for each card that has one (R22)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from terminal.backoffice.stored.rows import Rows
from terminal.backoffice.tables import electronic_cards


class ElectronicCards(Rows):
    """Tokens by card number."""

    def electronic_card(self, number: str) -> tuple[str, datetime] | None:
        """Token and time of issue of a card's electronic card."""
        columns = electronic_cards.c.token, electronic_cards.c.signed_at
        row = self._run(select(*columns).where(electronic_cards.c.card == number)).first()
        return None if row is None else (row.token, row.signed_at)

    def add_electronic_card(self, number: str, token: str, at: datetime) -> None:
        """Record the electronic card of a card that has none."""
        self._add(electronic_cards, card=number, token=token, signed_at=at)
