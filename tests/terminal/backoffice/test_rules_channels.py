"""R1, R3, R10 to R17, R19, R22, R30, R40, R42, R54: what each channel asks for, does, and refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from centre_samples import (
    APP,
    BALANCE_FEN,
    BANK,
    COUNTER,
    HOLDER,
    HOSPITAL,
    KEY,
    OTHER,
    PAPERS,
    PHONE,
    PLACE,
    RECEIVED,
)

from apdu.layout.states import Channel, FinancialState, SocialState
from terminal.backoffice.bank_ports import BankNotice
from terminal.backoffice.card_ports import (
    Authorise,
    CardView,
    ElectronicCard,
    Enable,
    Enabled,
    PresentCard,
    QueryCard,
    SignElectronicCard,
)
from terminal.backoffice.channel_ports import CENTRE, NO_PAPERS, Agent, Papers, PlaceKind, Service
from terminal.backoffice.ports import Place
from terminal.backoffice.profile import load_profile

NUMBER, CARD_ID = KEY.number, KEY.card_id
STRANGER = Papers(OTHER.id_number)
ALL_CHANNELS = [
    (BANK, CARD_ID, PAPERS, Channel.BANK),
    (HOSPITAL, CARD_ID, NO_PAPERS, Channel.HOSPITAL),
    (COUNTER, CARD_ID, PAPERS, Channel.COUNTER),
    (PHONE, None, PAPERS, Channel.PHONE),
    (APP, CARD_ID, PAPERS, Channel.ONLINE),
]


def enable(world: Any, place: Place, card_id: str | None = CARD_ID, papers: Papers = PAPERS) -> Enabled:
    answer = world.call(Enable(place, NUMBER, card_id, papers))
    assert isinstance(answer, Enabled)
    return answer


# --- R10, R11, R15, R16, R17, R19: activating ------------------------------------------------------------


@pytest.mark.parametrize(("place", "card_id", "papers", "channel"), ALL_CHANNELS)
def test_each_channel_activates_at_once_and_the_account_moves(world, place, card_id, papers, channel):
    done = enable(world, place, card_id, papers)
    assert (done.activated, done.balance_fen) == (True, BALANCE_FEN)
    card = world.card()
    assert (card.social, card.enabled_by, card.enabled_at) == (SocialState.NORMAL, channel, world.now)
    cards = world.office.snapshot()
    assert (cards["old:900001"]["usable"], cards["old:900001"]["balance_fen"]) == (False, 0)


@pytest.mark.parametrize(("place", "card_id", "papers", "channel"), ALL_CHANNELS)
def test_activating_twice_is_harmless_and_says_so(world, place, card_id, papers, channel):
    first = enable(world, place, card_id, papers)
    before = world.office.snapshot()
    world.now += timedelta(days=1)
    assert enable(world, place, card_id, papers) == replace(first, activated=False)
    assert world.office.snapshot() == before


@pytest.mark.parametrize(("place", "card_id", "papers", "channel"), ALL_CHANNELS)
@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (SocialState.FORMALLY_LOST, ("R41", "card-lost")),
        (SocialState.TEMPORARILY_LOST, ("R41", "card-lost")),
        (SocialState.APPLICATION_LOCKED, ("R1", "card-locked")),
        (SocialState.CANCELLED, ("R1", "card-cancelled")),
        (SocialState.VOID, ("R1", "card-cancelled")),
    ],
)
def test_a_card_out_of_use_is_activated_nowhere(
    *, make_world, place, card_id, papers, channel, state, refusal
):
    world = make_world().enrol(social=state)
    assert world.refusal(enable, world, place, card_id, papers) == refusal
    assert world.card().social is state


def test_what_a_pharmacy_has_begun_is_carried_out_by_the_counter(world):
    number = world.reserved_number()
    assert enable(world, COUNTER).balance_fen == BALANCE_FEN
    assert world.confirm(number).balance_fen == BALANCE_FEN
    assert world.card().enabled_by is Channel.COUNTER


def test_where_the_bank_comes_first_no_channel_goes_before_it(make_world):
    world = make_world("bank-first").enrol()
    for place, card_id, papers, _ in ALL_CHANNELS:
        assert world.refusal(enable, world, place, card_id, papers) == ("R2", "bank-first")
    world.call(BankNotice(NUMBER, HOLDER.id_number, "6212345600000000317"))
    assert world.card().enabled_by is Channel.BANK


@pytest.mark.parametrize("place", [BANK, COUNTER])
def test_bank_and_counter_want_the_holders_original_id_card(world, place):
    assert world.refusal(enable, world, place, papers=NO_PAPERS) == ("R10", "holder-not-identified")
    assert world.refusal(enable, world, place, papers=STRANGER) == ("R10", "other-holder")
    assert world.card().social is SocialState.SEALED


def test_a_hospital_asks_nothing_else(world):
    assert enable(world, HOSPITAL, papers=NO_PAPERS).activated


@pytest.mark.parametrize("papers", [NO_PAPERS, STRANGER])
def test_the_phone_line_never_tells_a_wrong_detail_from_an_unknown_card(world, papers):
    assert world.refusal(enable, world, PHONE, None, papers) == ("R15", "holder-not-identified")
    unknown = Enable(PHONE, "A00000099", None, PAPERS)
    assert world.refusal(world.call, unknown) == ("R15", "holder-not-identified")


@pytest.mark.parametrize(
    ("card_id", "papers"), [(None, PAPERS), ("00" * 16, PAPERS), (CARD_ID, STRANGER), (CARD_ID, NO_PAPERS)]
)
def test_online_needs_all_three_numbers_even_for_an_active_card(world, card_id, papers):
    assert world.refusal(enable, world, APP, card_id, papers) == ("R16", "holder-not-identified")
    enable(world, APP)
    assert world.refusal(enable, world, APP, card_id, papers) == ("R16", "holder-not-identified")


def test_numbers_typed_in_small_letters_are_the_same(world):
    assert enable(world, APP, CARD_ID.lower(), Papers(HOLDER.id_number.lower())).activated


def test_card_and_number_that_do_not_belong_together_are_nobodys(world):
    assert world.refusal(enable, world, COUNTER, "00" * 16) == ("R1", "unknown-card")


# --- R12, R13: the pharmacy's ways besides the dual insert -----------------------------------------------


@pytest.mark.parametrize("profile", ["default", "old-pin", "bank-first"])
def test_a_pharmacy_activates_without_the_old_card_only_where_the_region_says_so(make_world, profile):
    world = make_world(profile).enrol()
    assert world.refusal(enable, world, PLACE) == ("R12", "old-card-required")


def test_the_first_purchase_activates_with_the_card_alone(make_world):
    world = make_world("first-purchase").enrol()
    assert enable(world, PLACE, papers=NO_PAPERS).standing.enabled_by is Channel.PHARMACY


def test_elsewhere_the_id_card_is_shown_at_the_pharmacy(make_world):
    world = make_world("id-card").enrol()
    assert world.refusal(enable, world, PLACE, papers=NO_PAPERS) == ("R10", "holder-not-identified")
    assert enable(world, PLACE).activated


@pytest.mark.parametrize(
    ("state", "code"),
    [(SocialState.FORMALLY_LOST, "old-card-lost"), (SocialState.APPLICATION_LOCKED, "old-card-blocked")],
)
def test_a_lost_or_blocked_old_card_stops_the_pharmacy_and_not_the_counter(make_world, state, code):
    world = make_world("id-card").enrol()
    world.enrolment.set_old_card_state("900001", state)
    assert world.refusal(enable, world, PLACE) == ("R13", code)
    assert enable(world, COUNTER).balance_fen == BALANCE_FEN


# --- R3: places ------------------------------------------------------------------------------------------


def test_a_place_of_no_kind_takes_no_part(world):
    for request in (Enable(Place("0"), NUMBER), QueryCard(Place("0"), NUMBER)):
        assert world.refusal(world.call, request) == ("R3", "not-designated")
    assert load_profile("default").kind_of(CENTRE) is PlaceKind.CENTRE


@pytest.mark.parametrize("place", [PHONE, APP, CENTRE])
def test_where_no_card_is_none_is_present(world, place):
    assert world.refusal(world.call, PresentCard(place, NUMBER, CARD_ID)) == ("R3", "wrong-place")


# --- R30, R54: agents ------------------------------------------------------------------------------------


def agent(holder: str | None, own: str | None, power_of_attorney: bool) -> Papers:
    return Papers(holder, Agent(own, power_of_attorney))


@pytest.mark.parametrize(
    ("papers", "named"),
    [
        (agent(None, OTHER.id_number, True), "the holder's ID card"),
        (agent(HOLDER.id_number, None, True), "an ID card of their own"),
        (agent(HOLDER.id_number, OTHER.id_number, False), "a power of attorney"),
    ],
)
def test_an_agent_without_one_paper_is_told_which(world, papers, named):
    assert world.refusal(enable, world, COUNTER, papers=papers) == ("R30", "papers-missing")
    with pytest.raises(Exception, match=named):
        enable(world, COUNTER, papers=papers)


def test_an_agent_with_all_papers_is_served(world):
    papers = agent(HOLDER.id_number, OTHER.id_number, True)
    assert enable(world, COUNTER, papers=papers).activated
    assert HOLDER.id_number not in repr(papers) and OTHER.id_number not in repr(papers)


@pytest.mark.parametrize(
    "papers", [Papers(f"{HOLDER.id_number[:17]}0"), Papers("1"), agent(HOLDER.id_number, "12", True)]
)
def test_an_id_number_has_its_check_digit(world, papers):
    assert world.refusal(enable, world, COUNTER, papers=papers) == ("R54", "holder-not-identified")


# --- R42: information ------------------------------------------------------------------------------------


def query(world: Any, place: Place, card_id: str | None = CARD_ID, papers: Papers = PAPERS) -> CardView:
    view = world.call(QueryCard(place, NUMBER, card_id, papers))
    assert isinstance(view, CardView)
    return view


@pytest.mark.parametrize("place", [COUNTER, APP, PLACE])
def test_state_and_balance_are_told_with_the_id_number_masked(world, place):
    enable(world, COUNTER)
    view = query(world, place)
    assert (view.social, view.usable, view.balance_fen) == (SocialState.NORMAL, True, BALANCE_FEN)
    assert view.holder.id_number == "990100**********18" and view.old_cards == ()
    assert view.bank_until is not None and view.bank_until.isoformat() == "2026-11-06"


def test_the_centre_itself_sees_the_id_number(world):
    assert query(world, CENTRE, None, NO_PAPERS).holder == HOLDER


@pytest.mark.parametrize("place", [Place("990100000002"), HOSPITAL, BANK, PHONE])
def test_other_places_may_not_tell(world, place):
    assert world.refusal(query, world, place) == ("R42", "wrong-place")


def test_the_last_day_for_the_bank_is_told_while_it_counts(make_world):
    assert query(make_world().enrol(financial=FinancialState.ACTIVE), COUNTER).bank_until is None
    assert query(make_world().enrol(received_at=None), COUNTER).bank_until is None


# --- R40: permission -------------------------------------------------------------------------------------

PIN_SERVICES = (Service.PIN_CHANGE, Service.PIN_RESET, Service.PIN_UNBLOCK)
BANK_SERVICES = (Service.BANK_ACTIVATION, Service.BANK_PIN, Service.BANK_LOSS, Service.BANK_LOSS_RELEASE)


@pytest.mark.parametrize("service", PIN_SERVICES)
def test_the_social_pin_is_renewed_at_counters_and_where_the_profile_authorises(world, service):
    for place in (COUNTER, PLACE):
        assert world.call(Authorise(place, NUMBER, CARD_ID, service, PAPERS)).service is service
    assert world.call(Authorise(HOSPITAL, NUMBER, CARD_ID, service, PAPERS)).number == NUMBER
    for place in (Place("990100000002"), BANK, PHONE, APP):
        request = Authorise(place, NUMBER, CARD_ID, service, PAPERS)
        assert world.refusal(world.call, request) == ("R40", "wrong-place")


@pytest.mark.parametrize("service", BANK_SERVICES)
def test_matters_of_the_bank_are_the_banks_alone(world, service):
    assert world.call(Authorise(BANK, NUMBER, CARD_ID, service, PAPERS)).service is service
    for place in (COUNTER, PLACE, HOSPITAL, PHONE):
        request = Authorise(place, NUMBER, CARD_ID, service, PAPERS)
        assert world.refusal(world.call, request) == ("R40", "wrong-place")


def test_a_pin_is_renewed_for_the_identified_holder_of_a_card_in_use(make_world):
    world = make_world().enrol(social=SocialState.FORMALLY_LOST)
    at_the_bank = Authorise(BANK, NUMBER, CARD_ID, Service.BANK_ACTIVATION, PAPERS)
    assert world.call(at_the_bank).number == NUMBER, "R2, R21: the bank's side is not blocked by the loss"
    wanted = Authorise(COUNTER, NUMBER, CARD_ID, Service.PIN_RESET, PAPERS)
    assert world.refusal(world.call, wanted) == ("R41", "card-lost")
    assert world.refusal(world.call, replace(wanted, papers=NO_PAPERS))[0] == "R10"


# --- R22: the electronic card ----------------------------------------------------------------------------


def test_the_electronic_card_needs_both_applications_and_is_issued_once(world):
    wanted = SignElectronicCard(APP, NUMBER, CARD_ID, PAPERS)
    assert world.refusal(world.call, wanted) == ("R1", "social-first")
    enable(world, COUNTER)
    assert world.refusal(world.call, wanted) == ("R22", "bank-first")
    world.call(BankNotice(NUMBER, HOLDER.id_number, "6212345600000000317"))
    issued = world.call(wanted)
    assert isinstance(issued, ElectronicCard) and issued.issued and issued.token not in repr(issued)
    world.now += timedelta(days=1)
    assert world.call(wanted) == replace(issued, issued=False)
    assert world.refusal(world.call, replace(wanted, place=COUNTER)) == ("R22", "wrong-place")


def test_every_answer_and_refusal_is_on_record(world):
    world.refusal(enable, world, BANK, papers=NO_PAPERS)
    enable(world, BANK)
    enable(world, BANK)
    with world.store.transaction():
        lines = [line[1:] for line in world.store.audit()][-3:]
    assert [(line[0], line[1], line[3]) for line in lines] == [
        ("refused", NUMBER, BANK.pharmacy),
        ("enable", NUMBER, BANK.pharmacy),
        ("enable-again", NUMBER, BANK.pharmacy),
    ]
    assert lines[0][4] == "R10 holder-not-identified"


def test_a_card_in_a_reader_is_told_all_that_it_must_say_of_itself(world):
    enable(world, PHONE, None)
    standing = world.call(PresentCard(PLACE, NUMBER, CARD_ID))
    assert (standing.social, standing.enabled_by) == (SocialState.NORMAL, Channel.PHONE)
    assert (standing.received_at, standing.medical.items) == (RECEIVED, {0x8A: "M1"})
