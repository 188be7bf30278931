"""A session from a tape alone: the same outcome with no card, no person and no centre, or one error that says why."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tape_samples import CLOCK, STEPS, Visit, nothing_there, recorded, replayed

from terminal.backoffice.ports import Answer, Request, SignIn, UnreachableError
from terminal.flow.authentication import Means
from terminal.flow.steps import Role
from terminal.scenario.script import Cancel, EnterPinStep, Insert, Wait
from terminal.trace.tape import DamagedTapeError, Tape, parse_tape, read_tape
from terminal.trace.tape_decks import replay_tape
from terminal.trace.tape_events import OfficeUnreachable, ReaderFailed, Removed
from terminal.trace.tape_player import TapeMismatchError
from virtual_card.faults import FaultPlan

VISITS: dict[str, dict[str, Any]] = {
    "3.0 by PSAM": {},
    "2.0 by HSM": {"kind": "ssc-2.0", "means": Means.HSM},
    "1.0 after a CPU card": {"kind": "ssc-1.0", "old": "old-cpu"},
    "one reader": {"old": "sle4428", "one_reader": True},
    "a wrong PIN first": {"steps": (*STEPS[:3], EnterPinStep("60606069"), *STEPS[3:])},
    "cancelled at the PIN": {"steps": (*STEPS[:3], Cancel(), STEPS[4])},
    "nobody there": {"steps": (Wait(),)},
    "the wrong card": {"steps": (Insert("new"), *STEPS[1:2])},
    "another seed": {"seed": 23},
}


@pytest.mark.parametrize("name", VISITS)
def test_a_visit_replays_with_nothing_but_its_tape(name: str, tmp_path: Path) -> None:
    visit = Visit(**VISITS[name])
    ended, tape = recorded(visit, tmp_path / "x.tape")
    again = replayed(visit, tape)
    assert (again.outcome, again.text, again.detail) == (ended.outcome, ended.text, ended.detail)


def test_an_unredacted_tape_replays_too(tmp_path: Path) -> None:
    visit = Visit()
    ended, tape = recorded(visit, tmp_path / "x.tape", redacted=False)
    assert replayed(visit, tape).outcome == ended.outcome


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        recorded(Visit(), tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    recorded(Visit(seed=2), tmp_path / "other")
    assert (tmp_path / "other").read_bytes() != (tmp_path / "first").read_bytes()


FAULTS = ["pull-before", "pull-after", "mute", "tear"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_torn_session_replays_to_the_same_end(fault: str, tmp_path: Path) -> None:
    after = {"after_bytes": 3} if fault == "tear" else {}
    plan = FaultPlan.from_data([{"do": fault, "instruction": "CHANGE PIN", **after}])
    visit = Visit(faults={Role.NEW: plan}, steps=(*STEPS[:4], Cancel()))
    ended, tape = recorded(visit, tmp_path / "x.tape")
    failures = [entry for entry in tape.entries if isinstance(entry.event, ReaderFailed)]
    assert failures, "the fault must have struck"
    if fault != "mute":
        following = tape.entries[tape.entries.index(failures[0]) + 1].event
        assert isinstance(following, Removed), "a card that was pulled is seen to be gone"
    assert replayed(visit, tape).outcome == ended.outcome


class Deaf:
    """A back office that signs in and then never answers."""

    def __init__(self, office: Any) -> None:
        self._office = office

    def call(self, request: Request) -> Answer:
        if isinstance(request, SignIn):
            answer: Answer = self._office.call(request)
            return answer
        raise UnreachableError("line down")


def test_a_centre_that_did_not_answer_does_not_answer_again(tmp_path: Path) -> None:
    visit = Visit()
    visit.office = Deaf(visit.office)
    ended, tape = recorded(visit, tmp_path / "x.tape")
    assert OfficeUnreachable("line down") in [entry.event for entry in tape.entries]
    assert replayed(visit, tape).outcome == ended.outcome


def test_a_refusal_replays_with_code_rule_and_text(tmp_path: Path) -> None:
    visit = Visit()
    visit.counter.settings = replace(visit.counter.settings, pharmacy="no such place")
    ended, tape = recorded(visit, tmp_path / "x.tape")
    again = replayed(visit, tape)
    assert ended.outcome.exit_code == 6
    assert (again.outcome, again.text, again.detail) == (ended.outcome, ended.text, ended.detail)


# --- what does not fit ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def activated(tmp_path_factory: pytest.TempPathFactory) -> Tape:
    """The tape of an activation."""
    return recorded(Visit(), tmp_path_factory.mktemp("tapes") / "x.tape")[1]


def mismatch(tape: Tape, visit: Visit | None = None) -> str:
    with pytest.raises(TapeMismatchError) as caught:
        replayed(visit or Visit(), tape)
    return str(caught.value)


def changed(tape: Tape, old: str, new: str, times: int = 1) -> Tape:
    """The tape with a text replaced."""
    text = tape.text()
    assert old in text
    return parse_tape(text.replace(old, new, times), "x.tape")


def test_another_command_is_shown_beside_the_expected_one(activated: Tape) -> None:
    message = mismatch(changed(activated, "psam > 00B0960006", "psam > 00B0950006"))
    assert message.startswith("x.tape:12: the session does something else than was recorded")
    assert "expected  psam: command 00B0950006" in message
    assert "came      psam: command 00B0960006" in message
    assert "differs   byte 2 (P1): 95 expected, 96 came" in message
    assert "next      " in message


def test_a_command_that_comes_later_on_the_tape_is_pointed_out(activated: Tape) -> None:
    text = activated.text().splitlines()
    sent = next(number for number, line in enumerate(text) if " old > " in line)
    without = text[:sent] + text[sent + 2 :]
    stop = next(number for number, line in enumerate(without) if line.startswith("end "))
    last_ms = without[stop - 1].split()[0]
    tail = [f"{last_ms} old {line.split(' old ')[1]}" for line in text[sent : sent + 2]]
    late = [*without[:stop], *tail, without[stop], ""]
    message = mismatch(parse_tape("\n".join(late), "x.tape"))
    assert f"later     x.tape:{stop + 1} has it, at {last_ms} ms" in message


def test_another_request_to_the_centre_shows_the_field(activated: Tape) -> None:
    visit = Visit()
    visit.counter.settings = replace(visit.counter.settings, pharmacy="990100000002")
    message = mismatch(activated, visit)
    assert "SignIn.place.pharmacy: '990100000001' expected, '990100000002' came" in message


def test_no_pin_is_in_a_difference(tmp_path: Path) -> None:
    visit = Visit()
    tape = recorded(visit, tmp_path / "x.tape", redacted=False)[1]
    other = changed(tape, 'did "246810"', 'did "135791"')
    message = mismatch(other)
    assert "****" in message and "246810" not in message and "135791" not in message
    card = changed(tape, "805E010007123456FF246810", "805E010007123456FF135791")
    message = mismatch(card)
    assert "** expected, ** came" in message and "246810" not in message and "135791" not in message


def test_a_session_that_goes_on_after_the_tape_has_ended(activated: Tape) -> None:
    short = Tape("x.tape", activated.header, activated.entries[:40])
    assert "the tape has ended, but the session goes on" in mismatch(short)


def test_leftovers_are_listed_with_their_lines(activated: Tape) -> None:
    with pytest.raises(TapeMismatchError) as caught, replay_tape(activated) as deck, ExitStack() as stack:
        stack.enter_context(deck.reader("old", "", nothing_there))
    message = str(caught.value)
    assert (
        f"{activated.name}:8: the session is over, but {len(activated.entries) - 1} events are left"
        in message
    )
    assert "line 8  new: the reader 'new card' is opened" in message
    assert f"and {len(activated.entries) - 9} more" in message


def test_an_error_of_the_session_is_not_hidden_by_leftovers(activated: Tape) -> None:
    with pytest.raises(ZeroDivisionError), replay_tape(activated):
        raise ZeroDivisionError


def test_an_answer_that_is_no_answer_is_damage(activated: Tape) -> None:
    for old, new in (
        ('{"pharmacy_name":', '{"pharmacy":'),
        ("centre < SignedIn", "centre < SignedOut"),
    ):
        with pytest.raises(DamagedTapeError, match=r"x\.tape:\d+: this is no .*; correct the line"):
            replayed(Visit(), changed(activated, old, new))


def test_clock_and_randomness_come_from_the_tape() -> None:
    text = (
        "ssc-tape 1\ntool t\ncreated 2030-01-08T10:00:00+08:00\nsecrets redacted\ncommand []\n\n"
        "+0 clock read 2030-01-08T10:00:00+08:00\n+1 random drawn 0102\nend 2\n"
    )
    with replay_tape(parse_tape(text, "x.tape")) as deck:
        assert deck.now(lambda: datetime.min)() == CLOCK
        assert deck.random(bytes)(2) == b"\x01\x02"
    with replay_tape(parse_tape(text, "x")) as deck:
        deck.now(lambda: datetime.min)()
        with pytest.raises(TapeMismatchError, match="3 random bytes are drawn"):
            deck.random(bytes)(3)


def test_no_secret_is_in_the_repr_of_a_tape(tmp_path: Path) -> None:
    tape = recorded(Visit(), tmp_path / "x.tape", redacted=False)[1]
    assert "246810" in tape.text() and "246810" not in repr(tape)


def test_the_tape_on_disk_is_the_tape_in_memory(tmp_path: Path) -> None:
    tape = recorded(Visit(), tmp_path / "x.tape")[1]
    (tmp_path / "y.tape").write_text(tape.text(), encoding="utf-8")
    assert read_tape(tmp_path / "y.tape").entries == tape.entries
