"""Old memory cards behind the APDUs of storage cards: SLE4442 (256 bytes) and SLE4428 (1024 bytes).

A memory card understands no APDU; the reader does, and drives the chip. What is modelled here is chip and
reader together, in both dialects in use: FFA4 FFB0 FFB1 FFD0 FFD2 FF20 of one family of readers, FFB0 FFD6
FF20 of PC/SC part 3 section 3.2.2. Reading is free; writing needs the code (PSC), which has an error counter
and locks at zero.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from apdu.command import Command, MalformedApduError
from virtual_card import status
from virtual_card.card import VirtualCard
from virtual_card.description_reader import Reader
from virtual_card.errors import CardMuteError, MemoryFailureError, TornError
from virtual_card.nonvolatile import Cell, NonVolatile

STORAGE_CLASS = 0xFF
READER_FAILED = b"\x63\x00"
TRIES, CODE, MEMORY = 0, 1, 2
CELL_NAMES = ("tries", "code", "memory")


@dataclass(frozen=True, slots=True)
class Chip:
    """One kind of memory chip: what a reader shows as its ATR, its size, code and counter.

    `type_code` selects it in FFA4. `counter_answer` is the length of the FFB1 answer. `security_area`: the
    last bytes of the memory are the error counter and the code, the code reading as 00 until it was
    presented.
    """

    kind: str
    atr: bytes
    size: int
    type_code: int
    code_length: int
    tries: int
    counter_answer: int
    security_area: bool = False

    @property
    def user_size(self) -> int:
        """Bytes that belong to the holder's data: everything but the security area."""
        return self.size - (1 + self.code_length if self.security_area else 0)


SLE4442 = Chip("sle4442", bytes.fromhex("3B04A2131091"), 256, 0x06, code_length=3, tries=3, counter_answer=4)
SLE4428 = Chip(
    "sle4428",
    bytes.fromhex("3B0492231091"),
    1024,
    0x05,
    code_length=2,
    tries=8,
    counter_answer=3,
    security_area=True,
)
CHIPS: Mapping[str, Chip] = {chip.kind: chip for chip in (SLE4442, SLE4428)}


