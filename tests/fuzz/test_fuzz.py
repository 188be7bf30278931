"""A sample of what `make fuzz` does, and that its watch sees what a card must not do."""

from __future__ import annotations

import sys
from random import Random

import pytest
from atheris_card import INSTALL, one_input
from atheris_card import main as atheris_main
from fuzz_sequences import Sequences
from fuzz_subjects import fixed_key_pairs, subjects
from fuzz_watch import Watch
from run_fuzz import fuzz, main, play

from virtual_card import access
from virtual_card.card import ProcessorCard
from virtual_card.commands import records
from virtual_card.issuer import SocialOptions, issue, kinds, states

SAMPLE = 20_000


def watched(kind: str = "ssc-3.0") -> tuple[ProcessorCard, Watch]:
    card = issue(kind, 7)
    assert isinstance(card, ProcessorCard)
    card.power_on()
    return card, Watch(card)


def test_a_sample_of_commands_finds_nothing() -> None:
    total = fuzz(SAMPLE, seed=1)
    assert total.findings == []
    assert total.commands >= SAMPLE
    assert total.words["9000"] > SAMPLE // 10, "sequences must get through"


def test_every_kind_and_state_is_fuzzed() -> None:
    names = {f"{kind} {state}".rstrip() for kind in kinds() for state in ("", *states(kind))}
    assert names - set(subjects()) == set()


def test_key_pairs_are_made_and_repeated_by_the_seed() -> None:
    made = []
    for _ in range(2):
        with fixed_key_pairs():
            card = issue("ssc-3.0", 7, social=SocialOptions(pki=True), random=Random(1).randbytes)
            assert isinstance(card, ProcessorCard)
            card.power_on()
            sequences = Sequences(card, card.transmit, Random(1))
            while card.contents().pki.key_pair is None:  # type: ignore[union-attr]
                sequences.run()
            made.append(card.state())
    assert made[0] == made[1]


def test_a_session_is_repeated_exactly_by_its_seed() -> None:
    assert [play(4, 12).words, play(4, 31).words] == [play(4, 12).words, play(4, 31).words]


def test_card_that_ignores_access_rules_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "granted", lambda masks, held: True)
    findings = [finding for number in range(68) for finding in play(2, number).findings]
    assert any("read " in finding for finding in findings)
    assert any("changed " in finding for finding in findings)


def test_exception_inside_a_command_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "exact", lambda *arguments: 1 // 0)
    findings = [finding for number in range(34) for finding in play(2, number).findings]
    assert any("ZeroDivisionError" in finding for finding in findings)


@pytest.mark.parametrize(
    ("apdu", "answer", "cell", "problem"),
    [
        ("0020000003998877", "63C5", "pin", "changed pin"),
        ("00B2012C00", "9000", "tries", "changed tries"),
        ("00DC012C03010100", "6982", "SSSE/EF05", "answered 6982 and changed SSSE/EF05"),
        ("00DC012C03010100", "9000", "SSSE/EF05", "which needs UKSSSE"),
        ("0084000008", "9000", "bank/numbers", "changed bank/numbers"),
    ],
)
def test_forbidden_change_is_found(apdu: str, answer: str, cell: str, problem: str) -> None:
    card, watch = watched()
    target = card.memory.cells[card.memory.names.index(cell)]
    target[0] = 1 if isinstance(target, bytearray) else b"changed"
    said = watch.judge(bytes.fromhex(apdu), bytes.fromhex(answer))
    assert said is not None and problem in said


def test_internal_error_and_key_in_an_answer_are_found() -> None:
    card, watch = watched()
    assert "6F00" in str(watch.judge(bytes.fromhex("0084000008"), b"\x6f\x00"))
    key = card.contents().directory("SSSE").key("UKSSSE").versions[1]
    assert "key" in str(watch.judge(bytes.fromhex("0084000008"), bytes(4) + key + b"\x90\x00"))


def test_findings_are_printed_and_fail_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--count", "2000", "--processes", "1"]) == 0
    monkeypatch.setattr(access, "granted", lambda masks, held: True)
    assert main(["--count", "4000", "--processes", "1"]) == 1
    printed = capsys.readouterr().out
    assert "0 findings" in printed
    assert "READ RECORD" in printed


def test_atheris_target_plays_any_bytes() -> None:
    rng = Random(3)
    for _ in range(200):
        one_input(rng.randbytes(rng.randrange(200)))
    one_input(b"")


def test_atheris_target_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "atheris", None)
    assert atheris_main() == 2
    assert INSTALL in capsys.readouterr().err
