from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_samples import ACTIVATE, NOW, SEED, Run, Steps
from click.testing import Result
from rich.cells import cell_len

from apdu.layout.application_status import read_status_records
from apdu.layout.states import SocialState
from virtual_card.image import load, open_journalled, save
from virtual_card.issuer import issue
from virtual_card.persona import Persona

CENTRE = ("--centre", "centre.db")
WAIT, CANCEL = {"do": "wait"}, {"do": "cancel"}


def social_state(path: Path) -> SocialState:
    contents = load(path).contents()
    return read_status_records(contents.directory("SSSE").file(0xEF0C).records).status.social


def test_the_new_card_is_activated_in_its_file(activate: Run, cards: Path) -> None:
    result = activate(ACTIVATE, "--psam", "psam.card")
    assert result.exit_code == 0
    assert "社会保障卡已启用。 The card is activated." in result.stdout
    assert max(map(cell_len, result.stdout.splitlines())) <= 80
    assert "a temporary one" in result.stderr
    assert social_state(cards / "new.card") is SocialState.NORMAL


@pytest.mark.parametrize(
    "options", [[], ["--hsm"], ["--one-reader"], ["--profile", "old-pin", "--psam", "psam.card"]]
)
def test_hsm_one_reader_and_regions_lead_to_the_same_card(
    activate: Run, cards: Path, options: list[str]
) -> None:
    steps = ACTIVATE[2:] if "old-pin" in options else ACTIVATE
    assert activate(steps, *options, "--quiet").exit_code == 0
    assert social_state(cards / "new.card") is SocialState.NORMAL


def test_verbose_explains_every_exchange(activate: Run) -> None:
    shown = activate(ACTIVATE, "--verbose").stdout
    assert "UPDATE RECORD 修改记录" in shown


def test_centre_file_is_made_on_first_use_and_kept(ssc: Run, activate: Run, cards: Path) -> None:
    assert ssc("centre", "enrol", *CENTRE, "old.card", "new.card").exit_code == 0
    assert activate(ACTIVATE, *CENTRE, "--quiet").exit_code == 0
    again = activate(ACTIVATE, *CENTRE)
    assert again.exit_code == 0
    assert "already" in again.stdout
    assert "activated already" in activate(ACTIVATE, *CENTRE, "--quiet").stdout
    assert "not reached in the script: step 4: pin ****; step 5: remove" in again.stderr
    assert (cards / "centre.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("steps", "code", "outcome"),
    [
        ([WAIT], 4, "timed-out"),
        ([CANCEL], 9, "cancelled"),
        ([*ACTIVATE[:3], CANCEL, ACTIVATE[4]], 9, "cancelled"),
        ([{"do": "insert", "card": "new"}, ACTIVATE[4]], 8, "ssc-in-old-slot"),
        ([*ACTIVATE[:2], {"do": "insert", "card": "old"}, ACTIVATE[4]], 8, "same-card-twice"),
    ],
)
def test_wrong_turns_end_with_their_own_exit_code(
    activate: Run, cards: Path, steps: Steps, code: int, outcome: str
) -> None:
    result = activate(steps, "--json")
    assert result.exit_code == code, result.stderr
    end = json.loads(result.stdout.splitlines()[-1])
    assert (end["type"], end["outcome"], end["exit_code"]) == ("end", outcome, code)
    assert social_state(cards / "new.card") is SocialState.SEALED


def test_another_holders_card_is_refused_by_the_terminal(activate: Run, cards: Path) -> None:
    save(issue("ssc-3.0", SEED + 1), cards / "new.card")
    result = activate([*ACTIVATE[:3], ACTIVATE[4]])
    assert result.exit_code == 8
    assert "different holders" in result.stdout


def test_an_expired_card_is_refused_by_the_terminal(activate: Run, cards: Path) -> None:
    save(issue("ssc-3.0", SEED, state="expired"), cards / "new.card")
    assert activate([*ACTIVATE[:3], ACTIVATE[4]]).exit_code == 8


def test_a_pin_blocked_card_refuses_with_exit_code_5(activate: Run, cards: Path) -> None:
    save(issue("ssc-3.0", SEED, state="pin-blocked"), cards / "new.card")
    result = activate([*ACTIVATE[:3], ACTIVATE[4]])
    assert result.exit_code == 5
    assert "service counter" in result.stdout


def test_a_card_the_centre_does_not_know_is_refused_by_the_back_office(activate: Run) -> None:
    result = activate([ACTIVATE[0], ACTIVATE[4]], *CENTRE)
    assert result.exit_code == 6
    assert "unknown-card" in result.stderr


def test_a_pharmacy_that_is_not_designated_is_told_so(activate: Run) -> None:
    result = activate([], "--pharmacy", "999")
    assert result.exit_code == 6
    assert "not-designated" in result.stderr


