"""Bringing virtual cards into the back office."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apdu.layout.states import SocialState
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.office import Office
from terminal.backoffice.ports import Holder
from terminal.backoffice.profile import load_profile
from terminal.enrol import enrol_card
from terminal.scenario.model import load_scenario
from terminal.scenario.run import play
from terminal.scenario.stage import Stage
from virtual_card.issuer import issue

NOW = datetime(2030, 3, 1, tzinfo=UTC)


@pytest.fixture
def office() -> Office:
    return Office.open(":memory:", load_profile("default"), lambda: NOW)


@pytest.mark.parametrize("kind", ["sle4428", "ssc-3.0"])
def test_a_holder_who_contradicts_the_card_is_refused(office: Office, kind: str) -> None:
    with pytest.raises(EnrolmentError, match="another holder"):
        enrol_card(office, issue(kind, 7), Holder("990100199003070019", "测试甲"))
    assert office.cards() == []


def test_an_activated_card_comes_into_a_new_centre_sealed(
    office: Office, request: pytest.FixtureRequest
) -> None:
    scenario = load_scenario(request.config.rootpath / "tests/scenarios/dual-insert.yaml")
    stage = Stage.of(scenario)
    assert play(stage, scenario.visits[0]).outcome == "activated"
    for name in ("new", "old"):
        enrol_card(office, stage.cards[name])
    usable = {card.role: (card.state, card.usable) for card in office.cards()}
    assert usable == {"old": (SocialState.NORMAL, True), "new": (SocialState.SEALED, False)}


def test_generations_of_one_seed_are_not_the_same_card(office: Office) -> None:
    enrol_card(office, issue("ssc-3.0", 7))
    with pytest.raises(EnrolmentError):
        enrol_card(office, issue("ssc-2.0", 7))
