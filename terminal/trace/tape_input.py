"""What a session reads from outside beside its readers: lines, a PIN, a yes. On a tape they are the operator's.

A tape on which nothing of the kind was recorded leaves a replayed session its own input.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from terminal.text import Pin, Text
from terminal.trace.tape_events import OperatorAsked
from terminal.trace.tape_parties import ask_tape, decoded
from terminal.trace.tape_player import TapePlayer
from terminal.trace.tape_recorder import TapeRecorder
from terminal.trace.tape_recorder_parties import ask_recorded
from terminal.trace.tape_redaction import Redactor

LINE, PIN, CHOICE = "Line", "Pin", "Choice"
KINDS = frozenset({LINE, PIN, CHOICE})
NEXT_LINE = Text("The next line.", "下一行。")
HOLDERS_PIN = Text("The holder's PIN.", "个人密码。")


def asked(kind: str, text: Text, redactor: Redactor) -> OperatorAsked:
    """What is wanted, as the tape has it."""
    return OperatorAsked(kind, redactor.body({"text": {"en": text.en, "zh": text.zh}}))


class RecordingInput:
    """Reads on, and writes down what was read."""

    def __init__(self, recorder: TapeRecorder) -> None:
        self._recorder = recorder

    def line(self, read: Callable[[], str | None], *, apdus: bool = False) -> str | None:
        """A line; None at the end of the input."""
        redactor = self._recorder.redactor
        return ask_recorded(
            self._recorder,
            asked(LINE, NEXT_LINE, redactor),
            read,
            lambda text: None if text is None else redactor.line(text, apdus=apdus),
        )

    def pin(self, obtain: Callable[[], Pin]) -> Pin:
        """The PIN; a stand-in of its length is written."""
        redactor = self._recorder.redactor
        return ask_recorded(self._recorder, asked(PIN, HOLDERS_PIN, redactor), obtain, redactor.pin)

    def choice(self, text: Text, ask: Callable[[], bool]) -> bool:
        """A yes or a no."""
        return ask_recorded(self._recorder, asked(CHOICE, text, self._recorder.redactor), ask, bool)


class TapeInput:
    """Gives what was read then."""

    def __init__(self, player: TapePlayer) -> None:
        self._player = player
        self._recorded = any(
            isinstance(entry.event, OperatorAsked) and entry.event.kind in KINDS
            for entry in player.tape.entries
        )

    def line(self, read: Callable[[], str | None], *, apdus: bool = False) -> str | None:
        """The recorded line; None at the end."""
        if not self._recorded:
            return read()
        text: str | None = self._answer(LINE, NEXT_LINE, str | None)
        if text is not None:
            self._player.redactor.line(text, apdus=apdus, learn=True)
        return text

    def pin(self, obtain: Callable[[], Pin]) -> Pin:
        """The stand-in for the PIN."""
        if not self._recorded:
            return obtain()
        pin: Pin = self._answer(PIN, HOLDERS_PIN, Pin)
        self._player.redactor.pin(pin, learn=True)
        return pin

    def choice(self, text: Text, ask: Callable[[], bool]) -> bool:
        """The recorded yes or no."""
        if not self._recorded:
            return ask()
        agreed: bool = self._answer(CHOICE, text, bool)
        return agreed

    def _answer(self, kind: str, text: Text, form: Any) -> Any:
        body = ask_tape(self._player, asked(kind, text, self._player.redactor))
        return decoded(self._player, form, body)
