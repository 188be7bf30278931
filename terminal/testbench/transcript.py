"""A transcript of every call of the driver: function, arguments, result, what went on below it, and how long it took.

Events are kept as they come and masked when they are shown, by the meaning of their fields; nothing is written to a
file here.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from terminal.driver import lower
from terminal.driver.events import CallAnswered, CallBegun, Event, StepsDropped
from terminal.driver.functions import BY_NAME, FILE_ADDRESS
from terminal.driver.masking import hidden, masked_answer, masked_arguments
from terminal.driver.ports import Answer, Argument
from terminal.text import Text

KEPT = 1000
"""Calls and notes that are kept; older ones are forgotten first."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened between calls: a card put in, steps that were dropped, a failure switched on."""

    at: datetime
    text: Text


@dataclass(slots=True, repr=False)
class Call:
    """One call, its arguments and answer still in clear; `took_ms` None while it goes on.

    `address` is the address that the values of a second step belong to.
    """

    number: int
    at: datetime
    function: str
    _arguments: tuple[Argument | bytes, ...]
    address: str
    began: float
    injected: bool = False
    events: list[Event] = field(default_factory=list)
    _answer: Answer | None = None
    took_ms: float | None = None

    def end(self, answer: Answer, now: float) -> None:
        """Note what the function returned."""
        self._answer = answer
        self.took_ms = (now - self.began) * 1000

    @property
    def code(self) -> int | None:
        """What it returned, None while it goes on."""
        return None if self._answer is None else self._answer.code

    def shown_arguments(self) -> tuple[str, ...]:
        """The arguments, masked; an APDU by its length, for what it says stands below the call."""
        if self.function in lower.FUNCTIONS:
            return tuple(
                f"{len(one)} bytes" if isinstance(one, bytes) else str(one) for one in self._arguments
            )
        function = BY_NAME.get(self.function)
        if function is None:
            return tuple(hidden(str(argument)) for argument in self._arguments)
        return masked_arguments(function, [one for one in self._arguments if not isinstance(one, bytes)])

    def shown_text(self) -> str:
        """The output buffer, masked."""
        function = BY_NAME.get(self.function)
        if self._answer is None:
            return ""
        if function is None:
            return self._answer.text if self._answer.code else hidden(self._answer.text)
        return masked_answer(function, self._answer, self.address)


class Transcript:
    """The listener of a driver that remembers, and of the reader library below it; threads may share it."""

    def __init__(
        self,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.perf_counter,
        kept: int = KEPT,
    ) -> None:
        self._now = now
        self._clock = clock
        self._lock = threading.Lock()
        self._records: deque[Call | Note] = deque(maxlen=kept)
        self._open: Call | None = None
        self._calls = 0
        self._address = ""

    def __call__(self, event: Event) -> None:
        """Hear of one event of the driver."""
        with self._lock:
            match event:
                case CallBegun(function, arguments):
                    self._open = self._begin(function, arguments)
                case CallAnswered(_, answer) if self._open is not None:
                    self._open.end(answer, self._clock())
                    self._open = None
                case StepsDropped(function, reason) if self._open is None:
                    self._records.append(Note(self._now(), _dropped(function, reason)))
                case _ if self._open is not None:
                    self._open.events.append(event)
                case _:
                    pass  # a card powered off with the steps that were dropped

    def injected(self, name: str, arguments: Sequence[Argument], answer: Answer) -> None:
        """Hear of an answer that was injected."""
        with self._lock:
            call = self._begin(name, tuple(arguments))
            call.injected = True
            call.end(answer, self._clock())

    def begin(self, name: str, arguments: tuple[lower.Argument, ...], *, injected: bool) -> Call:
        """Hear of a call of the reader library, which may come between those of the driver."""
        with self._lock:
            call = self._begin(name, arguments)
            call.injected = injected
            return call

    def end_lower(self, call: Call, code: int, happened: Event | None) -> None:
        """Hear of its end, and of what went on below it."""
        with self._lock:
            if happened is not None:
                call.events.append(happened)
            call.end(Answer(code, ""), self._clock())

    def note(self, text: Text) -> None:
        """Write down what happened between calls."""
        with self._lock:
            self._records.append(Note(self._now(), text))

    def under_way(self) -> list[str]:
        """The functions that are called and have not answered."""
        with self._lock:
            calls = [record for record in self._records if isinstance(record, Call)]
        return [call.function for call in calls if call.code is None]

    def clear(self) -> None:
        """Forget everything; calls are counted on."""
        with self._lock:
            self._records.clear()

    def __iter__(self) -> Iterator[Call | Note]:
        with self._lock:
            return iter(list(self._records))

    def _begin(self, function: str, arguments: tuple[Argument | bytes, ...]) -> Call:
        declared = BY_NAME.get(function)
        if declared is not None and FILE_ADDRESS in declared.parameters:
            place = declared.parameters.index(FILE_ADDRESS)
            self._address = str(arguments[place]) if place < len(arguments) else ""
        self._calls += 1
        call = Call(self._calls, self._now(), function, arguments, self._address, self._clock())
        self._records.append(call)
        return call


def _dropped(function: str, reason: str) -> Text:
    return Text(f"what {function} had pending has ended: {reason}", f"{function}的未完成步骤已结束")
