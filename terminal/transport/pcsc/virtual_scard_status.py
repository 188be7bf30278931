"""SCardGetStatusChange over virtual and real readers in one call.

Real readers are asked in slices, virtual ones wake the call by `moved`. A call on real readers alone never comes
here. Event rules are those of pcsc-lite: the caller's state is compared with the reader's, counters in the upper half.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

from terminal.transport.pcsc import errors as code
from terminal.transport.pcsc import virtual_scard_codes as more
from terminal.transport.pcsc.scard import PNP_NOTIFICATION, EventState, ReaderState, Scard, State
from terminal.transport.pcsc.virtual_scard_reader import VirtualSlot

SLICE_S = 0.05
"""How late a virtual reader's event may come to a program that watches real readers in the same call."""

SERVICE_GONE = (
    code.NO_SERVICE,
    code.SERVICE_STOPPED,
    code.INVALID_HANDLE,
    code.COMM_ERROR,
    code.SECURITY_VIOLATION,
)
"""What the real functions answer on a context whose service has ended, or is ending; the virtual readers stay."""

_PNP = PNP_NOTIFICATION.lower()
_SHARING = State.EXCLUSIVE | State.IN_USE
_COUNTER = 0xFFFF0000
_UNKNOWN = State.UNKNOWN | State.UNAVAILABLE


@dataclass(slots=True, eq=False)
class Context:
    """One SCARDCONTEXT: `real` is the service's own, None while there is no service.

    `listed` is the list of virtual readers, as a number, that its program was last told; `cancels` counts what ends
    a waiting call, `waiting` the calls that can be ended.
    """

    number: int
    real: int | None
    listed: int
    cancels: int = 0
    waiting: int = 0


@dataclass(slots=True)
class StatusCall:
    """One call: which readers it watches, and since when."""

    scard: Scard
    context: Context
    slots: Mapping[str, VirtualSlot]
    plugged: Callable[[], int]
    moved: Condition
    states: Sequence[ReaderState]

    def run(self, timeout_ms: int) -> tuple[int, list[EventState]]:
        """Code and the readers as they are, as SCardGetStatusChange answers."""
        watched = [name for name, known in self.states if not known & State.IGNORE]
        if not watched:
            return code.SUCCESS, self._blank()
        if any(self._is_foreign(name) for name in watched) and self.context.real is None:
            return code.UNKNOWN_READER, self._blank()
        ends = None if timeout_ms >= more.WAITS_FOR_EVER_MS else time.monotonic() + timeout_ms / 1000
        with self._waiting():
            return self._wait(ends)

    def _wait(self, ends: float | None) -> tuple[int, list[EventState]]:
        cancels = self.context.cancels
        plugs = self._real_names()
        while True:
            for slot in self.slots.values():
                slot.look()
            left = None if ends is None else ends - time.monotonic()
            real_plugged = self._real_names() != plugs
            with self.moved:
                events, changed = self._look(real_plugged)
                if self.context.cancels != cancels:
                    return code.CANCELLED, events
                if not changed and (left is None or left > 0) and self.context.real is None:
                    self.moved.wait(left)
                    continue
            pause = 0.0 if changed else SLICE_S if left is None else max(0.0, min(left, SLICE_S))
            result = self._ask_real(events, pause)
            if result in SERVICE_GONE:
                self.context.real = None
                return code.NO_SERVICE, events
            if result not in (code.SUCCESS, code.TIMEOUT):
                return result, events
            if changed or result == code.SUCCESS:
                return code.SUCCESS, events
            if left is not None and left <= 0:
                return code.TIMEOUT, events

    def _look(self, real_plugged: bool) -> tuple[list[EventState], bool]:
        events: list[EventState] = []
        changed = False
        for name, known in self.states:
            state, atr = self._event(name, known, real_plugged)
            changed = changed or bool(state & State.CHANGED)
            events.append((name, state, atr))
        if any(name.lower() == _PNP and state & State.CHANGED for name, state, _ in events):
            self.context.listed = self.plugged()
        return events, changed

    def _event(self, name: str, known: int, real_plugged: bool) -> tuple[int, list[int]]:
        if known & State.IGNORE:
            return 0, []
        if name.lower() == _PNP:
            came_or_went = real_plugged or self.plugged() != self.context.listed
            return (int(State.CHANGED) if came_or_went else 0), []
        slot = self.slots.get(name)
        return (0, []) if slot is None else _slot_event(slot, known)

    def _ask_real(self, events: list[EventState], pause: float) -> int:
        real = [state for state in self.states if self._is_foreign(state[0])]
        if self.context.real is None:
            return code.TIMEOUT
        if not real:
            if pause:
                with self.moved:
                    self.moved.wait(pause)
            return code.TIMEOUT
        result, found = self.scard.SCardGetStatusChange(self.context.real, round(pause * 1000), real)
        answers = iter(found)
        for index, (name, _, _) in enumerate(events):
            if self._is_foreign(name):
                events[index] = next(answers, events[index])
        return result

    def _is_foreign(self, name: str) -> bool:
        return name not in self.slots and name.lower() != _PNP

    def _real_names(self) -> object:
        if self.context.real is None or not any(name.lower() == _PNP for name, _ in self.states):
            return None
        return self.scard.SCardListReaders(self.context.real, [])

    def _blank(self) -> list[EventState]:
        return [(name, 0, []) for name, _ in self.states]

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        with self.moved:
            self.context.waiting += 1
        try:
            yield
        finally:
            with self.moved:
                self.context.waiting -= 1


def _slot_event(slot: VirtualSlot, known: int) -> tuple[int, list[int]]:
    if slot.gone:
        return int(_UNKNOWN | (0 if known & State.UNKNOWN else State.CHANGED)), []
    now = int(slot.state())
    counter = (slot.events & 0xFFFF) << 16
    before = known & (State.PRESENT | State.EMPTY)
    changed = (
        known == 0
        or bool(known & _UNKNOWN)
        or bool(known & _COUNTER and (known & _COUNTER) != counter)
        or bool(before and not before & now)
        or bool(known & _SHARING and (known & _SHARING) != (now & _SHARING))
    )
    return now | counter | (int(State.CHANGED) if changed else 0), list(slot.atr)
