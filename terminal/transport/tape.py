"""A tape as a reader: the same seam as PC/SC, answered from a recording. `tape:FILE`, `tape:FILE#ROLE`.

Strict: every command must be the one that was recorded; anything else raises TapeMismatchError, which is no error of a
reader and ends the session.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terminal.trace.tape import Tape, read_tape
from terminal.trace.tape_events import (
    CardReset,
    CommandSent,
    Doing,
    PadAction,
    PadAsked,
    PoweredOff,
    PoweredOn,
    ReaderOpened,
    ResponseReceived,
)
from terminal.trace.tape_player import TapeMismatchError, TapePlayer
from terminal.transport.base import PinPad, Reader, ReaderError


class TapeReader:
    """One reader of a tape; a replaying session makes one for each reader that was opened."""

    def __init__(self, player: TapePlayer, lane: str) -> None:
        self._player = player
        self._lane = lane
        wanted = f"the reader {lane} is opened"
        self.name = player.answer(ReaderOpened, lane, Doing.OPEN, wanted).name

    def card_present(self) -> bool:
        """Whether there was a card at this look."""
        return self._player.look(self._lane, Doing.LOOK)

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        """Whether the card came (or went) then; never waits."""
        there = self._player.look(self._lane, Doing.WAIT)
        if self._player.waited_in_vain(self._lane):
            return False
        if there is not present:
            raise self._player.mismatch(
                f"{self._lane}: the terminal waits for a card to {'come' if present else 'go'}"
            )
        return True

    def connect(self) -> TapeConnection:
        """Power the card on; raises what was recorded instead."""
        wanted = f"{self._lane}: the card is powered on"
        powered = self._player.answer(PoweredOn, self._lane, Doing.POWER, wanted)
        self._player.learn(powered)
        return TapeConnection(self._player, powered)


class TapeConnection:
    """A powered card of a tape."""

    def __init__(self, player: TapePlayer, powered: PoweredOn) -> None:
        self._player = player
        self._lane = powered.lane
        self._keypad = powered.keypad
        self._open = True
        self.atr = powered.atr
        self.protocol = powered.protocol

    @property
    def pin_pad(self) -> PinPad | None:
        """The reader's keypad, where the recorded one had one."""
        return TapePinPad(self) if self._keypad else None

    def transmit(self, apdu: bytes) -> bytes:
        """The recorded answer to this APDU; raises what was recorded instead, or TapeMismatchError."""
        event = self._player.peek()
        expected = event.apdu if isinstance(event, CommandSent) and event.lane == self._lane else None
        redacted = self._player.redactor.command(self._lane, apdu, expected=expected)
        self._player.match(CommandSent(self._lane, redacted))
        return self._answer()

    def ask_keypad(self, action: PadAction, template: bytes) -> bytes:
        """The recorded answer to a PIN typed at the reader."""
        redacted = self._player.redactor.command(self._lane, template)
        self._player.match(PadAsked(self._lane, action, redacted))
        return self._answer()

    def _answer(self) -> bytes:
        wanted = f"{self._lane}: an answer is awaited"
        received = self._player.answer(ResponseReceived, self._lane, Doing.COMMAND, wanted)
        self._player.learn(received)
        return received.answer

    def reset(self) -> bytes:
        """Reset the card; returns the recorded answer to reset."""
        wanted = f"{self._lane}: the card is reset"
        reset = self._player.answer(CardReset, self._lane, Doing.RESET, wanted)
        self._player.learn(reset)
        self.atr = reset.atr
        return reset.atr

    def close(self) -> None:
        """Power the card off; harmless when repeated, and once the session has left the tape."""
        if self._open and not self._player.broken:
            try:
                self._player.take(PoweredOff, f"{self._lane}: the card is powered off", self._lane)
            except TapeMismatchError as error:
                self._player.hold_back(error)
        self._open = False


class TapePinPad:
    """A recorded keypad: nobody types."""

    def __init__(self, connection: TapeConnection) -> None:
        self._connection = connection

    def verify(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        """The recorded answer."""
        return self._connection.ask_keypad(PadAction.VERIFY, template)

    def change(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        """The recorded answer."""
        return self._connection.ask_keypad(PadAction.CHANGE, template)


@contextmanager
def open_tape_reader(text: str) -> Iterator[Reader]:
    """The reader of a tape, `FILE` for the first or `FILE#ROLE`; nothing of it may be left when it is closed.

    Raises ReaderError where there is no such file or reader, DamagedTapeError, TapeMismatchError.
    """
    path, role = text, ""
    if "#" in text and not Path(text).exists():
        path, _, role = text.rpartition("#")
    try:
        tape = read_tape(path)
    except OSError as error:
        raise ReaderError(f"tape:{text}: {error.strerror}; check the name") from None
    lane = _lane(tape, role)
    player = TapePlayer(tape, lane)
    yield TapeReader(player, lane)
    player.finish()


def _lane(tape: Tape, role: str) -> str:
    lanes = list(
        dict.fromkeys(entry.event.lane for entry in tape.entries if isinstance(entry.event, ReaderOpened))
    )
    if not lanes:
        raise ReaderError(f"tape:{tape.name}: no reader was recorded on this tape; name another")
    if role and role not in lanes:
        known = ", ".join(f"tape:{tape.name}#{lane}" for lane in lanes)
        raise ReaderError(f"tape:{tape.name} has no reader {role!r}; there are {known}")
    return role or lanes[0]
