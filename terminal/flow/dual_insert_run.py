"""Walks the tables of activating: performs each state's action, turns what went wrong into events, says farewell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from apdu.atr import AtrError
from apdu.layout import LayoutError
from apdu.t0 import CompletionError
from terminal.backoffice.channel_ports import NO_PAPERS, Papers
from terminal.backoffice.ports import Refusal, RefusedError, UnreachableError
from terminal.errors import CardBlockedError, CardError, NotGenuineError
from terminal.flow import texts
from terminal.flow.card_alone import ACTIONS as ALONE
from terminal.flow.card_alone import CARD_ALONE
from terminal.flow.dual_insert import MACHINE, Event, State
from terminal.flow.dual_insert_actions import ACTIONS
from terminal.flow.machine import Machine
from terminal.flow.operator import OperatorCancelledError, OperatorError, OperatorTimeoutError
from terminal.flow.outcomes import BY_REFUSAL, Outcome
from terminal.flow.steps import Flow, RemoveCard, Show, StateEntered
from terminal.flow.visit import Settings, Visit
from terminal.procedures.hsm import HsmAnswerError
from terminal.text import Text
from terminal.transport.base import CardMuteError, NoCardError, TransportError

Actions = Mapping[State, Callable[[Visit], Flow[Event]]]

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
    """How an activation ended: the outcome, what was told to the holder, and the technical detail if any."""

    outcome: Outcome
    text: Text
    detail: str = ""
    refusal: Refusal | None = None


def dual_insert(settings: Settings) -> Flow[Ended]:
    """The whole visit, from "insert the old card" to "remove the card". Never raises for what a visit can meet."""
    return _walk(MACHINE, ACTIONS, Visit(settings))


def card_alone(settings: Settings, papers: Papers = NO_PAPERS) -> Flow[Ended]:
    """The same with the social security card alone; `papers`: what of the holder is shown. Never raises, as above."""
    return _walk(CARD_ALONE, ALONE, Visit(settings, papers))


def activation(settings: Settings, papers: Papers = NO_PAPERS) -> Flow[Ended]:
    """Activating at a pharmacy, the way of its region (R12)."""
    return card_alone(settings, papers) if settings.pharmacy_way.card_alone else dual_insert(settings)


def _walk(machine: Machine[State, Event, Outcome], actions: Actions, visit: Visit) -> Flow[Ended]:
    state = machine.start
    while True:
        yield StateEntered(state)
        event = yield from _perform(actions, visit, state)
        target = machine.next(state, event)
        if isinstance(target, Outcome):
            return (yield from _farewell(visit, state, target))
        if target is State.UNDO:
            visit.cause = event
        state = target


def _perform(actions: Actions, visit: Visit, state: State) -> Flow[Event]:
    try:
        return (yield from actions[state](visit))
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
