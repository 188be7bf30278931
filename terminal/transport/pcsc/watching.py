"""What happens to the readers of this machine, as a stream: readers and cards that come and go, and the service."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from math import ceil, inf

from terminal.transport.pcsc.errors import (
    NO_READERS,
    SUCCESS,
    TIMEOUT,
    UNKNOWN_READER,
    DaemonError,
    error_of,
)
from terminal.transport.pcsc.scard import PNP_NOTIFICATION, EventState, Scard, State
from terminal.transport.pcsc.waiting import GONE, SLICE_S, SlotState, own_context


class ReaderEventKind(Enum):
    """What happened."""

    READER_APPEARED = "reader appeared"
    READER_GONE = "reader gone"
    CARD_INSERTED = "card inserted"
    CARD_REMOVED = "card removed"
    DAEMON_LOST = "PC/SC service lost"
    DAEMON_BACK = "PC/SC service back"


@dataclass(frozen=True, slots=True)
class ReaderEvent:
    """One event; `atr` with an inserted card (empty where it is mute), `text` says why the service is lost."""

    kind: ReaderEventKind
    reader: str = ""
    atr: bytes = b""
    text: str = ""


def watch(scard: Scard, timeout_s: float | None = None) -> Iterator[ReaderEvent]:
    """Readers and cards as they are, then every change, for `timeout_s` seconds or for ever; Ctrl-C ends it.

    Without the service the first event is DAEMON_LOST. When it is back, everything appears anew; what was there
    before is not reported gone.
    """
    deadline = inf if timeout_s is None else time.monotonic() + timeout_s
    lost = False
    while True:
        try:
            with own_context(scard) as context:
                if lost:
                    lost = False
                    yield ReaderEvent(ReaderEventKind.DAEMON_BACK)
                yield from _Watch(scard, context).until(deadline)
                return
        except DaemonError as error:
            if not lost:
                lost = True
                yield ReaderEvent(ReaderEventKind.DAEMON_LOST, text=str(error))
        if time.monotonic() >= deadline:
            return
        time.sleep(max(min(SLICE_S, deadline - time.monotonic()), 0))


class _Watch:
    """The readers known on one context."""

    def __init__(self, scard: Scard, context: int) -> None:
        self._scard = scard
        self._context = context
        self._slots: dict[str, SlotState] = {}
        self._plugged = 0

    def until(self, deadline: float) -> Iterator[ReaderEvent]:
        """Every change, until the deadline or a DaemonError."""
        while True:
            fresh = False
            for event in self._readers():
                fresh = fresh or event.kind is ReaderEventKind.READER_APPEARED
                yield event
            left = max(deadline - time.monotonic(), 0)
            yield from self._cards(0 if fresh else min(SLICE_S, left))
            if not fresh and time.monotonic() >= deadline:
                return

    def _readers(self) -> Iterator[ReaderEvent]:
        code, listed = self._scard.SCardListReaders(self._context, [])
        names = [] if code & 0xFFFFFFFF == NO_READERS else listed
        if code & 0xFFFFFFFF not in (SUCCESS, NO_READERS):
            raise error_of(code, None, "listing the readers")
        for name in [name for name in self._slots if name not in names]:
            del self._slots[name]
            yield ReaderEvent(ReaderEventKind.READER_GONE, name)
        for name in [name for name in names if name not in self._slots]:
            self._slots[name] = SlotState.of(0)
            yield ReaderEvent(ReaderEventKind.READER_APPEARED, name)

    def _cards(self, timeout_s: float) -> Iterator[ReaderEvent]:
        asked = [(name, slot.raw) for name, slot in self._slots.items()]
        asked.append((PNP_NOTIFICATION, self._plugged))
        code, states = self._scard.SCardGetStatusChange(self._context, ceil(timeout_s * 1000), asked)
        code &= 0xFFFFFFFF
        if code == UNKNOWN_READER:  # one went between listing and asking
            time.sleep(timeout_s)
            return
        if code not in (SUCCESS, TIMEOUT):
            raise error_of(code, None, "watching the readers")
        *slots, (_, self._plugged, _) = states
        self._plugged &= ~State.CHANGED
        for slot in slots:
            yield from self._card(slot)

    def _card(self, event: EventState) -> Iterator[ReaderEvent]:
        name, raw, atr = event
        if raw & GONE:
            return
        before, now = self._slots[name], SlotState.of(raw, bytes(atr))
        self._slots[name] = now
        if not now.card_moved_since(before):
            return
        if before.present:
            yield ReaderEvent(ReaderEventKind.CARD_REMOVED, name)
        if now.present:
            yield ReaderEvent(ReaderEventKind.CARD_INSERTED, name, now.atr)
