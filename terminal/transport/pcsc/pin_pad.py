"""Readers with a keypad: the PIN goes from the keys to the card, never through the terminal (PC/SC part 10).

Structures are little endian and packed (sections 2.3 to 2.5); the list of features is big endian (section 2.2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from math import ceil

from construct import Bytes, Const, Int8ul, Int16ul, Int32ul, Struct, Terminated, this

from terminal.transport.base import ReaderError
from terminal.transport.pcsc.errors import SUCCESS, expect_success
from terminal.transport.pcsc.scard import Scard
from terminal.transport.pin_entry import (
    PinEntryCancelledError,
    PinEntryError,
    PinEntryTimeoutError,
    PinForm,
    with_data,
)

GET_FEATURE_REQUEST = 0x42000000 + 3400
CHINESE = 0x0804
"""wLangId of the reader's own messages, a Windows language identifier."""

BCD_LEFT_FROM_FIRST_BYTE = 0x81
"""bmFormatString: positions in bytes, PIN at byte 0 of the data, left justified, packed BCD."""

VALIDATION_KEY = 0x02
CURRENT_AND_CONFIRM = 0x03
LONGEST_TIMEOUT_S = 255

_Control = tuple[int, list[int]]
Caller = Callable[[Callable[[], _Control]], _Control]
"""Makes a call that lasts as long as a person types."""


class Feature(IntEnum):
    """Tags of the features used here (section 2.2)."""

    VERIFY_PIN_DIRECT = 0x06
    MODIFY_PIN_DIRECT = 0x07
    GET_TLV_PROPERTIES = 0x12


class Property(IntEnum):
    """Tags of the properties used here (section 2.6.14)."""

    SHORTEST_PIN = 6
    LONGEST_PIN = 7


_TAIL = (
    "entry_validation" / Const(VALIDATION_KEY, Int8ul),
    "messages" / Int8ul,
    "language" / Int16ul,
)
_COMMAND = (
    "t1_prologue" / Const(bytes(3)),
    "command_length" / Int32ul,
    "command" / Bytes(this.command_length),
    Terminated,
)
_HEAD = (
    "timeout_s" / Int8ul,
    "timeout_after_first_key_s" / Int8ul,
    "format" / Const(BCD_LEFT_FROM_FIRST_BYTE, Int8ul),
    "block_length" / Int8ul,
    "length_format" / Const(0, Int8ul),
)

PIN_VERIFY = Struct(
    *_HEAD,
    "longest" / Int8ul,
    "shortest" / Int8ul,
    *_TAIL,
    "message" / Const(0, Int8ul),
    *_COMMAND,
)
"""PIN_VERIFY_STRUCTURE, section 2.5.2; `command` has the PIN's place filled with FF."""

PIN_MODIFY = Struct(
    *_HEAD,
    "current_offset" / Const(0, Int8ul),
    "new_offset" / Int8ul,
    "longest" / Int8ul,
    "shortest" / Int8ul,
    "confirm" / Const(CURRENT_AND_CONFIRM, Int8ul),
    *_TAIL,
    "message_current" / Const(0, Int8ul),
    "message_new" / Const(1, Int8ul),
    "message_again" / Const(2, Int8ul),
    *_COMMAND,
)
"""PIN_MODIFY_STRUCTURE, section 2.5.3."""

_REFUSALS: Mapping[bytes, tuple[type[ReaderError], str]] = {
    b"\x64\x00": (PinEntryTimeoutError, "nobody typed a PIN in time 输入超时; repeat"),
    b"\x64\x01": (PinEntryCancelledError, "the PIN was cancelled at the keypad 用户取消输入"),
    b"\x64\x02": (PinEntryError, "the two new PINs differ 两次输入的新密码不一致; repeat"),
    b"\x64\x03": (PinEntryError, "the PIN is too short or too long 密码位数不符; repeat"),
    b"\x6b\x80": (ReaderError, "it refuses the layout of this card's PIN; type it at the computer"),
}
"""Answers of the reader itself (section 2.5.2); every other is the card's."""


