"""The national insurance interface as a terminal sees it: one transaction, one answer; money in fen on this side.

Who makes the envelope, signs in, and carries it over is `terminal.backoffice.national_line`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from terminal.backoffice.ports import UnreachableError

SIGN_IN, SIGN_OUT = "9001", "9002"
PERSON = "1101"
PRE_SETTLEMENT, SETTLEMENT, CANCELLATION = "2101", "2102", "2103"
REGISTRATION, REGISTRATION_CANCELLED, ADMISSION = "2201", "2202", "2401"
CLINIC_PRE_SETTLEMENT, CLINIC_SETTLEMENT, CLINIC_CANCELLATION = "2206", "2207", "2208"
REVERSAL, SETTLEMENT_QUERY, RECONCILIATION = "2601", "5203", "3201"


@dataclass(frozen=True, slots=True)
class Transact:
    """One transaction of the interface. Answer: Transacted.

    `input` by node. `msgid`: the one to be sent, None for a fresh one. `insured_in`: region of insurance, once known.
    """

    infno: str
    input: Mapping[str, Any] = field(repr=False)
    msgid: str | None = None
    insured_in: str | None = None


@dataclass(frozen=True, slots=True)
class Transacted:
    """The transaction was carried out; `output` by node."""

    infno: str
    output: Mapping[str, Any] = field(repr=False)


def message_id(place: str, at: datetime, sequence: int) -> str:
    """A msgid of 30 characters: institution code 12, local time `yyyyMMddHHmmss`, sequence 4 (C30)."""
    return f"{place:0>12}{at:%Y%m%d%H%M%S}{sequence % 10_000:04d}"


def amount(fen: int) -> Decimal:
    """An amount in yuan with two decimals, as the interface has it."""
    return Decimal(fen).scaleb(-2)


def fen(value: Any) -> int:
    """An amount of an answer in fen, as number or text; raises UnreachableError where it is no amount to the fen."""
    try:
        scaled = Decimal(str(value)).scaleb(2)
        whole = int(scaled)
    except (InvalidOperation, ValueError, OverflowError):
        raise UnreachableError("an amount in the answer cannot be read") from None
    if whole != scaled:
        raise UnreachableError("an amount in the answer is not to the fen")
    return whole
