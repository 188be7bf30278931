"""Turns the events of a session into entries; the place where everything secret is left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apdu.explain import Explainer
from terminal.flow.operator import OperatorCancelledError
from terminal.flow.steps import (
    Confirm,
    EnterPin,
    InsertCard,
    PrintReceipt,
    RemoveCard,
    Role,
    Show,
    StateEntered,
)
from terminal.procedures.identify import memory_card_of
from terminal.session import CardExchanged, CardPowered, CentreAnswered, Event, OperatorActed
from terminal.trace.centre import centre_entry
from terminal.trace.entries import (
    Entry,
    ExchangeEntry,
    OperatorEntry,
    PowerEntry,
    ReceiptEntry,
    Slots,
    StateEntry,
)
from terminal.trace.names import state_name

UNSEEN = "card"
"""What `slots` says of a card in a real reader: nobody knows its kind before it is powered."""

ACTIONS = {InsertCard: "insert", RemoveCard: "remove", EnterPin: "pin", Confirm: "confirm", Show: "show"}


class Recorder:
    """A listener of a session that hands entries on; one for each visit.

    `slots` tells which kind of card is in which slot now; `status_fid` as the region's profile has it.
    """

    def __init__(
        self, take: Callable[[Entry], None], slots: Callable[[], Slots], status_fid: int | None
    ) -> None:
        self._take = take
        self._slots = slots
        self._status_fid = status_fid
        self._explainers: dict[Role, Explainer] = {}
        self._exchanges = 0

    def __call__(self, event: Event) -> None:
        """Hand on one event."""
        self._take(self._entry(event))

    def _entry(self, event: Event) -> Entry:
        if isinstance(event, StateEntered):
            return StateEntry(event.state.name, state_name(event.state.name))
        if isinstance(event, CardPowered):
            return self._powered(event)
        if isinstance(event, CardExchanged):
            return self._exchanged(event)
        if isinstance(event, CentreAnswered):
            return centre_entry(event.request, event.outcome)
        return self._acted(event)

    def _powered(self, event: CardPowered) -> PowerEntry:
        slots = self._slots()
        kind = slots.get(event.role.value, slots.get("reader"))
        if kind == UNSEEN:
            kind = memory_card_of(event.atr)
        self._explainers[event.role] = Explainer(kind, self._status_fid)
        return PowerEntry(event.role.value, event.reader, kind, event.atr.hex().upper())

    def _exchanged(self, event: CardExchanged) -> ExchangeEntry:
        self._exchanges += 1
        explanation = self._explainers[event.role].explain(event.command, event.response)
        return ExchangeEntry(self._exchanges, event.role.value, explanation)

    def _acted(self, event: OperatorActed) -> OperatorEntry | ReceiptEntry:
        request: Any = event.request
        if isinstance(request, PrintReceipt) and event.failure is None:
            return ReceiptEntry(request.receipt)
        cancelled = isinstance(event.failure, OperatorCancelledError)
        result = "done" if event.failure is None else "cancelled" if cancelled else "timed-out"
        return OperatorEntry(
            ACTIONS.get(type(request), "receipt"),
            request.receipt.title if isinstance(request, PrintReceipt) else request.text,
            result,
            self._slots(),
            request.tries_left if isinstance(request, EnterPin) else None,
        )
