from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_samples import SEED, Run
from rich.cells import cell_len

from apdu.atr import parse
from apdu.crypto import sm2 as sm2_signatures
from terminal.backoffice import profile as profile_file
from terminal.cli.card_facts import facts, sections
from terminal.cli.options import ALL_KINDS
from terminal.exit_codes import ExitCode
from virtual_card.applications.iso7816 import iso7816_card, read_tree
from virtual_card.applications.pboc.contents import Blocked
from virtual_card.applications.pboc.options import Activation, BankOptions
from virtual_card.applications.pki import sm2
from virtual_card.applications.pki.contents import TEST_MASTER_KEY
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard
from virtual_card.image import load, save
from virtual_card.issuer import SocialOptions, issue, kinds, states
from virtual_card.persona import Persona
from virtual_card.state import Purse


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_new_card_is_the_issuers_card_under_its_default_name(ssc: Run, tmp_path: Path, kind: str) -> None:
    result = ssc("card", "new", "--kind", kind, "--seed", "3")
    assert result.exit_code == 0
    path = tmp_path / f"{kind}-3.card"
    assert load(path).state() == issue(kind, 3).state()
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_kind_of_the_issuer_is_offered() -> None:
    assert set(ALL_KINDS) == set(kinds())


def test_plain_card_is_made_from_a_tree(ssc: Run, tmp_path: Path) -> None:
    (tmp_path / "tree.yaml").write_text(
        "master_file: {files: [{fid: E001, structure: transparent, contents: A1A2}]}"
    )
    result = ssc("card", "new", "--kind", "iso7816", "--tree", "tree.yaml")
    assert result.exit_code == 0
    assert load(tmp_path / "iso7816.card").kind == "iso7816"
    assert "A1A2" in ssc("card", "show", "iso7816.card").stdout


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--kind", "iso7816"], "file tree; give --tree FILE"),
        (["--kind", "iso7816", "--seed", "3"], "file tree; give --tree FILE"),
        (["--kind", "iso7816", "--seed", "3", "--tree", "tree.yaml"], "no seed; leave --seed out"),
        (["--kind", "psam", "--tree", "tree.yaml"], "leave --tree out"),
        (["--kind", "psam", "--seed", "3", "--tree", "tree.yaml"], "leave --tree out"),
        (["--kind", "psam"], "holder and serial number come from a seed; give --seed NUMBER"),
        (["--kind", "ssc-3.0"], "holder and serial number come from a seed; give --seed NUMBER"),
        (["--kind", "iso7816", "--tree", "tree.yaml"], "tree.yaml"),
        (["--kind", "iso7816", "--tree", "none.yaml"], "none.yaml"),
    ],
)
def test_tree_and_seed_exclude_each_other(ssc: Run, tmp_path: Path, options: list[str], part: str) -> None:
    (tmp_path / "tree.yaml").write_text("master_file: {files: [{fid: E0}]}")
    result = ssc("card", "new", *options)
    assert result.exit_code == 2
    assert part in result.stderr
    assert not list(tmp_path.glob("*.card"))


@pytest.mark.parametrize("text", [b"master_file: [", b"\xff\xfe", b"master_file: !!map {}"])
def test_a_tree_that_is_no_yaml_is_a_damaged_file(ssc: Run, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "tree.yaml").write_bytes(text)
    result = ssc("card", "new", "--kind", "iso7816", "--tree", "tree.yaml")
    assert result.exit_code == 10
    assert "tree.yaml" in result.stderr


def test_new_card_says_which_options_it_was_made_with(ssc: Run) -> None:
    given = ["--pki", "--contactless", "--purse", "2500", "--all-files", "--financial", "active"]
    result = ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", "-o", "a", *given)
    assert result.stdout.strip().endswith(
        "seed 3, active, PKI application, contactless, purse of ¥25.00, every file"
    )
    plain = ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", "-o", "b")
    assert plain.stdout.strip().endswith("seed 3")


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


@pytest.mark.parametrize("state", states("ssc-2.0"))
def test_new_card_takes_a_state(ssc: Run, tmp_path: Path, state: str) -> None:
    assert ssc("card", "new", "--kind", "ssc-2.0", "--seed", "3", "--state", state, "-o", "a").exit_code == 0
    assert load(tmp_path / "a").state() == issue("ssc-2.0", 3, state=state).state()


@pytest.mark.parametrize("activation", list(Activation))
def test_new_card_takes_an_activation_of_the_banks_side(
    ssc: Run, tmp_path: Path, activation: Activation
) -> None:
    result = ssc(
        "card", "new", "--kind", "ssc-3.0", "--seed", "3", "--financial", activation.value, "-o", "a"
    )
    assert result.exit_code == 0
    card = load(tmp_path / "a")
    assert isinstance(card, ProcessorCard)
    bank = card.contents().bank
    assert (bank is None) is (activation is Activation.NONE)
    shown = ssc("card", "show", "a").stdout
    assert ("Financial application 金融应用 ──" in shown) is (bank is not None)
    blocked = bank is not None and Blocked.APPLICATION in bank.blocked
    assert blocked is (activation is Activation.CHIP_BLOCKED)