class MemoryCard(VirtualCard):
    """A memory card in a reader that offers the storage-card APDUs.

    `contents` fills the user memory from offset 0, the rest is FF; `code` is the write code, FF throughout
    as it leaves the factory. `notes` are the issuer's own and never readable. Raises ValueError where they
    do not fit.
    """

    protocol = "raw"

    def __init__(
        self,
        kind: str,
        contents: bytes,
        *,
        code: bytes | None = None,
        tries_left: int | None = None,
        notes: Mapping[str, str] | None = None,
    ) -> None:
        chip = CHIPS[kind]
        code = b"\xff" * chip.code_length if code is None else code
        if len(contents) > chip.user_size:
            raise ValueError(f"{len(contents)} bytes do not fit the {chip.user_size} of a {kind} card")
        if len(code) != chip.code_length:
            raise ValueError(f"the code of a {kind} card has {chip.code_length} bytes, not {len(code)}")
        self.kind = kind
        self.atr = chip.atr
        self.notes = dict(notes or {})
        self._chip = chip
        tries = chip.tries if tries_left is None else tries_left
        cells: list[Cell] = [
            bytearray((tries,)),
            bytearray(code),
            bytearray(contents.ljust(chip.user_size, b"\xff")),
        ]
        self.memory = NonVolatile(CELL_NAMES, cells)
        self._presented = False
        self._powered = False

    def power_on(self) -> bytes:
        """Power the card: a torn write is rolled back, a code presented before counts no more."""
        self.memory.recover()
        self._presented = False
        self._powered = True
        return self.atr

    def power_off(self) -> None:
        """Take the power away; see VirtualCard."""
        self._powered = False

    def fork(self) -> Self:
        """An independent card with the same contents, powered off."""
        twin = copy.copy(self)
        twin.memory = self.memory.copy()
        twin.notes = dict(self.notes)
        twin._powered = False
        return twin

    def state(self) -> dict[str, Any]:
        """What survives power, as JSON types; see VirtualCard."""
        if not self._powered:
            self.memory.recover()
        return {
            "kind": self.kind,
            "tries_left": self._bytes(TRIES)[0],
            "code": self._bytes(CODE).hex().upper(),
            "contents": self._bytes(MEMORY).hex().upper(),
            "notes": dict(self.notes),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The card of a `state`; raises DescriptionError or ValueError where it is none."""
        reader = Reader(state)
        return cls(
            reader.choice("kind", CHIPS),
            reader.octets("contents"),
            code=reader.octets("code"),
            tries_left=reader.counter("tries_left"),
            notes={name: str(note) for name, note in reader.take("notes", dict).items()},
        )

    def contents(self) -> bytes:
        """The whole memory as it reads before the code was presented."""
        return self._readable(code_shown=False)

    def transmit(self, apdu: bytes) -> bytes:
        """Carry out one storage-card APDU; anything else is 6E00 or 6D00. Raises as VirtualCard says."""
        if not self._powered:
            raise CardMuteError("the card has no power")
        try:
            command = Command.parse(apdu)
        except MalformedApduError:
            return status.LENGTH
        if command.cla != STORAGE_CLASS:
            return status.CLASS
        handler = _HANDLERS.get(command.ins)
        if handler is None:
            return status.INSTRUCTION
        try:
            answer = handler(self, command)
            self.memory.commit()
        except TornError:
            self._powered = False
            raise
        except MemoryFailureError:
            self.memory.rollback()
            return status.MEMORY_FAILURE
        except Exception:
            self.memory.recover()
            raise
        return answer

    def _bytes(self, cell: int) -> bytes:
        contents = self.memory.cells[cell]
        assert isinstance(contents, bytearray)
        return bytes(contents)

    @property
    def _counter(self) -> int:
        """The error counter as the chip keeps it: one bit for each try left."""
        return (1 << self._bytes(TRIES)[0]) - 1

    def _readable(self, code_shown: bool) -> bytes:
        if not self._chip.security_area:
            return self._bytes(MEMORY)
        code = self._bytes(CODE) if code_shown else bytes(self._chip.code_length)
        return self._bytes(MEMORY) + bytes((self._counter,)) + code

    def _select_type(self, command: Command) -> bytes:
        if len(command.data) != 1:
            return status.LENGTH
        if command.data[0] != self._chip.type_code:
            return READER_FAILED
        self.power_on()
        return status.OK

    def _read(self, command: Command) -> bytes:
        start, length = _offset(command), command.le
        if length is None or command.data:
            return status.LENGTH
        if start >= self._chip.size:
            return status.OFFSET
        read = self._readable(self._presented)[start : start + length]
        return read + (status.OK if len(read) == length else status.END_REACHED)

    def _read_counter(self, _: Command) -> bytes:
        return bytes((self._counter,)).ljust(self._chip.counter_answer, b"\0") + status.OK

    def _present_code(self, command: Command) -> bytes:
        if len(command.data) != self._chip.code_length:
            return status.LENGTH
        left = self._bytes(TRIES)[0]
        if left:
            right = command.data == self._bytes(CODE)
            self.memory.write(TRIES, 0, bytes((self._chip.tries if right else left - 1,)))
            self._presented = right
        return bytes((0x90, self._counter))

    def _write(self, command: Command) -> bytes:
        start = _offset(command)
        if not command.data:
            return status.LENGTH
        if start + len(command.data) > self._chip.user_size:
            return status.OFFSET
        if not self._presented:
            return status.SECURITY
        self.memory.write(MEMORY, start, command.data)
        return status.OK

    def _change_code(self, command: Command) -> bytes:
        if len(command.data) != self._chip.code_length:
            return status.LENGTH
        if not self._presented:
            return status.SECURITY
        self.memory.write(CODE, 0, command.data)
        return status.OK


_HANDLERS: Mapping[int, Callable[[MemoryCard, Command], bytes]] = {
    0xA4: MemoryCard._select_type,
    0xB0: MemoryCard._read,
    0xB1: MemoryCard._read_counter,
    0x20: MemoryCard._present_code,
    0xD0: MemoryCard._write,
    0xD6: MemoryCard._write,
    0xD2: MemoryCard._change_code,
}


def _offset(command: Command) -> int:
    return command.p1 << 8 | command.p2
