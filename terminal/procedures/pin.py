"""The holder's PIN on the card: tries, VERIFY, CHANGE PIN (LD/T 32.7 sections 5.6 to 5.8 and 9)."""

from __future__ import annotations

from enum import Enum, auto

from apdu.commands import change_pin, verify, verify_query
from apdu.status import tries_left
from terminal.errors import CardRefusedError, expect_ok
from terminal.flow.steps import Procedure
from terminal.text import Pin

BLOCKED = 0x6983


class TakeOver(Enum):
    """What became of taking over the old card's PIN."""

    DONE = auto()
    FOREIGN = auto()
    LAST_TRY = auto()


def query_tries(limit: int) -> Procedure[int]:
    """Tries left, without using one up; `limit` where the card has no PIN set."""
    command = verify_query()
    response = yield command
    if response.ok:
        return limit
    if response.sw == BLOCKED:
        return 0
    left = tries_left(response.sw)
    if left is None:
        raise CardRefusedError(command, response, "asking for the PIN tries left")
    return left


def verify_pin(pin: Pin) -> Procedure[int | None]:
    """Verify; None where the PIN was right, else the tries left (0: blocked). Raises CardRefusedError."""
    command = verify(pin.bcd())
    response = yield command
    if response.ok:
        return None
    left = 0 if response.sw == BLOCKED else tries_left(response.sw)
    if left is None:
        raise CardRefusedError(command, response, "verifying the PIN")
    return left


def set_pin(old: Pin, new: Pin) -> Procedure[None]:
    """Change the PIN; the card checks the old one itself. Raises CardRefusedError."""
    command = change_pin(old.bcd(), new.bcd())
    response = yield command
    expect_ok(command, response, "changing the PIN")


def take_over_pin(initial: Pin, old: Pin) -> Procedure[TakeOver]:
    """Make the old card's PIN the PIN of this card: DONE where it works afterwards.

    A card that carries it already (torn earlier) is normal: VERIFY the old PIN first, CHANGE initial to old only
    on a wrong answer, and only with two tries or more left (else LAST_TRY). FOREIGN: neither was right.
    """
    left = yield from verify_pin(old)
    if left is None:
        return TakeOver.DONE
    if left < 2:
        return TakeOver.LAST_TRY
    command = change_pin(initial.bcd(), old.bcd())
    response = yield command
    if response.ok:
        return TakeOver.DONE
    if tries_left(response.sw) is None and response.sw != BLOCKED:
        raise CardRefusedError(command, response, "changing the PIN from the initial one to the old card's")
    return TakeOver.FOREIGN
