"""A fault plan is data: at which exchange of a slot something goes wrong, and what.

The slot carries the plan out; a card knows nothing of it. Exchanges are counted from 1 over the life of a
slot, one for each APDU handed to it; a power-on is no exchange and is matched under the name `POWER ON`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, Self

from apdu.instructions import INSTRUCTIONS
from virtual_card.errors import FaultPlanError, TornError

__all__ = ["POWER_ON", "Fault", "FaultKind", "FaultPlan", "FaultPlanError", "TornError", "WatchedPlan"]

POWER_ON = "POWER ON"


class FaultKind(Enum):
    """What goes wrong; the value is the word a plan is written with."""

    PULL_BEFORE = "pull-before"
    PULL_AFTER = "pull-after"
    TEAR = "tear"
    MUTE = "mute"
    SLOW = "slow"
    GARBLE = "garble"
    STATUS = "status"
    MEMORY_FAILURE = "memory-failure"


_PARAMETER = {FaultKind.TEAR: "after_bytes", FaultKind.SLOW: "seconds", FaultKind.STATUS: "sw"}
_AT_POWER_ON = frozenset({FaultKind.PULL_BEFORE, FaultKind.MUTE, FaultKind.SLOW})
_INSTRUCTION_NAMES = frozenset(entry.name for entry in INSTRUCTIONS) | {POWER_ON}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, at exchange `at` or at the `nth` exchange of the instruction named.

    `pull-before`: the command never reaches the card. `pull-after`: the card did its work, the answer is
    lost. `tear`: power goes after `after_bytes` bytes of what the command writes. `mute`: no answer to a
    command the card did not see; it needs a reset. `slow`: `seconds` pass before the card sees it. `garble`:
    every bit of the answer inverted. `status`: `sw` in place of the card, which does not see the command.
    `memory-failure`: the card's memory does not take what the command writes (6581, nothing is written; in a
    purse command the card locks); a command that writes nothing is answered as ever.
    Raises FaultPlanError naming the field.
    """

    do: FaultKind
    at: int | None = None
    instruction: str | None = None
    nth: int = 1
    after_bytes: int | None = None
    seconds: float | None = None
    sw: int | None = None

    def __post_init__(self) -> None:
        self._check_when()
        self._check_parameters()

    def _check_when(self) -> None:
        if (self.at is None) == (self.instruction is None):
            raise FaultPlanError("at", "give the exchange (at) or the instruction, one of them")
        if self.at is not None and self.at < 1:
            raise FaultPlanError("at", f"exchanges count from 1, not {self.at}")
        if self.nth < 1 or (self.at is not None and self.nth != 1):
            raise FaultPlanError("nth", "counts the exchanges of the instruction named, from 1")
        if self.instruction is not None and self.instruction not in _INSTRUCTION_NAMES:
            names = ", ".join(sorted(_INSTRUCTION_NAMES))
            raise FaultPlanError("instruction", f"{self.instruction!r} is none of {names}")
        if self.instruction == POWER_ON and self.do not in _AT_POWER_ON:
            raise FaultPlanError("do", f"{self.do.value} cannot happen at a power-on")

    def _check_parameters(self) -> None:
        needed = _PARAMETER.get(self.do)
        for name in _PARAMETER.values():
            given = getattr(self, name) is not None
            if given and name != needed:
                raise FaultPlanError(name, f"does not belong to {self.do.value}")
            if name == needed and not given:
                raise FaultPlanError(name, f"is needed by {self.do.value}")
        if self.after_bytes is not None and self.after_bytes < 0:
            raise FaultPlanError("after_bytes", "cannot be negative")
        if self.seconds is not None and self.seconds < 0:
            raise FaultPlanError("seconds", "cannot be negative")
        if self.sw is not None and not 0x6000 <= self.sw <= 0x9FFF:
            raise FaultPlanError("sw", f"{self.sw:04X} is no status word (6000 to 9FFF)")

    def strikes(self, exchange: int | None, instruction: str | None, occurrence: int) -> bool:
        """Whether this fault belongs to that exchange, the `occurrence`-th of that instruction."""
        if self.at is not None:
            return self.at == exchange
        return self.instruction == instruction and self.nth == occurrence


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """The faults of one slot, in the order they are written; several may strike the same exchange."""

    faults: tuple[Fault, ...] = ()

    def due(self, exchange: int | None, instruction: str | None, occurrence: int) -> tuple[Fault, ...]:
        """The faults that strike an exchange; `exchange` is None for a power-on."""
        if not self.faults:
            return ()
        return tuple(fault for fault in self.faults if fault.strikes(exchange, instruction, occurrence))

    @classmethod
    def from_data(cls, entries: Iterable[Mapping[str, Any]], place: str = "faults") -> Self:
        """Read a plan from plain data as YAML or JSON give it: one mapping a fault, `sw` as four hex digits.

        Raises FaultPlanError with the path of the entry, `faults[2].do`.
        """
        return cls(tuple(_read_fault(entry, f"{place}[{index}]") for index, entry in enumerate(entries)))


@dataclass(frozen=True, slots=True)
class WatchedPlan(FaultPlan):
    """A fault plan that remembers which of its faults struck."""

    struck: set[Fault] = field(default_factory=set, compare=False)

    def due(self, exchange: int | None, instruction: str | None, occurrence: int) -> tuple[Fault, ...]:
        """The faults that strike an exchange; see FaultPlan."""
        due = FaultPlan.due(self, exchange, instruction, occurrence)
        self.struck.update(due)
        return due

    def idle(self) -> Iterator[str]:
        """The faults that never struck, in words."""
        for fault in self.faults:
            if fault not in self.struck:
                when = f"exchange {fault.at}" if fault.at else f"{fault.instruction}, number {fault.nth}"
                yield f"{fault.do.value} at {when}"


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "do": str,
    "at": int,
    "instruction": str,
    "nth": int,
    "after_bytes": int,
    "seconds": (int, float),
    "sw": str,
}


def _read_fault(entry: object, place: str) -> Fault:
    if not isinstance(entry, Mapping):
        raise FaultPlanError(place, "a fault is a mapping such as {do: mute, at: 3}")
    values = {str(key): _read_value(str(key), value, place) for key, value in entry.items()}
    if "do" not in values:
        raise FaultPlanError(f"{place}.do", f"is missing; one of {_words()}")
    try:
        return Fault(**values)
    except FaultPlanError as error:
        raise FaultPlanError(f"{place}.{error.place}", error.reason) from None


def _read_value(key: str, value: object, place: str) -> Any:
    if key not in _TYPES:
        known = ", ".join(entry.name for entry in fields(Fault))
        raise FaultPlanError(f"{place}.{key}", f"is no field of a fault ({known})")
    if not isinstance(value, _TYPES[key]) or isinstance(value, bool):
        raise FaultPlanError(f"{place}.{key}", f"{value!r} has the wrong type")
    if key == "do":
        try:
            return FaultKind(value)
        except ValueError:
            raise FaultPlanError(f"{place}.do", f"{value!r} is none of {_words()}") from None
    if key == "sw":
        return _read_status_word(str(value), place)
    return value


def _read_status_word(text: str, place: str) -> int:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    if len(raw) != 2:
        raise FaultPlanError(f"{place}.sw", f"{text!r} is not four hex digits")
    return int.from_bytes(raw, "big")


def _words() -> str:
    return ", ".join(kind.value for kind in FaultKind)
