"""What a card can do wrong, as a person should read it.

Transport, back office and operator have their own branches (`transport.base`, `backoffice.ports`, `flow.operator`).
"""

from __future__ import annotations

from apdu.command import Command
from apdu.instructions import find
from apdu.response import Response
from apdu.status import meaning


class CardError(Exception):
    """The card answered, and the answer ends what was attempted."""


class CardRefusedError(CardError):
    """A command was refused; carries the status word and says what was attempted and what would help."""

    def __init__(
        self, command: Command, response: Response, attempted: str, needs: str | None = None
    ) -> None:
        known = find(command.cla, command.ins)
        means = meaning(response.sw, command.cla, command.ins, needs)
        remedy = f"; {means.remedy_en}" if means.remedy_en else ""
        name = known.name if known else f"INS {command.ins:02X}"
        super().__init__(f"{attempted}: {name} answered {response.sw:04X}, {means.en} {means.zh}{remedy}")
        self.sw = response.sw
        self.attempted = attempted


class UnexpectedAnswerError(CardError):
    """The card accepted the command but its data make no sense."""


class CardBlockedError(CardError):
    """Every command answers 6A81: the card is blocked for good, or has no social security application."""


class NotGenuineError(CardError):
    """Internal authentication failed: the card does not know the key of a genuine one."""


class PsamUnfitError(CardError):
    """The PSAM cannot serve this card: one of the five codes of the reader interface that lead to the HSM."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"PSAM {code}: {reason}")
        self.code = code
        self.reason = reason


def expect_ok(command: Command, response: Response, attempted: str, needs: str | None = None) -> bytes:
    """The data of a 9000 answer; raises CardRefusedError on every other status word."""
    if response.sw != 0x9000:
        raise CardRefusedError(command, response, attempted, needs)
    return response.data
