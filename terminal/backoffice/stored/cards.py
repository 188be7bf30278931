"""Persons and their cards.

In a transaction that writes, PostgreSQL locks the rows of a card that is read, and its person's: two terminals
decide about the same holder one after the other. SQLite has one writer at a time anyway.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, select, update

from apdu.layout.states import Channel, FinancialState, ReceiptMode, SocialState
from terminal.backoffice.ports import CardKey, Holder, MedicalBase
from terminal.backoffice.records import LossReason, OldCard, SocialCard
from terminal.backoffice.stored.rows import Rows, held
from terminal.backoffice.tables import old_cards, persons, social_cards

_SOCIAL = select(social_cards, persons.c.name).join_from(social_cards, persons)
_OLD = select(old_cards, persons.c.name).join_from(old_cards, persons)

_BY_NUMBER = held(_SOCIAL.where(social_cards.c.number == bindparam("number")))
_BY_CARD_ID = held(_SOCIAL.where(social_cards.c.card_id == bindparam("card_id")))
_BY_ATR = held(
    _SOCIAL.where(
        social_cards.c.historical_bytes == bindparam("historical_bytes"),
        func.substr(social_cards.c.card_id, 1, 6) == bindparam("region"),
    )
)
_OF_HOLDER = held(
    _SOCIAL.where(social_cards.c.id_number == bindparam("id_number")).order_by(social_cards.c.number)
)
_OLD_BY_NUMBER = held(_OLD.where(old_cards.c.number == bindparam("number")))
_OLD_OF_HOLDER = held(
    _OLD.where(
        old_cards.c.id_number == bindparam("id_number"), old_cards.c.state != int(SocialState.CANCELLED)
    ).order_by(old_cards.c.number)
)


class Cards(Rows):
    """Persons, social security cards, old medical cards."""

    def add_person(self, holder: Holder) -> None:
        """Record a person; one who is known already stays as recorded."""
        self._add_new(persons, id_number=holder.id_number, name=holder.name)

    def add_social_card(self, card: SocialCard) -> None:
        """Record a social security card whose holder is recorded."""
        self._add(
            social_cards,
            number=card.key.number,
            card_id=card.key.card_id,
            historical_bytes=card.historical_bytes,
            id_number=card.holder.id_number,
            financial=int(card.financial),
            valid_until=card.valid_until,
            received_at=card.received_at,
            receipt_mode=int(card.receipt_mode),
            medical=json.dumps(card.medical.items, ensure_ascii=False),
            replaced_by=card.replaced_by,
            **_state(card),
        )

    def add_old_card(self, card: OldCard) -> None:
        """Record an old card whose holder is recorded."""
        self._add(
            old_cards,
            number=card.number,
            kind=card.kind,
            id_number=card.holder.id_number,
            state=int(card.state),
            replaced_by=card.replaced_by,
        )

    def social_card(self, number: str) -> SocialCard | None:
        """The social security card with this card number."""
        return self._first(_social_card, _BY_NUMBER, number=number)

    def social_card_by_id(self, card_id: str) -> SocialCard | None:
        """The social security card with this identification code (32 hex digits, upper case)."""
        return self._first(_social_card, _BY_CARD_ID, card_id=card_id)

    def social_cards_by_atr(self, region: str, historical_bytes: bytes) -> list[SocialCard]:
        """The social security cards of a region (first six digits of the id) with these historical bytes."""
        return self._all(_social_card, _BY_ATR, region=region, historical_bytes=historical_bytes)

    def social_cards(self) -> list[SocialCard]:
        """Every social security card, by number."""
        return self._all(_social_card, _SOCIAL.order_by(social_cards.c.number))

    def old_card(self, number: str) -> OldCard | None:
        """The old medical card with this number."""
        return self._first(_old_card, _OLD_BY_NUMBER, number=number)

    def old_cards(self) -> list[OldCard]:
        """Every old medical card, by number."""
        return self._all(_old_card, _OLD.order_by(old_cards.c.number))

    def old_cards_of(self, id_number: str) -> list[OldCard]:
        """A person's old medical cards that are not cancelled, by number."""
        return self._all(_old_card, _OLD_OF_HOLDER, id_number=id_number)

    def social_cards_of(self, id_number: str) -> list[SocialCard]:
        """A person's social security cards, by number."""
        return self._all(_social_card, _OF_HOLDER, id_number=id_number)

    def collected_before(self, moment: datetime, limit: int, *, bank_first: bool) -> list[str]:
        """Numbers of sealed cards that an employer received until this moment, the earliest first (R18).

        `bank_first`: only those whose bank side is active.
        """
        due = [
            social_cards.c.social == int(SocialState.SEALED),
            social_cards.c.receipt_mode == int(ReceiptMode.EMPLOYER),
            social_cards.c.received_at <= moment,
        ]
        if bank_first:
            due.append(social_cards.c.financial == int(FinancialState.ACTIVE))
        return self._due(due, limit)

    def without_bank_before(self, moment: datetime, limit: int) -> list[str]:
        """Numbers of cards in use or sealed, received before this moment, the bank's side never active (R20)."""
        due = [
            social_cards.c.financial == int(FinancialState.INACTIVE),
            social_cards.c.social.in_((int(SocialState.SEALED), int(SocialState.NORMAL))),
            social_cards.c.received_at < moment,
        ]
        return self._due(due, limit)

    def set_state(self, card: SocialCard) -> None:
        """Record the state of a card as `terminal.backoffice.card_states.moved` gives it."""
        self._set_social_card(card.number, **_state(card))

    def set_financial(self, number: str, state: FinancialState) -> None:
        """Record the state of the bank's application."""
        self._set_social_card(number, financial=int(state))

    def set_bank_activated_at(self, number: str, at: datetime) -> None:
        """Record when the bank reported its application active."""
        self._set_social_card(number, bank_activated_at=at)

    def set_bank_number(self, number: str, bank_number: str) -> None:
        """Record the bank card number of a card."""
        self._set_social_card(number, bank_number=bank_number)

    def set_chip_account(self, number: str, account: str) -> None:
        """Record the account at the bank that the chip of a card is for."""
        self._set_social_card(number, chip_account=account)

    def set_received(self, number: str, at: datetime, mode: ReceiptMode) -> None:
        """Record when and how a card was received."""
        self._set_social_card(number, received_at=at, receipt_mode=int(mode))

    def set_replaced_by(self, number: str, successor: str) -> None:
        """Record which card took a card's place."""
        self._set_social_card(number, replaced_by=successor)

    def set_old_state(self, number: str, state: SocialState, replaced_by: str | None = None) -> None:
        """Set an old card's state, and the number of the card that took its place."""
        self._run(
            update(old_cards)
            .where(old_cards.c.number == number)
            .values(state=int(state), replaced_by=replaced_by)
        )

    def _set_social_card(self, number: str, **values: Any) -> None:
        self._run(update(social_cards).where(social_cards.c.number == number).values(values))

    def _due(self, conditions: list[ColumnElement[bool]], limit: int) -> list[str]:
        earliest_first = select(social_cards.c.number).where(*conditions).order_by(social_cards.c.received_at)
        return [number for (number,) in self._run(earliest_first.limit(limit))]


