"""Waiting for cards and readers on SCardGetStatusChange.

A true deadline on the monotonic clock, slices of at most 200 ms so that Ctrl-C is Ctrl-C, a context of its own for
each wait, and a service that is stopped and started again in between is picked up with a new context: the old one
answers 8010001D for ever.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, inf

from terminal.transport.pcsc.errors import (
    SUCCESS,
    TIMEOUT,
    DaemonError,
    ReaderGoneError,
    error_of,
    establish,
)
from terminal.transport.pcsc.holders import ITSELF, UNKNOWN, other_clients
from terminal.transport.pcsc.scard import ReaderState, Scard, State

SLICE_S = 0.2
RETURN_GRACE_S = 10.0
"""How long a service that stopped, and then its reader, may take to come back before a wait gives up."""

GONE = State.UNKNOWN | State.UNAVAILABLE | State.IGNORE


@dataclass(frozen=True, slots=True)
class SlotState:
    """A slot as the service sees it; `changes` counts insertions and removals since the reader appeared.

    `atr` is empty without a card, and for a card that does not answer.
    """

    present: bool
    mute: bool
    in_use: bool
    exclusive: bool
    changes: int
    atr: bytes
    raw: int

    @classmethod
    def of(cls, raw: int, atr: bytes = b"") -> SlotState:
        """From the state word of SCardGetStatusChange: flags below, the count of changes above."""
        return cls(
            bool(raw & State.PRESENT),
            bool(raw & State.MUTE),
            bool(raw & State.IN_USE),
            bool(raw & State.EXCLUSIVE),
            raw >> 16 & 0xFFFF,
            atr if raw & State.PRESENT else b"",
            raw & ~State.CHANGED,
        )

    def card_moved_since(self, before: SlotState) -> bool:
        """Whether a card came or went in between, one that was pulled and put back included."""
        return self.present != before.present or self.changes != before.changes


@contextmanager
def own_context(scard: Scard) -> Iterator[int]:
    """A context for one wait; raises DaemonError where the service does not run."""
    context = establish(scard)
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)


def slot_state(scard: Scard, name: str) -> SlotState:
    """The slot as it is now; raises ReaderGoneError, DaemonError."""
    with own_context(scard) as context:
        return _look(scard, context, (name, 0), 0)


def users(scard: Scard) -> str:
    """Names and process ids of the other programs at the service, "" where none can be named; raises DaemonError.

    Asked for where a slot is in use: the service tells that it is, not by whom.
    """
    with own_context(scard):
        named = other_clients()
    return "" if named in (UNKNOWN, ITSELF) else named


def wait_for_change(
    scard: Scard, name: str, since: SlotState, timeout_s: float | None = None
) -> SlotState | None:
    """The slot once a card has come or gone after `since`, None when `timeout_s` seconds have passed.

    A card that was pulled and put back between two calls is seen, by the count of changes. Raises as `wait_for_card`.
    """
    return _Wait(scard, name, timeout_s).until_moved(since)


def wait_for_card(scard: Scard, name: str, present: bool, timeout_s: float | None = None) -> bool:
    """True once there is a card in the slot (or has been none), False when `timeout_s` seconds have passed.

    None waits for ever. A card that is pulled and put back in one go counts as a removal. The service may stop and
    start again meanwhile. Raises ReaderGoneError, and DaemonError where the service does not come back in 10 s.
    """
    wait = _Wait(scard, name, timeout_s)
    state = wait.now()
    while state.present != present:
        moved = wait.until_moved(state)
        if moved is None or not present:
            return moved is not None
        state = moved
    return True


class _Wait:
    """One wait with its deadline; every answer is None once that has passed."""

    def __init__(self, scard: Scard, name: str, timeout_s: float | None) -> None:
        self._scard = scard
        self._name = name
        self._deadline = inf if timeout_s is None else time.monotonic() + timeout_s

    def now(self) -> SlotState:
        """The slot as it is, whatever the deadline."""
        return slot_state(self._scard, self._name)

    def until_moved(self, since: SlotState) -> SlotState | None:
        """The slot after a card came or went."""
        try:
            with own_context(self._scard) as context:
                return self._until_moved(context, since)
        except DaemonError:
            return self._after_return(since)

    def _until_moved(self, context: int, since: SlotState) -> SlotState | None:
        state = since
        while True:
            left = self._deadline - time.monotonic()
            state = _look(self._scard, context, (self._name, state.raw), min(SLICE_S, max(left, 0)))
            if state.card_moved_since(since):
                return state
            if left <= SLICE_S and time.monotonic() >= self._deadline:
                return None

    def _after_return(self, since: SlotState) -> SlotState | None:
        """Go on once service and reader are back: counts start anew then, so only presence tells."""
        patience = min(self._deadline, time.monotonic() + RETURN_GRACE_S)
        while True:
            try:
                state = self.now()
            except (DaemonError, ReaderGoneError):
                if time.monotonic() >= self._deadline:
                    return None
                if time.monotonic() >= patience:
                    raise
                time.sleep(min(SLICE_S, max(patience - time.monotonic(), 0)))
                continue
            return state if state.present != since.present else self.until_moved(state)


def _look(scard: Scard, context: int, known: ReaderState, timeout_s: float) -> SlotState:
    """The slot after at most `timeout_s`; raises ReaderGoneError, DaemonError."""
    name = known[0]
    code, states = scard.SCardGetStatusChange(context, ceil(timeout_s * 1000), [known])
    code &= 0xFFFFFFFF
    if code not in (SUCCESS, TIMEOUT):
        raise error_of(code, name, "waiting for a card")
    _, raw, atr = states[0]
    if raw & GONE:
        raise ReaderGoneError(
            f"reader {name}: waiting for a card: the reader was unplugged 读卡器已拔出; "
            "check its cable; `ssc readers` lists what is there"
        )
    return SlotState.of(raw, bytes(atr))
