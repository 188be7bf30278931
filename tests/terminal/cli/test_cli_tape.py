"""`ssc tape`: any command recorded, played again without its card and its centre, and shown."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_samples import NOW, SEED, Run, Start

from apdu.layout.application_status import read_status_records
from apdu.layout.states import SocialState
from virtual_card.image import load, open_journalled, save
from virtual_card.issuer import issue
from virtual_card.persona import OLD_PIN

SELECT_SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF00"
APDUS = ("apdu", "--reader", "virtual:new.card", SELECT_SSSE, "00A4020002EF05", "00B2070400")
ACTIVATE = (
    "pharmacy",
    "activate",
    "--old-reader",
    "virtual:old.card",
    "--new-reader",
    "virtual:new.card",
    "--centre",
    "centre.db",
    "--now",
    NOW,
)


def record(ssc: Run, *command: str, stdin: str | None = None, options: tuple[str, ...] = ()) -> None:
    result = ssc("tape", "record", "x.tape", *options, "--", *command, stdin=stdin)
    assert result.exit_code == 0, result.stderr


@pytest.fixture
def enrolled(ssc: Run, cards: Path) -> Path:
    assert ssc("centre", "enrol", "--centre", "centre.db", "old.card", "new.card").exit_code == 0
    return cards


def test_a_command_replays_after_its_card_is_gone(ssc: Run, cards: Path) -> None:
    live = ssc(*APDUS)
    record(ssc, *APDUS)
    (cards / "new.card").unlink()
    again = ssc("tape", "replay", "x.tape")
    assert (again.exit_code, again.stdout) == (0, live.stdout)
    assert "events replayed, all as recorded" in again.stderr


@pytest.mark.parametrize("psam", [(), ("--psam", "virtual:psam.card")])
def test_a_visit_replays_with_no_card_and_no_centre(ssc: Run, enrolled: Path, psam: tuple[str, ...]) -> None:
    record(ssc, *ACTIVATE, *psam, stdin=f"{OLD_PIN}\n")
    before = {path.name for path in enrolled.glob("*.card")}
    assert before == {"old.card", "new.card", "psam.card"}
    for path in (*enrolled.glob("*.card*"), *enrolled.glob("centre.db*")):
        path.unlink()
    again = ssc("tape", "replay", "x.tape")
    assert again.exit_code == 0, again.stderr
    assert "社会保障卡已启用。 The card is activated." in again.stdout
    assert not list(enrolled.glob("*.card")) and not list(enrolled.glob("centre.db"))


def test_recording_changes_nothing_that_the_command_does(ssc: Run, enrolled: Path) -> None:
    record(ssc, *ACTIVATE, stdin=f"{OLD_PIN}\n")
    records = load(enrolled / "new.card").contents().directory("SSSE").file(0xEF0C).records
    assert read_status_records(records).status.social is SocialState.NORMAL


def test_no_secret_is_on_the_tape_unless_it_is_asked_for_by_name(ssc: Run, enrolled: Path) -> None:
    record(ssc, *ACTIVATE, stdin=f"{OLD_PIN}\n")
    assert OLD_PIN not in (enrolled / "x.tape").read_text(encoding="utf-8")
    for path in enrolled.glob("centre.db*"):
        path.unlink()
    apdus = ("apdu", "--reader", "virtual:new.card", SELECT_SSSE, f"0020000003{OLD_PIN}")
    record(ssc, *apdus, options=("--force",))
    assert OLD_PIN not in (enrolled / "x.tape").read_text(encoding="utf-8")
    record(ssc, *apdus, options=("--force", "--unredacted"))
    assert OLD_PIN in (enrolled / "x.tape").read_text(encoding="utf-8")
    assert (enrolled / "x.tape").stat().st_mode & 0o777 == 0o600


def test_a_stopped_clock_gives_the_same_bytes(ssc: Run, cards: Path) -> None:
    record(ssc, *APDUS, options=("--now", NOW))
    first = (cards / "x.tape").read_bytes()
    record(ssc, *APDUS, options=("--now", NOW, "--force"))
    assert (cards / "x.tape").read_bytes() == first


def test_another_command_line_is_held_against_the_tape(ssc: Run, cards: Path) -> None:
    record(ssc, *APDUS)
    result = ssc("tape", "replay", "x.tape", "--", *APDUS[:-1], "00B2050400")
    assert result.exit_code == 1
    assert "x.tape:19: the session does something else than was recorded" in result.stderr
    assert "differs   byte 2 (P1): 07 expected, 05 came" in result.stderr
    result = ssc("tape", "replay", "x.tape", "--", *APDUS[:-1])
    assert result.exit_code == 1 and "came      reader: the card is powered off" in result.stderr


def test_a_real_pin_on_the_command_line_meets_its_stand_in(ssc: Run, cards: Path) -> None:
    command = ("apdu", "--reader", "virtual:new.card", SELECT_SSSE, "0020000003909090", "0020000003919191")
    record(ssc, *command)
    assert ssc("tape", "replay", "x.tape", "--", *command).exit_code == 0
    assert ssc("tape", "replay", "x.tape").exit_code == 0
    same = (*command[:-1], command[-2])
    assert ssc("tape", "replay", "x.tape", "--", *same).exit_code == 1


def test_a_refused_command_is_refused_again(ssc: Run, cards: Path) -> None:
    empty = ("apdu", "--reader", "virtual:none.card", "00A40000")
    assert ssc("tape", "record", "x.tape", "--", *empty).exit_code != 0
    mute = ("apdu", "--reader", "virtual:new.card", "--raw", "00")
    record(ssc, *mute, options=("--force",))
    assert ssc("tape", "replay", "x.tape").exit_code == 0


WRONG_PIN = "735194"
SCRIPT = f"cd DF01\nverify {WRONG_PIN}\napdu 00 20 00 00 03 73 51 94\n# a remark\n\ncat EF05\n"


@pytest.mark.parametrize(
    ("command", "stdin"),
    [
        (("apdu", "--reader", "new.card", "-"), f"{SELECT_SSSE}\n\n0020000003{WRONG_PIN}\n0084000008"),
        (("apdu", "--reader", "new.card", "-"), ""),
        (("apdu", "--reader", "new.card", "-"), "00A4\n"),
        (("shell", "new.card"), SCRIPT),
        (("shell", "new.card"), "state\nquit\n"),
        (("shell", "new.card", "--yes", "--psam", "psam.card"), "auth UKSSSE\nupdate EF05 05 2031-02-03\n"),
        (("read", "new.card", "--pin-stdin"), f"{WRONG_PIN}\n"),
        (("read", "new.card", "--pin-stdin"), "no PIN\n"),
    ],
)
def test_what_came_from_standard_input_is_on_the_tape(
    ssc: Run, cards: Path, command: tuple[str, ...], stdin: str
) -> None:
    live = ssc("tape", "record", "x.tape", "--", *command, stdin=stdin)
    for path in cards.glob("*.card"):
        path.unlink()
    assert WRONG_PIN not in (cards / "x.tape").read_text(encoding="utf-8")
    assert "73 51 94" not in (cards / "x.tape").read_text(encoding="utf-8")
    again = ssc("tape", "replay", "x.tape", stdin="")
    assert (again.exit_code, again.stderr.splitlines()[:-1]) == (
        live.exit_code,
        live.stderr.splitlines()[:-1],
    )
    shown = ssc("tape", "render", "x.tape")
    assert shown.exit_code == 0 and WRONG_PIN not in shown.stdout
    if command[0] != "read":  # its numbers are stand-ins the second time
        assert again.stdout == live.stdout


def test_a_pin_from_a_variable_is_on_the_tape(ssc: Run, cards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDER", WRONG_PIN)
    command = ("read", "new.card", "--pin-env", "HOLDER")
    live = ssc("tape", "record", "x.tape", "--", *command)
    monkeypatch.delenv("HOLDER")
    again = ssc("tape", "replay", "x.tape")
    assert live.exit_code == again.exit_code == 5
    assert "6 " in again.stdout and "all as recorded" in again.stderr
    assert WRONG_PIN not in (cards / "x.tape").read_text(encoding="utf-8")
    missing = ssc("tape", "record", "x.tape", "--force", "--", *command)
    assert missing.exit_code == ssc("tape", "replay", "x.tape").exit_code == 2
    assert "there is no environment variable HOLDER" in ssc("tape", "replay", "x.tape").stderr


def test_a_tape_without_input_leaves_the_command_its_own(ssc: Run, cards: Path) -> None:
    record(ssc, *APDUS)
    piped = ("apdu", "--reader", "virtual:new.card", "-")
    result = ssc("tape", "replay", "x.tape", "--", *piped, stdin="\n".join(APDUS[3:]))
    assert result.exit_code == 0, result.stderr


def test_other_lines_are_held_against_the_tape(ssc: Run, cards: Path) -> None:
    record(ssc, "apdu", "--reader", "new.card", "-", stdin=SELECT_SSSE)
    result = ssc("tape", "replay", "x.tape", "--", *APDUS[:4])
    assert result.exit_code == 1
    assert "expected  operator: asked Line The next line." in result.stderr


@pytest.mark.parametrize(
    ("spoil", "code", "told"),
    [
        (lambda path: path.write_text("no card"), 10, "psam.card"),
        (lambda path: path.unlink(), 2, "psam.card: No such file or directory; check the name"),
    ],
)
def test_a_psam_that_cannot_be_opened_cannot_be_opened_again(
    ssc: Run, cards: Path, spoil: Callable[[Path], object], code: int, told: str
) -> None:
    spoil(cards / "psam.card")
    live = ssc("tape", "record", "x.tape", "--", "read", "new.card", "--psam", "virtual:psam.card")
    save(issue("psam", SEED), cards / "psam.card")
    again = ssc("tape", "replay", "x.tape")
    assert live.exit_code == again.exit_code == code
    assert told in live.stderr and told in again.stderr


def test_a_psam_in_use_is_in_use_again(ssc: Run, cards: Path) -> None:
    with open_journalled(cards / "psam.card"):
        live = ssc("tape", "record", "x.tape", "--", "read", "new.card", "--psam", "psam.card")
    again = ssc("tape", "replay", "x.tape")
    assert live.exit_code == again.exit_code == 3
    told = "another program has this card open; close it first"
    assert told in live.stderr and told in again.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("record", "x.tape", "--", "decode", "9000"), 2, "nothing was recorded: `ssc decode`"),
        (("record", "x.tape", "--", "tape", "replay", "x.tape"), 2, "a tape cannot record"),
        (
            (
                *("record", "x.tape", "--", "pharmacy", "activate"),
                *("--old-card", "old.card", "--new-card", "new.card"),
            ),
            2,
            "give --old-reader virtual:FILE",
        ),
        (("record", "x.tape", "--", "nonsense"), 2, "No such command 'nonsense'"),
        (("record", "new.card", "--", *APDUS), 2, "new.card exists; name another file, or give --force"),
        (
            ("record", "none/x.tape", "--", *APDUS),
            2,
            "none/x.tape: No such file or directory; check the name",
        ),
        (("replay", "none.tape"), 2, "none.tape: No such file or directory; check the name"),
        (("replay", "new.card"), 10, "new.card:1: this is no tape"),
        (("render", "new.card"), 10, "new.card:1: this is no tape"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    ssc: Run, cards: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    result = ssc("tape", *arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert not (cards / "x.tape").exists()


def test_a_tape_without_a_command_asks_for_one(ssc: Run, cards: Path) -> None:
    record(ssc, *APDUS)
    path = cards / "x.tape"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:4], "command []", *lines[5:], ""]), encoding="utf-8")
    result = ssc("tape", "replay", "x.tape")
    assert result.exit_code == 2 and "say which one: ssc tape replay x.tape -- COMMAND" in result.stderr
    assert ssc("tape", "replay", "x.tape", "--", *APDUS).exit_code == 0


def test_a_tape_is_a_reader_of_any_command(ssc: Run, cards: Path) -> None:
    record(ssc, *APDUS)
    live = ssc(*APDUS).stdout
    assert ssc("apdu", "--reader", "tape:x.tape", *APDUS[3:]).stdout == live
    result = ssc("apdu", "--reader", "tape:x.tape", *APDUS[3:-1])
    assert result.exit_code == 1 and "expected  reader: command 00B2070400" in result.stderr


@pytest.mark.parametrize(
    ("form", "begins"),
    [("text", b"tool "), ("markdown", b"# Tape"), ("html", b"<!DOCTYPE html>"), ("pcapng", b"\n\r\r\n")],
)
def test_a_tape_is_shown_in_four_forms_to_stdout_or_a_file(
    ssc: Run, cards: Path, form: str, begins: bytes
) -> None:
    record(ssc, *APDUS)
    shown = ssc("tape", "render", "x.tape", "--to", form)
    assert shown.exit_code == 0 and shown.stdout_bytes.startswith(begins)
    assert ssc("tape", "render", "x.tape", "--to", form, "-o", "out").exit_code == 0
    assert (cards / "out").read_bytes() == shown.stdout_bytes


def test_a_tape_is_never_written_over_by_its_own_picture(ssc: Run, cards: Path) -> None:
    record(ssc, *APDUS)
    before = (cards / "x.tape").read_bytes()
    result = ssc("tape", "render", "x.tape", "-o", "./x.tape")
    assert result.exit_code == 2 and "is the tape itself" in result.stderr
    assert (cards / "x.tape").read_bytes() == before


def test_ctrl_c_while_recording_leaves_a_whole_tape(cards: Path, process: Start) -> None:
    started = process("tape", "record", "x.tape", "--", "apdu", "--reader", "virtual:new.card", "-")
    assert started.stdin is not None and started.stdout is not None
    started.stdin.write(f"{SELECT_SSSE}\n")
    started.stdin.flush()
    assert started.stdout.readline() == f"> {SELECT_SSSE}\n"
    assert started.stdout.readline().startswith("< 6F")
    deadline = time.monotonic() + 30
    while (cards / "x.tape").read_text(encoding="utf-8").count(" operator ask Line ") < 2:
        assert time.monotonic() < deadline, "the second line was never asked for"
        time.sleep(0.01)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=60)
    assert started.returncode == 9, said
    assert (cards / "x.tape").read_text(encoding="utf-8").splitlines()[-1].startswith("end ")
    again = process("tape", "replay", "x.tape")
    shown, said = again.communicate(timeout=60)
    assert again.returncode == 9, said
    assert shown.startswith(f"> {SELECT_SSSE}\n< 6F")
