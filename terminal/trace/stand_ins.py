"""Stand-ins for what must not be written: of equal length and form, the same one for the same value.

They are numbered in the order in which values turn up, and depend on nothing else: nobody can compute a value back
from its stand-in, and a replay that meets the values in the same order gives them the same stand-ins.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from itertools import count

from apdu.fields import PADDING
from apdu.identifiers import citizen_check_character, luhn_check_digit

REGION = "990100"
"""The region of every synthetic holder."""

_CITIZEN_NUMBERS = 1000
_FIRST_BIRTH = 19000101


class Form(Enum):
    """What a value looks like, and so does its stand-in."""

    CITIZEN = "citizen number"
    BANK_NUMBER = "bank card number"
    PIN = "PIN"
    DIGITS = "digits"
    TEXT = "text"
    BYTES = "bytes"


def _citizen(number: int, length: int) -> str:
    month, serial = divmod(number, _CITIZEN_NUMBERS)
    body = f"{REGION}{_FIRST_BIRTH + month // 12 * 10000 + month % 12 * 100}{serial:03d}"
    return body + citizen_check_character(body)


def _bank_number(number: int, length: int) -> str:
    body = f"62{number:0{length - 3}d}"
    return body + luhn_check_digit(body)


def _digits(number: int, length: int) -> str:
    return f"{(number + 1) % 10**length:0{length}d}"


def _text(number: int, length: int) -> str:
    return f"X{number + 1:0{length - 1}d}"[-length:]


def _bytes(number: int, length: int) -> str:
    blocks = (hashlib.sha256(f"stand-in {number}/{block}".encode()).digest() for block in count())
    raw = b""
    while len(raw) < length // 2:
        raw += next(blocks)
    return raw[: length // 2].hex().upper()


_MAKERS: Mapping[Form, Callable[[int, int], str]] = {
    Form.CITIZEN: _citizen,
    Form.BANK_NUMBER: _bank_number,
    Form.PIN: _digits,
    Form.DIGITS: _digits,
    Form.TEXT: _text,
    Form.BYTES: _bytes,
}
_TRIES = 70_000
"""More numbers than two bytes have values: short values run out of stand-ins and then share the last."""

_SHOWN_CITIZEN = re.compile(rb"[0-9]{17}[0-9X]")
_PACKED_NUMBER = re.compile(r"[0-9]{13,}F*")
_TRACK = re.compile(r"([0-9]{13,19})D([0-9]{7})([0-9]*)(F*)")


class StandIns:
    """The stand-ins of one tape."""

    def __init__(self) -> None:
        self._known: dict[tuple[Form, str], str] = {}
        self._taken: set[tuple[Form, str]] = set()
        self._stands_for: dict[tuple[Form, str], str] = {}

    def of(self, form: Form, value: str, expected: str | None = None) -> str:
        """The stand-in of a value; a new one gets the next that is free, or the one `expected` by a replay.

        What is expected is refused where it stands for another value already.
        """
        known = self._known.get((form, value))
        if known is None:
            fits = expected is not None and len(expected) == len(value)
            fits = fits and self._stands_for.get((form, expected or ""), expected) == expected
            known = expected if fits and expected else next(self._free(form, len(value)))
            self._remember(form, value, known)
        return known

    def keep(self, form: Form, value: str) -> str:
        """Note that a value is a stand-in already, as everything on a redacted tape is; returns it."""
        if (form, value) not in self._known:
            self._remember(form, value, value)
        return value

    def replaced(self, form: Form) -> Iterator[tuple[str, str]]:
        """Every value of a form and what stands in for it."""
        return ((value, stand_in) for (known, value), stand_in in self._known.items() if known is form)

    def _remember(self, form: Form, value: str, stand_in: str) -> None:
        self._known[form, value] = stand_in
        self._taken.add((form, stand_in))
        self._stands_for[form, stand_in] = value

    def _free(self, form: Form, length: int) -> Iterator[str]:
        stand_in = ""
        for number in range(_TRIES):
            stand_in = _MAKERS[form](number, length)
            if (form, stand_in) not in self._taken:
                yield stand_in
        yield stand_in


Choose = Callable[[Form, str], str]
"""`StandIns.of` for what is real, `StandIns.keep` for what comes from a tape."""


def in_place(raw: bytes, choose: Choose) -> bytes:
    """A personal value as it stands in a file, replaced: ASCII, packed digits, a magnetic track, or anything else.

    Padding stays; a value that is all padding was never set and stays as it is.
    """
    core = raw.rstrip(PADDING)
    packed = raw.hex().upper()
    if not core:
        return raw
    if _SHOWN_CITIZEN.fullmatch(core.upper()):
        changed = choose(Form.CITIZEN, core.decode("ascii").upper()).encode("ascii")
    elif core.isdigit():
        changed = choose(_number_form(len(core)), core.decode("ascii")).encode("ascii")
    elif _PACKED_NUMBER.fullmatch(packed):
        return bytes.fromhex(_packed(packed, choose))
    elif track := _TRACK.fullmatch(packed):
        number, kept, rest, fill = track.groups()
        spread = choose(Form.DIGITS, rest) if rest else ""
        return bytes.fromhex(f"{choose(_number_form(len(number)), number)}D{kept}{spread}{fill}")
    elif core.isascii() and all(0x20 <= byte < 0x7F for byte in core):
        changed = choose(Form.TEXT, core.decode("ascii")).encode("ascii")
    else:
        return bytes.fromhex(choose(Form.BYTES, packed))
    return changed + raw[len(core) :]


def _packed(digits: str, choose: Choose) -> str:
    number = digits.rstrip("F")
    return choose(_number_form(len(number)), number) + digits[len(number) :]


def _number_form(length: int) -> Form:
    return Form.BANK_NUMBER if 13 <= length <= 19 else Form.DIGITS
