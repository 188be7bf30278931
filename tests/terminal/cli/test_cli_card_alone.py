"""Regions whose pharmacies need no old card: the card alone, with the ID card, by the first purchase."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_samples import NOW, Run
from click.testing import Result

from apdu.layout.application_status import DEFAULT_FID, read_status_records
from apdu.layout.states import Channel, SocialState
from virtual_card import image
from virtual_card.card import ProcessorCard
from virtual_card.issue_record import SocialIssueRecord, issue_record

KNOWN = ("--centre", "c.db", "--now", NOW)
FIRST, ID_CARD = ("--profile", "first-purchase"), ("--profile", "id-card")
BILL = 'items: [{code: XA01, price: "12.34"}]\n'
PAYING = ("pharmacy", "purchase", "--bill", "bill.yaml", "--yes", *KNOWN, "--json")


@pytest.fixture
def holder(ssc: Run, cards: Path) -> SocialIssueRecord:
    """Both cards of a holder on record in c.db; the ID cards of the holder and of a stranger; a bill."""
    record = issue_record(image.load(cards / "new.card"))
    assert isinstance(record, SocialIssueRecord)
    for path, number in (("id.yaml", record.holder_id), ("stranger.yaml", "990100197502020025")):
        Path(path).write_text(f"id_number: '{number}'\nname: 测试\n", encoding="utf-8")
    Path("alone.yaml").write_text("- {do: insert, card: new}\n- {do: remove}\n", encoding="utf-8")
    Path("bill.yaml").write_text(BILL, encoding="utf-8")
    assert ssc("centre", "enrol", "old.card", "new.card", "--centre", "c.db").exit_code == 0
    return record


def end(result: Result) -> str:
    return str(json.loads(result.stdout.splitlines()[-1])["outcome"])


def on_card() -> tuple[SocialState, Channel]:
    card = image.load("new.card")
    assert isinstance(card, ProcessorCard)
    status = read_status_records(card.contents().directory("SSSE").file(DEFAULT_FID).records).status
    assert status is not None
    return status.social, status.channel


ACTIVE = (SocialState.NORMAL, Channel.PHARMACY)
ON_IMAGES = ("--new-card", "new.card", "--script", "alone.yaml")
IN_A_READER = ("--reader", "virtual:new.card")
AT_ONE_OF_TWO = ("--new-reader", "virtual:new.card", "--psam", "psam.card")


@pytest.mark.parametrize("cards_at", [ON_IMAGES, IN_A_READER, AT_ONE_OF_TWO])
@pytest.mark.parametrize("region", [FIRST, (*ID_CARD, "--id-card", "id.yaml")])
def test_the_card_alone_is_activated(*, ssc: Run, holder: Any, cards_at: Any, region: Any) -> None:
    done = ssc("pharmacy", "activate", *cards_at, *region, *KNOWN, "--json")
    assert (done.exit_code, end(done)) == (0, "activated"), done.output
    assert on_card() == ACTIVE
    asked = [json.loads(line)["request"] for line in done.stdout.splitlines() if '"type": "centre"' in line]
    assert asked.count("Enable") == 1 and "Reserve" not in asked
    again = ssc("pharmacy", "activate", *cards_at, *region, *KNOWN, "--quiet")
    assert again.exit_code == 0 and "activated already" in again.stdout
    shown = ssc("centre", "show", "--centre", "c.db").stdout
    assert "9 cancelled" in shown and "1 normal" in shown


def test_the_slip_says_that_the_pin_stays_and_has_no_number_of_a_reservation(ssc: Run, holder: Any) -> None:
    slip = ssc("pharmacy", "activate", *ON_IMAGES, *FIRST, *KNOWN, "--quiet").stdout
    assert "unchanged" in slip and "activation 流水号" not in slip and "¥" in slip


def test_without_the_right_id_card_nothing_is_changed_where_the_region_asks_for_it(
    ssc: Run, holder: Any
) -> None:
    before = Path("new.card").read_bytes()
    for shown, label in (
        ((), "holder-not-identified"),
        (("--id-card", "stranger.yaml"), "centre-other-holder"),
    ):
        refused = ssc("pharmacy", "activate", *ON_IMAGES, *ID_CARD, *shown, *KNOWN, "--json")
        assert (refused.exit_code, end(refused)) == (6, label)
    agent = ("--id-card", "id.yaml", "--agent", "stranger.yaml")
    refused = ssc("pharmacy", "activate", *ON_IMAGES, *ID_CARD, *agent, *KNOWN)
    assert refused.exit_code == 6 and "power of attorney" in refused.stderr
    assert Path("new.card").read_bytes() == before


def test_a_dry_run_asks_for_what_the_region_asks_for(ssc: Run, holder: Any) -> None:
    plan = ssc("pharmacy", "activate", "--new-card", "new.card", *FIRST, *KNOWN, "--dry-run", "--json")
    assert (plan.exit_code, end(plan)) == (0, "activated")
    assert ssc("centre", "show", "--centre", "c.db").stdout.count("0 sealed") == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((*ON_IMAGES, "--id-card", "id.yaml"), "ask for no ID card (dual-insert)"),
        (ON_IMAGES, "both cards are needed"),
        (FIRST, "the social security card is needed"),
    ],
)
def test_wrong_use_is_told(ssc: Run, holder: Any, options: tuple[str, ...], told: str) -> None:
    wrong = ssc("pharmacy", "activate", *options, *KNOWN)
    assert wrong.exit_code == 2 and told in wrong.stderr


def test_the_first_purchase_activates_the_card_and_the_next_only_sells(ssc: Run, holder: Any) -> None:
    for told in (1, 0):
        paid = ssc(*PAYING, "--card", "new.card", *FIRST, stdin="123456\n")
        assert (paid.exit_code, end(paid)) == (0, "paid"), paid.output
        assert paid.stdout.count("activated by its first purchase") == told
        assert on_card() == ACTIVE


def test_a_purchase_activates_with_the_id_card_where_the_region_asks_for_it(ssc: Run, holder: Any) -> None:
    refused = ssc(*PAYING, "--card", "new.card", *ID_CARD, stdin="123456\n")
    assert (refused.exit_code, end(refused)) == (6, "card-not-usable")
    other = ssc(*PAYING, "--card", "new.card", *ID_CARD, "--id-card", "stranger.yaml", stdin="123456\n")
    assert other.exit_code == 6 and on_card()[0] is SocialState.SEALED
    paid = ssc(*PAYING, "--card", "new.card", *ID_CARD, "--id-card", "id.yaml", stdin="123456\n")
    assert (paid.exit_code, end(paid)) == (0, "paid"), paid.output
    assert on_card() == ACTIVE


def test_elsewhere_a_purchase_activates_nothing(ssc: Run, holder: Any) -> None:
    refused = ssc(*PAYING, "--card", "new.card", "--id-card", "id.yaml", stdin="123456\n")
    assert (refused.exit_code, end(refused)) == (6, "card-not-usable")
    assert on_card()[0] is SocialState.SEALED
