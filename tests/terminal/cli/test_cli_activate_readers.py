"""`ssc pharmacy activate` where a person puts cards into readers."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click
import pytest
from cli_samples import NOW, Run
from pcsc_counter import FRONT, counter

from apdu.layout.application_status import read_status_records
from apdu.layout.states import SocialState
from terminal.cli.reader_activation import ReaderOrder, _open
from terminal.cli.reader_console import ReaderOperator
from terminal.flow.operator import OperatorTimeoutError
from terminal.flow.steps import InsertCard, Role
from terminal.text import Text
from terminal.transport.virtual import VirtualReader
from virtual_card.image import load
from virtual_card.persona import OLD_PIN
from virtual_card.slot import Slot

READERS = ("--old-reader", "virtual:old.card", "--new-reader", "virtual:new.card")
CENTRE = ("--centre", "centre.db", "--now", NOW)


@pytest.fixture
def enrolled(ssc: Run, cards: Path) -> Path:
    assert ssc("centre", "enrol", "--centre", "centre.db", "old.card", "new.card").exit_code == 0
    return cards


def social_state(path: Path) -> SocialState:
    contents = load(path).contents()
    return read_status_records(contents.directory("SSSE").file(0xEF0C).records).status.social


@pytest.mark.parametrize("psam", [(), ("--psam", "virtual:psam.card")])
def test_cards_in_two_readers_are_served(ssc: Run, enrolled: Path, psam: tuple[str, ...]) -> None:
    result = ssc("pharmacy", "activate", *READERS, *CENTRE, *psam, stdin=f"{OLD_PIN}\n")
    assert result.exit_code == 0, result.stderr
    assert "社会保障卡已启用。 The card is activated." in result.stdout
    assert "Insert the old medical card. (old.card)" in result.stderr
    assert OLD_PIN not in result.stdout + result.stderr
    assert social_state(enrolled / "new.card") is SocialState.NORMAL


def test_verbose_tells_a_memory_card_by_its_answer_to_reset(ssc: Run, enrolled: Path) -> None:
    shown = ssc("pharmacy", "activate", *READERS, *CENTRE, "--json", stdin=f"{OLD_PIN}\n").stdout
    assert '"slot": "old", "reader": "old.card", "kind": "sle4442"' in shown
    assert '"slot": "new", "reader": "new.card", "kind": null' in shown


def test_the_old_card_again_is_not_taken_for_the_new_one(ssc: Run, enrolled: Path) -> None:
    result = ssc("pharmacy", "activate", "--reader", "virtual:old.card", *CENTRE)
    assert result.exit_code == 8
    assert "The old medical card was inserted again" in result.stdout.replace("\n           ", " ")


@pytest.mark.parametrize(("old", "new"), [("front", FRONT), ("virtual:old.card", "./old.card")])
def test_one_reader_under_two_spellings_is_one_reader(
    ssc: Run, enrolled: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    with counter(monkeypatch):
        addresses = [name if "." in name else f"pcsc:{name}" for name in (old, new)]
        order = ReaderOrder(
            old=addresses[0],
            new=addresses[1],
            psam=None,
            centre="centre.db",
            profile="default",
            pharmacy=None,
            keys=None,
            now=None,
            wait_s=1,
        )
        with ExitStack() as stack:
            readers = _open(order, stack)
            assert readers[Role.OLD] is readers[Role.NEW]
        with ExitStack() as stack, pytest.raises(click.ClickException, match="cannot hold the PSAM"):
            _open(replace(order, psam=addresses[1]), stack)


def test_nobody_comes_and_waiting_ends_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    reader = VirtualReader(Slot("Reader 0"))
    operator = ReaderOperator({Role.OLD: reader, Role.NEW: reader}, timeout_s=0.05)
    with pytest.raises(OperatorTimeoutError, match=r"no card was inserted into Reader 0 within 0\.05 s"):
        operator.insert_card(InsertCard(Role.OLD, Text("Insert the old medical card.", "请插入原医保卡。")))
    assert operator.slots() == {"reader": None}
    assert "请插入原医保卡。 Insert the old medical card. (Reader 0)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--reader", "virtual:old.card", "--now", NOW), "--centre is needed with readers"),
        (
            ("--old-reader", "virtual:old.card", *CENTRE),
            "both cards are needed: --old-reader and --new-reader",
        ),
        ((*READERS, *CENTRE, "--one-reader"), "leave out --old-card, --new-card, --script and --one-reader"),
        ((*READERS, *CENTRE, "--reader", "virtual:old.card"), "stand alone"),
        ((*READERS, *CENTRE, "--psam", "virtual:new.card"), "cannot hold the PSAM and the holder's card"),
        ((*READERS, *CENTRE, "--psam", "nonsense:x"), "'nonsense:x'"),
        ((), "both cards are needed: --old-card and --new-card"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    ssc: Run, enrolled: Path, options: tuple[str, ...], says: str
) -> None:
    result = ssc("pharmacy", "activate", *options)
    assert result.exit_code in (2, 3)
    assert says in result.stderr
