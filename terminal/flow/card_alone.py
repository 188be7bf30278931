"""Activating with the social security card alone, in regions whose pharmacies need no old card: one more table.

The card itself (`first-purchase`) or the card and the holder's ID card (`id-card`) are enough (R12). The centre goes
first: it activates the card, cancels the old one and moves the account in one transaction; then the card is written.
A card that left in between, or an answer that was lost, is caught up with at the next insertion, anywhere. The states
that both tables have are the dual insert's, and so are their actions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apdu.layout.states import SocialState
from terminal.backoffice.card_ports import Enable, Enabled
from terminal.flow import dual_insert_actions
from terminal.flow.catching_up import compare, is_anothers, standing, write_standing
from terminal.flow.dual_insert import MACHINE, Event, State
from terminal.flow.machine import Machine
from terminal.flow.outcomes import Outcome
from terminal.flow.steps import Flow
from terminal.flow.visit import Visit
from terminal.procedures.reconciliation import Action

CARD_ALONE: Machine[State, Event, Outcome] = Machine(
    start=State.SIGN_IN,
    rows={
        State.SIGN_IN: {Event.NEW_CARD_ALONE: State.INSERT_NEW},
        State.INSERT_NEW: {Event.DONE: State.IDENTIFY_NEW},
        State.IDENTIFY_NEW: {
            Event.SOCIAL_CARD: State.READ_NEW,
            Event.OLD_CARD: Outcome.WRONG_NEW_CARD,
            Event.OTHER_CARD: Outcome.WRONG_NEW_CARD,
        },
        State.READ_NEW: {Event.DONE: State.AUTHENTICATE, Event.EXPIRED: Outcome.EXPIRED},
        State.AUTHENTICATE: {Event.DONE: State.READ_HOLDER},
        State.READ_HOLDER: {Event.DONE: State.QUERY},
        State.QUERY: {
            Event.ACTIVATABLE: State.ENABLE,
            Event.STALE_STATUS: State.CATCH_UP,
            Event.ALREADY_ACTIVE: Outcome.ALREADY_ACTIVE,
            Event.OTHER_HOLDER: Outcome.OTHER_HOLDER_AT_CENTRE,
        },
        State.ENABLE: {Event.DONE: State.CATCH_UP},
        State.CATCH_UP: {Event.DONE: State.RECEIPT, Event.STALE_STATUS: Outcome.CAUGHT_UP},
        State.RECEIPT: {Event.DONE: Outcome.ACTIVATED},
    },
    anywhere=MACHINE.anywhere,
    impossible=Outcome.IMPOSSIBLE,
)


def query(visit: Visit) -> Flow[Event]:
    """What the centre holds of the card, beside what the card says of itself."""
    centre = visit.standing = yield from standing(visit)
    if is_anothers(visit, centre):
        return Event.OTHER_HOLDER
    verdict = yield from compare(visit, centre)
    if centre.social is not SocialState.NORMAL:
        return Event.ACTIVATABLE
    return Event.STALE_STATUS if verdict.action is Action.CATCH_UP else Event.ALREADY_ACTIVE


def enable(visit: Visit) -> Flow[Event]:
    """The centre activates the card, unless a rule forbids it; one that is active already stays as it is (R19)."""
    answer: Enabled = yield Enable(visit.place, visit.social.number, visit.social.card_id, visit.papers)
    visit.enabled, visit.standing = answer, answer.standing
    return Event.DONE


def catch_up(visit: Visit) -> Flow[Event]:
    """The centre is ahead of the card: write what the centre says."""
    if visit.standing is None:
        raise ValueError("the centre was not asked yet")
    yield from write_standing(visit, visit.standing)
    return Event.DONE if visit.enabled is not None and visit.enabled.activated else Event.STALE_STATUS


OWN: Mapping[State, Callable[[Visit], Flow[Event]]] = {
    State.QUERY: query,
    State.ENABLE: enable,
    State.CATCH_UP: catch_up,
}
"""What is done otherwise than in the dual insert."""

ACTIONS: Mapping[State, Callable[[Visit], Flow[Event]]] = {**dual_insert_actions.ACTIONS, **OWN}