def test_a_centre_whose_file_another_program_holds_is_unreachable(
    ssc: Run, activate: Run, cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ssc("centre", "enrol", *CENTRE, "old.card", "new.card").exit_code == 0
    monkeypatch.setattr("terminal.backoffice.database.BUSY_TIMEOUT_S", 0.01)
    other = sqlite3.connect(cards / "centre.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    result = activate([*ACTIVATE[:1], ACTIVATE[4]], *CENTRE)
    other.close()
    assert result.exit_code == 7
    assert "does not answer" in result.stdout


@pytest.mark.parametrize(
    ("state", "options", "code", "said"),
    [
        ("expired", [], 8, "past its"),
        ("pin-blocked", [], 5, "service counter"),
        (None, ["--profile", "bank-first"], 6, "bank"),
        (None, ["--pharmacy", "999"], 6, "pharmacy"),
    ],
)
def test_a_visit_that_ends_early_says_why_and_what_was_not_reached(
    activate: Run, cards: Path, *, state: str | None, options: list[str], code: int, said: str
) -> None:
    save(issue("ssc-3.0", SEED, state=state), cards / "new.card")
    result = activate(ACTIVATE, *options)
    assert result.exit_code == code, result.stderr
    assert said in result.stdout
    assert "not reached in the script: step" in result.stderr
    assert social_state(cards / "new.card") is SocialState.SEALED


def test_a_script_that_disagrees_with_the_terminal_times_out(activate: Run) -> None:
    result = activate([{"do": "remove"}, WAIT])
    assert result.exit_code == 4
    assert "but step 1 is remove" in result.stderr
    assert "the visit ended timed-out; not reached in the script: step 2: wait" in result.stderr


def test_steps_nobody_asked_for_are_named(activate: Run) -> None:
    result = activate([*ACTIVATE, WAIT])
    assert result.exit_code == 0
    assert "step 6: wait" in result.stderr


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("- {do: insert]", 10, "script.yaml, line 1, column 14: no valid YAML"),
        ("- {do: pin, pin: 2026-13-45}", 10, "line 1, column 18: no valid YAML (this value is no timestamp)"),
        ('- {do: pin, pin: !!int "24681x"}', 10, "line 1, column 18: no valid YAML (a tag stands there"),
        ("- {do: pin, do: pin}", 10, "the key 'do' stands there twice"),
        ("[" * 100_000, 10, "nested too deeply"),
        ("#" * 1_000_001, 10, "larger than 1000000 bytes"),
        ("- {do: dance}", 2, "$[0].do"),
        ("- {do: insert, card: old, hurry: true}", 2, "hurry"),
        ("- {do: pin, pin: 1234}", 2, "$[0].pin"),
        ("\xff", 10, "no UTF-8 text"),
    ],
)
def test_a_wrong_script_names_file_and_path(ssc: Run, cards: Path, text: str, code: int, part: str) -> None:
    (cards / "script.yaml").write_bytes(text.encode("latin-1"))
    names = ("--old-card", "old.card", "--new-card", "new.card", "--script", "script.yaml")
    result = ssc("pharmacy", "activate", *names)
    assert result.exit_code == code
    assert "script.yaml" in result.stderr
    assert part in result.stderr


@pytest.mark.parametrize(
    ("name", "damage", "code"),
    [
        ("new.card", lambda path: path.write_text(path.read_text()[:-400]), 10),
        ("old.card", lambda path: path.write_text("{}"), 10),
        ("psam.card", lambda path: path.unlink(), 2),
    ],
)
def test_a_damaged_or_missing_image_is_named_and_left_alone(
    activate: Run, cards: Path, name: str, damage: Callable[[Path], object], code: int
) -> None:
    damage(cards / name)
    before = {path.name: path.read_bytes() for path in cards.glob("*.card")}
    result = activate(ACTIVATE, "--psam", "psam.card")
    assert result.exit_code == code
    assert name in result.stderr
    assert {path.name: path.read_bytes() for path in cards.glob("*.card")} == before


def test_a_damaged_centre_is_named_and_left_alone(activate: Run, cards: Path) -> None:
    (cards / "centre.db").write_bytes(b"no database" * 100)
    result = activate(ACTIVATE, *CENTRE)
    assert result.exit_code == 10
    assert "centre.db" in result.stderr
    assert (cards / "centre.db").read_bytes() == b"no database" * 100


def test_an_image_in_use_is_a_reader_error(activate: Run, cards: Path) -> None:
    with open_journalled(cards / "new.card"):
        result = activate(ACTIVATE)
    assert result.exit_code == 3
    assert "another program has this card open" in result.stderr


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--psam", "psam.card", "--hsm"], "exclude each other"),
        (["--psam", "old.card"], "the same file"),
        (["--psam", "other.card"], "image of a old-cpu card"),
        (["--profile", "atlantis"], "no region profile 'atlantis'"),
        (["--profile", "none.yaml"], "none.yaml"),
        (["--now", "9999-12-31T23:59:59+00:00"], "the year is one of 2000 to 2999"),
        (["--now", "tomorrow"], "'tomorrow' is no time"),
        (["--keys", "keys.yaml"], "'IRK/9' is no key"),
    ],
)
def test_wrong_options_are_refused_before_anything_happens(
    activate: Run, cards: Path, options: list[str], part: str
) -> None:
    save(issue("old-cpu", SEED), cards / "other.card")
    (cards / "keys.yaml").write_text("IRK/9: 00112233445566778899001122334455\n")
    result = activate(ACTIVATE, *options)
    assert result.exit_code == 2
    assert part in result.stderr
    assert result.stdout == ""


