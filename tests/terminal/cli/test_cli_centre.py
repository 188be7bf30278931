from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_samples import SEED, Run
from rich.cells import cell_len

from virtual_card.image import load, save
from virtual_card.persona import Persona

ENROL = ("centre", "enrol", "--centre", "c.db")


def test_enrolled_cards_are_shown_with_state_and_balance(ssc: Run, cards: Path) -> None:
    assert ssc(*ENROL, "old.card", "new.card").exit_code == 0
    shown = ssc("centre", "show", "--centre", "c.db")
    assert shown.exit_code == 0
    assert max(map(cell_len, shown.stdout.splitlines())) <= 80
    persona = Persona.from_seed(SEED)
    for part in (persona.card_number, persona.old_number_digits, "0 sealed 封存", "1 normal 正常"):
        assert part in shown.stdout
    assert persona.id_number not in shown.stdout


def test_show_as_json_is_one_card_a_line(ssc: Run, cards: Path) -> None:
    ssc(*ENROL, "old.card", "new.card")
    lines = ssc("centre", "show", "--centre", "c.db", "--json").stdout.splitlines()
    old, new = [json.loads(line) for line in lines]
    assert (old["type"], old["schema"], old["role"], old["state"], old["usable"]) == (
        "card",
        1,
        "old",
        "NORMAL",
        True,
    )
    assert (new["state"], new["state_zh"], new["usable"], new["reservation"]) == (
        "SEALED",
        "封存",
        False,
        None,
    )
    assert Persona.from_seed(SEED).id_number not in "".join(lines)


def test_enrolling_twice_changes_nothing(ssc: Run, cards: Path) -> None:
    ssc(*ENROL, "old.card", "new.card")
    before = ssc("centre", "show", "--centre", "c.db").stdout
    assert ssc(*ENROL, "new.card", "old.card").exit_code == 0
    assert ssc("centre", "show", "--centre", "c.db").stdout == before


def test_an_empty_centre_says_what_to_do(ssc: Run, cards: Path) -> None:
    ssc(*ENROL, "old.card")
    (cards / "c.db").unlink()
    missing = ssc("centre", "show", "--centre", "c.db")
    assert missing.exit_code == 2
    assert "c.db" in missing.stderr
    assert not (cards / "c.db").exists()


def test_a_psam_belongs_to_no_holder_and_is_refused(ssc: Run, cards: Path) -> None:
    result = ssc(*ENROL, "psam.card")
    assert result.exit_code == 2
    assert "psam" in result.stderr


def without_notes(cards: Path) -> None:
    card = load(cards / "old.card")
    card.notes.clear()
    save(card, cards / "old.card")


def test_a_card_that_names_no_holder_needs_the_holder_file(ssc: Run, cards: Path) -> None:
    without_notes(cards)
    refused = ssc(*ENROL, "old.card")
    assert refused.exit_code == 6
    assert "holder" in refused.stderr
    persona = Persona.from_seed(SEED)
    (cards / "holder.yaml").write_text(
        f"id_number: {persona.id_number}\nname: {persona.name}\n", encoding="utf-8"
    )
    assert ssc(*ENROL, "old.card", "--holder", "holder.yaml").exit_code == 0
    assert persona.name in ssc("centre", "show", "--centre", "c.db").stdout


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("name: 测试甲", 2, "id_number"),
        ("- 1", 2, "holder.yaml"),
        ("a: [", 10, "no valid YAML"),
        (None, 2, "holder.yaml"),
    ],
)
def test_a_wrong_holder_file_is_named(ssc: Run, cards: Path, text: str | None, code: int, part: str) -> None:
    if text is not None:
        (cards / "holder.yaml").write_text(text, encoding="utf-8")
    result = ssc(*ENROL, "old.card", "--holder", "holder.yaml")
    assert result.exit_code == code
    assert part in result.stderr


def test_another_holders_card_under_the_same_number_is_refused(ssc: Run, cards: Path) -> None:
    ssc(*ENROL, "old.card")
    card = load(cards / "old.card")
    card.notes["holder_name"] = "测试壬癸"
    save(card, cards / "old.card")
    assert ssc(*ENROL, "old.card").exit_code == 6


def test_no_card_is_enrolled_when_one_image_is_damaged(ssc: Run, cards: Path) -> None:
    (cards / "new.card").write_text("nothing")
    assert ssc(*ENROL, "old.card", "new.card").exit_code == 10
    assert not (cards / "c.db").exists()
