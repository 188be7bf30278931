"""Dry runs: every command is shown, and neither card, image nor centre is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_samples import NOW, Run, Steps

from terminal.cli.dry_run import specimen_reader
from terminal.exit_codes import ExitCode
from virtual_card.issuer import IssueError
from virtual_card.persona import INITIAL_PIN, OLD_PIN

ACTIVATE = (
    "pharmacy",
    "activate",
    "--old-card",
    "old.card",
    "--new-card",
    "new.card",
    "--now",
    NOW,
    "--dry-run",
)


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir()) if path.is_file()}


def test_apdus_are_decoded_masked_and_not_sent(ssc: Run, tmp_path: Path) -> None:
    shown = ssc(
        "apdu", "--reader", "pcsc:nowhere", "--dry-run", "0020000003123456", "00A4020002EF05", "00B2010412"
    )
    assert shown.exit_code == 0, shown.stderr
    assert "nothing was sent" in shown.stdout and "123456" not in shown.stdout
    titles = [line.split()[1] for line in shown.stdout.splitlines() if line[:3].strip().isdigit()]
    assert titles == ["VERIFY", "SELECT", "READ"]


def test_an_image_is_not_even_opened_for_apdus(ssc: Run, cards: Path) -> None:
    before = contents(cards)
    assert ssc("apdu", "--reader", "virtual:new.card", "--dry-run", "0020000003999999").exit_code == 0
    assert contents(cards) == before


def test_what_is_no_apdu_is_refused_in_a_dry_run_too(ssc: Run) -> None:
    refused = ssc("apdu", "--reader", "x:y", "--dry-run", "--raw", "00A4")
    assert (refused.exit_code, refused.stdout) == (ExitCode.USAGE, "") or "byte" in refused.stderr


@pytest.mark.parametrize("means", [("--psam", "psam.card"), ("--hsm",)], ids=["psam", "hsm"])
def test_an_activation_is_played_on_copies(ssc: Run, cards: Path, means: tuple[str, ...]) -> None:
    before = contents(cards)
    shown = ssc(*ACTIVATE, *means)
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout.startswith("Dry run on copies of the images")
    assert "CHANGE PIN" in shown.stdout and "activated, exit code 0" in shown.stdout
    assert OLD_PIN not in shown.stdout and INITIAL_PIN not in shown.stdout
    assert contents(cards) == before


def test_the_centre_is_read_and_left_alone(ssc: Run, cards: Path) -> None:
    ssc("centre", "enrol", "--centre", "c.db", "old.card", "new.card")
    before = contents(cards)
    assert "activated" in ssc(*ACTIVATE, "--centre", "c.db").stdout
    assert contents(cards) == before
    assert "0 sealed" in ssc("centre", "show", "--centre", "c.db").stdout


def test_a_centre_that_is_not_there_is_not_made(ssc: Run, cards: Path) -> None:
    shown = ssc(*ACTIVATE, "--centre", "none.db")
    assert shown.exit_code == ExitCode.REFUSED_BY_BACK_OFFICE
    assert not (cards / "none.db").exists()


def test_a_damaged_centre_is_named(ssc: Run, cards: Path) -> None:
    (cards / "c.db").write_text("no store", encoding="utf-8")
    assert ssc(*ACTIVATE, "--centre", "c.db").exit_code == ExitCode.DAMAGED_FILE


def test_a_script_decides_how_the_visit_goes(ssc: Run, cards: Path, script: Callable[[Steps], str]) -> None:
    steps: Steps = [{"do": "insert", "card": "old"}, {"do": "cancel"}]
    shown = ssc(*ACTIVATE, "--script", script(steps))
    assert shown.exit_code == ExitCode.CANCELLED


def test_readers_get_specimens_and_nobody_is_asked(ssc: Run, tmp_path: Path) -> None:
    shown = ssc(
        "pharmacy", "activate", "--reader", "pcsc:nowhere", "--centre", "none.db", "--dry-run", "--json"
    )
    assert shown.exit_code == 0, shown.stderr
    first, *_, last = [json.loads(line) for line in shown.stdout.splitlines()]
    assert (first["type"], first["basis"], last["outcome"]) == ("dry-run", "specimen", "activated")
    assert list(tmp_path.iterdir()) == []


def test_reading_is_planned_on_a_specimen_of_the_kind(ssc: Run) -> None:
    plans = {}
    for kind in ("ssc-1.0", "ssc-3.0", "sle4442", "psam"):
        shown = ssc("read", "pcsc:nowhere", "--dry-run", "--specimen", kind, "--json")
        assert shown.exit_code == 0, shown.stderr
        first, *planned = [json.loads(line) for line in shown.stdout.splitlines()]
        assert first["basis"] == "specimen" and [one["number"] for one in planned] == [
            *range(1, len(planned) + 1)
        ]
        plans[kind] = {one["title"] for one in planned}
    assert "READ MEMORY" in plans["sle4442"] and "READ MEMORY" not in plans["ssc-3.0"]
    assert plans["ssc-1.0"] >= {"SELECT", "READ RECORD"}


def test_a_planned_read_with_pin_and_psam_shows_both_without_asking(ssc: Run) -> None:
    shown = ssc("read", "pcsc:nowhere", "--dry-run", "--pin", "--psam", "pcsc:none")
    assert shown.exit_code == 0, shown.stderr
    assert "VERIFY 校验个人密码" in shown.stdout and "EXTERNAL AUTHENTICATION" in shown.stdout
    assert INITIAL_PIN not in shown.stdout


def test_a_specimen_is_a_card_of_the_kind_and_nothing_else_has_one() -> None:
    connection = specimen_reader("sle4442").connect()
    assert connection.protocol == "raw"
    with pytest.raises(IssueError):
        specimen_reader("credit")
