from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_samples import SEED, Run
from rich.cells import cell_len

from terminal.cli.card_facts import facts
from terminal.cli.options import ALL_KINDS
from virtual_card.card import ProcessorCard
from virtual_card.image import load, save
from virtual_card.issuer import issue
from virtual_card.persona import Persona


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_new_card_is_the_issuers_card_under_its_default_name(ssc: Run, tmp_path: Path, kind: str) -> None:
    result = ssc("card", "new", "--kind", kind, "--seed", "3")
    assert result.exit_code == 0
    path = tmp_path / f"{kind}-3.card"
    assert load(path).state() == issue(kind, 3).state()
    assert path.stat().st_mode & 0o777 == 0o600


def test_new_card_is_the_same_byte_for_byte(ssc: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", "-o", name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_new_card_replaces_a_file_only_by_force(ssc: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    result = ssc("card", "new", "--kind", "psam", "--seed", "3", "-o", "a")
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert (tmp_path / "a").read_text() == "mine"
    assert ssc("card", "new", "--kind", "psam", "--seed", "3", "-o", "a", "--force").exit_code == 0


@pytest.mark.parametrize("state", ["expired", "pin-blocked"])
def test_new_card_takes_a_state(ssc: Run, tmp_path: Path, state: str) -> None:
    assert ssc("card", "new", "--kind", "ssc-2.0", "--seed", "3", "--state", state, "-o", "a").exit_code == 0
    assert load(tmp_path / "a").state() == issue("ssc-2.0", 3, state=state).state()


def test_today_moves_the_dates_of_a_new_card(ssc: Run) -> None:
    ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", "--today", "2021-05-06", "-o", "a")
    assert "2021-04-22" in ssc("card", "show", "a").stdout


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--kind", "psam", "--state", "expired"], "psam"),
        (["--kind", "ssc-3.0", "--pin-env", "NO_SUCH_VARIABLE"], "no variable NO_SUCH_VARIABLE"),
        (["--kind", "ssc-3.0", "--pin-env", "BAD_PIN"], "4 to 16 digits"),
        (["--kind", "ssc-3.0", "--keys", "keys.yaml"], "keys.yaml"),
        (["--kind", "ssc-3.0", "--today", "today"], "'today' is no day"),
        (["--kind", "ssc-3.0", "-o", "none/a.card"], "none"),
    ],
)
def test_a_card_that_cannot_be_made_is_refused_in_one_line(
    ssc: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], part: str
) -> None:
    monkeypatch.setenv("BAD_PIN", "12a4")
    result = ssc("card", "new", "--seed", "3", *options)
    assert result.exit_code == 2
    assert part in result.stderr
    assert "12a4" not in result.stderr
    assert not list(tmp_path.glob("*.card"))


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("IRK/1: 00", 2, "IRK/1: 32 hex digits"),
        ("IRK: 00112233445566778899001122334455", 2, "'IRK' is no key"),
        ("SECRETKEY/1: 00112233445566778899001122334455", 2, "is no key"),
        ("[IRK/1]", 2, "Expected `object`"),
        ("{", 10, "no valid YAML"),
    ],
)
def test_a_wrong_key_file_is_named_without_its_values(
    ssc: Run, tmp_path: Path, text: str, code: int, part: str
) -> None:
    (tmp_path / "keys.yaml").write_text(text)
    result = ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", "--keys", "keys.yaml")
    assert result.exit_code == code
    assert part in result.stderr
    assert "00112233" not in result.stderr


def test_pin_env_gives_the_pin_and_no_argument_does(
    ssc: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARD_PIN", "918273")
    result = ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", "--pin-env", "CARD_PIN", "-o", "a")
    assert result.exit_code == 0
    assert "918273" not in result.stdout + result.stderr
    assert load(tmp_path / "a").pin == bytes.fromhex("918273")


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_show_fits_80_columns_and_holds_no_secret(ssc: Run, tmp_path: Path, kind: str) -> None:
    card = issue(kind, SEED)
    save(card, tmp_path / "a")
    persona = Persona.from_seed(SEED)
    secrets = {persona.id_number, persona.old_pin, persona.initial_pin}
    if isinstance(card, ProcessorCard):
        for directory in card.contents().directories:
            secrets |= {value.hex() for key in directory.keys for value in key.versions.values()}
            secrets |= {key.value.hex() for key in directory.sam_keys}
    for form in ([], ["--json"]):
        result = ssc("card", "show", "a", *form)
        assert result.exit_code == 0
        assert not [secret for secret in secrets if secret.lower() in result.stdout.lower()]
        if not form:
            assert max(map(cell_len, result.stdout.splitlines())) <= 80


def test_show_tells_rules_items_and_counters(ssc: Run, cards: Path) -> None:
    shown = ssc("card", "show", "new.card").stdout
    for part in (
        "variable, read RKSSSE, update UKSSSE",
        "PIN tries left 密码剩余次数                 6 of 6",
        "Key IRK 密钥                                **** 3 versions, 3 of 3 tries",
        "FA/9A Social application 社保应用状态       0 (sealed 封存)",
    ):
        assert part in shown


def test_show_as_json_is_one_section_a_line(ssc: Run, cards: Path) -> None:
    sections = [json.loads(line) for line in ssc("card", "show", "new.card", "--json").stdout.splitlines()]
    assert {(section["type"], section["schema"]) for section in sections} == {("section", 1)}
    (number,) = [fact for section in sections for fact in section["facts"] if fact["path"] == "SSSE/EF06/08"]
    assert "*" in number["value"]


def test_paths_of_facts_are_unique(cards: Path) -> None:
    for name in ("old", "new", "psam"):
        paths = [fact.path for fact in facts(load(cards / f"{name}.card"))]
        assert len(paths) == len(set(paths))


def test_equal_cards_are_the_same(ssc: Run, cards: Path) -> None:
    result = ssc("card", "diff", "new.card", "new.card")
    assert (result.exit_code, result.stdout) == (0, "new.card and new.card hold the same card\n")


def test_cards_of_two_holders_differ_in_masked_values(ssc: Run, cards: Path) -> None:
    save(issue("ssc-3.0", SEED + 1), cards / "other.card")
    for form in ([], ["--json"]):
        result = ssc("card", "diff", "new.card", "other.card", *form)
        assert result.exit_code == 1
        assert "Social security number" in result.stdout
        for seed in (SEED, SEED + 1):
            assert Persona.from_seed(seed).id_number not in result.stdout


def test_a_changed_pin_is_told_and_not_shown(ssc: Run, cards: Path) -> None:
    save(issue("ssc-3.0", SEED, pin="918273"), cards / "other.card")
    result = ssc("card", "diff", "new.card", "other.card")
    assert result.exit_code == 1
    assert "**** (changed)" in result.stdout
    assert "918273" not in result.stdout


def test_a_difference_that_no_fact_covers_is_still_told(ssc: Run, cards: Path) -> None:
    card = load(cards / "new.card")
    card.face = "apdu"
    save(card, cards / "other.card")
    result = ssc("card", "diff", "new.card", "other.card")
    assert result.exit_code == 1
    assert "face" in result.stdout
