"""Activation of the financial application at an outlet of the issuing bank: one online transaction of amount 0.

The same steps serve every profile of the chip: where the account sleeps in the bank's books only, the
transaction itself is the activation; a blocked application and a PIN without tries are released by script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from apdu.pboc import AIP_ISSUER, TSI_ISSUER, TSI_RISK_MANAGED, TVR_ISSUER_FAILED, Bit, Cryptogram, flagged
from terminal.backoffice.bank_ports import BankIssuer, OnlineAnswer, OnlineRequest, Purpose
from terminal.flow.steps import Procedure
from terminal.procedures.financial import (
    Application,
    CardAnswer,
    first_cryptogram,
    prove_issuer,
    read_application,
    second_cryptogram,
    select_debit,
)
from terminal.procedures.financial_scripts import (
    ScriptResult,
    room_after,
    run_scripts,
    script_flags,
    script_status,
)
from terminal.text import Pin

COUNTRY = CURRENCY = bytes.fromhex("0156")
RESULTS = 0x95


class Activated(Enum):
    """How an activation ended; DECLINED: by the bank; REFUSED: the chip did not do what the bank's script said."""

    DONE = "activated"
    DECLINED = "declined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FinancialActivation:
    """The outcome, the bank's response code, what became of its scripts, and the terminal's account of it.

    `results` are the terminal verification results at the end (tag 95), `status` the transaction status information
    (tag 9B); with `scripts` (tag 9F5B) they are what a terminal reports to the issuer.
    """

    outcome: Activated
    code: bytes
    scripts: tuple[ScriptResult, ...]
    results: bytes
    status: bytes

    @property
    def script_results(self) -> bytes:
        """Tag 9F5B: 5 bytes a script, in the order of the answer; empty without scripts."""
        return b"".join(result.encode() for result in self.scripts)


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
    scripts, results, status = yield from _finish(application, first, answer, values)
    outcome = Activated.DECLINED
    if answer.approved:
        after = yield from select_debit(outlet=True)
        stopped = any(result.failed for result in scripts)
        outcome = Activated.REFUSED if after.blocked or stopped else Activated.DONE
    return FinancialActivation(outcome, answer.code, scripts, results, status)


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
) -> Procedure[tuple[tuple[ScriptResult, ...], bytes, bytes]]:
    """The issuer's proof, its scripts, and the second cryptogram where the first one left room for it.

    Returns what became of the scripts, tag 95 and tag 9B; the second cryptogram covers what was known by then.
    """
    found: tuple[Bit, ...] = ()
    performed: tuple[Bit, ...] = (TSI_RISK_MANAGED,)
    if answer.proof and AIP_ISSUER.in_(application.profile):
        believed = yield from prove_issuer(answer.proof)
        performed += (TSI_ISSUER,)
        found += () if believed else (TVR_ISSUER_FAILED,)
    before = yield from run_scripts(answer.before)
    if first.kind is Cryptogram.ARQC:
        wanted = Cryptogram.TC if answer.approved else Cryptogram.AAC
        told = flagged(values[RESULTS], found + script_flags(before, ()))
        yield from second_cryptogram(application, wanted, {**values, 0x8A: answer.code, RESULTS: told})
    after = yield from run_scripts(answer.after, room_after(answer.before))
    found += script_flags(before, after)
    performed += script_status(before + after)
    return before + after, flagged(values[RESULTS], found), flagged(bytes(2), performed)
