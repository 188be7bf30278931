"""Activations that cannot be finished any more are undone on the card at its next insertion."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from apdu.layout.states import SocialState
from terminal.backoffice.ports import Place, ReleaseReservation
from terminal.flow.outcomes import Outcome
from terminal.scenario import invariants
from terminal.scenario.findings import centre_side, journal_is_open, status_on_card
from terminal.scenario.model import CentreFault, Scenario, load_scenario
from terminal.scenario.run import Visit, play
from terminal.scenario.script import EnterPinStep, Insert, Remove
from terminal.scenario.stage import Stage

PLAIN = Path(__file__).parents[2] / "scenarios" / "dual-insert.yaml"
CONFIRM = 6


def torn_at_the_confirmation(means: str) -> Stage:
    """A stage on which the card was written and the centre never heard of it."""
    plain = load_scenario(PLAIN)
    terminal = msgspec.structs.replace(plain.terminal, means=means)
    stage = Stage.of(msgspec.structs.replace(plain, terminal=terminal))
    requests = CONFIRM if means == "psam" else CONFIRM + 3
    fault = CentreFault(do="lose-request", at=requests)
    play(stage, msgspec.structs.replace(plain.visits[0], faults=[fault]))
    assert journal_is_open(stage.cards["new"])
    return stage


def again(stage: Stage, *operator: object) -> Visit:
    scenario: Scenario = stage.scenario
    return play(stage, msgspec.structs.replace(scenario.visits[0], operator=list(operator)))


def outcome(visit: Visit) -> Outcome:
    assert visit.ended is not None
    return visit.ended.outcome


@pytest.mark.parametrize("means", ["psam", "hsm"])
def test_old_card_lost_meanwhile_undoes_what_was_begun(means: str) -> None:
    stage = torn_at_the_confirmation(means)
    stage.office.enrolment.set_old_card_state(stage.records["old"].number, SocialState.FORMALLY_LOST)
    visit = again(stage, Insert(card="new"), EnterPinStep(pin="old"), Remove())
    assert outcome(visit) is Outcome.OLD_CARD_LOST
    assert invariants.settled(stage) == []


@pytest.mark.parametrize("means", ["psam", "hsm"])
def test_activation_given_up_at_the_centre_is_undone_on_the_card_alone(means: str) -> None:
    stage = torn_at_the_confirmation(means)
    give_up(stage)
    visit = again(stage, Insert(card="new"), Remove())
    assert outcome(visit) is Outcome.UNDONE
    assert invariants.settled(stage) == []
    status = status_on_card(stage.cards["new"])
    assert status is not None and status.status is not None
    assert status.status.social is SocialState.SEALED


@pytest.mark.parametrize("means", ["psam", "hsm"])
def test_activation_given_up_at_the_centre_is_begun_anew_with_both_cards(means: str) -> None:
    stage = torn_at_the_confirmation(means)
    give_up(stage)
    assert outcome(again(stage, *stage.scenario.visits[0].operator)) in (Outcome.ACTIVATED, Outcome.COMPLETED)
    assert invariants.activated(stage) == []


def give_up(stage: Stage) -> None:
    """Release the reservation at the centre, behind the card's back."""
    status = status_on_card(stage.cards["new"])
    assert status is not None and status.journal is not None
    place = Place(stage.scenario.terminal.pharmacy)
    stage.office.call(ReleaseReservation(place, status.journal.activation_number))
    side = centre_side(stage, "new")
    assert side is not None and side.reservation == "released"