def test_region_profile_gives_status_file_and_pin(ssc: Run, tmp_path: Path) -> None:
    shipped = Path(profile_file.__file__).with_name("profiles") / "default.yaml"
    text = shipped.read_text(encoding="utf-8").replace('"123456"', '"654321"').replace("EF0C", "EF0E")
    (tmp_path / "region.yaml").write_text(text, encoding="utf-8")
    ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", "--profile", "region.yaml", "-o", "a")
    card = load(tmp_path / "a")
    assert isinstance(card, ProcessorCard)
    assert card.pin == bytes.fromhex("654321")
    assert card.contents().directory("SSSE").file(0xEF0E)


def test_contactless_card_keeps_its_historical_bytes(ssc: Run, tmp_path: Path) -> None:
    for name, options in (("a", ()), ("b", ("--contactless",))):
        assert ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", *options, "-o", name).exit_code == 0
    inserted, lying = (load(tmp_path / name).atr for name in ("a", "b"))
    assert lying.hex().upper().startswith("3B8D8001")
    assert parse(lying).historical_bytes == parse(inserted).historical_bytes


def test_purse_and_optional_files_are_made_and_shown(ssc: Run, tmp_path: Path) -> None:
    assert "DF03/EF0A" not in ssc("card", "show", _made(ssc, "plain")).stdout
    path = _made(ssc, "rich", "--purse", "12345", "--all-files")
    card = load(tmp_path / path)
    assert isinstance(card, ProcessorCard)
    assert card.contents().directory("DF04").purse == Purse(12345)
    shown = ssc("card", "show", path).stdout
    assert "123.45" in shown
    for optional in ("DF03/EF08", "DF03/EF09", "DF03/EF0A", "DF04/EF09"):
        assert f"── {optional} " in shown
    assert "Undeclared" not in shown and "人员识别号" in shown


def test_items_that_nobody_published_are_shown_only_as_secrets(ssc: Run, tmp_path: Path) -> None:
    path = _made(ssc, "unpublished", "--all-files")
    card = load(tmp_path / path)
    contents = card.contents() if isinstance(card, ProcessorCard) else None
    assert contents is not None
    contents.directory("DF03").file(0xEF08).records.append(bytes.fromhex("6003998877"))
    changed = social_card("ssc-1.0", contents)
    for masked in (True, False):
        shown = {
            fact.path: fact.value for section in sections(changed, masked=masked) for fact in section.facts
        }
        assert shown["DF03/EF08/60"] == ("3 bytes, not shown" if masked else "998877")


def _made(ssc: Run, name: str, *options: str) -> str:
    assert ssc("card", "new", "--kind", "ssc-1.0", "--seed", "3", *options, "-o", name).exit_code == 0
    return name


def test_today_moves_the_dates_of_a_new_card(ssc: Run) -> None:
    ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", "--today", "2021-05-06", "-o", "a")
    assert "2021-04-22" in ssc("card", "show", "a").stdout


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--kind", "psam", "--state", "expired"], "psam"),
        (["--kind", "psam", "--pki"], "psam card has no PKI application"),
        (["--kind", "ssc-2.0", "--pki"], "PKI"),
        (["--kind", "psam", "--financial", "active"], "psam card has no bank's side"),
        (["--kind", "sle4442", "--offline-data", "static"], "sle4442 card has no bank's side"),
        (["--kind", "psam", "--purse", "1"], "psam card has no medical purse"),
        (["--kind", "old-cpu", "--all-files"], "old-cpu card has no files to choose from"),
        (["--kind", "sle4442", "--contactless"], "sle4442 card has no contactless interface"),
        (["--kind", "ssc-2.0", "--contactless"], "contacts only"),
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
        ("[IRK/1]", 2, "no keys by their names; a key file holds lines such as `IRK/1: 0001"),
        ("IRK/1: [00112233445566778899001122334455]", 2, "IRK/1: 32 hex digits are expected; a key file"),
        ("IRK/1: {a: 00112233445566778899001122334455}", 2, "IRK/1: 32 hex digits are expected; a key file"),
        ("IRK/1: !!binary 00112233445566778899001122334455", 10, "line 1, column 8: no valid YAML (a tag"),
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
        "SFI 06, variable (7 records), read RKSSSE, update UKSSSE",
        "cyclic (0 records of ",
        "PIN tries left 密码剩余次数                 6 of 6",
        "**** reference 00, 3 versions, 3",
        "FA/9A Social application 社保应用状态       0 (sealed 封存)",
    ):
        assert part in shown


