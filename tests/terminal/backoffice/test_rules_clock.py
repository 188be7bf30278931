"""R18, R20, R23: what the clock alone does, at a contact and in bulk: the boundary minute, zones, leap days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest
from centre_samples import BALANCE_FEN, COUNTER, HISTORY, HOLDER, KEY, OTHER_KEY, PAPERS, RECEIVED
from hypothesis import given
from hypothesis import strategies as st

from apdu.layout.states import Channel, FinancialState, ReceiptMode, SocialState
from terminal.backoffice.card_life_ports import HandOverToEmployer, Tick, Ticked
from terminal.backoffice.card_ports import QueryCard
from terminal.backoffice.card_states import Operation
from terminal.backoffice.channel_ports import CENTRE
from terminal.backoffice.ports import CardKey, MedicalBase
from terminal.backoffice.profile import load_profile, parse_profile
from terminal.backoffice.records import SocialCard
from terminal.backoffice.rules_clock import collected_until, due, last_day, received_before

PROFILE = load_profile("default")
BANK_FIRST = load_profile("bank-first")
CARD = SocialCard(
    KEY,
    HISTORY,
    HOLDER,
    SocialState.SEALED,
    FinancialState.INACTIVE,
    None,
    RECEIVED,
    ReceiptMode.EMPLOYER,
    MedicalBase(),
)
HOURS = timedelta(hours=96)
SECOND = timedelta(seconds=1)
LATE = RECEIVED + timedelta(days=301)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


# --- R18 -------------------------------------------------------------------------------------------------


def test_a_collected_card_is_active_from_the_very_instant_after_96_hours() -> None:
    assert due(CARD, RECEIVED + HOURS - SECOND, PROFILE) is None
    assert due(CARD, RECEIVED + HOURS, PROFILE) is Operation.ENABLE


def test_hours_are_the_same_in_every_zone_and_over_the_turn_of_the_year() -> None:
    card = replace(CARD, received_at=shanghai("2027-12-30T08:15:30"))
    assert due(card, datetime(2028, 1, 3, 0, 15, 29, tzinfo=UTC), PROFILE) is None
    assert due(card, datetime(2028, 1, 3, 0, 15, 30, tzinfo=UTC), PROFILE) is Operation.ENABLE


def test_hours_are_not_stretched_by_a_leap_day() -> None:
    card = replace(CARD, received_at=shanghai("2028-02-27T10:00:00"))
    assert due(card, shanghai("2028-03-02T09:59:59"), PROFILE) is None
    assert due(card, shanghai("2028-03-02T10:00:00"), PROFILE) is Operation.ENABLE


@pytest.mark.parametrize(
    "card",
    [
        replace(CARD, receipt_mode=ReceiptMode.IN_PERSON),
        replace(CARD, received_at=None),
        replace(CARD, social=SocialState.NORMAL),
        replace(CARD, social=SocialState.TEMPORARILY_LOST),
        replace(CARD, social=SocialState.CANCELLED),
    ],
)
def test_no_other_card_becomes_active_by_itself(card: SocialCard) -> None:
    assert due(card, RECEIVED + timedelta(days=5), PROFILE) is None


def test_where_the_bank_comes_first_it_does_so_here_too() -> None:
    assert due(CARD, RECEIVED + HOURS, BANK_FIRST) is None
    assert (
        due(replace(CARD, financial=FinancialState.ACTIVE), RECEIVED + HOURS, BANK_FIRST) is Operation.ENABLE
    )


def test_a_contact_finds_the_card_active_since_the_hour_it_was_due(make_world) -> None:
    world = make_world().enrol(received_at=None)
    world.call(HandOverToEmployer(COUNTER, "测试单位", (KEY.number,)))
    collected, world.now = world.now, world.now + HOURS - SECOND
    assert world.call(QueryCard(CENTRE, KEY.number)).social is SocialState.SEALED
    world.now += timedelta(days=2)
    view = world.call(QueryCard(COUNTER, KEY.number, None, PAPERS))
    assert (view.social, view.enabled_by, view.enabled_at) == (
        SocialState.NORMAL,
        Channel.AUTOMATIC,
        collected + HOURS,
    )
    assert view.balance_fen == BALANCE_FEN
    assert world.office.snapshot()["old:900001"]["usable"] is False


def test_an_activation_begun_at_a_pharmacy_is_carried_out_by_the_clock(make_world) -> None:
    world = make_world().enrol(receipt_mode=ReceiptMode.EMPLOYER)
    world.now = RECEIVED + timedelta(hours=1)
    number = world.reserved_number()
    world.now = RECEIVED + HOURS
    assert world.confirm(number).balance_fen == BALANCE_FEN
    assert world.confirm(number).balance_fen == BALANCE_FEN
    assert world.office.snapshot()["old:900001"]["balance_fen"] == 0


# --- R20, R23 --------------------------------------------------------------------------------------------


def test_day_300_is_counted_over_a_leap_day() -> None:
    assert last_day(shanghai("2027-06-01T12:00:00"), PROFILE).isoformat() == "2028-03-27"
    assert last_day(shanghai("2026-06-01T12:00:00"), PROFILE).isoformat() == "2027-03-28"


@pytest.mark.parametrize("clock", ["00:00:00", "12:00:00", "23:59:59"])
def test_the_hour_of_receipt_does_not_matter(clock: str) -> None:
    card = replace(CARD, receipt_mode=ReceiptMode.IN_PERSON, received_at=shanghai(f"2026-01-10T{clock}"))
    assert due(card, shanghai("2026-11-06T23:59:59"), PROFILE) is None
    assert due(card, shanghai("2026-11-07T00:00:00"), PROFILE) is Operation.RUN_LATE


def test_days_end_where_the_region_lies() -> None:
    text = (resources.files("terminal.backoffice") / "profiles" / "default.yaml").read_text("utf-8")
    western = parse_profile(text.replace("+08:00", "-05:00").encode(), "west.yaml")
    card = replace(
        CARD, receipt_mode=ReceiptMode.IN_PERSON, received_at=datetime(2026, 1, 10, 17, tzinfo=UTC)
    )
    end = datetime(2026, 11, 7, 5, tzinfo=UTC)
    assert due(card, end - SECOND, western) is None
    assert due(card, end, western) is Operation.RUN_LATE
    assert due(card, end - timedelta(hours=13), PROFILE) is None  # the region's day of receipt was the 11th
    assert due(card, datetime(2026, 11, 7, 16, tzinfo=UTC), PROFILE) is Operation.RUN_LATE


# --- the bulk run ----------------------------------------------------------------------------------------


@given(
    received=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    waited=st.timedeltas(timedelta(0), timedelta(days=305)),
    mode=st.sampled_from(ReceiptMode),
    social=st.sampled_from(SocialState),
    financial=st.sampled_from(FinancialState),
    profile=st.sampled_from([PROFILE, BANK_FIRST]),
)
def test_the_bounds_of_the_bulk_run_are_those_of_the_decision(
    *, received, waited, mode, social, financial, profile
) -> None:
    card = replace(CARD, received_at=received, receipt_mode=mode, social=social, financial=financial)
    now = received + waited
    collected = (
        social is SocialState.SEALED
        and mode is ReceiptMode.EMPLOYER
        and received <= collected_until(now, profile)
        and (not profile.financial_first or financial is FinancialState.ACTIVE)
    )
    late = (
        financial is FinancialState.INACTIVE
        and social in (SocialState.SEALED, SocialState.NORMAL)
        and received < received_before(now, profile)
    )
    expected = Operation.ENABLE if collected else Operation.RUN_LATE if late else None
    assert due(card, now, profile) is expected


def crowd(world, count: int) -> None:
    """Cards of one holder: every third collected by an employer, every fifth with the bank's side active."""
    for index in range(count):
        key = CardKey(f"990100D15600000500{index:014X}", f"B{index:08d}")
        world.enrolment.enrol_social_card(
            key,
            bytes(13),
            HOLDER,
            received_at=RECEIVED + timedelta(minutes=index),
            receipt_mode=ReceiptMode.IN_PERSON if index % 3 else ReceiptMode.EMPLOYER,
            financial=FinancialState.INACTIVE if index % 5 else FinancialState.ACTIVE,
        )


