"""Activation of the financial application at an outlet of the issuing bank: one online transaction of amount 0.

The same steps serve every profile of the chip: where the account sleeps in the bank's books only, the
transaction itself is the activation; a blocked application and a PIN without tries are released by script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from apdu.pboc import AIP_ISSUER, Cryptogram
from terminal.backoffice.bank_ports import BankIssuer, OnlineAnswer, OnlineRequest, Purpose
from terminal.flow.steps import Procedure
from terminal.procedures.financial import (
    Application,
    CardAnswer,
    ScriptResult,
    first_cryptogram,
    prove_issuer,
    read_application,
    run_scripts,
    second_cryptogram,
    select_debit,
)
from terminal.text import Pin

COUNTRY = CURRENCY = bytes.fromhex("0156")


class Activated(Enum):
    """How an activation ended; DECLINED: by the bank; REFUSED: the chip did not do what the bank's script said."""

    DONE = "activated"
    DECLINED = "declined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FinancialActivation:
    """The outcome, the bank's response code and what became of its scripts."""

    outcome: Activated
    code: bytes
    scripts: tuple[ScriptResult, ...] = ()


def terminal_values(now: datetime, unpredictable: bytes, *, sm: bool = False) -> dict[int, bytes]:
    """The terminal's side of a transaction of amount 0 in local time `now`; `sm`: it can do SM2, SM3, SM4."""
    return {
        0x9F02: bytes(6),
        0x9F03: bytes(6),
        0x9F1A: COUNTRY,
        0x95: bytes(5),
        0x5F2A: CURRENCY,
        0x9A: bytes.fromhex(f"{now:%y%m%d}"),
        0x9C: b"\x30",
        0x9F37: unpredictable,
        0x9F21: bytes.fromhex(f"{now:%H%M%S}"),
        0x9F4E: b"OUTLET",
        0x9F7A: b"\x00",
        0xDF69: b"\x01" if sm else b"\x00",
    }


def activate_financial(
    issuer: BankIssuer, values: Mapping[int, bytes], *, new_pin: Pin | None = None
) -> Procedure[FinancialActivation]:
    """Activate the financial application of an identified holder's card.

    `values` are those of `terminal_values`; `new_pin` is the offline PIN the holder chose, for a card that has
    one. Raises CardError where the card's answers end it, BackOfficeError where the bank is not reached.
    """
    selected = yield from select_debit(outlet=True)
    application = yield from read_application(selected, values)
    first = yield from first_cryptogram(application, Cryptogram.ARQC, values)
    answer = issuer.authorise(_request(application, first, values, new_pin))
    results = yield from _finish(application, first, answer, values)
    if not answer.approved:
        return FinancialActivation(Activated.DECLINED, answer.code, results)
    after = yield from select_debit(outlet=True)
    stopped = any(result.refused is not None for result in results)
    outcome = Activated.REFUSED if after.blocked or stopped else Activated.DONE
    return FinancialActivation(outcome, answer.code, results)


def _request(
    application: Application, first: CardAnswer, values: Mapping[int, bytes], new_pin: Pin | None
) -> OnlineRequest:
    return OnlineRequest(
        number=application.number,
        sequence=application.sequence,
        kind=first.kind,
        counter=first.counter,
        cryptogram=first.cryptogram,
        issuer_data=first.issuer_data,
        profile=application.profile,
        terminal=values,
        purpose=Purpose.ACTIVATION,
        blocked=application.blocked,
        new_pin=new_pin,
    )


def _finish(
    application: Application, first: CardAnswer, answer: OnlineAnswer, values: Mapping[int, bytes]
) -> Procedure[tuple[ScriptResult, ...]]:
    """The issuer's proof, its scripts, and the second cryptogram where the first one left room for it."""
    if answer.proof and AIP_ISSUER.in_(application.profile):
        yield from prove_issuer(answer.proof)
    before = yield from run_scripts(answer.before)
    if first.kind is Cryptogram.ARQC:
        wanted = Cryptogram.TC if answer.approved else Cryptogram.AAC
        yield from second_cryptogram(application, wanted, {**values, 0x8A: answer.code})
    after = yield from run_scripts(answer.after)
    return before + after
