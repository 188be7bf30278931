"""Completion of a command over T=0: 61xx, 6Cxx and warnings, as a generator without I/O.

T=0 carries data in one direction a command, so a card that has an answer to a command with data says 61xx,
and one asked for a wrong length says 6Cxx; the interface side finishes the exchange (LD/T 32.2 section 9.3,
ISO/IEC 7816-3 12.2). Readers differ in how they do it: that is the `Policy`.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum

from apdu.command import SHORT_LE_MAX, Command
from apdu.response import Response

GET_RESPONSE_INS = 0xC0


class GetResponseClass(Enum):
    """CLA of GET RESPONSE: 00, as the standard has it, or that of the command being completed."""

    ZERO = "00"
    COMMAND = "command"


class GetResponseLe(Enum):
    """Le of GET RESPONSE: the xx of 61xx, or always 00 (all there is, up to 256)."""

    EXACT = "exact"
    ZERO = "00"


class FetchAfter(Enum):
    """Which 62xx and 63xx to a case 4 command are followed by GET RESPONSE; 63Cx counts tries, not bytes."""

    NO_WARNING = "none"
    WARNINGS_WITHOUT_COUNTER = "without 63Cx"
    ALL_WARNINGS = "all"


@dataclass(frozen=True, slots=True)
class Policy:
    """How exchanges are completed; `max_rounds` bounds the commands sent for one, the first included."""

    get_response_class: GetResponseClass = GetResponseClass.ZERO
    get_response_le: GetResponseLe = GetResponseLe.EXACT
    fetch_after: FetchAfter = FetchAfter.WARNINGS_WITHOUT_COUNTER
    max_rounds: int = 64


class CompletionError(Exception):
    """A card never finished its answer; tells the command, what was sent last, and after how many rounds."""

    def __init__(self, command: Command, last: Command, sw: int, rounds: int) -> None:
        super().__init__(
            f"the answer to {command.header.hex().upper()} is not complete after {rounds} rounds: last sent "
            f"{last.header.hex().upper()} with Le {last.le or 0}, answered {sw:04X}; "
            "reset the card and try again"
        )
        self.command = command
        self.last = last
        self.sw = sw
        self.rounds = rounds


def complete(command: Command, policy: Policy = Policy()) -> Generator[Command, Response, Response]:
    """Yield the commands to send until the answer to `command` is complete, and return it with all its data.

    Data beside 61xx is kept. A warning that was followed by GET RESPONSE stays the status word of the whole,
    and stands alone where the card then has nothing to give. 6Cxx to a command without Le but with data (case
    3) is final. Raises CompletionError after `max_rounds` commands.
    """
    sent, data, warning = command, b"", 0
    for _ in range(policy.max_rounds):
        response = yield sent
        if warning and sent.ins == GET_RESPONSE_INS and not (response.ok or response.sw1 in (0x61, 0x6C)):
            return Response(data, warning)
        following = _following(command, sent, response, policy)
        if response.sw1 != 0x6C or following is None:
            data += response.data
        if following is None:
            return Response(data, warning if warning and response.ok else response.sw)
        if response.sw1 in (0x62, 0x63):
            warning = response.sw
        sent = following
    raise CompletionError(command, sent, response.sw, policy.max_rounds)


def _following(command: Command, sent: Command, response: Response, policy: Policy) -> Command | None:
    """The next command of the exchange; None where this answer is the last."""
    if response.sw1 == 0x61:
        return _get_response(command, policy, response.sw2)
    if response.sw1 == 0x6C:
        return None if sent.case == 3 else sent.with_le(response.sw2 or SHORT_LE_MAX)
    if not response.data and sent.case == 4 and _is_fetched(response, policy):
        return _get_response(command, policy, 0)
    return None


def _is_fetched(response: Response, policy: Policy) -> bool:
    if response.sw1 not in (0x62, 0x63) or policy.fetch_after is FetchAfter.NO_WARNING:
        return False
    counter = response.sw & 0xFFF0 == 0x63C0
    return not counter or policy.fetch_after is FetchAfter.ALL_WARNINGS


def _get_response(command: Command, policy: Policy, waiting: int) -> Command:
    cla = command.cla if policy.get_response_class is GetResponseClass.COMMAND else 0x00
    le = waiting if policy.get_response_le is GetResponseLe.EXACT else 0
    return Command(cla, GET_RESPONSE_INS, 0, 0, le=le or SHORT_LE_MAX)