@dataclass(frozen=True, slots=True)
class PcscPinPad:
    """The keypad of a reader, as `terminal.transport.base.PinPad`; `features` maps a feature to its control code."""

    _scard: Scard
    _card: int
    _reader: str
    features: Mapping[int, int]
    _patiently: Caller

    def verify(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        """Have a PIN typed and verified; returns the card's answer.

        Where PINs of `shortest` and `longest` digits take equally many bytes the command goes with that Lc, otherwise
        the reader sets Lc to what was typed. Raises PinEntryError and its kinds, ReaderError.
        """
        form = self._form(shortest, longest)
        command = with_data(template, form.verify_data())
        fields = self._fields(form, timeout_s, command, messages=1)
        return self._typed(Feature.VERIFY_PIN_DIRECT, PIN_VERIFY.build(fields), "typing the PIN")

    def change(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        """Have the current PIN typed, then the new one twice; returns the card's answer.

        Raises PinEntryError where the lengths allowed take different numbers of bytes; otherwise as `verify`.
        """
        if Feature.MODIFY_PIN_DIRECT not in self.features:
            raise ReaderError(
                f"reader {self._reader}: its keypad cannot change a PIN; type it at the computer"
            )
        form = self._form(shortest, longest)
        command = with_data(template, form.change_data())
        fields = self._fields(form, timeout_s, command, messages=3) | {"new_offset": form.block_length + 1}
        return self._typed(Feature.MODIFY_PIN_DIRECT, PIN_MODIFY.build(fields), "changing the PIN")

    def _form(self, shortest: int, longest: int) -> PinForm:
        """The PINs that card and keypad both take."""
        limits = self._properties()
        least = max(shortest, limits.get(Property.SHORTEST_PIN, shortest))
        most = min(longest, limits.get(Property.LONGEST_PIN) or longest)
        if least > most:
            raise ReaderError(
                f"reader {self._reader}: its keypad takes no PIN of {shortest} to {longest} digits 密码键盘位数不符; "
                "type it at the computer"
            )
        return PinForm(least, most)

    def _properties(self) -> dict[int, int]:
        """The reader's properties, tag to value; empty where it names none."""
        control = self.features.get(Feature.GET_TLV_PROPERTIES)
        if control is None:
            return {}
        code, answer = self._scard.SCardControl(self._card, control, [])
        found = _tlv(bytes(answer)) if code == SUCCESS else {}
        return {tag: int.from_bytes(value, "little") for tag, value in found.items()}

    def _fields(self, form: PinForm, timeout_s: float, command: bytes, messages: int) -> dict[str, object]:
        seconds = min(ceil(timeout_s), LONGEST_TIMEOUT_S)
        return {
            "timeout_s": seconds,
            "timeout_after_first_key_s": seconds,
            "block_length": form.block_length,
            "shortest": form.shortest,
            "longest": form.longest,
            "messages": messages,
            "language": CHINESE,
            "command_length": len(command),
            "command": command,
        }

    def _typed(self, feature: Feature, structure: bytes, attempted: str) -> bytes:
        control = self.features[feature]
        code, raw = self._patiently(lambda: self._scard.SCardControl(self._card, control, list(structure)))
        expect_success(code, self._reader, attempted)
        answer = bytes(raw)
        if len(answer) < 2:
            raise ReaderError(f"reader {self._reader}: {attempted}: the keypad gave no answer; repeat")
        refusal = _REFUSALS.get(answer)
        if refusal is not None:
            kind, what = refusal
            raise kind(f"reader {self._reader}: {attempted}: {what} ({answer.hex().upper()})")
        return answer


def pin_pad_of(scard: Scard, card: int, reader: str, patiently: Caller) -> PcscPinPad | None:
    """The keypad of the reader a card is in; None where it has none or its driver knows no features."""
    code, answer = scard.SCardControl(card, GET_FEATURE_REQUEST, [])
    if code != SUCCESS:
        return None
    features = {tag: int.from_bytes(value, "big") for tag, value in _tlv(bytes(answer)).items()}
    return (
        PcscPinPad(scard, card, reader, features, patiently)
        if Feature.VERIFY_PIN_DIRECT in features
        else None
    )


def _tlv(raw: bytes) -> dict[int, bytes]:
    """Tag, length, value, one byte each for tag and length; what is cut off at the end is left out."""
    found = {}
    while len(raw) >= 2 and len(raw) >= 2 + raw[1]:
        found[raw[0]] = raw[2 : 2 + raw[1]]
        raw = raw[2 + raw[1] :]
    return found
