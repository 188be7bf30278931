"""The plain ISO/IEC 7816-4 card: logical channels, class byte, lengths, and both ways of giving an answer.

Unlike the cards of this project's own standard it tells an absent Le from one of 00, takes extended lengths
where its face allows them, and keeps a current file, a record pointer and a security status a channel.
Sections are those of ISO/IEC 7816-4:2020.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self, cast

from msgspec import to_builtins

from apdu.command import EXTENDED_LE_MAX, SHORT_LE_MAX, Command, MalformedApduError
from virtual_card import status
from virtual_card.card import Random, VirtualCard
from virtual_card.errors import CardMuteError, MemoryFailureError, TornError
from virtual_card.iso_filesystem import (
    ACTIVATED,
    LIFE,
    IsoDirectory,
    IsoFile,
    IsoTree,
    snapshot,
)
from virtual_card.iso_tree import Tree
from virtual_card.nonvolatile import NonVolatile
from virtual_card.state import Face

KIND = "iso7816"
CHANNELS = 4
BASIC = 0
GET_RESPONSE = 0xC0


class Field(Enum):
    """Whether a command's data field or answer has to be there; an Le too many is no error."""

    ABSENT = "absent"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(slots=True)
class Channel:
    """One logical channel: current directory and file, record pointer (0 = none) and security status."""

    number: int
    directory: IsoDirectory
    file: IsoFile | None = None
    record: int = 0
    granted: int = 0

    def enter(self, directory: IsoDirectory) -> None:
        """Make a directory current: no current file, and only the conditions that hold there are kept."""
        self.directory = directory
        self.file = None
        self.record = 0
        self.granted &= directory.kept

    def use(self, file: IsoFile, record: int | None = None) -> None:
        """Make a file current, and a record in it; without a record the pointer stays, but in this file only."""
        if record is not None:
            self.record = record
        elif file is not self.file:
            self.record = 0
        self.file = file

    def pointer(self, file: IsoFile) -> int:
        """The record pointer in this file; 0 where the file is not the current one."""
        return self.record if file is self.file else 0


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One command taken apart; `ne` is the number of bytes expected, `every`: Le said as many as there are.

    `ne` is 0 without Le. On T=0 a command with data cannot carry one: it is then the most that GET RESPONSE
    takes.
    """

    p1: int
    p2: int
    data: bytes
    ne: int
    every: bool


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """What a command answers: data and a status word, 9000 or a warning."""

    data: bytes
    status: bytes = status.OK


Handler = Callable[["IsoCard", Channel, Request], "Reply | bytes"]
"""Runs one command on a channel; bytes are a status word alone."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One command: its handler, and what has to be there before it runs (else 6700)."""

    run: Handler
    data: Field = Field.ABSENT
    answer: Field = Field.ABSENT


@dataclass(slots=True, repr=False)
class Waiting:
    """What GET RESPONSE fetches: on which channel, the bytes left, and the status word after the last."""

    channel: int
    data: bytes
    status: bytes


