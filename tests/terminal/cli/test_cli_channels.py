"""Counter, bank, hospital, phone and online from a shell: the card is really written, or catches up later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_samples import NOW, SEED, Run
from click.testing import Result

from apdu.layout.application_status import DEFAULT_FID, StatusFile, read_status_records
from apdu.layout.states import Channel, FinancialState, SocialState
from virtual_card import image
from virtual_card.applications.pboc.options import Activation
from virtual_card.card import ProcessorCard
from virtual_card.image import save
from virtual_card.issue_record import SocialIssueRecord, issue_record
from virtual_card.issuer import SocialOptions, issue

CARD = ("--reader", "new.card")
KNOWN = ("--centre", "c.db", "--now", NOW)
SHOWN = ("--id-card", "id.yaml")


@pytest.fixture
def desk(ssc: Run, cards: Path) -> SocialIssueRecord:
    """Both cards of a holder on record in c.db, and the holder's ID card."""
    record = issue_record(image.load(cards / "new.card"))
    assert isinstance(record, SocialIssueRecord)
    write_id("id.yaml", record.holder_id)
    write_id("stranger.yaml", "990100197502020025")
    assert ssc("centre", "enrol", "old.card", "new.card", "--centre", "c.db").exit_code == 0
    return record


def write_id(path: str, number: str) -> None:
    Path(path).write_text(f"id_number: '{number}'\nname: 测试\n", encoding="utf-8")


def on_card(path: str = "new.card") -> StatusFile:
    card = image.load(path)
    assert isinstance(card, ProcessorCard)
    return read_status_records(card.contents().directory("SSSE").file(DEFAULT_FID).records)


