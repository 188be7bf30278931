"""The strings of a debit, both ways: what is to be paid, what the centre is asked and answers, what is left as proof.

`render` writes the canonical form; what `parse` cannot read raises CallError -23 (reader specification section 10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from apdu.crypto import Algorithm
from terminal.driver.lists import algorithm_of, fields_of, invalid, joined, moment_of, octets
from terminal.driver.strings import NO_TERMINAL

AMOUNT_LIMIT_FEN = 4294967295
"""Each amount is less than 42949672.95 yuan."""

SETTLEMENT = "32"
"""The type of a debit, a character in hex."""

LABEL = "pOutInfo"


@dataclass(frozen=True, slots=True)
class PayInfo:
    """pPayInfo: `total|account + pool|YYYYMMDDHHMMSS|`, amounts in yuan with two decimals."""

    total_fen: int
    covered_fen: int
    moment: datetime

    @classmethod
    def parse(cls, text: str) -> PayInfo:
        """Raises CallError -23."""
        total, covered, moment = fields_of(text, 3, "pPayInfo")
        return cls(fen(total), fen(covered), moment_of(moment, "pPayInfo"))

    @classmethod
    def of(cls, amounts: str, time: str) -> PayInfo:
        """From 16 hex digits and a time, as the other strings have them; raises CallError -23."""
        both = octets(amounts, 8, LABEL)
        return cls(int.from_bytes(both[:4], "big"), int.from_bytes(both[4:], "big"), moment_of(time, LABEL))

    def render(self) -> str:
        """As a caller passes it."""
        return joined(yuan(self.total_fen), yuan(self.covered_fen), f"{self.moment:%Y%m%d%H%M%S}")

    @property
    def amounts(self) -> str:
        """16 hex digits: both amounts in fen, four bytes each."""
        return f"{self.total_fen:08X}{self.covered_fen:08X}"


@dataclass(frozen=True, slots=True)
class DebitOffer:
    """Debit, step 1: what the centre needs; `random` 4 bytes, `card_sequence` 2."""

    algorithm: Algorithm
    address: int
    random: bytes
    card_sequence: int
    pay: PayInfo
    terminal_number: str = NO_TERMINAL

    @classmethod
    def parse(cls, text: str) -> DebitOffer:
        """What step 1 gave; raises CallError -23."""
        algorithm, address, random, number, amounts, kind, terminal, time = fields_of(text, 8, LABEL)
        _check_kind(kind)
        return cls(
            algorithm_of(algorithm),
            _number(address, 2),
            octets(random, 4, LABEL),
            _number(number, 2),
            PayInfo.of(amounts, time),
            terminal,
        )

    def render(self) -> str:
        """`alg|address|random|card seq|amounts|32|terminal no|time|`."""
        return joined(
            f"{self.algorithm:02d}",
            f"{self.address:04X}",
            self.random.hex().upper(),
            f"{self.card_sequence:04X}",
            self.pay.amounts,
            SETTLEMENT,
            self.terminal_number,
            f"{self.pay.moment:%Y%m%d%H%M%S}",
        )


@dataclass(frozen=True, slots=True)
class DebitKey:
    """pKey of debit, step 2: terminal sequence and MAC1 (4 bytes each), time; the first three of the centre's five."""

    sequence: bytes
    moment: datetime
    mac1: bytes

    @classmethod
    def parse(cls, text: str) -> DebitKey:
        """Raises CallError -23, also where all five fields of the centre are passed."""
        sequence, moment, mac1 = fields_of(text, 3, "pKey")
        return cls(octets(sequence, 4, "pKey"), moment_of(moment, "pKey"), octets(mac1, 4, "pKey"))

    def render(self) -> str:
        """As a caller passes it."""
        return joined(self.sequence.hex().upper(), f"{self.moment:%Y%m%d%H%M%S}", self.mac1.hex().upper())


@dataclass(frozen=True, slots=True)
class DebitProof:
    """What a debit ends with; `mac2` is answered only where the PSAM did not check it (HSM)."""

    algorithm: Algorithm
    address: int
    pay: PayInfo
    terminal_number: str
    sequence: bytes
    tac: bytes
    mac2: bytes | None = None

    @classmethod
    def parse(cls, text: str) -> DebitProof:
        """What a debit answered: eight fields, nine by HSM; raises CallError -23."""
        by_hsm = text.count("|") >= 9
        fields = fields_of(text, 9 if by_hsm else 8, LABEL)
        mac2 = octets(fields.pop(0), 4, LABEL) if by_hsm else None
        algorithm, address, amounts, kind, terminal, sequence, time, tac = fields
        _check_kind(kind)
        return cls(
            algorithm_of(algorithm),
            _number(address, 2),
            PayInfo.of(amounts, time),
            terminal,
            octets(sequence, 4, LABEL),
            octets(tac, 4, LABEL),
            mac2,
        )

    def render(self) -> str:
        """`[MAC2|]alg|address|amounts|32|terminal no|terminal seq|time|TAC|`."""
        return joined(
            *(() if self.mac2 is None else (self.mac2.hex().upper(),)),
            f"{self.algorithm:02d}",
            f"{self.address:04X}",
            self.pay.amounts,
            SETTLEMENT,
            self.terminal_number,
            self.sequence.hex().upper(),
            f"{self.pay.moment:%Y%m%d%H%M%S}",
            self.tac.hex().upper(),
        )


@dataclass(frozen=True, slots=True)
class DebitRecord:
    """One record of iReadDebitRecord: `seq^terminal no^time^total^account + pool^`."""

    number: int
    terminal_number: str
    time: str
    total_fen: int
    covered_fen: int

    @classmethod
    def parse_all(cls, text: str) -> tuple[DebitRecord, ...]:
        """Every record of iReadDebitRecord, the newest first; raises CallError -23."""
        return tuple(cls._parse(record) for record in text.split("|")[:-1])

    @classmethod
    def _parse(cls, text: str) -> DebitRecord:
        parts = text.split("^")
        if len(parts) != 6 or parts[5]:
            raise invalid(LABEL, "a record has five fields, each with ^ after it")
        number, terminal, time, total, covered, _ = parts
        return cls(_number(number, 2), terminal, time, fen(total), fen(covered))

    def render(self) -> str:
        """The record with the separator after it."""
        fields = (
            f"{self.number:04X}",
            self.terminal_number,
            self.time,
            yuan(self.total_fen),
            yuan(self.covered_fen),
        )
        return "".join(f"{field}^" for field in fields) + "|"


def _number(text: str, length: int) -> int:
    return int.from_bytes(octets(text, length, LABEL), "big")


def _check_kind(kind: str) -> None:
    if kind != SETTLEMENT:
        raise invalid(LABEL, "the type of a debit is 32")


def yuan(amount_fen: int) -> str:
    """An amount as strings carry it, with two decimals."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def fen(text: str) -> int:
    """An amount with two decimals in fen; raises CallError -23 for another form and for 42949672.95 and more."""
    match = re.fullmatch(r"([0-9]{1,8})\.([0-9]{2})", text)
    amount = int(match[1] + match[2]) if match else AMOUNT_LIMIT_FEN
    if amount >= AMOUNT_LIMIT_FEN:
        raise invalid("pPayInfo", "an amount has two decimals and is less than 42949672.95")
    return amount
