"""Debits of the card's medical purse as a terminal reports them to the card-holder database (LD/T 32.7 section 12)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from terminal.backoffice.ports import CardKey, Place


class PurseUse(Enum):
    """What a region uses the medical purse on the card for, where a card has one.

    NONE: nothing. RECORD: every settlement is recorded on the card, which gives a TAC for it; the personal account is
    the centre's. ACCOUNT: the personal account is on the card and pays there.
    """

    NONE = "none"
    RECORD = "record"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class ReportDebit:
    """Was this purchase really debited by this card? Answer: DebitChecked. Idempotent by card and number.

    `msgid`: the settlement it belongs to. `algorithm` as in text messages (1 DES, 3 SM4); amounts in fen; `number` is
    the card's, `sequence` (8 hex digits) the terminal's, `time` yyyymmddhhmmss, `tac` 8 hex digits.
    """

    place: Place
    card: CardKey
    msgid: str
    algorithm: int
    account_fen: int
    self_paid_fen: int
    pool_fen: int
    number: int
    sequence: str
    time: str
    tac: str


@dataclass(frozen=True, slots=True)
class DebitChecked:
    """Whether the TAC is the card's, for these very figures; then the centre keeps it with the settlement."""

    genuine: bool
