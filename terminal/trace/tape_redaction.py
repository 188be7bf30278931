"""Takes PINs, keys and numbers that identify a person out of everything that goes on a tape, by what the bytes mean.

Which bytes those are, `apdu.redact` decides; what takes their place, `stand_ins`. The same object serves a replay: it
redacts what the terminal sends as the recording did, and takes the tape's own values for stand-ins (`learn`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from apdu.addressing import Place
from apdu.command import Command, MalformedApduError
from apdu.explain import Explainer, Explanation
from apdu.instructions import find, secret_data
from apdu.redact import citizen_numbers, hidden_in_command, hidden_in_response, mask_id
from apdu.response import Response
from terminal.procedures.identify import memory_card_of
from terminal.text import Pin
from terminal.trace.centre import AUTHENTICATION_DIGITS
from terminal.trace.stand_ins import Choose, Form, StandIns, in_place

PSAM = "psam"
COMMAND_LINE = "command line"
"""The card that nobody has: APDUs on a command line are redacted before they meet theirs."""
READER = "reader"
"""The reader of a command that has one; what is typed there is for the card in it."""
VERIFY = "verify"
SHORTEST_APDU = 8
HEX_DIGITS = frozenset("0123456789abcdefABCDEF ")
_PUNCTUATION = re.compile(r"0[xX]|[\s:,]")
_BLANKS = re.compile(r"(\s+)")
_LONG_NUMBER = re.compile(r"[0-9]{13,19}")
_PIN_DIGITS = re.compile(r"[0-9]{4,16}")
_PACKED_PIN = re.compile(r"([0-9]{4,16})(F*)")
_PIN_BLOCK = re.compile(r"2([4-9A-C])([0-9]{4,12})(F*)")
_PIN_PAIR = re.compile(r"([0-9]{4,16}F?)FF([0-9]{4,16}F?)")
CIPHER_DATA = 0xFA
IDENTITY_KEYS = frozenset({"id_number"})


class Redactor:
    """Redacts one tape; `enabled` False hands everything on as it is, and only follows the cards."""

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._stand_ins = StandIns()
        self._cards: dict[str, Explainer] = {}
        self._sent: dict[str, Command | None] = {}

    # --- cards ---------------------------------------------------------------------------------------------------

    def powered(self, lane: str, atr: bytes) -> None:
        """A card was powered or reset: it stands where cards stand after that."""
        self._cards[lane] = Explainer(PSAM if lane == PSAM else memory_card_of(atr))

    def command(self, lane: str, apdu: bytes, *, learn: bool = False, expected: bytes | None = None) -> bytes:
        """A command as the tape has it; bytes that are no APDU lose all that follows Lc where that may be secret.

        `expected` is the tape's own command at this place: a secret that was never met may be the one it stands for.
        """
        if expected is None:
            return self._command(lane, apdu, self._choose(learn))
        there: list[tuple[Form, str]] = []

        def note(form: Form, value: str) -> str:
            there.append((form, value))
            return self._stand_ins.keep(form, value)

        self._command(lane, expected, note)
        wanted = iter(there)

        def choose(form: Form, value: str) -> str:
            same, stand_in = next(wanted, (form, None))
            return self._stand_ins.of(form, value, stand_in if same is form else None)

        return self._command(lane, apdu, choose)

    def _command(self, lane: str, apdu: bytes, choose: Choose) -> bytes:
        try:
            command = self._sent[lane] = Command.parse(apdu)
        except MalformedApduError:
            self._sent[lane] = None
            known = find(apdu[0], apdu[1]) if len(apdu) >= 2 else None
            if known is not None and not known.secret:
                return self._citizens(apdu, choose)
            return apdu[:5] + self._secret(apdu[5:], choose)
        start = 0 if not command.data else 7 if command.extended else 5
        data = self._data(command, self.place(lane), choose)
        return apdu[:start] + data + apdu[start + len(data) :] if start else apdu

    def answer(self, lane: str, answer: bytes, *, learn: bool = False) -> tuple[bytes, Explanation | None]:
        """An answer as the tape has it, and the exchange explained (None where a part of it is malformed)."""
        command = self._sent.get(lane)
        if command is None or len(answer) < 2:
            return self._citizens(answer, self._choose(learn)), None
        response = Response.parse(answer)
        hidden = hidden_in_response(command, response, self.place(lane))
        changed = self._spans(response.data, hidden, self._choose(learn)) + answer[-2:]
        return changed, self._card(lane).explain(command, response)

    def place(self, lane: str) -> Place:
        """Where the card in a reader stands."""
        return self._card(lane).place

    def _card(self, lane: str) -> Explainer:
        if lane not in self._cards:
            self._cards[lane] = Explainer()
        return self._cards[lane]

    def _data(self, command: Command, place: Place, choose: Choose) -> bytes:
        if secret_data(command.cla, command.ins, command.data):
            return self._secret(command.data, choose, counted=command.ins == CIPHER_DATA)
        return self._citizens(self._spans(command.data, hidden_in_command(command, place), choose), choose)

    def _secret(self, data: bytes, choose: Choose, *, counted: bool = False) -> bytes:
        return _secret_data(data, choose, counted) if self._enabled else data

    def _citizens(self, data: bytes, choose: Choose) -> bytes:
        return self._spans(data, citizen_numbers(data), choose)

    def _spans(self, data: bytes, hidden: set[int], choose: Choose) -> bytes:
        if not self._enabled:
            return data
        changed = bytearray(data)
        for start, end in spans(hidden, citizen_numbers(data)):
            changed[start:end] = in_place(data[start:end], choose)
        return bytes(changed)

    def _choose(self, learn: bool) -> Choose:
        return self._stand_ins.keep if learn else self._stand_ins.of

    # --- people, back office and command line --------------------------------------------------------------------

    def pin(self, pin: Pin, *, learn: bool = False) -> str:
        """The digits of a PIN as the tape has them."""
        digits = pin.reveal()
        return self._choose(learn)(Form.PIN, digits) if self._enabled else digits

    def body(self, value: Any, *, learn: bool = False) -> Any:
        """A value made of plain lists, mappings and texts, as the tape has it; PINs are replaced before."""
        if isinstance(value, dict):
            return {
                key: self._identity(each, learn) if key in IDENTITY_KEYS else self.body(each, learn=learn)
                for key, each in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.body(each, learn=learn) for each in value]
        return self.text(value, learn=learn) if isinstance(value, str) else value

    def hsm_answer(self, answer: str, *, learn: bool = False) -> str:
        """An HSM's answer: authentication data stay, a command that it sealed loses its enciphered PIN and MAC."""
        first, bar, rest = answer.partition("|")
        if len(first) in (0, AUTHENTICATION_DIGITS) or len(first) % 2 or not HEX_DIGITS.issuperset(first):
            return self.text(answer, learn=learn)
        sealed = bytes.fromhex(first)
        known = find(sealed[0], sealed[1])
        if known is not None and known.secret:
            shown = self.command(COMMAND_LINE, sealed, learn=learn)
        else:
            shown = self._secret(sealed, self._choose(learn))
        return shown.hex().upper() + bar + rest

    def text(self, text: str, *, learn: bool = False) -> str:
        """A text with every citizen number in it replaced, also where only its ends are shown."""
        if not self._enabled:
            return text
        raw = self._citizens(text.encode("utf-8", "surrogateescape"), self._choose(learn))
        changed = raw.decode("utf-8", "surrogateescape")
        for number, stand_in in self._stand_ins.replaced(Form.CITIZEN):
            changed = changed.replace(mask_id(number), mask_id(stand_in))
        return changed

    def _identity(self, value: Any, learn: bool) -> Any:
        if not (isinstance(value, str) and value and self._enabled):
            return value
        raw = value.encode("utf-8")
        return in_place(raw, self._choose(learn)).decode("utf-8", "replace")

    def command_line(self, words: Sequence[str], *, learn: bool = False) -> tuple[str, ...]:
        """A command line: PINs inside APDUs given as hex, and citizen numbers, are replaced."""
        return tuple(self._word(word, learn) for word in words)

    def line(self, text: str, *, apdus: bool, learn: bool = False) -> str:
        """A line that was typed: APDUs in it, with or without a word before them, lose what is secret; so do numbers.

        Digits alone on the line or behind `verify` are a PIN in the wrong place, unless the lines are `apdus`.
        """
        if not self._enabled:
            return text
        first, space, rest = text.partition(" ")
        for before, pasted in (("", text), (first + space, rest)):
            shown = self._word(pasted, learn, READER)
            if shown != pasted:
                return before + shown
        misplaced = (not rest.strip() and not (apdus and len(text) >= SHORTEST_APDU)) or first == VERIFY
        return "".join(self._typed(part, misplaced, learn) for part in _BLANKS.split(text))

    def _typed(self, word: str, misplaced: bool, learn: bool) -> str:
        if misplaced and _PIN_DIGITS.fullmatch(word):
            return self._choose(learn)(Form.PIN, word)
        if _LONG_NUMBER.fullmatch(word):
            return in_place(word.encode("ascii"), self._choose(learn)).decode("ascii")
        return self._word(word, learn, READER)

    def _word(self, word: str, learn: bool, lane: str = COMMAND_LINE) -> str:
        shown = self.text(word, learn=learn)
        digits = _PUNCTUATION.sub("", shown)
        if shown != word or len(digits) < SHORTEST_APDU or not HEX_DIGITS.issuperset(digits):
            return shown
        half = "0" * (len(digits) % 2)
        raw = bytes.fromhex(digits[: len(digits) - len(half)])
        if find(raw[0], raw[1]) is None:
            changed = self._citizens(raw, self._choose(learn))
        else:
            changed = self.command(lane, raw, learn=learn)
        return word if changed == raw else changed.hex().upper() + half