def said(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def end(result: Result) -> str:
    return str(said(result)[-1]["outcome"])


@pytest.mark.parametrize(
    ("words", "papers", "channel"),
    [
        (("hospital", "activate"), (), Channel.HOSPITAL),
        (("counter", "activate"), SHOWN, Channel.COUNTER),
        (("bank", "activate", "--social-only"), SHOWN, Channel.BANK),
    ],
)
@pytest.mark.parametrize("psam", [(), ("--psam", "psam.card")])
def test_a_card_in_the_reader_is_activated_and_says_so(*, ssc, desk, words, papers, channel, psam) -> None:
    first = ssc(*words, *CARD, *KNOWN, *papers, *psam, "--json")
    assert (first.exit_code, end(first)) == (0, "activated")
    status = on_card().status
    assert status is not None
    assert (status.social, status.channel) == (SocialState.NORMAL, channel)
    again = ssc(*words, *CARD, *KNOWN, *papers, *psam, "--json")
    assert (again.exit_code, end(again)) == (0, "already-active")
    shown = ssc("centre", "query", "--card", desk.number, *KNOWN, "--json")
    assert said(shown)[0]["answer"]["usable"] is True


@pytest.mark.parametrize("where", ["counter", "bank"])
def test_who_is_not_identified_is_refused_and_nothing_is_changed(ssc, desk, where) -> None:
    before = Path("new.card").read_bytes()
    for papers, label in (((), "holder-not-identified"), (("--id-card", "stranger.yaml"), "other-holder")):
        result = ssc(where, "activate", *CARD, *KNOWN, *papers, "--json")
        assert (result.exit_code, end(result)) == (6, label)
    assert Path("new.card").read_bytes() == before


def test_an_agent_needs_all_three_papers(ssc, desk) -> None:
    agent = ("--agent", "stranger.yaml")
    refused = ssc("counter", "activate", *CARD, *KNOWN, *SHOWN, *agent)
    assert refused.exit_code == 6 and "power of attorney" in refused.stderr
    done = ssc("counter", "activate", *CARD, *KNOWN, *SHOWN, *agent, "--power-of-attorney", "--json")
    assert end(done) == "activated"


@pytest.mark.parametrize("activation", ["host-inactive", "chip-blocked", "pin-locked"])
def test_the_bank_activates_its_application_and_by_its_notice_the_social_one(ssc, desk, activation) -> None:
    save(issue("ssc-3.0", SEED, social=SocialOptions(activation=Activation(activation))), "new.card")
    done = ssc("bank", "activate", *CARD, *KNOWN, *SHOWN, "--json")
    assert (done.exit_code, end(done)) == (0, "bank-activated")
    status = on_card().status
    assert status is not None
    assert (status.social, status.financial) == (SocialState.NORMAL, FinancialState.ACTIVE)
    assert status.channel is Channel.BANK
    again = ssc("bank", "activate", *CARD, *KNOWN, *SHOWN, "--json")
    assert (again.exit_code, end(again)) == (0, "bank-activated")


def test_past_the_deadline_the_bank_first_the_release_second(ssc, desk) -> None:
    late = ("--centre", "c.db", "--now", "2031-06-01T10:00:00")
    ticked = ssc("centre", "tick", *late, "--json")
    assert said(ticked)[0] == {"type": "ticked", "schema": 1, "activated": 0, "lost": 1}
    refused = ssc("counter", "release", *CARD, *late, *SHOWN, "--json")
    assert (refused.exit_code, end(refused)) == (6, "bank-first")
    assert end(ssc("bank", "activate", *CARD, *late, *SHOWN, "--json")) == "bank-activated"
    assert end(ssc("counter", "release", *CARD, *late, *SHOWN, "--json")) == "loss-released"
    assert end(ssc("counter", "activate", *CARD, *late, *SHOWN, "--json")) == "activated"


@pytest.mark.parametrize("words", [("phone",), ("online", "--card-id")])
def test_activated_without_a_reader_the_card_catches_up_at_its_next_insertion(ssc, desk, words) -> None:
    channel, *option = words
    named = ("--card", desk.number, *option, *([desk.card_id] if option else []))
    assert end(ssc(channel, "activate", *named, *KNOWN, *SHOWN, "--json")) == "activated"
    assert end(ssc(channel, "activate", *named, *KNOWN, *SHOWN, "--json")) == "already-active"
    assert on_card().status == on_card("new.card").status
    result = ssc("hospital", "activate", *CARD, *KNOWN, "--json")
    assert end(result) == "caught-up"
    assert any("brought up to date now" in line.get("en", "") for line in said(result))
    status = on_card().status
    assert status is not None and status.channel is (Channel.ONLINE if option else Channel.PHONE)


def test_wrong_details_are_refused_online(ssc, desk) -> None:
    refused = ssc("online", "activate", "--card", desk.number, "--card-id", "00", *KNOWN, *SHOWN, "--json")
    assert (refused.exit_code, end(refused)) == (6, "holder-not-identified")


def test_the_holder_sees_state_and_balance_and_gets_an_electronic_card(ssc, desk) -> None:
    assert end(ssc("bank", "activate", *CARD, *KNOWN, *SHOWN, "--json")) == "bank-activated"
    named = ("--card", desk.number, "--card-id", desk.card_id, *KNOWN, *SHOWN, "--json")
    answer = said(ssc("online", "query", *named))[0]["answer"]
    assert answer["balance_fen"] > 0 and answer["id_number"].count("*") == 10
    assert answer["enabled_at"] == "2030-01-08 10:00:00+08:00"
    spoken = ssc("online", "query", *named[:-1])
    assert "2030-01-08 10:00:00\n" in spoken.stdout and "02:00:00" not in spoken.stdout
    assert end(ssc("online", "sign", *named)) == "signed"
    assert end(ssc("online", "sign", *named)) == "already-signed"


def test_state_and_balance_are_told_in_person_where_the_place_may(ssc, desk) -> None:
    asked = ("--card", desk.number, *KNOWN, "--json")
    for place in ("counter", "pharmacy"):
        result = ssc(place, "query", *asked, *SHOWN)
        assert end(result) == "answered"
        assert said(result)[0]["answer"]["id_number"].count("*") == 10
    assert end(ssc("hospital", "query", *asked, *SHOWN)) == "wrong-place", "it holds no authorisation"
    assert end(ssc("counter", "query", *asked)) == "holder-not-identified"


def test_a_loss_is_reported_online_by_all_three_numbers(ssc, desk) -> None:
    named = ("online", "loss", "--card", desk.number, *KNOWN, *SHOWN, "--json")
    assert end(ssc(*named, "--card-id", "00")) == "holder-not-identified"
    assert end(ssc(*named, "--card-id", desk.card_id)) == "loss-reported"
    assert end(ssc("counter", "query", "--card", desk.number, *KNOWN, *SHOWN, "--json")) == "answered"


def test_a_lost_card_is_refused_everywhere_until_released(ssc, desk) -> None:
    number = ("--card", desk.number)
    ssc("counter", "activate", *CARD, *KNOWN, *SHOWN)
    assert end(ssc("phone", "loss", *number, *KNOWN, *SHOWN, "--json")) == "loss-reported"
    assert ssc("hospital", "activate", *CARD, *KNOWN).exit_code == 6
    assert end(ssc("counter", "loss", *number, "--formal", *KNOWN, *SHOWN, "--json")) == "loss-reported"
    assert end(ssc("counter", "release", *number, *KNOWN, *SHOWN, "--json")) == "loss-released"
    assert end(ssc("hospital", "activate", *CARD, *KNOWN, "--json")) == "already-active"


def test_the_pin_is_set_anew_and_works(ssc, desk, monkeypatch) -> None:
    monkeypatch.setenv("NEW_PIN", "864209")
    ssc("counter", "activate", *CARD, *KNOWN, *SHOWN)
    reset = ("counter", "reset-pin", *CARD, *KNOWN, *SHOWN, "--json")
    assert end(ssc(*reset, "--pin-env", "NEW_PIN")) == "pin-reset"
    assert "9000" in ssc("apdu", "--reader", "new.card", "0020000003864209").stdout
    for _ in range(6):
        ssc("apdu", "--reader", "new.card", "0020000003111111")
    assert "6983" in ssc("apdu", "--reader", "new.card", "0020000003864209").stdout
    assert end(ssc(*reset, "--unblock", "--psam", "psam.card")) == "pin-unblocked"
    assert "9000" in ssc("apdu", "--reader", "new.card", "0020000003864209").stdout
    assert ssc(*reset).exit_code == 2


def test_an_employers_list_starts_the_hours(ssc, desk) -> None:
    Path("list.yaml").write_text(f"- {desk.number}\n- A00000099\n", encoding="utf-8")
    done = ssc("counter", "receive", "--list", "list.yaml", "--employer", "测试单位", *KNOWN, "--json")
    assert done.exit_code == 6, "one card of the list is unknown"
    answer = said(done)[0]["answer"]
    assert answer == {f"card_{desk.number}": "handed-over", "card_A00000099": "unknown-card"}
    assert end(ssc("counter", "receive", *CARD, *KNOWN, *SHOWN, "--json")) == "handed-over"


def test_a_new_card_takes_the_place_of_a_lost_one(ssc, desk) -> None:
    ssc("counter", "activate", *CARD, *KNOWN, *SHOWN)
    ssc("counter", "loss", "--card", desk.number, "--formal", *KNOWN, *SHOWN)
    stranger = issue("ssc-3.0", SEED + 1)
    save(stranger, "stranger.card")
    assert ssc("centre", "enrol", "stranger.card", "--centre", "c.db").exit_code == 0
    replace = ("counter", "replace", "--lost", desk.number, *KNOWN, *SHOWN, "--json")
    assert end(ssc(*replace, "--reader", "stranger.card")) == "other-holder"


@pytest.mark.parametrize(
    "words",
    [
        ("counter", "activate"),
        ("counter", "receive"),
        ("counter", "loss"),
        ("phone", "activate"),
        ("online", "query"),
        ("bank", "activate"),
        ("hospital", "activate"),
        ("centre", "query"),
    ],
)
def test_what_is_missing_is_named(ssc, desk, words) -> None:
    result = ssc(*words, "--centre", "c.db")
    assert result.exit_code == 2 and "--" in result.stderr


def test_a_bank_is_named_where_its_file_is_not_there(ssc) -> None:
    result = ssc("centre", "tick", "--centre", "none.db")
    assert result.exit_code == 2 and "none.db" in result.stderr
