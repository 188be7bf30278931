"""One visit at a counter, an outlet or a hospital with the social security card in the reader.

Whatever the visit is for, it begins alike (which card, valid, genuine, whose) and ends alike: what was done, what the
holder is told, please take the card. What is done in between is an `Errand`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from terminal.backoffice.ports import Refusal, RefusedError
from terminal.exit_codes import ExitCode
from terminal.flow import texts
from terminal.flow.authentication import start_psam
from terminal.flow.catching_up import is_anothers, standing
from terminal.flow.dual_insert import MACHINE, Event, State
from terminal.flow.dual_insert_run import CARD_IS_GONE, FAILURES
from terminal.flow.new_card_actions import (
    authenticate_card,
    identify_new,
    insert_new,
    read_holder_data,
    read_new,
)
from terminal.flow.operator import OperatorError
from terminal.flow.outcomes import BY_REFUSAL, Outcome
from terminal.flow.steps import Flow, RemoveCard, Role, Show
from terminal.flow.visit import Settings, Visit
from terminal.text import Text
from terminal.transport.base import TransportError


@dataclass(frozen=True, slots=True)
class Finished:
    """How a visit ended: its name for machines, exit code, what was told, technical detail, the refusal if any."""

    label: str
    exit_code: ExitCode
    text: Text
    detail: str = ""
    refusal: Refusal | None = None


Errand = Callable[[Visit], Flow[Finished]]
"""What the visit is for; the card is read, genuine and known to be whose it is."""

_BEGINNING: tuple[tuple[Callable[[Visit], Flow[Event]], Event, State], ...] = (
    (insert_new, Event.DONE, State.INSERT_NEW),
    (identify_new, Event.SOCIAL_CARD, State.IDENTIFY_NEW),
    (read_new, Event.DONE, State.READ_NEW),
    (authenticate_card, Event.DONE, State.AUTHENTICATE),
    (read_holder_data, Event.DONE, State.READ_HOLDER),
)
"""Each step, the event that leads on, and where the dual insert's table says what any other means."""


def done(label: str, text: Text) -> Finished:
    """A visit that ended well."""
    return Finished(label, ExitCode.DONE, text)


def ended(outcome: Outcome, detail: str = "") -> Finished:
    """A visit that ended as a dual insert can end, too."""
    return Finished(outcome.label, outcome.exit_code, outcome.text, detail)


def for_its_holder(errand: Errand) -> Errand:
    """The errand, refused before it begins where the centre has the card as another's than the card says."""

    def checked(visit: Visit) -> Flow[Finished]:
        if is_anothers(visit, (yield from standing(visit))):
            return ended(Outcome.OTHER_HOLDER_AT_CENTRE)
        return (yield from errand(visit))

    return checked


def at_card(settings: Settings, errand: Errand) -> Flow[Finished]:
    """The whole visit. Never raises for what a visit can meet."""
    visit = Visit(settings)
    visit.role = Role.NEW
    try:
        finished = yield from _visit(visit, errand)
    except tuple(kind for kind, _ in FAILURES) as error:
        finished = failed(error)
    if finished.label not in {outcome.label for outcome in CARD_IS_GONE}:
        yield from _farewell(finished)
    return finished


def failed(error: Exception) -> Finished:
    """How a visit ends that an error ends: the same names and exit codes as in the dual insert."""
    if isinstance(error, RefusedError):
        refusal = error.refusal
        outcome = BY_REFUSAL[refusal.code]
        return Finished(refusal.code.value, outcome.exit_code, refusal.text, str(error), refusal)
    event = next(event for kind, event in FAILURES if isinstance(error, kind))
    ending = MACHINE.anywhere[event]
    assert isinstance(ending, Outcome)
    return ended(ending, str(error))


def _visit(visit: Visit, errand: Errand) -> Flow[Finished]:
    yield from start_psam(visit.access)
    for step, expected, state in _BEGINNING:
        event = yield from step(visit)
        if event is Event.PROBE_NEEDED:
            event = expected  # the dual insert asks for the old card there; a counter does not
        if event is not expected:
            ending = MACHINE.next(state, event)
            assert isinstance(ending, Outcome)
            return ended(ending)
    return (yield from errand(visit))


def _farewell(finished: Finished) -> Flow[None]:
    try:
        yield Show(finished.text)
        yield RemoveCard(Role.NEW, texts.REMOVE_CARD)
    except (OperatorError, TransportError):
        pass  # the visit is over; a card left in the slot changes nothing
