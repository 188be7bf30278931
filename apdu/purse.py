"""The medical purse as bytes: amounts, answers, EF08 records and the input of every cryptogram.

Card, PSAM, terminal and key machine all compute from here. MACs and TAC take the listed fields without a
command header. Sources: LD/T 32.5 section 7, LD/T 32.7 sections 11, 12 and 15.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from struct import Struct

from apdu.crypto import Algorithm, mac, session_key, tac_key

AMOUNT_MAX = 0xFFFFFFFF
COUNTER_MAX = 0xFFFF
LOAD_KEY_TAIL = b"\x80\x00"
NO_MAC = bytes(4)
ACCOUNT_RECORD, FULL_RECORD = 20, 28
"""Record lengths of EF08: the personal account alone, or all three amounts."""

ALGORITHM_CODES = {Algorithm.DES: 0x00, Algorithm.SSF33: 0x02, Algorithm.SM4: 0x03}
"""The algorithm byte of the purse's answers and of key records in a PSAM: not the one of the FCI."""

_LOAD_OFFER = Struct(">IHBB4s4s")
_PURCHASE_OFFER = Struct(">III2sHBB4s")


class TransactionKind(IntEnum):
    """What a transaction did: the characters 1 and 2 of the type field."""

    LOAD = 0x31
    PURCHASE = 0x32


class Balance(IntEnum):
    """P2 of GET BALANCE: the personal account, or a yearly total with the payment year after it."""

    ACCOUNT = 1
    SELF_PAID = 2
    POOL = 3


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a purchase costs, in fen: from the personal account, paid by the holder, paid by the pool.

    Raises ValueError for an amount that four bytes cannot hold.
    """

    account: int = 0
    self_paid: int = 0
    pool: int = 0

    def __post_init__(self) -> None:
        for name in ("account", "self_paid", "pool"):
            if not 0 <= getattr(self, name) <= AMOUNT_MAX:
                raise ValueError(f"{name} of {getattr(self, name)} fen does not fit four bytes")

    def encode(self) -> bytes:
        """Three amounts of 4 bytes, big endian."""
        return amount(self.account) + amount(self.self_paid) + amount(self.pool)

    @classmethod
    def decode(cls, data: bytes) -> Amounts:
        """The amounts of exactly 12 bytes."""
        if len(data) != 12:
            raise ValueError(f"three amounts are 12 bytes, not {len(data)}")
        return cls(*(int.from_bytes(data[start : start + 4], "big") for start in (0, 4, 8)))


@dataclass(frozen=True, slots=True)
class LoadOffer:
    """What INITIALIZE FOR LOAD answers, 16 bytes; `mac1` proves card, balance and amount to the host."""

    balance: int
    number: int
    key_version: int
    algorithm: int
    random: bytes
    mac1: bytes

    def encode(self) -> bytes:
        """The 16 bytes of the answer."""
        return _LOAD_OFFER.pack(
            self.balance, self.number, self.key_version, self.algorithm, self.random, self.mac1
        )

    @classmethod
    def decode(cls, data: bytes) -> LoadOffer:
        """The answer from exactly 16 bytes; raises ValueError on another length."""
        if len(data) != _LOAD_OFFER.size:
            raise ValueError(f"INITIALIZE FOR LOAD answers {_LOAD_OFFER.size} bytes, not {len(data)}")
        return cls(*_LOAD_OFFER.unpack(data))


@dataclass(frozen=True, slots=True)
class PurchaseOffer:
    """What INITIALIZE FOR PURCHASE answers, 22 bytes; `year` is the payment year as four digits."""

    balance: int
    self_paid: int
    pool: int
    year: str
    number: int
    key_version: int
    algorithm: int
    random: bytes

    def encode(self) -> bytes:
        """The 22 bytes of the answer."""
        year = bytes.fromhex(self.year)
        return _PURCHASE_OFFER.pack(
            self.balance,
            self.self_paid,
            self.pool,
            year,
            self.number,
            self.key_version,
            self.algorithm,
            self.random,
        )

    @classmethod
    def decode(cls, data: bytes) -> PurchaseOffer:
        """The answer from exactly 22 bytes; raises ValueError on another length."""
        if len(data) != _PURCHASE_OFFER.size:
            raise ValueError(f"INITIALIZE FOR PURCHASE answers {_PURCHASE_OFFER.size} bytes, not {len(data)}")
        offer = cls(*_PURCHASE_OFFER.unpack(data))
        return replace(offer, year=data[12:14].hex().upper())


def amount(fen: int) -> bytes:
    """An amount in fen as 4 bytes; raises OverflowError where it does not fit."""
    return fen.to_bytes(4, "big")


def counter(number: int) -> bytes:
    """A transaction number as 2 bytes."""
    return number.to_bytes(2, "big")


def timestamp(moment: datetime) -> bytes:
    """A local time as 7 bytes BCD, yyyymmddhhmmss."""
    return bytes.fromhex(f"{moment.year:04d}{moment:%m%d%H%M%S}")


def load_session(algorithm: Algorithm, key: bytes, random: bytes, number: int) -> bytes:
    """SESLK from the card's DLK, the card's random (4 bytes) and the load number."""
    return session_key(algorithm, key, random + counter(number) + LOAD_KEY_TAIL)


def purchase_session(
    algorithm: Algorithm, key: bytes, random: bytes, number: int, terminal_sequence: bytes
) -> bytes:
    """SESPK from the card's DPK, the card's random (4 bytes), the purchase number, the sequence's last bytes."""
    return session_key(algorithm, key, random + counter(number) + terminal_sequence[-2:])