def test_keys_replaced_on_card_and_at_the_hsm_fit_each_other(ssc: Run, activate: Run, cards: Path) -> None:
    (cards / "keys.yaml").write_text("IRK/1: '00112233445566778899001122334455'\n")
    made = ssc(
        "card",
        "new",
        "--kind",
        "ssc-3.0",
        "--seed",
        str(SEED),
        "--keys",
        "keys.yaml",
        "-o",
        "new.card",
        "--force",
    )
    assert made.exit_code == 0
    foreign = activate([*ACTIVATE[:3], ACTIVATE[4]])
    assert foreign.exit_code == 8  # not genuine to an HSM with the test roots
    assert activate(ACTIVATE, "--keys", "keys.yaml", "--quiet").exit_code == 0


def test_no_output_of_an_activation_holds_pin_or_identity_number(activate: Run, cards: Path) -> None:
    persona = Persona.from_seed(SEED)
    wrong = {"do": "pin", "pin": "918273"}
    for form in (["--json"], ["--verbose"], []):
        save(issue("ssc-3.0", SEED), cards / "new.card")
        result = activate([*ACTIVATE[:3], wrong, *ACTIVATE[3:]], *form)
        assert result.exit_code == 0
        shown = result.stdout + result.stderr
        for secret in (
            persona.id_number,
            persona.id_number.encode().hex().upper(),
            "918273",
            persona.old_pin,
        ):
            assert secret not in shown


def test_quiet_says_why_on_stderr_when_there_is_no_receipt(activate: Run) -> None:
    result = activate([CANCEL], "--quiet")
    assert (result.exit_code, result.stdout) == (9, "")
    assert "已取消。 Cancelled." in result.stderr


def test_an_interruption_leaves_both_images_whole_and_saved(
    activate: Run, cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(self, step):
        raise KeyboardInterrupt

    monkeypatch.setattr("terminal.scenario.script.ScriptOperator.print_receipt", interrupt)
    result = activate(ACTIVATE)
    assert result.exit_code == 9
    assert "cancelled" in result.stderr
    assert social_state(cards / "new.card") is SocialState.NORMAL


# --- at the console -----------------------------------------------------------------------------------


def at_console(ssc: Run, keys: str, *options: str) -> Result:
    names = ("--old-card", "old.card", "--new-card", "new.card", "--now", NOW)
    return ssc("pharmacy", "activate", *names, *options, stdin=keys)


def test_enter_and_the_pin_activate_at_the_console(ssc: Run, cards: Path) -> None:
    persona = Persona.from_seed(SEED)
    result = at_console(ssc, f"\n\n\n{persona.old_pin}\n\n", "--quiet")
    assert result.exit_code == 0
    assert result.stdout.startswith("社会保障卡启用回执")
    assert persona.old_pin not in result.stderr


def test_the_other_card_can_be_inserted_at_the_console(ssc: Run, cards: Path) -> None:
    assert at_console(ssc, "o\n\n").exit_code == 8


@pytest.mark.parametrize(
    ("keys", "code"), [("c\n", 9), ("w\n", 4), ("", 9), ("?\nc\n", 9), ("\n\n\nc\n\n", 9)]
)
def test_cancelling_waiting_and_the_end_of_the_input_end_the_visit(
    ssc: Run, cards: Path, keys: str, code: int
) -> None:
    assert at_console(ssc, keys).exit_code == code


def test_what_cannot_be_a_pin_is_asked_for_again(ssc: Run, cards: Path) -> None:
    result = at_console(ssc, f"\n\n\n12\nabcd\n{Persona.from_seed(SEED).old_pin}\n\n")
    assert result.exit_code == 0
    assert result.stderr.count("a PIN has 4 to 16 digits") == 2


def test_the_last_try_is_confirmed_at_the_console(ssc: Run, cards: Path) -> None:
    wrong = "918273\n" * 5
    declined = at_console(ssc, f"\n\n\n{wrong}\n\n")
    assert "(1 tries left" not in declined.stdout + declined.stderr
    assert declined.exit_code == 9
    assert "y      yes" in declined.stderr
    save(issue("ssc-3.0", SEED), cards / "new.card")
    accepted = at_console(ssc, f"\n\n\n{wrong}y\n{Persona.from_seed(SEED).old_pin}\n\n")
    assert accepted.exit_code == 0
    assert "(1 try left" in accepted.stderr
