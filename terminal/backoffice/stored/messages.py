"""Messages that changed something, by msgid, with their answers; and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from terminal.backoffice.stored.rows import Rows
from terminal.backoffice.tables import messages, sign_ins

_MESSAGE = select(messages).where(messages.c.msgid == bindparam("msgid"))
_SIGN_IN = select(sign_ins).where(sign_ins.c.entry == bindparam("entry"))


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was carried out: its transaction, place, digest of its content, and the answer (JSON).

    One that was reversed, even before it arrived, has neither content nor answer.
    """

    msgid: str
    infno: str
    place: str
    digest: bytes
    answer: str

    @property
    def is_void(self) -> bool:
        """It was reversed; whatever comes under its id is refused."""
        return not self.digest


@dataclass(frozen=True, slots=True)
class SignedOn:
    """An operator's session at a place; `entry` is its number."""

    entry: int
    place: str
    at: datetime
    ended_at: datetime | None


class Messages(Rows):
    """Messages and sign-ins."""

    def message(self, msgid: str) -> Message | None:
        """The message with this id, if it was carried out (or reversed before it came)."""
        return self._first(_message, _MESSAGE, msgid=msgid)

    def add_message(self, message: Message, at: datetime) -> None:
        """Record a message with its answer; the database refuses the same id twice."""
        self._add(
            messages,
            msgid=message.msgid,
            kind=message.infno,
            place=message.place,
            digest=message.digest,
            answer=message.answer,
            at=at,
        )

    def void_message(self, msgid: str) -> None:
        """Record that a message was reversed: its content and answer are no more."""
        self._run(update(messages).where(messages.c.msgid == msgid).values(digest=b"", answer=""))

    def add_sign_in(self, place: str, operator: str, at: datetime) -> int:
        """Record a sign-in; gives its number."""
        added = self._add(sign_ins, place=place, operator=operator, at=at)
        return int(added.inserted_primary_key[0])

    def sign_in_by(self, entry: int) -> SignedOn | None:
        """The sign-in with this number."""
        return self._first(_signed_on, _SIGN_IN, entry=entry)

    def end_sign_in(self, entry: int, at: datetime) -> None:
        """Record the sign-out."""
        self._run(update(sign_ins).where(sign_ins.c.entry == entry).values(ended_at=at))


def _message(row: Row[Any]) -> Message:
    return Message(row.msgid, row.kind, row.place, row.digest, row.answer)


def _signed_on(row: Row[Any]) -> SignedOn:
    return SignedOn(row.entry, row.place, row.at, row.ended_at)