class IsoCard(VirtualCard):
    """A card with a file tree of ISO/IEC 7816-4. `strict` raises what a handler raised, instead of 6F00."""

    kind = KIND

    def __init__(
        self,
        compiled: IsoTree,
        memory: NonVolatile,
        commands: Mapping[int, Instruction],
        *,
        atr: bytes,
        random: Random = os.urandom,
        face: Face = "T=0",
    ) -> None:
        self.atr = atr
        self.protocol = "T=0" if face == "T=0" else "T=1"
        self.compiled = compiled
        self.memory = memory
        self.random = random
        self.face = face
        self.strict = False
        self.channels: list[Channel | None] = [None] * CHANNELS
        self.waiting: Waiting | None = None
        self._commands = commands

    def power_on(self) -> bytes:
        """Cold reset; see VirtualCard. Only the basic channel is open, the master file is current."""
        self.memory.recover()
        self.waiting = None
        self.channels = [Channel(BASIC, self.compiled.root), *[None] * (CHANNELS - 1)]
        return self.atr

    def power_off(self) -> None:
        """Take the power away; see VirtualCard."""
        self.channels = [None] * CHANNELS

    def transmit(self, apdu: bytes) -> bytes:
        """Answer one command APDU; see VirtualCard."""
        if self.channels[BASIC] is None:
            raise CardMuteError("the card has no power")
        try:
            answer = self._answer(apdu)
            if self.memory.pending:
                self.memory.commit()
        except TornError:
            self.power_off()
            raise
        except MemoryFailureError:
            self.memory.rollback()
            return status.MEMORY_FAILURE
        except Exception:
            self.memory.rollback()
            if self.strict:
                raise
            return status.INTERNAL_ERROR
        return answer

    def fork(self) -> Self:
        """An independent copy, powered off; the compiled tree and the random source are shared."""
        twin = type(self)(
            self.compiled,
            self.memory.copy(),
            self._commands,
            atr=self.atr,
            random=self.random,
            face=self.face,
        )
        twin.strict = self.strict
        return twin

    def contents(self) -> Tree:
        """The tree as it is now; a torn write counts as rolled back."""
        return snapshot(self.compiled.tree, self.memory.copy())

    def state(self) -> dict[str, Any]:
        """What survives power, as JSON types; see VirtualCard."""
        return {"kind": KIND, "face": self.face, **to_builtins(self.contents())}

    def life_cycle(self, node: IsoFile | IsoDirectory) -> int:
        """The life cycle status byte of a file or directory."""
        return cast(bytearray, self.memory.cells[LIFE])[node.life]

    def active(self, node: IsoFile | IsoDirectory) -> bool:
        """Whether a file or directory itself is activated."""
        return self.life_cycle(node) == ACTIVATED

    @property
    def past_end(self) -> bytes:
        """The status word for an offset past the end of a file."""
        return bytes.fromhex(self.compiled.tree.past_end)

    def usable(self, node: IsoFile | IsoDirectory | None) -> bool:
        """Whether a file or directory and every directory above it are activated."""
        while node is not None:
            if not self.active(node):
                return False
            node = node.parent
        return True

    def _answer(self, apdu: bytes) -> bytes:
        if len(apdu) < 4:
            return status.LENGTH
        if apdu[1] != GET_RESPONSE:
            self.waiting = None
        refusal = _unsupported(apdu[0])
        if refusal is not None:
            return refusal
        channel = self.channels[apdu[0] & 0x03]
        if channel is None:
            return status.NO_CHANNEL
        instruction = self._commands.get(apdu[1])
        if instruction is None:
            return status.INSTRUCTION
        request = self._request(apdu, instruction)
        if request is None:
            return status.LENGTH
        reply = instruction.run(self, channel, request)
        return reply if isinstance(reply, bytes) else self._deliver(channel, request, reply)

    def _request(self, apdu: bytes, instruction: Instruction) -> Request | None:
        """The command taken apart; None where a length is missing, too many, or does not fit the face."""
        try:
            command = Command.parse(apdu)
        except MalformedApduError:
            return None
        half_duplex = self.face == "T=0"
        if command.extended and half_duplex:
            return None
        if _misses(instruction.data, bool(command.data)) or (
            command.data and instruction.data is Field.ABSENT
        ):
            return None
        if command.data and half_duplex:
            return Request(command.p1, command.p2, command.data, SHORT_LE_MAX, every=True)
        if _misses(instruction.answer, command.le is not None):
            return None
        every = command.le == (EXTENDED_LE_MAX if command.extended else SHORT_LE_MAX)
        return Request(command.p1, command.p2, command.data, command.le or 0, every)

    def _deliver(self, channel: Channel, request: Request, reply: Reply) -> bytes:
        """An answer with data, as the face gives it (ISO/IEC 7816-3 section 12.2, 7816-4 section 5.6).

        T=0: after a command with data 61xx; else the data where Le is its length, or 6Cxx. Direct: at most Ne
        bytes and 61xx where more wait; a command without data whose Ne is too small gets 6Cxx.
        """
        data, length, ne = reply.data, len(reply.data), request.ne
        half_duplex = self.face == "T=0"
        if not length or (not ne and not half_duplex):
            return reply.status
        if half_duplex and (request.data or not ne):
            self.waiting = Waiting(channel.number, data, reply.status)
            return status.waiting(min(length, SHORT_LE_MAX))
        if length == ne or (length < ne and not half_duplex):
            return data + reply.status
        if not request.data:
            return status.right_length(length) if length <= SHORT_LE_MAX else status.LENGTH
        self.waiting = Waiting(channel.number, data[ne:], reply.status)
        return data[:ne] + status.waiting(min(length - ne, SHORT_LE_MAX))


def get_response(card: IsoCard, channel: Channel, request: Request) -> bytes:
    """Fetch what waits on this channel (section 11.8.1): nothing waiting 6985, T=0 with a wrong Le 6Cxx."""
    if request.p1 or request.p2:
        return status.PARAMETERS
    waiting = card.waiting
    if waiting is None or waiting.channel != channel.number:
        return status.CONDITIONS
    available = min(len(waiting.data), SHORT_LE_MAX)
    if request.ne > available and card.face == "T=0":
        return status.right_length(available)
    data, rest = waiting.data[: request.ne], waiting.data[request.ne :]
    card.waiting = Waiting(channel.number, rest, waiting.status) if rest else None
    return data + (status.waiting(min(len(rest), SHORT_LE_MAX)) if rest else waiting.status)


def _unsupported(cla: int) -> bytes | None:
    """The refusal of a class byte (section 5.4.1): 6E00, or 6881, 6882, 6884 for what it asks too much."""
    if cla >= 0x80 or cla & 0xE0 == 0x20:
        return status.CLASS
    if cla & 0x40:
        return status.NO_CHANNEL
    if cla & 0x0C:
        return status.NO_SECURE_MESSAGING
    return status.NO_CHAINING if cla & 0x10 else None


def _misses(field: Field, present: bool) -> bool:
    return field is Field.REQUIRED and not present
