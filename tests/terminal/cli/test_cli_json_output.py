"""Everything that any command prints with `--json` is what the published schema says."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from cli_samples import NOW, Run, Start

from terminal.backoffice.national.fixtures import FIXTURES
from terminal.cli.doctor_checks import Level
from terminal.cli.dry_run import Basis
from terminal.cli.main import cli
from terminal.cli.reader_list import SlotCondition
from terminal.cli.reader_watch import event_json
from terminal.trace.schema import EVENT_TYPES
from terminal.trace.schema_driver import DRIVER
from terminal.trace.schema_shapes import document
from terminal.transport.pcsc.watching import ReaderEvent, ReaderEventKind
from virtual_card.image import load, save
from virtual_card.issue_record import issue_record
from virtual_card.issuer import issue
from virtual_card.vpcd_dialogue import Presence

VALIDATOR = jsonschema.Draft202012Validator(document(EVENT_TYPES, closed=True))
SCENARIO = str(Path(__file__).parents[2] / "scenarios" / "dual-insert-1.0-old-cpu-psam.yaml")
VISIT = ("--now", NOW, "--script", "script.yaml")
IMAGES = ("--old-card", "old.card", "--new-card", "new.card", *VISIT)
AT_COUNTER = ("--reader", "new.card", "--centre", "c.db", "--now", NOW)
BY_NUMBER = ("--card", "A00000055", "--centre", "c.db", "--now", NOW)
FIRST_SETTLEMENT = "99010020000000000001"
TILL = ("--centre", "c.db", "--yes")
PATIENT = ("--reader", "a.card")
SHOWN, AGENT = ("--id-card", "id.yaml"), ("--agent", "id.yaml", "--power-of-attorney")
STEPS = (
    "- {do: insert, card: old}\n- {do: remove}\n- {do: insert, card: new}\n- {do: pin, pin: '99999'}\n" * 2
)
RUNS: dict[tuple[str, ...], list[tuple[str, ...]]] = {
    ("demo",): [(), ("--hsm", "--kind", "ssc-1.0", "--old", "old-cpu")],
    ("pharmacy", "activate"): [
        (*IMAGES, "--dry-run", "--psam", "psam.card"),
        (*IMAGES, "--centre", "c.db"),
        (*IMAGES, "--centre", "c.db", "--pharmacy", "no"),
        ("--reader", "pcsc:nowhere", "--centre", "c.db", "--dry-run"),
    ],
    ("pharmacy", "purchase"): [
        ("--bill", "bill.yaml", "--card", "a.card", "--psam", "psam.card", *TILL),
        ("--bill", "bill.yaml", "--card", "new.card", *TILL),
    ],
    ("pharmacy", "change-pin"): [AT_COUNTER, (*AT_COUNTER, *SHOWN)],
    ("pharmacy", "reset-pin"): [(*AT_COUNTER, *SHOWN, "--unblock")],
    ("pharmacy", "refund"): [("--settlement", "1", *TILL)],
    ("pharmacy", "reconcile"): [TILL],
    ("centre", "show"): [("--centre", "c.db")],
    ("card", "show"): [("new.card",), ("old.card",), ("psam.card",), ("new.card", "--show-secrets")],
    ("card", "diff"): [("new.card", "other.card")],
    ("card", "explain"): [("6A82",)],
    ("decode",): [("00A4020002EF05",), ("3B6D000000814E43238697990100000003",)],
    ("scenario", "run"): [(SCENARIO,), (SCENARIO, "--rules")],
    ("scenario", "sweep"): [(SCENARIO, "--sample", "200")],
    ("read",): [("new.card", "--psam", "psam.card"), ("old.card",), ("pcsc:nowhere", "--dry-run")],
    ("readers",): [()],
    ("doctor",): [()],
    ("apdu",): [
        (
            "--reader",
            "new.card",
            "00A404000F7378312E73682EC9E7BBE1B1A3D5CF00",
            "00A4020002EF05",
            "0020000003123456",
        ),
        ("--reader", "pcsc:nowhere", "--dry-run", "00A4020002EF05"),
    ],
    ("counter", "activate"): [(*AT_COUNTER, *SHOWN), AT_COUNTER, (*AT_COUNTER, *SHOWN, *AGENT)],
    ("counter", "change-pin"): [(*AT_COUNTER, *SHOWN)],
    ("counter", "cancel"): [(*BY_NUMBER, *SHOWN, "--yes")],
    ("counter", "reset-pin"): [(*AT_COUNTER, *SHOWN, "--unblock")],
    ("counter", "loss"): [(*BY_NUMBER, *SHOWN, "--formal")],
    ("counter", "release"): [(*BY_NUMBER, *SHOWN), (*AT_COUNTER, *SHOWN)],
    ("counter", "replace"): [(*AT_COUNTER, *SHOWN, "--lost", "A00000017")],
    ("counter", "receive"): [
        (*AT_COUNTER, *SHOWN),
        ("--list", "list.yaml", "--employer", "X", "--centre", "c.db", "--now", NOW),
    ],
    ("bank", "activate"): [(*AT_COUNTER, *SHOWN)],
    ("hospital", "activate"): [AT_COUNTER],
    ("hospital", "change-pin"): [AT_COUNTER],
    ("hospital", "reset-pin"): [(*AT_COUNTER, "--unblock")],
    ("hospital", "register"): [(*PATIENT, *TILL)],
    ("hospital", "admit"): [
        (*PATIENT, *TILL, "--diagnosis", "肺炎", "--diagnosis-code", "J18.9", "--bed", "3-12")
    ],
    ("hospital", "settle"): [(*PATIENT, *TILL, "--visit", "1", "--total", "12.34")],
    ("hospital", "refund"): [("--settlement", "1", *TILL)],
    ("hospital", "give-up"): [("--visit", "1", *TILL)],
    ("hospital", "reconcile"): [TILL],
    ("phone", "activate"): [(*BY_NUMBER, *SHOWN)],
    ("phone", "loss"): [(*BY_NUMBER, *SHOWN)],
    ("online", "activate"): [(*BY_NUMBER, *SHOWN, "--card-id", "00")],
    **{(place, "query"): [(*BY_NUMBER, *SHOWN)] for place in ("counter", "pharmacy", "hospital", "online")},
    ("online", "loss"): [(*BY_NUMBER, *SHOWN)],
    ("online", "sign"): [(*BY_NUMBER, *SHOWN)],
    ("centre", "tick"): [("--centre", "c.db", "--now", NOW)],
    ("centre", "query"): [BY_NUMBER],
    ("centre", "lock"): [BY_NUMBER],
    ("centre", "unlock"): [BY_NUMBER],
    ("centre", "cancel"): [(*BY_NUMBER, "--yes")],
    ("centre", "people"): [("--centre", "c.db")],
    ("centre", "reconcile"): [("--centre", "c.db")],
    ("shell",): [("new.card", "--psam", "psam.card"), ("new.card", "--dry-run")],
}
"""Runs of each command with --json: in a directory with old.card, new.card, other.card, psam.card and c.db."""

SERVING = {
    *(("card", "insert"), ("pcscd",), ("serve", "centre"), ("centre", "fail"), ("serve", "driver")),
    *(("slot", word) for word in ("show", "insert", "remove", "psam", "keypad", "inject", "transcript")),
}
"""Commands that run until they are stopped, or talk to one: tried as processes, below, in test_cli_serve.py and
in test_cli_slot.py."""

LINES = "info\nauth UKSSSE\nupdate! EF05 05 2031-01-01\napdu 0020000004123456789\ncat EF06\n"


def commands(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def objects(printed: str) -> list[dict[str, Any]]:
    """The lines of an output, each of them checked against the schema."""
    found = [json.loads(line) for line in printed.splitlines()]
    for one in found:
        VALIDATOR.validate(one)
    return found


@pytest.fixture
def stocked(ssc: Run, cards: Path) -> Run:
    """Runs `ssc` beside cards, a script and a centre that knows the cards."""
    save(issue("ssc-3.0", 77), cards / "other.card")
    (cards / "script.yaml").write_text(STEPS, encoding="utf-8")
    holder = issue_record(load(cards / "new.card"))
    (cards / "id.yaml").write_text(f"id_number: '{holder.holder_id}'\nname: 测试\n", encoding="utf-8")
    (cards / "list.yaml").write_text(f"- {holder.number}\n- A00000099\n", encoding="utf-8")
    assert ssc("centre", "enrol", "--centre", "c.db", "old.card", "new.card").exit_code == 0
    assert ssc("centre", "people", "--centre", "c.db").exit_code == 0
    save(issue("ssc-3.0", FIXTURES[0].seed), cards / "a.card")
    (cards / "bill.yaml").write_text('items: [{code: XA01, price: "12.34"}]\n', encoding="utf-8")
    return ssc


AFTER_A_SALE = {("centre", "receipt")}
"""Commands that have something to print once something was sold: tried below."""


def test_every_command_with_json_is_tried_here() -> None:
    assert isinstance(cli, click.Group)
    having = {
        words for words, command in commands(cli) if any(param.name == "as_json" for param in command.params)
    }
    assert having == set(RUNS) | SERVING | AFTER_A_SALE


def test_amounts_and_counts_are_numbers_and_identifiers_are_text(stocked: Run) -> None:
    answers = [one["answer"] for one in objects(stocked("demo", "--json").stdout) if one["type"] == "centre"]
    said = {key: value for answer in answers for key, value in (answer or {}).items()}
    assert (
        type(said["balance_fen"]) is int
        and type(said["pin_tries"]) is int
        and type(said["tries_left"]) is int
    )
    assert said["correct"] is True and said["social"] == "SEALED" and said["reservation"] == "open"
    assert type(said["number"]) is str and said["number"].isdigit()


def test_what_commands_print_fits_the_schema_and_every_type_of_line_is_printed(stocked: Run) -> None:
    seen = {kind.name for kind in DRIVER}  # of what runs until it is stopped, as the next are
    seen |= {"pcscd", "presented", "reader-event", "service", "failures", "totals"}
    for words, runs in RUNS.items():
        for arguments in runs:
            result = stocked(*words, *arguments, "--json", stdin=LINES)
            found = objects(result.stdout)
            assert found or words == ("readers",), (words, result.stderr)
            seen |= {one["type"] for one in found}
    assert seen == {kind.name for kind in EVENT_TYPES}


def test_a_presented_card_is_told_as_the_schema_says(cards: Path, process: Start) -> None:
    running = process("card", "insert", "new.card", "--vpcd", "127.0.0.1:1", "--json")
    assert running.stdout is not None
    first = running.stdout.readline()
    running.send_signal(signal.SIGINT)
    rest, _ = running.communicate(timeout=60)
    assert objects(first + rest)[0]["presence"] == Presence.WAITING.value


def test_a_private_daemon_is_told_as_the_schema_says(cards: Path, process: Start) -> None:
    running = process("pcscd", "--slots", "1", "--json")
    assert running.stdout is not None
    first = running.stdout.readline()
    running.send_signal(signal.SIGINT)
    rest, said = running.communicate(timeout=60)
    assert first, said
    assert objects(first + rest)[0]["type"] == "pcscd"


def test_every_event_of_a_reader_fits_the_schema() -> None:
    for kind in ReaderEventKind:
        objects(event_json(ReaderEvent(kind, "a reader", bytes.fromhex("3B00"), "why")))


@pytest.mark.parametrize(
    ("kind", "key", "values"),
    [
        ("reader", "state", [condition.name.lower() for condition in SlotCondition]),
        ("reader-event", "event", [kind.name.lower().replace("_", "-") for kind in ReaderEventKind]),
        ("finding", "level", Level),
        ("presented", "presence", Presence),
        ("dry-run", "basis", Basis),
    ],
)
def test_closed_sets_are_those_of_the_code(kind: str, key: str, values: Any) -> None:
    (declared,) = [one for one in EVENT_TYPES if one.name == kind]
    (found,) = [one for one in declared.keys if one.name == key]
    expected = [value.value if isinstance(value, Enum) else value for value in values]
    assert found.shape.schema["enum"] == expected