def spans(hidden: set[int], citizens: set[int]) -> Iterator[tuple[int, int]]:
    """The runs of hidden offsets, begin and end; a citizen number is a run of its own."""
    start = previous = None
    for offset in sorted(hidden):
        if start is None or previous is None or offset != previous + 1:
            if start is not None and previous is not None:
                yield start, previous + 1
            start = offset
        elif (offset in citizens) != (previous in citizens):
            yield start, offset
            start = offset
        previous = offset
    if start is not None and previous is not None:
        yield start, previous + 1


def _secret_data(data: bytes, choose: Choose, counted: bool) -> bytes:
    """The data of a command that is secret as a whole: PINs in the forms they are sent in, else anything.

    `counted`: a PIN stands behind its length in bytes and before padding, as it is handed to a PSAM.
    """
    if _PIN_DIGITS.fullmatch(text := data.decode("ascii", "replace")):
        return choose(Form.PIN, text).encode("ascii")
    digits = data.hex().upper()
    end = 2 + 2 * data[0] if counted else 0
    if counted and _PACKED_PIN.fullmatch(digits[2:end]):
        changed = digits[:2] + _packed_pin(digits[2:end], choose) + digits[end:]
    elif pair := _PIN_PAIR.fullmatch(digits):
        changed = "FF".join(_packed_pin(each, choose) for each in pair.groups())
    elif (block := _PIN_BLOCK.fullmatch(digits)) and len(data) == 8 and len(block[2]) == int(block[1], 16):
        changed = f"2{block[1]}{choose(Form.PIN, block[2])}{block[3]}"
    elif _PACKED_PIN.fullmatch(digits):
        changed = _packed_pin(digits, choose)
    else:
        changed = choose(Form.BYTES, digits) if digits else ""
    return bytes.fromhex(changed)


def _packed_pin(digits: str, choose: Choose) -> str:
    number = digits.rstrip("F")
    return choose(Form.PIN, number) + digits[len(number) :]
