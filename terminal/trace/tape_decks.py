"""The two decks that stand in for everyday's: one records what a command is given, one gives it from a tape."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from terminal.backoffice.ports import BackOffice, BackOfficeError
from terminal.flow.operator import Operator, OperatorError
from terminal.text import Pin, Text
from terminal.trace.tape import Tape, TapeHeader, TapeWriter
from terminal.trace.tape_deck import Deck, NoInputError
from terminal.trace.tape_events import Doing, ReaderFailed
from terminal.trace.tape_failures import reader_failure
from terminal.trace.tape_format import LANE, TAKEN
from terminal.trace.tape_input import RecordingInput, TapeInput
from terminal.trace.tape_parties import TapeBackOffice, TapeOperator, tape_clock, tape_random
from terminal.trace.tape_player import TapePlayer
from terminal.trace.tape_recorder import RecordingReader, TapeRecorder
from terminal.trace.tape_recorder_parties import (
    RecordingBackOffice,
    RecordingOperator,
    recording_clock,
    recording_random,
)
from terminal.trace.tape_redaction import Redactor
from terminal.transport.base import Reader, TransportError
from terminal.transport.tape import TapeReader


@contextmanager
def record_tape(
    path: str | Path,
    created: datetime,
    *,
    elapsed_s: Callable[[], float],
    redacted: bool = True,
    command: Sequence[str] = (),
    overwrite: bool = False,
) -> Iterator[RecordingDeck]:
    """A deck that records everything into a file until the context ends; `elapsed_s` is a clock that only goes on.

    A tape with real secrets is readable by its owner only. Raises OSError, FileExistsError unless `overwrite`.
    """
    mode = 0o644 if redacted else 0o600
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if overwrite else os.O_EXCL)
    redactor = Redactor(enabled=redacted)
    header = TapeHeader.now(created, redacted=redacted, command=redactor.command_line(command))
    with open(
        os.open(path, flags, mode), "w", encoding="utf-8", errors="backslashreplace", newline="\n"
    ) as file:
        if not redacted:
            os.chmod(path, mode)
        writer = TapeWriter(file, header, elapsed_s)
        try:
            yield RecordingDeck(TapeRecorder(writer, redactor))
        finally:
            writer.end()


@contextmanager
def replay_tape(tape: Tape, command: Sequence[str] | None = None) -> Iterator[ReplayingDeck]:
    """A deck that gives everything from a tape; nothing may be left on it where the context ends without an error.

    `command` is the command line that is played where it is another than the tape's own. Raises TapeMismatchError.
    """
    player = TapePlayer(tape)
    own = command is None
    player.redactor.command_line(tape.header.command if command is None else command, learn=own)
    try:
        yield ReplayingDeck(player)
    except (TransportError, OperatorError, BackOfficeError, NoInputError, KeyboardInterrupt):
        player.finish()  # the recorded session ended so as well, or something is left
        raise
    player.finish()


class RecordingDeck(Deck):
    """Hands on what it is given, and writes everything down."""

    on_tape = True

    def __init__(self, recorder: TapeRecorder) -> None:
        self._recorder = recorder
        self._input = RecordingInput(recorder)

    @property
    def events(self) -> int:
        """How many events were recorded so far."""
        return self._recorder.events

    @contextmanager
    def reader(
        self, role: str, address: str, open_reader: Callable[[], AbstractContextManager[Reader]]
    ) -> Iterator[Reader]:
        """The reader, recorded; an error in opening it as well."""
        _check(role)
        try:
            opening = open_reader()
            inner = opening.__enter__()
        except TransportError as error:
            message = self._recorder.redactor.text(str(error))
            self._recorder.put(ReaderFailed(role, Doing.OPEN, 0, reader_failure(error), message))
            raise
        with _entered(opening, inner):
            reader = RecordingReader(inner, self._recorder, role)
            try:
                yield reader
            finally:
                self._recorder.unwatch(reader)

    def operator(self, make: Callable[[], Operator]) -> Operator:
        """The person, recorded."""
        return RecordingOperator(make(), self._recorder)

    def line(self, read: Callable[[], str | None], *, apdus: bool = False) -> str | None:
        """A line, recorded."""
        return self._input.line(read, apdus=apdus)

    def pin(self, obtain: Callable[[], Pin]) -> Pin:
        """The PIN, its stand-in recorded."""
        return self._input.pin(obtain)

    def choice(self, text: Text, ask: Callable[[], bool]) -> bool:
        """A yes or no, recorded."""
        return self._input.choice(text, ask)

    @contextmanager
    def back_office(
        self, open_office: Callable[[], AbstractContextManager[BackOffice]]
    ) -> Iterator[BackOffice]:
        """The back office, recorded."""
        with open_office() as office:
            yield RecordingBackOffice(office, self._recorder)

    def now(self, now: Callable[[], datetime]) -> Callable[[], datetime]:
        """The clock, recorded."""
        return recording_clock(now, self._recorder)

    def random(self, random: Callable[[int], bytes]) -> Callable[[int], bytes]:
        """The randomness, recorded."""
        return recording_random(random, self._recorder)


class ReplayingDeck(Deck):
    """Gives everything from a tape; opens nothing."""

    on_tape = True

    def __init__(self, player: TapePlayer) -> None:
        self._player = player
        self._input = TapeInput(player)

    @contextmanager
    def reader(
        self, role: str, address: str, open_reader: Callable[[], AbstractContextManager[Reader]]
    ) -> Iterator[Reader]:
        """The recorded reader."""
        _check(role)
        yield TapeReader(self._player, role)

    def operator(self, make: Callable[[], Operator]) -> Operator:
        """The recorded person."""
        return TapeOperator(self._player)

    def line(self, read: Callable[[], str | None], *, apdus: bool = False) -> str | None:
        """The recorded line."""
        return self._input.line(read, apdus=apdus)

    def pin(self, obtain: Callable[[], Pin]) -> Pin:
        """The recorded stand-in."""
        return self._input.pin(obtain)

    def choice(self, text: Text, ask: Callable[[], bool]) -> bool:
        """The recorded yes or no."""
        return self._input.choice(text, ask)

    @contextmanager
    def back_office(
        self, open_office: Callable[[], AbstractContextManager[BackOffice]]
    ) -> Iterator[BackOffice]:
        """The recorded back office."""
        yield TapeBackOffice(self._player)

    def now(self, now: Callable[[], datetime]) -> Callable[[], datetime]:
        """The recorded clock."""
        return tape_clock(self._player)

    def random(self, random: Callable[[int], bytes]) -> Callable[[int], bytes]:
        """The recorded randomness."""
        return tape_random(self._player)


@contextmanager
def _entered(manager: AbstractContextManager[Reader], value: Reader) -> Iterator[Reader]:
    """What is left of a context that was entered by hand: its exit, errors handed to it."""
    try:
        yield value
    except BaseException as error:
        if not manager.__exit__(type(error), error, error.__traceback__):
            raise
    else:
        manager.__exit__(None, None, None)


def _check(role: str) -> None:
    if not LANE.fullmatch(role) or role in TAKEN:
        raise ValueError(f"{role!r} cannot be the name of a reader on a tape")
