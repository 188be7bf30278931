"""A card that answers exactly the APDUs it was told to expect, in that order."""

from __future__ import annotations

from collections import deque
from typing import Any, Self

from apdu import atr
from apdu.command import Command, MalformedApduError
from apdu.instructions import find, showable_data
from apdu.redact import masked_hex
from apdu.response import Response
from terminal.testing.bench import Strictness
from virtual_card import status
from virtual_card.card import VirtualCard
from virtual_card.errors import TornError
from virtual_card.nonvolatile import Change, CommitHook
from virtual_card.persona import CHIP_AND_MAKER, REGION

HISTORICAL_BYTES = CHIP_AND_MAKER + bytes.fromhex(REGION[:4]) + bytes(4)


class ScriptedCard(VirtualCard):
    """A fake card for driver code: `expect` writes the script, `transmit` plays it; T=0 is the script's business too.

    An unexpected APDU raises UnexpectedError where the test is strict, otherwise it is answered 6F00.
    """

    kind = "scripted"
    protocol = "T=0"
    on_commit: CommitHook | None = None

    def __init__(self, answer_to_reset: bytes, strictness: Strictness) -> None:
        self.atr = answer_to_reset
        self.exchanges = 0
        self._strictness = strictness
        self._script: deque[tuple[bytes, bytes]] = deque()
        self._torn = False

    def expect(self, command: str | bytes | Command, answer: str | bytes | Response = "9000") -> Self:
        """Expect this APDU next, after those expected before, and give this answer (data and status word).

        Text is hex, spaces allowed. Raises ValueError for text that is not, and for an answer without status word.
        """
        sent = _octets("command", command)
        reply = _octets("answer", answer)
        if len(reply) < 2:
            raise ValueError("the answer needs a status word of two bytes, such as 9000")
        self._script.append((sent, reply))
        return self

    def transmit(self, apdu: bytes) -> bytes:
        """Play the next exchange of the script; see VirtualCard."""
        __tracebackhide__ = True
        self.exchanges += 1
        if self._torn:
            self._torn = False
            raise TornError("the power went during the command")
        if self._script and self._script[0][0] == apdu:
            return self._script.popleft()[1]
        if self._strictness.strict:
            self._strictness.fail(self._complaint(apdu))
        return status.INTERNAL_ERROR

    def leftovers(self) -> list[str]:
        """What was expected and has not come."""
        return [f"expected APDU never came: {masked(command)}" for command, _ in self._script]

    def _complaint(self, apdu: bytes) -> str:
        came = f"unexpected APDU, exchange {self.exchanges} of the scripted card: {masked(apdu)}"
        if not self._script:
            return f"{came}; the script has nothing left, add card.expect(...)"
        expected = self._script[0][0]
        shorter = min(len(apdu), len(expected))
        place = next((place for place in range(shorter) if apdu[place] != expected[place]), shorter)
        return f"{came}; expected here: {masked(expected)} (they differ from byte {place})"

    def power_on(self) -> bytes:
        """The answer to reset; the script goes on where it stands."""
        return self.atr

    def power_off(self) -> None:
        """Nothing is lost with the power: the script goes on where it stands."""

    def arm_tear(self, after_bytes: int) -> None:
        """Let power fail inside the next command: it is not played. The card writes nothing that could be torn."""
        self._torn = True

    def fork(self) -> Self:
        """A card with the same script still to play, powered off."""
        twin = type(self)(self.atr, self._strictness)
        twin._script = self._script.copy()
        return twin

    def state(self) -> dict[str, Any]:
        """Kind, answer to reset and how much of the script is left."""
        return {"kind": self.kind, "atr": self.atr.hex().upper(), "left": len(self._script)}

    def apply(self, change: Change) -> None:
        """Raises ValueError: a scripted card has no memory to change."""
        raise ValueError("a scripted card has no memory to change")


class ScriptedCardFactory:
    """Makes scripted cards and sees that their scripts are played to the end."""

    def __init__(self, strictness: Strictness) -> None:
        self._strictness = strictness

    def __call__(self, answer_to_reset: str | bytes | None = None) -> ScriptedCard:
        """A scripted card with an empty script; without an ATR, with that of a social security card."""
        known = atr.build(HISTORICAL_BYTES).encode()
        given = known if answer_to_reset is None else _octets("answer to reset", answer_to_reset)
        card = ScriptedCard(given, self._strictness)
        self._strictness.watch(card.leftovers)
        return card


def masked(apdu: bytes) -> str:
    """An APDU for a message: instruction and hex; data that may be secret or the holder's as `**`."""
    try:
        command = Command.parse(apdu)
    except MalformedApduError as error:
        return f"{apdu[:4].hex().upper()} and {max(len(apdu) - 4, 0)} bytes more (malformed: {error})"
    known = find(command.cla, command.ins)
    end = len(command.with_le(None).encode())
    secret = not showable_data(command.cla, command.ins, command.data)
    hidden = range(end - len(command.data), end) if secret else ()
    return f"{known.name if known else 'unknown command'} {masked_hex(command.encode(), hidden)}"


def _octets(what: str, given: str | bytes | Command | Response) -> bytes:
    if isinstance(given, bytes):
        return given
    if isinstance(given, str):
        try:
            return bytes.fromhex(given)
        except ValueError:
            raise ValueError(f"the {what} is not hex; write it as 00A40000023F00") from None
    return given.encode()
