"""Plays a tape back: event by event, in order, and nothing else. What does not fit ends the session with one error.

Whoever stands in for a reader, a person or the back office asks the player for the next event; `tape_difference` says
what was expected, what came, and where else on the tape it would have fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from terminal.trace.tape import Tape, TapeEntry
from terminal.trace.tape_difference import describe, differing
from terminal.trace.tape_events import (
    CardReset,
    Doing,
    Inserted,
    OfficeAnswered,
    OfficeRefused,
    OperatorAsked,
    OperatorDid,
    OperatorDidNot,
    PoweredOn,
    Presence,
    ReaderFailed,
    Removed,
    ResponseReceived,
    TapeEvent,
    WaitEnded,
    lane_of,
)
from terminal.trace.tape_failures import READER_ERRORS
from terminal.trace.tape_redaction import Redactor

E = TypeVar("E", bound="TapeEvent")

SHOWN_LEFTOVERS = 8


class TapeMismatchError(Exception):
    """A session and its tape disagree: something else was asked for than was recorded, or too little."""


class TapePlayer:
    """A tape and the place where it stands; `lane` plays one reader of it alone."""

    def __init__(self, tape: Tape, lane: str | None = None) -> None:
        self.tape = tape
        self.redactor = Redactor(enabled=tape.header.redacted)
        self._entries: Sequence[TapeEntry] = tape.entries if lane is None else _alone(tape.entries, lane)
        self._next = 0
        self._present: dict[str, bool] = {}
        self._looks: dict[str, int] = {}
        self._broken = False
        self._held_back: TapeMismatchError | None = None
        self._settle()

    @property
    def broken(self) -> bool:
        """Whether the session has left the tape already: nothing more is compared."""
        return self._broken

    def abandon(self) -> None:
        """Compare nothing more: an error that is no mismatch ends the session."""
        self._broken = True

    def hold_back(self, error: TapeMismatchError) -> None:
        """Keep a mismatch until the next event is wanted, or the end: whoever tidies up hides no other error."""
        self._held_back = error

    def peek(self) -> TapeEvent | None:
        """The event that comes next, None at the end; raises a mismatch that was held back."""
        if self._held_back is not None:
            raise self._held_back
        return self._entries[self._next].event if self._next < len(self._entries) else None

    def take(self, kind: type[E], doing: str, lane: str | None = None) -> E:
        """The next event, which must be of this kind and reader; `doing` is what the session wants instead.

        Raises TapeMismatchError.
        """
        event = self.peek()
        if not isinstance(event, kind) or lane_of(event) != lane:
            raise self.mismatch(doing)
        self.step()
        return event

    def step(self) -> None:
        """Go on to the next event."""
        event = self._entries[self._next].event
        lane = lane_of(event)
        if isinstance(event, Inserted | Removed):
            self._present[event.lane] = isinstance(event, Inserted)
        self._next += 1
        if lane is not None:
            self._looks[lane] = 0
        self._settle()

    def _settle(self) -> None:
        """Cards that came or went by themselves have done so by now."""
        event = self.peek()
        if isinstance(event, Inserted | Removed) and event.looks == 0:
            self.step()

    def person_acted(self) -> None:
        """Looks are counted from here again."""
        self._looks.clear()

    def pass_movements(self) -> None:
        """Go past everything that happened at readers while a person was asked."""
        while isinstance(event := self.peek(), Presence) or (
            isinstance(event, ReaderFailed) and event.doing in (Doing.LOOK, Doing.WAIT)
        ):
            self.step()

    def look(self, lane: str, doing: Doing) -> bool:
        """Whether there is a card, as it was at this look; raises what the look ended in."""
        self._looks[lane] = looks = self._looks.get(lane, 0) + 1
        event = self.peek()
        if isinstance(event, Inserted | Removed) and event.lane == lane and event.looks == looks:
            self.step()
        elif (
            isinstance(event, ReaderFailed)
            and event.lane == lane
            and (event.doing, event.looks) == (doing, looks)
        ):
            self.step()
            raise READER_ERRORS[event.failure](event.message)
        return self._present.get(lane, False)

    def waited_in_vain(self, lane: str) -> bool:
        """Whether the wait of this look ended without a card's coming or going."""
        event = self.peek()
        if isinstance(event, WaitEnded) and event.lane == lane and event.looks == self._looks.get(lane, 0):
            self.step()
            return True
        return False

    def answer(self, kind: type[E], lane: str, doing: Doing, wanted: str) -> E:
        """What a reader answered; raises the error that was recorded in its place, or TapeMismatchError."""
        event = self.peek()
        if isinstance(event, ReaderFailed) and event.lane == lane and event.doing is doing:
            self.step()
            raise READER_ERRORS[event.failure](event.message)
        return self.take(kind, wanted, lane)

    def match(self, event: TapeEvent) -> None:
        """Go past the next event, which must equal this one, a redacted one; raises TapeMismatchError."""
        if self.peek() != event:
            raise self.differs(event)
        self.step()

    def mismatch(self, doing: str) -> TapeMismatchError:
        """The error for something that is not next on the tape; the session has left the tape with it."""
        self._broken = True
        expected = self.peek()
        if expected is None:
            line = f"{self.tape.name}: the tape has ended, but the session goes on"
            return TapeMismatchError(f"{line}\n  came      {doing}\n{_STEP}")
        return TapeMismatchError(
            f"{self.place()}: the session does something else than was recorded\n"
            f"  expected  {describe(expected, self.redactor)}\n  came      {doing}\n{_STEP}"
        )

    def differs(self, came: TapeEvent) -> TapeMismatchError:
        """The error for an event that is not the one on the tape: the difference, and where it would have fitted."""
        expected = self.peek()
        error = self.mismatch(describe(came, self.redactor))
        lines = list(differing(expected, came)) if expected is not None else []
        later = next((entry for entry in self._entries[self._next + 1 :] if entry.event == came), None)
        if later is not None:
            lines.append(f"  later     {self.tape.name}:{later.line} has it, at +{later.at_ms} ms")
        head, _, step = str(error).rpartition("\n")
        return TapeMismatchError("\n".join((head, *lines, step)))

    def place(self, back: int = 0) -> str:
        """File and line of the next event, or of the one `back` before it."""
        return f"{self.tape.name}:{self._entries[self._next - back].line}"

    def finish(self) -> None:
        """The session is over; raises TapeMismatchError where something is left on the tape."""
        if self._held_back is not None:
            raise self._held_back
        left = self._entries[self._next :]
        if self._broken or not left:
            return
        self._broken = True
        shown = [
            f"  line {entry.line}  {describe(entry.event, self.redactor)}" for entry in left[:SHOWN_LEFTOVERS]
        ]
        if len(left) > SHOWN_LEFTOVERS:
            shown.append(f"  and {len(left) - SHOWN_LEFTOVERS} more")
        head = f"{self.place()}: the session is over, but {len(left)} events are left on the tape"
        raise TapeMismatchError("\n".join((head, *shown, _STEP)))

    def learn(self, entry: TapeEvent) -> None:
        """Take what came from the tape for stand-ins already."""
        learnt = self.redactor
        if isinstance(entry, PoweredOn | CardReset):
            learnt.powered(entry.lane, entry.atr)
        elif isinstance(entry, ResponseReceived):
            learnt.answer(entry.lane, entry.answer, learn=True)
        elif isinstance(entry, OfficeAnswered) and isinstance(entry.body, str):
            learnt.hsm_answer(entry.body, learn=True)
        elif isinstance(entry, OfficeAnswered | OfficeRefused | OperatorDid):
            learnt.body(entry.body, learn=True)


_STEP = "  next      play the command that was recorded, or record the tape again"


def _alone(entries: Sequence[TapeEntry], lane: str) -> list[TapeEntry]:
    """The events of one reader; a card that came or went while a person was asked does so by itself."""
    alone = []
    asked = False
    for entry in entries:
        event = entry.event
        if isinstance(event, OperatorAsked):
            asked = True
        elif isinstance(event, OperatorDid | OperatorDidNot):
            asked = False
        if lane_of(event) != lane:
            continue
        if asked and isinstance(event, Inserted | Removed):
            alone.append(replace(entry, event=replace(event, looks=0)))
        elif not asked or not isinstance(event, WaitEnded | ReaderFailed):
            alone.append(entry)
    return alone
