"""Forks, the commit hook, strict mode, and what importing costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest
from card_samples import SELECT_DF04, SELECT_SSSE, authenticate, sample_card, sample_contents, send

from virtual_card.errors import CardMuteError
from virtual_card.filesystem import compile_card
from virtual_card.nonvolatile import Change
from virtual_card.state import CardFile


def test_fork_is_powered_off_and_independent() -> None:
    card = sample_card()
    twin = card.fork()
    with pytest.raises(CardMuteError):
        send(twin, SELECT_SSSE)
    twin.power_on()
    send(
        twin,
        "0020000003999999",
        "00DC0A48030A0155",
        "805E010007123456FF654321",
        SELECT_DF04,
        "00DC0043020404",
    )
    assert card.state() == sample_card().state()
    assert twin.state() != card.state()


def test_fork_does_not_inherit_hook_or_tear() -> None:
    card = sample_card()
    card.on_commit = lambda changes: pytest.fail("the fork called its parent's hook")
    card.arm_tear(0)
    twin = card.fork()
    twin.power_on()
    assert send(twin, "00DC0A48030A0155") == "9000"


def test_commit_hook_gets_the_changes_of_commands_that_wrote() -> None:
    seen: list[Sequence[Change]] = []
    card = sample_card()
    card.on_commit = seen.append
    send(card, "00B2012C04", "0020000000", "00DC0A48030A0155", "0020000003999999", "00FF")
    send(card, SELECT_DF04, "00DC0043020404")
    assert seen == [
        [("SSSE/EF09", 0, bytes.fromhex("0A0155"))],
        [("tries", 0, b"\x05")],
        [("DF04/EF08", None, [bytes.fromhex(record) for record in ("0404", "0303", "0202")])],
    ]


def test_refused_commit_undoes_the_command() -> None:
    card = sample_card()
    card.strict = False

    def full(changes: Sequence[Change]) -> None:
        raise OSError("no space left")

    card.on_commit = full
    assert send(card, "00DC0A48030A0155") == "6F00"
    card.on_commit = None
    assert send(card, "00B2014C03") == "0A01019000"


def test_a_bug_answers_6f00_and_raises_in_strict_mode() -> None:
    card = sample_card()

    def broken(length: int) -> bytes:
        raise ZeroDivisionError

    card.random = broken
    with pytest.raises(ZeroDivisionError):
        send(card, "0084000008")
    card.strict = False
    assert send(card, "0084000008") == "6F00"


def test_changes_can_be_carried_out_on_another_card() -> None:
    card, other = sample_card(), sample_card()

    def repeat(changes: Sequence[Change]) -> None:
        for change in changes:
            other.apply(change)

    card.on_commit = repeat
    authenticate(card, "UKSSSE", 4)
    for apdu in ("00DC0A48030A0155", "00DC054C030C0155", "00D6870203AABBCC", "805E010007123456FF654321"):
        assert send(card, apdu) == "9000"
    assert other.state() == card.state()


@pytest.mark.parametrize(
    "change",
    [("DF09/EF05", 0, b"a"), ("SSSE/EF07", 299, b"ab"), ("SSSE/EF07", None, b"a"), ("SSSE/EF05", 9, b"a")],
)
def test_changes_that_do_not_fit_are_refused(change: Change) -> None:
    with pytest.raises(ValueError, match=change[0]):
        sample_card().apply(change)


def test_descriptions_that_contradict_themselves_are_refused() -> None:
    contents = sample_contents()
    contents.directory("DF04").parent = "DF99"
    with pytest.raises(ValueError, match="DF99"):
        compile_card(contents, "T=0")
    contents = sample_contents()
    contents.directory("DF04").files.append(CardFile(0xEF10, "CYCLIC"))
    with pytest.raises(ValueError, match="DF04/EF10"):
        compile_card(contents, "T=0")


def test_a_running_card_keeps_its_own_copy_of_its_description() -> None:
    contents = sample_contents()
    card = sample_card(contents)
    contents.pin_limit = 15
    contents.directories.clear()
    assert card.state() == sample_card().state()


def test_every_challenge_is_drawn_anew() -> None:
    card = sample_card()
    first = send(card, "0084000008")
    assert first != send(card, "0084000008")


def test_import_needs_neither_cryptography_nor_construct() -> None:
    code = (
        "import sys, virtual_card, virtual_card.image, virtual_card.kinds\n"
        "print([name for name in ('cryptography', 'construct') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