def load_mac1(algorithm: Algorithm, session: bytes, balance: int, fen: int, terminal: bytes) -> bytes:
    """The card's proof to the host; `balance` is the one before the load."""
    return mac(algorithm, session, amount(balance) + amount(fen) + _LOAD + terminal)


def load_mac2(algorithm: Algorithm, session: bytes, fen: int, terminal: bytes, time: bytes) -> bytes:
    """The host's order to the card; `time` is its own, 7 bytes BCD."""
    return mac(algorithm, session, amount(fen) + _LOAD + terminal + time)


def load_tac(
    algorithm: Algorithm, dtk: bytes, *, balance: int, number: int, fen: int, terminal: bytes, time: bytes
) -> bytes:
    """The transaction certificate of a load; `balance` is the one after it, `number` as INITIALIZE gave it."""
    message = amount(balance) + counter(number) + amount(fen) + _LOAD + terminal + time
    return mac(algorithm, tac_key(algorithm, dtk), message)


def purchase_mac1(
    algorithm: Algorithm, session: bytes, amounts: Amounts, terminal: bytes, time: bytes
) -> bytes:
    """The PSAM's order to the card."""
    return mac(algorithm, session, amounts.encode() + _PURCHASE + terminal + time)


def purchase_mac2(algorithm: Algorithm, session: bytes, amounts: Amounts) -> bytes:
    """The card's proof to the PSAM."""
    return mac(algorithm, session, amounts.encode())


def purchase_tac(
    algorithm: Algorithm, dtk: bytes, amounts: Amounts, *, terminal: bytes, sequence: bytes, time: bytes
) -> bytes:
    """The transaction certificate of a purchase; `sequence` is the terminal's, 4 bytes."""
    message = amounts.encode() + _PURCHASE + terminal + sequence + time
    return mac(algorithm, tac_key(algorithm, dtk), message)


def transaction_record(
    kind: TransactionKind, number: int, amounts: Amounts, *, terminal: bytes, time: bytes, length: int
) -> bytes:
    """The EF08 record the card writes, 28 bytes, or 20 without the last two amounts (LD/T 32.5 section 7.2)."""
    return (counter(number) + bytes((kind,)) + terminal + time + amounts.encode())[:length]


def settles_new_year(date: bytes, year: bytes, starting_day: bytes) -> bool:
    """Whether a purchase of this date (yyyymmdd) belongs to a later settlement year than `year` (yyyy).

    All BCD; compared as numbers, as the rule is written (LD/T 32.5 section 7.2.1).
    """
    return int(date.hex()) - (int(year.hex()) * 10000 + int(starting_day.hex())) >= 10000


def settlement_year(date: bytes, starting_day: bytes) -> bytes:
    """The settlement year a date lies in: its own, or the one before where the starting day is yet to come."""
    year = int(date[:2].hex()) - (date[2:4] < starting_day)
    return bytes.fromhex(f"{max(year, 0):04d}")


_LOAD = bytes((TransactionKind.LOAD,))
_PURCHASE = bytes((TransactionKind.PURCHASE,))