def test_show_secrets_shows_pin_keys_and_identity(ssc: Run, cards: Path) -> None:
    persona = Persona.from_seed(SEED)
    card = load(cards / "new.card")
    assert isinstance(card, ProcessorCard)
    contents = card.contents()
    assert contents.bank is not None
    secrets = [persona.id_number, persona.initial_pin]
    secrets += [value.hex().upper() for value in contents.directory("SSSE").key("IRK").versions.values()]
    secrets += [keys.mac.hex().upper() for keys in contents.bank.keys.values()]
    for form in ([], ["--json"]):
        plain = ssc("card", "show", "new.card", *form).stdout
        full = ssc("card", "show", "new.card", "--show-secrets", *form).stdout
        assert not [secret for secret in secrets if secret in plain]
        assert [secret for secret in secrets if secret not in full] == []
    assert "246810" in ssc("card", "show", "old.card", "--show-secrets").stdout


def test_show_tells_counters_and_records_of_the_bank(ssc: Run, cards: Path) -> None:
    shown = ssc("card", "show", "new.card").stdout
    for part in ("Transactions begun (ATC) 应用交易计数器", "5A Card number 主账号", "DES cryptogram", "PSE"):
        assert part in shown


@pytest.mark.parametrize(
    ("word", "des", "sm4"),
    [
        ("none", "none", "none"),
        ("static", "static", "none"),
        ("dynamic", "dynamic", "none"),
        ("static-sm2", "static", "static"),
        ("dynamic-sm2", "dynamic", "dynamic"),
    ],
)
def test_offline_data_authentication_is_chosen_and_shown(
    ssc: Run, tmp_path: Path, word: str, des: str, sm4: str
) -> None:
    made = ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", "--offline-data", word, "-o", "a")
    assert made.exit_code == 0 and word in made.stdout
    lines = ssc("card", "show", "a", "--json").stdout.splitlines()
    facts = {fact["path"]: fact["value"] for line in lines for fact in json.loads(line)["facts"]}
    assert facts["bank/authentication/DES"] == des
    assert facts["bank/authentication/SM4"] == sm4


def test_sm2_certificates_without_the_extra_say_what_to_install(
    ssc: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sm2_signatures, "LIBRARY", "no_library_of_this_name")
    made = ssc("card", "new", "--kind", "ssc-3.0", "--seed", "987", "--offline-data", "static-sm2", "-o", "a")
    assert made.exit_code == ExitCode.USAGE
    assert "pip install 'ssc-terminal[sm2]'" in made.stderr
    assert not (tmp_path / "a").exists()


def test_show_tells_purse_and_records_of_a_cyclic_file(ssc: Run, tmp_path: Path) -> None:
    card = issue("ssc-3.0", SEED, social=SocialOptions(purse=Purse(balance=12_345)))
    assert isinstance(card, ProcessorCard)
    contents = card.contents()
    contents.directory("DF04").file(0xEF08).records = [bytes(28)]
    save(social_card("ssc-3.0", contents), tmp_path / "a")
    shown = ssc("card", "show", "a").stdout
    assert "123.45" in shown
    assert "cyclic (1 record of 30, newest first)" in shown


def test_show_tells_the_pki_application(ssc: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sm2, "available", lambda: True)
    assert ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", "--pki", "-o", "a").exit_code == 0
    shown = ssc("card", "show", "a").stdout
    assert "User PIN 用户密码                           ****, 6 of 6 tries" in shown
    key = TEST_MASTER_KEY.hex().upper()
    assert key not in shown
    assert key in "".join(ssc("card", "show", "a", "--show-secrets").stdout.split())


def test_show_tells_the_tree_of_a_plain_card(ssc: Run, tmp_path: Path) -> None:
    tree = {
        "master_file": {
            "passwords": [{"name": "PIN1", "reference": "01", "value": "31323334"}],
            "files": [
                {
                    "fid": "E001",
                    "sfi": 1,
                    "structure": "transparent",
                    "contents": "A1A2",
                    "access": {"update": "PIN1"},
                }
            ],
        }
    }
    save(iso7816_card(read_tree(tree)), tmp_path / "a")
    shown = ssc("card", "show", "a").stdout
    assert "SFI 01, transparent, read free, update PIN1, activated" in shown
    assert "A1A2" in shown
    assert "31323334" not in shown
    assert "31323334" in ssc("card", "show", "a", "--show-secrets").stdout


def test_show_as_json_is_one_section_a_line(ssc: Run, cards: Path) -> None:
    sections = [json.loads(line) for line in ssc("card", "show", "new.card", "--json").stdout.splitlines()]
    assert {(section["type"], section["schema"]) for section in sections} == {("section", 1)}
    (number,) = [fact for section in sections for fact in section["facts"] if fact["path"] == "SSSE/EF06/08"]
    assert "*" in number["value"]


def test_paths_of_facts_are_unique(cards: Path) -> None:
    for name in ("old", "new", "psam"):
        paths = [fact.path for fact in facts(load(cards / f"{name}.card"))]
        assert len(paths) == len(set(paths))


def test_paths_of_facts_are_unique_with_sm2_certificates_too() -> None:
    card = issue("ssc-3.0", SEED, social=SocialOptions(bank=BankOptions(sm2=True)))
    paths = [fact.path for fact in facts(card)]
    assert len(paths) == len(set(paths))
    assert "bank/04/1/90/issuer" in paths


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