def _code(state: SocialState | None) -> int | None:
    return None if state is None else int(state)


def _state(card: SocialCard) -> dict[str, Any]:
    """The columns that a change of state touches."""
    return {
        "social": int(card.social),
        "state_before_loss": _code(card.state_before_loss),
        "loss_reason": card.loss_reason and card.loss_reason.value,
        "enabled_by": int(card.enabled_by),
        "enabled_at": card.enabled_at,
    }


def _social_card(row: Row[Any]) -> SocialCard:
    before, reason = row.state_before_loss, row.loss_reason
    return SocialCard(
        key=CardKey(row.card_id, row.number),
        historical_bytes=row.historical_bytes,
        holder=Holder(row.id_number, row.name),
        social=SocialState(row.social),
        financial=FinancialState(row.financial),
        valid_until=row.valid_until,
        received_at=row.received_at,
        receipt_mode=ReceiptMode(row.receipt_mode),
        medical=MedicalBase({int(tag): text for tag, text in json.loads(row.medical).items()}),
        state_before_loss=None if before is None else SocialState(before),
        loss_reason=reason and LossReason(reason),
        enabled_by=Channel(row.enabled_by or 0),
        enabled_at=row.enabled_at,
        replaced_by=row.replaced_by,
        bank_number=row.bank_number,
        chip_account=row.chip_account,
        bank_activated_at=row.bank_activated_at,
    )


def _old_card(row: Row[Any]) -> OldCard:
    holder = Holder(row.id_number, row.name)
    return OldCard(row.kind, row.number, holder, SocialState(row.state), row.replaced_by)
