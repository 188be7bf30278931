"""The card that behaves: power, state, and one command in, one answer out.

`VirtualCard` is what every kind of card offers; `ProcessorCard` runs a command table over compiled contents.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Protocol, Self, cast

from apdu.atr import is_contactless
from virtual_card import status
from virtual_card.access import PIN_BIT
from virtual_card.description import describe, snapshot
from virtual_card.errors import CardMuteError, MemoryFailureError, TornError
from virtual_card.filesystem import (
    CARD_FLAG,
    FLAGS,
    PIN,
    PIN_TRIES_INDEX,
    TRIES,
    DirectoryNode,
    FileNode,
    Profile,
)
from virtual_card.nonvolatile import Change, CommitHook, NonVolatile
from virtual_card.sam_session import SamPurchase, SamSession
from virtual_card.state import CardContents, Face
from virtual_card.transaction import Transaction

Random = Callable[[int], bytes]
Handler = Callable[["ProcessorCard", int, int, bytes, int], bytes]

GET_RESPONSE = b"\x00\xc0"
SELECT = b"\x00\xa4"
SECURE_MESSAGING = 0x04
BY_NAME = 0x04
PURSE_CLASS = b"\xb0"
PURSE_COMMANDS = frozenset(PURSE_CLASS + bytes((ins,)) for ins in (0x26, 0x28, 0x2A, 0x2C, 0x2E))
"""Commands that keep or end a purse transaction by themselves; every other command ends it."""


class Neighbour(Protocol):
    """A further environment on the same chip, behind the firewall: its own commands, files, PIN and state.

    It is entered by SELECT and left by SELECT, and shares nothing with the card's own side but the memory.
    """

    @property
    def outlives_card_block(self) -> bool:
        """Whether a CARD BLOCK of the card's own side leaves this one alive."""

    def reset(self) -> None:
        """Forget everything that a reset forgets."""

    def select(self, card: ProcessorCard, p2: int, name: bytes) -> bytes | None:
        """Answer SELECT by whole or partial name; None where the name is none of its own."""

    def refuse(self, head: bytes) -> bytes:
        """Why the current selection of this environment does not know a command."""


class VirtualCard(ABC):
    """Base of every card: social security card, old CPU card, PSAM, memory card.

    `protocol` is `T=0`, `T=1` for a card on a contactless reader, or `raw` for memory cards that are reached
    through storage-card APDUs.
    """

    kind: str
    atr: bytes
    protocol: str
    memory: NonVolatile

    @abstractmethod
    def power_on(self) -> bytes:
        """Cold reset: volatile state is lost, a torn write is rolled back. Returns the answer to reset."""

    @abstractmethod
    def power_off(self) -> None:
        """Take the power away; the card is mute until the next power-on."""

    @abstractmethod
    def transmit(self, apdu: bytes) -> bytes:
        """Answer one command APDU; at least 2 bytes.

        Raises CardMuteError without power, TornError where a tear armed for this command struck.
        """

    def arm_tear(self, after_bytes: int) -> None:
        """Let power fail inside the next command, after it wrote that many bytes; see `NonVolatile.arm_tear`."""
        self.memory.arm_tear(after_bytes)

    def arm_failure(self) -> None:
        """Let the memory fail in the next command's first write; see `NonVolatile.arm_failure`."""
        self.memory.arm_failure()

    @abstractmethod
    def fork(self) -> Self:
        """An independent copy of what survives power, powered off."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """What survives power, as JSON types, the same for equal cards."""

    def apply(self, change: Change) -> None:
        """Carry out a committed change again; raises ValueError where it does not fit this card."""
        self.memory.apply(change)

    @property
    def on_commit(self) -> CommitHook | None:
        """Called with the changes of every command that wrote, before they become final."""
        return self.memory.on_commit

    @on_commit.setter
    def on_commit(self, hook: CommitHook | None) -> None:
        self.memory.on_commit = hook

    def reset(self) -> bytes:
        """Warm reset: the same effect on the card's state as a cold one."""
        return self.power_on()


_OFF: Mapping[bytes, Handler] = {}


