"""A virtual reader slot: cards go in and out, get power, and suffer what the fault plan says.

The slot stands where a reader stands: the plan strikes between terminal and card, never inside the card.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition

from apdu.instructions import find
from virtual_card.card import VirtualCard
from virtual_card.errors import (
    CardMuteError,
    CardRemovedError,
    ConnectionClosedError,
    NoCardError,
    PowerLostError,
    TornError,
    VirtualCardError,
)
from virtual_card.faults import POWER_ON, Fault, FaultKind, FaultPlan

_Reason = tuple[type[VirtualCardError], str]


class Slot:
    """One slot of a virtual reader; `exchanges` counts the APDUs handed to it over its life.

    Occurrences of an instruction count from when there is a plan with faults.
    `sleep` is called with the seconds of a `slow` fault, so that tests and tapes need not wait.
    """

    def __init__(
        self, name: str, faults: FaultPlan | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.name = name
        self.faults = faults or FaultPlan()
        self.exchanges = 0
        self._sleep = sleep
        self._seen: Counter[str] = Counter()
        self._card: VirtualCard | None = None
        self._moved = Condition()
        self._connection: SlotConnection | None = None

    @property
    def card(self) -> VirtualCard | None:
        """The card in the slot, None where it is empty."""
        return self._card

    def card_present(self) -> bool:
        """Whether there is a card in the slot."""
        return self._card is not None

    def insert(self, card: VirtualCard) -> None:
        """Put a card in, without power; raises ValueError where there is one already."""
        if self._card is not None:
            raise ValueError(f"slot {self.name} holds a {self._card.kind} card; remove it first")
        with self._moved:
            self._card = card
            self._moved.notify_all()

    def arm(self, plan: FaultPlan) -> None:
        """Another plan from here on; exchanges and occurrences are counted anew."""
        self.faults = plan
        self.exchanges = 0
        self._seen.clear()

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        """Return True once a card is in (or out), False after `timeout_s`; cards are moved by other threads."""
        with self._moved:
            return self._moved.wait_for(lambda: self.card_present() is present, timeout_s)

    def remove(self) -> VirtualCard | None:
        """Pull the card, in whatever it is doing; returns it, or None where the slot was empty."""
        card = self._card
        if card is not None:
            card.power_off()
        with self._moved:
            self._card = None
            self._moved.notify_all()
        self._drop((CardRemovedError, f"the card was removed from {self.name}"))
        return card

    def power_loss(self) -> None:
        """Take the power away: the card stays in, its volatile state is lost, connections are dead."""
        if self._card is not None:
            self._card.power_off()
        self._drop((PowerLostError, f"the card in {self.name} has no power; connect again"))

    def connect(self) -> SlotConnection:
        """Power the card on; an earlier connection to the slot is closed by it.

        Raises NoCardError, or what the plan has for this power-on: CardRemovedError, CardMuteError.
        """
        if self._card is None:
            raise NoCardError(f"no card in {self.name}")
        self._drop((ConnectionClosedError, f"a newer connection to {self.name} has replaced this one"))
        atr = self._power_on(self._card, self._card.power_on)
        self._connection = SlotConnection(self, self._card.protocol, atr)
        return self._connection

    def _drop(self, reason: _Reason) -> None:
        if self._connection is not None:
            self._connection._dead = reason
        self._connection = None

    def _close(self) -> None:
        if self._card is not None:
            self._card.power_off()
        self._drop((ConnectionClosedError, f"the connection to {self.name} is closed"))

    def _power_on(self, card: VirtualCard, start: Callable[[], bytes]) -> bytes:
        self._seen[POWER_ON] += 1
        for fault in self.faults.due(None, POWER_ON, self._seen[POWER_ON]):
            self._before(fault, card)
        return start()

    def _reset(self) -> bytes:
        card = self._powered()
        return self._power_on(card, card.reset)

    def _powered(self) -> VirtualCard:
        if self._card is None:
            raise NoCardError(f"no card in {self.name}")
        return self._card

    def _transmit(self, apdu: bytes) -> bytes:
        card = self._powered()
        self.exchanges += 1
        due = self._due(apdu) if self.faults.faults else ()
        return self._transmit_with(due, card, apdu) if due else card.transmit(apdu)

    def _due(self, apdu: bytes) -> tuple[Fault, ...]:
        instruction = _instruction_name(apdu)
        if instruction is not None:
            self._seen[instruction] += 1
        return self.faults.due(self.exchanges, instruction, self._seen[instruction or ""])

    def _transmit_with(self, due: tuple[Fault, ...], card: VirtualCard, apdu: bytes) -> bytes:
        for fault in due:
            self._before(fault, card)
        answer = next((_status(fault) for fault in due if fault.do is FaultKind.STATUS), None)
        if answer is None:
            answer = self._at_card(due, card, apdu)
        if any(fault.do is FaultKind.PULL_AFTER for fault in due):
            raise self._pulled()
        garbled = any(fault.do is FaultKind.GARBLE for fault in due)
        return bytes(byte ^ 0xFF for byte in answer) if garbled else answer

    def _before(self, fault: Fault, card: VirtualCard) -> None:
        if fault.do is FaultKind.SLOW:
            self._sleep(fault.seconds or 0)
        elif fault.do is FaultKind.PULL_BEFORE:
            raise self._pulled()
        elif fault.do is FaultKind.MUTE:
            card.power_off()
            message = f"the card in {self.name} does not answer"
            if self._connection is not None:
                self._connection._mute = (CardMuteError, message)
            raise CardMuteError(message)

    def _at_card(self, due: tuple[Fault, ...], card: VirtualCard, apdu: bytes) -> bytes:
        if any(fault.do is FaultKind.MEMORY_FAILURE for fault in due):
            card.arm_failure()
        tear = next((fault for fault in due if fault.do is FaultKind.TEAR), None)
        if tear is None:
            return card.transmit(apdu)
        card.arm_tear(tear.after_bytes or 0)
        try:
            card.transmit(apdu)
        except TornError:
            raise self._pulled() from None
        raise self._pulled()

    def _pulled(self) -> CardRemovedError:
        self.remove()
        return CardRemovedError(f"the card was pulled out of {self.name}")


@dataclass(slots=True, repr=False)
class SlotConnection:
    """One powered card in a slot; after a removal, a power loss or `close` every call raises that reason.

    A mute card raises CardMuteError until `reset`.
    """

    _slot: Slot
    protocol: str
    atr: bytes
    _dead: _Reason | None = None
    _mute: _Reason | None = None

    def transmit(self, apdu: bytes) -> bytes:
        """Send one APDU, return data and status word.

        Raises CardRemovedError, CardMuteError or ConnectionClosedError.
        """
        if self._dead is not None or self._mute is not None:
            _raise(self._dead or self._mute)
        return self._slot._transmit(apdu)

    def reset(self) -> bytes:
        """Reset the card and return its answer to reset; wakes a mute card. Raises as `transmit`."""
        _raise(self._dead)
        self.atr = self._slot._reset()
        self._mute = None
        return self.atr

    def close(self) -> None:
        """Power the card off; harmless when repeated."""
        if self._dead is None:
            self._slot._close()

    def __repr__(self) -> str:
        state = "closed" if self._dead else "mute" if self._mute else "powered"
        return f"SlotConnection({self._slot.name}, {self.protocol}, {state})"


def _raise(reason: _Reason | None) -> None:
    if reason is not None:
        error, message = reason
        raise error(message)


def _instruction_name(apdu: bytes) -> str | None:
    entry = find(apdu[0], apdu[1]) if len(apdu) >= 2 else None
    return None if entry is None else entry.name


def _status(fault: Fault) -> bytes:
    return (fault.sw or 0).to_bytes(2, "big")
