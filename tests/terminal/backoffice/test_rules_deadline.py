"""R20, R21, R23: 300 days for the bank, counted in calendar days of the region."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.ports import HsmMessage

RECEIVED_LATE_IN_THE_DAY = datetime.fromisoformat("2026-01-10T23:30:00+08:00")
LAST_MOMENT = datetime.fromisoformat("2026-11-06T23:59:59+08:00")
TOO_LATE = LAST_MOMENT + timedelta(seconds=1)


def test_day_300_is_in_time_to_its_last_second(world):
    assert (LAST_MOMENT.date() - RECEIVED_LATE_IN_THE_DAY.date()).days == 300
    world.now = LAST_MOMENT
    assert world.query().social is SocialState.SEALED


def test_day_301_is_late_and_the_card_reported_formally_lost(world):
    world.now = TOO_LATE
    assert world.refusal(world.query) == ("R20", "past-deadline")
    assert world.office.snapshot()["new:A00000017"]["state"] == "FORMALLY_LOST"
    assert world.refusal(world.query) == ("R20", "past-deadline")
    with world.store.transaction():
        assert [line[1] for line in world.store.audit()].count("deadline-loss") == 1


def test_days_are_those_of_the_region_whatever_zone_the_clock_has(world):
    world.now = datetime.fromisoformat("2026-11-06T15:59:59+00:00")
    assert world.query().social is SocialState.SEALED
    world.now = datetime.fromisoformat("2026-11-06T16:00:00+00:00")
    assert world.refusal(world.query) == ("R20", "past-deadline")


@pytest.mark.parametrize("financial", [FinancialState.ACTIVE, FinancialState.BLOCKED, FinancialState.CLOSED])
def test_a_card_whose_bank_side_was_activated_never_runs_late(make_world, financial):
    world = make_world().enrol(financial=financial)
    world.now = TOO_LATE
    assert world.query().social is SocialState.SEALED


def test_a_card_not_received_yet_never_runs_late(make_world):
    world = make_world().enrol(received_at=None)
    world.now = TOO_LATE
    assert world.query().social is SocialState.SEALED


def test_an_active_card_is_reported_lost_as_well(make_world):
    world = make_world().enrol(social=SocialState.NORMAL)
    world.now = TOO_LATE
    assert world.refusal(world.query) == ("R20", "past-deadline")


def test_the_deadline_is_evaluated_at_the_confirmation_too(world):
    number = world.reserved_number()
    world.now = TOO_LATE
    assert world.refusal(world.confirm, number) == ("R20", "past-deadline")
    assert world.office.snapshot()["old:900001"]["usable"] is True
    assert world.release(number).released


def test_the_deadline_is_evaluated_when_the_hsm_is_asked(world):
    world.now = TOO_LATE
    fields = ("990100", "0081544B318660990100A1B2C3", "03", "0094", "00" * 8, "00" * 8)
    assert world.refusal(world.call, HsmMessage("|".join(("02", *fields, "")))) == ("R1", "hsm-refused")
    assert world.office.snapshot()["new:A00000017"]["state"] == "FORMALLY_LOST"


def test_a_loss_by_deadline_is_released_only_after_the_bank(world):
    world.now = TOO_LATE
    world.refusal(world.query)
    assert world.refusal(world.release_loss) == ("R21", "bank-first")
    world.activate_financial()
    world.release_loss()
    assert world.query().social is SocialState.SEALED


def test_a_loss_report_on_top_does_not_open_a_way_around_the_bank(world):
    world.now = TOO_LATE
    world.refusal(world.query)
    world.lose()
    assert world.refusal(world.release_loss) == ("R21", "bank-first")


def test_a_clock_without_zone_is_refused(world):
    world.now = datetime(2026, 3, 1)
    with pytest.raises(ValueError, match="zone"):
        world.query()