def test_the_bulk_run_does_what_every_contact_would_have_done(make_world) -> None:
    by_bulk, by_contact = make_world(), make_world()
    for world in (by_bulk, by_contact):
        crowd(world, 30)
    for now in (RECEIVED + HOURS + timedelta(minutes=9), LATE, LATE + timedelta(days=1)):
        by_bulk.now = by_contact.now = now
        by_bulk.office.tick()
        for index in range(30):
            by_contact.call(QueryCard(CENTRE, f"B{index:08d}"))
        assert by_bulk.office.snapshot() == by_contact.office.snapshot()


def test_the_bulk_run_counts_and_a_second_one_finds_nothing(make_world) -> None:
    world = make_world()
    crowd(world, 30)
    world.now = RECEIVED + HOURS + timedelta(minutes=9)
    assert world.office.tick() == Ticked(activated=4, lost=0, more=False)
    assert world.office.tick() == Ticked(activated=0, lost=0, more=False)
    world.now = LATE + timedelta(days=1)
    assert world.office.tick() == Ticked(activated=6, lost=24, more=False)
    assert world.office.tick() == Ticked(activated=0, lost=0, more=False)


def test_the_bulk_run_goes_on_from_transaction_to_transaction(make_world) -> None:
    world = make_world()
    crowd(world, 9)
    world.now = LATE
    done = [world.call(Tick(limit=2)) for _ in range(8)]
    assert sum(each.activated for each in done) == 3
    assert sum(each.lost for each in done) == 7
    assert done[0].more and not done[-1].more


def test_only_cards_that_are_due_are_looked_at(make_world) -> None:
    """Both searches go by an index that names every condition, on SQLite as its plan says."""
    world = make_world()
    if world.store._db.dialect.name == "postgresql":
        plans = ["SET enable_seqscan = off", "SET enable_bitmapscan = off"]
        explain = "EXPLAIN "
    else:
        plans, explain = [], "EXPLAIN QUERY PLAN "
    queries = {
        "ix_social_cards_collected": "social = 0 AND receipt_mode = 2 AND financial = 1 AND received_at <= '2026'",
        "ix_social_cards_deadline": "financial = 0 AND social IN (0, 1) AND received_at < '2026-01-01'",
    }
    with world.store.transaction():
        for setting in plans:
            world.store._db.exec_driver_sql(setting)
        for index, condition in queries.items():
            rows = world.store._db.exec_driver_sql(
                f"{explain}SELECT number FROM social_cards WHERE {condition} ORDER BY received_at LIMIT 500"
            )
            assert index in " ".join(str(row) for row in rows)


def test_a_clock_without_zone_is_refused_in_bulk_too(world) -> None:
    world.enrolment.enrol_social_card(OTHER_KEY, bytes(13), HOLDER, received_at=RECEIVED)
    world.now = datetime(2026, 3, 1)
    with pytest.raises(ValueError, match="zone"):
        world.office.tick()
