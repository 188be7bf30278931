"""Walks the dual-insert table: performs each state's action, turns what went wrong into events, says farewell."""

from __future__ import annotations

from dataclasses import dataclass

from apdu.atr import AtrError
from apdu.layout import LayoutError
from apdu.t0 import CompletionError
from terminal.backoffice.ports import Refusal, RefusedError, UnreachableError
from terminal.errors import CardBlockedError, CardError, NotGenuineError
from terminal.flow import texts
from terminal.flow.dual_insert import MACHINE, Event, State
from terminal.flow.dual_insert_actions import ACTIONS
from terminal.flow.operator import OperatorCancelledError, OperatorError, OperatorTimeoutError
from terminal.flow.outcomes import BY_REFUSAL, Outcome
from terminal.flow.steps import Flow, RemoveCard, Show, StateEntered
from terminal.flow.visit import Settings, Visit
from terminal.procedures.hsm import HsmAnswerError
from terminal.text import Text
from terminal.transport.base import CardMuteError, NoCardError, TransportError

FAILURES: tuple[tuple[type[Exception], Event], ...] = (
    (NotGenuineError, Event.NOT_GENUINE),
    (CardBlockedError, Event.CARD_BLOCKED),
    (CardError, Event.CARD_REFUSED),
    (LayoutError, Event.CARD_REFUSED),
    (AtrError, Event.CARD_REFUSED),
    (CompletionError, Event.CARD_REFUSED),
    (RefusedError, Event.REFUSED),
    (UnreachableError, Event.UNREACHABLE),
    (HsmAnswerError, Event.UNREACHABLE),
    (NoCardError, Event.CARD_REMOVED),
    (CardMuteError, Event.CARD_MUTE),
    (TransportError, Event.READER_FAILED),
    (OperatorTimeoutError, Event.TIMED_OUT),
    (OperatorCancelledError, Event.CANCELLED),
)
"""What an error means to the flow; the first match counts."""

CARD_IS_GONE = (Outcome.INTERRUPTED, Outcome.TIMED_OUT)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a dual insert ended: the outcome, what was told to the holder, and the technical detail if any."""

    outcome: Outcome
    text: Text
    detail: str = ""
    refusal: Refusal | None = None


def dual_insert(settings: Settings) -> Flow[Ended]:
    """The whole visit, from "insert the old card" to "remove the card". Never raises for what a visit can meet."""
    visit = Visit(settings)
    state = MACHINE.start
    while True:
        yield StateEntered(state)
        event = yield from _perform(visit, state)
        target = MACHINE.next(state, event)
        if isinstance(target, Outcome):
            return (yield from _farewell(visit, state, target))
        if target is State.UNDO:
            visit.cause = event
        state = target


def _perform(visit: Visit, state: State) -> Flow[Event]:
    try:
        return (yield from ACTIONS[state](visit))
    except tuple(error for error, _ in FAILURES) as error:
        visit.failure = error
        if isinstance(error, RefusedError):
            visit.refusal = error.refusal
        return next(event for kind, event in FAILURES if isinstance(error, kind))


def _farewell(visit: Visit, last: State, outcome: Outcome) -> Flow[Ended]:
    """Tell the holder, and ask for the card where one may still be in the slot."""
    text = outcome.text
    if outcome is Outcome.REFUSED and visit.refusal is not None:
        outcome = BY_REFUSAL[visit.refusal.code]
        text = outcome.text if outcome is Outcome.SSC_IN_OLD_SLOT else visit.refusal.text
    try:
        yield Show(text)
        if outcome not in CARD_IS_GONE and last not in (State.SIGN_IN, State.INSERT_OLD, State.INSERT_NEW):
            yield RemoveCard(visit.role, texts.REMOVE_CARD)
    except (OperatorError, TransportError):
        pass  # the visit is over; a card left in the slot changes nothing
    return Ended(outcome, text, str(visit.failure or ""), visit.refusal)
