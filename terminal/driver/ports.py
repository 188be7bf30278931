"""What the driver stands on, and what stands on the driver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from terminal.text import Pin, Text
from terminal.transport.base import Reader

Argument = int | str


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What a function returns: 0 or a negative code, and the text of its output buffer (an error text on failure)."""

    code: int
    text: str

    def __repr__(self) -> str:
        return f"Answer({self.code}, {len(self.text)} characters)"


class Driver(Protocol):
    """The functions of the interface by name; one call at a time, whoever calls."""

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
        """Call a function with its input arguments in order; never raises for what a caller can do wrong.

        `caller` is whoever holds the line: a step of another caller ends what this one has pending.
        """

    def hang_up(self, caller: object) -> None:
        """The caller is gone: end what it has pending and power its card off."""


class Prompt(Enum):
    """What the keypad shows and says (reader specification, PIN entry)."""

    PIN = Text("Enter the PIN", "请输入密码")
    OLD_PIN = Text("Enter the old PIN", "请输入原密码")
    NEW_PIN = Text("Enter the new PIN", "请输入新密码")
    NEW_PIN_AGAIN = Text("Enter the new PIN again", "请再次输入新密码")


class KeypadCancelledError(Exception):
    """The holder pressed cancel."""


class KeypadTimeoutError(Exception):
    """The holder did not finish in time."""


class KeypadLengthError(Exception):
    """What was entered has fewer than 4 or more than 16 digits."""


class Keypad(Protocol):
    """The driver's own keypad: a person, a script, a web page."""

    def enter(self, prompt: Prompt) -> Pin:
        """One entry; raises KeypadCancelledError, KeypadTimeoutError, KeypadLengthError."""


@dataclass(frozen=True, slots=True)
class Device:
    """The reader the driver drives: its slots (None: not fitted) and the device number it reports (may be empty).

    Each slot is any reader of the transport seam: virtual, PC/SC or a tape.
    """

    contact: Reader | None
    contactless: Reader | None
    sam: Reader | None
    number: str = ""
