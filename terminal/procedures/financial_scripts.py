"""Issuer scripts as a terminal carries them out: order, where one stops, length, and what the issuer is told.

Template 71 goes to the card before the second cryptogram, 72 after it. Sources: EMV Book 3 section 10.10, Book 4
section 6.3.9 and annex A5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apdu.command import Command
from apdu.pboc import TSI_SCRIPTS, TVR_SCRIPT_AFTER_FAILED, TVR_SCRIPT_BEFORE_FAILED, Bit
from terminal.backoffice.bank_ports import Script
from terminal.flow.steps import Procedure

ROOM = 128
"""Bytes that all scripts of one answer may have together, templates included (EMV Book 4 section 6.3.9)."""

GOES_ON = (0x90, 0x62, 0x63)
"""First status bytes after which a script goes on: success and warnings."""


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """What became of a script: commands done, and the status word of the one that stopped it.

    `too_long`: it was not begun, because with it the answer's scripts have more bytes than a terminal takes.
    """

    script: Script
    done: int
    refused: int | None = None
    too_long: bool = False

    @property
    def failed(self) -> bool:
        """Whether anything of it is left undone."""
        return self.too_long or self.refused is not None

    def encode(self) -> bytes:
        """The issuer script result of 5 bytes (EMV Book 4 annex A5): 0 not done, 1 failed at, 2 all done."""
        if self.too_long:
            return b"\x00" + self.script.identifier
        outcome = 0x20 if self.refused is None else 0x10 | min(self.done + 1, 15)
        return bytes((outcome,)) + self.script.identifier


def run_scripts(scripts: Iterable[Script], room: int = ROOM) -> Procedure[tuple[ScriptResult, ...]]:
    """Send every script; one stops at the first answer that is neither success nor warning, the next one begins.

    A script that does not fit into `room` bytes any more is not begun, nor is any after it.
    """
    results = []
    for script in scripts:
        room -= script.length
        result = ScriptResult(script, 0, too_long=True) if room < 0 else (yield from _run(script))
        results.append(result)
    return tuple(results)


def _run(script: Script) -> Procedure[ScriptResult]:
    for number, raw in enumerate(script.commands):
        response = yield Command.parse(raw)
        if response.sw1 not in GOES_ON:
            return ScriptResult(script, number, response.sw)
    return ScriptResult(script, len(script.commands))


def room_after(scripts: Iterable[Script]) -> int:
    """Bytes left for the scripts that follow these in one answer; negative where these alone are too long."""
    return ROOM - sum(script.length for script in scripts)


def script_flags(before: Sequence[ScriptResult], after: Sequence[ScriptResult]) -> tuple[Bit, ...]:
    """The flags of the terminal verification results that failed scripts set: byte 5 bit 6 and bit 5."""
    failed = (
        (TVR_SCRIPT_BEFORE_FAILED, any(result.failed for result in before)),
        (TVR_SCRIPT_AFTER_FAILED, any(result.failed for result in after)),
    )
    return tuple(flag for flag, there in failed if there)


def script_status(results: Iterable[ScriptResult]) -> tuple[Bit, ...]:
    """The flag of the transaction status information that says a script was carried out, if one was begun."""
    return (TSI_SCRIPTS,) if any(not result.too_long for result in results) else ()