class ProcessorCard(VirtualCard):
    """A card with an operating system. `strict` raises what a handler raised, instead of answering 6F00.

    Volatile state: `directory` and `file` selected, record pointer (`record`, 0 = none), conditions
    `granted` (a bit mask), `verified`, `challenge`, answer `waiting`, the purse's open `transaction` and the
    PSAM's `sam_session`. `neighbour`: the one that is current, None while it is this side. `unfinished`: an
    answer waits or a transaction is open, which most commands end.
    """

    def __init__(
        self,
        kind: str,
        profile: Profile,
        memory: NonVolatile,
        commands: Mapping[bytes, Handler],
        *,
        random: Random = os.urandom,
        face: Face = "T=0",
    ) -> None:
        self.kind = kind
        self.atr = profile.contents.atr
        self.protocol = "T=1" if is_contactless(self.atr) else "T=0"
        self.profile = profile
        self.memory = memory
        self.tries = cast(bytearray, memory.cells[TRIES])
        self.flags = cast(bytearray, memory.cells[FLAGS])
        self.pins = cast("list[bytes]", memory.cells[PIN])
        self.random = random
        self.face = face
        self.strict = False
        self.directory = profile.root
        self.file: FileNode | None = None
        self.record = 0
        self.granted = 0
        self.verified = False
        self.challenge = b""
        self.waiting = b""
        self.transaction: Transaction | None = None
        self.unfinished = False
        self.sam_session: SamSession | SamPurchase | None = None
        self.neighbours = tuple(make(memory) for make in profile.neighbours)
        self.neighbour: Neighbour | None = None
        self._commands = commands
        self._table = _OFF

    def power_on(self) -> bytes:
        """Cold reset; see VirtualCard."""
        self.memory.recover()
        self.granted = 0
        self.challenge = self.waiting = b""
        self.transaction = None
        self.unfinished = False
        for neighbour in self.neighbours:
            neighbour.reset()
        self.enter(self.profile.root)
        self.grant_pin(False)
        return self.atr

    def power_off(self) -> None:
        """Take the power away; see VirtualCard."""
        self._table = _OFF

    def transmit(self, apdu: bytes) -> bytes:
        """Answer one command APDU; see VirtualCard."""
        head = apdu[:2]
        if self.unfinished and head != GET_RESPONSE:
            self._move_on(head)
        handler = self._table.get(head)
        if handler is None:
            return self._refuse(head)
        length = len(apdu)
        data = b""
        le = 0
        if length == 5:
            le = apdu[4]
        elif length > 5:
            end = apdu[4] + 5
            data = apdu[5:end]
            if not data or not end <= length <= end + 1:
                return self._malformed()
            if length > end:
                le = apdu[end]
        elif length < 4:
            return self._malformed()
        try:
            answer = handler(self, apdu[2], apdu[3], data, le)
            if self.memory.pending:
                self.memory.commit()
        except TornError:
            self._table = _OFF
            raise
        except MemoryFailureError:
            answer = self._memory_failed(head)
        except Exception:
            self.memory.rollback()
            if self.strict:
                raise
            return status.INTERNAL_ERROR
        return answer

    def fork(self) -> Self:
        """An independent copy, powered off; compiled contents and random source are shared."""
        twin = type(self)(
            self.kind, self.profile, self.memory.copy(), self._commands, random=self.random, face=self.face
        )
        twin.strict = self.strict
        return twin

    def state(self) -> dict[str, Any]:
        """What survives power, as JSON types; see VirtualCard."""
        return {"kind": self.kind, "face": self.face, **describe(self.contents())}

    def contents(self) -> CardContents:
        """A description of the card as it is now; a torn write counts as rolled back."""
        return snapshot(self.profile.contents, self.memory.copy())

    @property
    def pin(self) -> bytes:
        """The PIN as packed BCD, empty where none is set."""
        return self.pins[0]

    @property
    def pin_tries(self) -> int:
        """Tries left for the PIN."""
        return self.tries[PIN_TRIES_INDEX]

    @property
    def blocked(self) -> bool:
        """Whether the current directory is blocked."""
        return bool(self.flags[self.directory.flag])

    def enter(self, directory: DirectoryNode) -> bool:
        """Make a directory current; False where it is blocked, so that everything but SELECT answers 9303.

        Entering another directory loses the challenge and the keys that belong to neither it nor its
        environment (LD/T 32.7 section 6.6); entering the current one again keeps both.
        """
        self.file = None
        self.record = 0
        self.sam_session = None
        self.neighbour = None
        if directory is not self.directory:
            self.directory = directory
            self.granted &= directory.kept
            self.challenge = b""
        if self.flags[CARD_FLAG]:
            survives = any(neighbour.outlives_card_block for neighbour in self.neighbours)
            self._table = {SELECT: _select_survivor} if survives else {}
            return False
        if self.flags[directory.flag]:
            self._table = {SELECT: self._commands[SELECT], GET_RESPONSE: _blocked_application}
            return False
        self._table = self._commands
        return True

    @property
    def foreign(self) -> bool:
        """Whether a neighbour is current, not this side."""
        return self.neighbour is not None

    def select_neighbour(self, p2: int, name: bytes) -> bytes | None:
        """SELECT by name among the neighbours that live; None where none has the name."""
        for neighbour in self.neighbours:
            if self.flags[CARD_FLAG] and not neighbour.outlives_card_block:
                continue
            answer = neighbour.select(self, p2, name)
            if answer is not None:
                return answer
        return None

    def enter_neighbour(self, neighbour: Neighbour, commands: Mapping[bytes, Handler]) -> None:
        """Make a neighbour current: this side loses selection, challenge and keys as by any other SELECT.

        Its PIN stays verified until power-off, and nothing the neighbour does can reach it.
        """
        self.file = None
        self.record = 0
        self.sam_session = None
        self.transaction = None
        self.challenge = b""
        self.granted &= PIN_BIT
        self.neighbour = neighbour
        self._table = commands

    def grant_pin(self, verified: bool) -> None:
        """Remember whether the PIN was verified; without a PIN its condition is met (LD/T 32.7 5.6)."""
        self.verified = verified
        if verified or not self.pin:
            self.granted |= PIN_BIT
        else:
            self.granted &= ~PIN_BIT

    def _move_on(self, head: bytes) -> None:
        """Another command: what waited is gone, and so is the transaction unless this command belongs to it."""
        self.waiting = b""
        if head not in PURSE_COMMANDS:
            self.transaction = None
        self.unfinished = self.transaction is not None

    def _memory_failed(self, head: bytes) -> bytes:
        """6581 with the command undone; in a purse command it locks the card (LD/T 32.5 table 5, 32.7 section 13.1)."""
        self.memory.rollback()
        self.transaction = None
        if head[:1] == PURSE_CLASS:
            self.memory.write(FLAGS, CARD_FLAG, b"\1")
            self.memory.commit()
            self.enter(self.directory)
        return status.MEMORY_FAILURE

    def _malformed(self) -> bytes:
        """Refuse an APDU whose lengths contradict each other; a failed command ends a transaction."""
        self.transaction = None
        return status.LENGTH

    def _refuse(self, head: bytes) -> bytes:
        """Why a command is not in the table: no power, card blocked, unknown, or application blocked."""
        if self._table is _OFF:
            raise CardMuteError("the card has no power")
        if self.neighbour is not None:
            return self.neighbour.refuse(head)
        if self.flags[CARD_FLAG]:
            return status.NOT_SUPPORTED
        if head in self._commands:
            return status.APPLICATION_BLOCKED
        if len(head) < 2:
            return status.LENGTH
        plain_class = head[0] & ~SECURE_MESSAGING
        classes = {known[0] for known in self._commands}
        instructions = {known[1] for known in self._commands}
        if plain_class not in classes or head[1] in instructions:
            return status.CLASS
        return status.INSTRUCTION


def _select_survivor(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """SELECT on a blocked card of which another environment lives on."""
    answer = card.select_neighbour(p2, data) if p1 == BY_NAME and data else None
    return status.NOT_SUPPORTED if answer is None else answer


def _blocked_application(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    return status.APPLICATION_BLOCKED
