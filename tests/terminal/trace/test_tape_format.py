"""The lines of a tape: every event comes back as it was written, and damage is named with file, line and next step."""

from __future__ import annotations

import io
import typing
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tape_samples import CLOCK, Visit, recorded, ticking

from terminal.trace.tape import (
    DamagedTapeError,
    Tape,
    TapeEntry,
    TapeHeader,
    TapeWriter,
    parse_tape,
    read_tape,
)
from terminal.trace.tape_events import RandomDrawn, TapeEvent
from terminal.trace.tape_format import (
    HEX,
    JSON,
    KEYPAD,
    KIND,
    MOMENT,
    NUMBER,
    OTHER_LINES,
    PROTOCOL,
    READER_LINES,
    TEXT,
    Column,
)

NUMBERS = st.integers(0, 10**11)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1), timezones=st.just(CLOCK.tzinfo))
STRATEGIES: dict[Column, SearchStrategy[typing.Any]] = {
    HEX: st.binary(max_size=8),
    NUMBER: NUMBERS,
    KIND: st.from_regex(r"[A-Za-z]+", fullmatch=True),
    TEXT: TEXTS,
    JSON: VALUES,
    MOMENT: MOMENTS,
    PROTOCOL: st.sampled_from(["T=0", "T=1", "raw"]),
    KEYPAD: st.booleans(),
}
LANES = st.sampled_from(["old", "new", "psam", "reader", "slot-2"])


def values(kind: type, columns: tuple[Column, ...]) -> list[SearchStrategy[typing.Any]]:
    """What the fields of an event may be; an enum is told by its type, everything else by its column."""
    hints = typing.get_type_hints(kind)
    names = [entry.name for entry in fields(kind)][-len(columns) :] if columns else []
    return [
        STRATEGIES[column] if column in STRATEGIES else st.sampled_from(list(hints[name]))
        for name, column in zip(names, columns, strict=True)
    ]


EVENTS: SearchStrategy[TapeEvent] = st.one_of(
    *(st.builds(kind, LANES, *values(kind, columns)) for kind, columns in READER_LINES.values()),
    *(st.builds(kind, *values(kind, columns)) for kind, columns in OTHER_LINES.values()),
)
HEADERS = st.builds(
    TapeHeader, TEXTS.filter(lambda text: "\n" not in text), MOMENTS, st.booleans(), st.tuples(TEXTS, TEXTS)
)


def test_every_event_has_a_line() -> None:
    written = {kind for kind, _ in (*READER_LINES.values(), *OTHER_LINES.values())}
    assert written == set(typing.get_args(TapeEvent))


@settings(max_examples=150, deadline=None)
@given(HEADERS, st.lists(st.tuples(st.integers(0, 10**6), EVENTS), max_size=6))
def test_a_tape_comes_back_as_it_was_written(header: TapeHeader, events: list[tuple[int, TapeEvent]]) -> None:
    ordered = sorted(events, key=lambda entry: entry[0])
    tape = Tape("any", header, tuple(TapeEntry(at_ms, event) for at_ms, event in ordered))
    assert parse_tape(tape.text(), "any") == tape


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_line_is_an_event_or_damage(line: str) -> None:
    text = sample().text().replace("end 1", f"{line}\nend 1")
    outcome: str | int
    try:
        outcome = len(parse_tape(text, "any").entries)
    except DamagedTapeError as error:
        outcome = str(error)
    assert outcome in (1, 2) or str(outcome).startswith("any:")


def test_remarks_and_empty_lines_say_nothing() -> None:
    file = io.StringIO()
    writer = TapeWriter(file, sample().header, ticking())
    writer.event(RandomDrawn(b"\x01"))
    writer.remark("for people\nand end 7")
    writer.end()
    spaced = file.getvalue().replace("# for", "\n# for")
    assert "# for people and end 7" in spaced
    assert parse_tape(spaced, "sample").entries == (TapeEntry(10, RandomDrawn(b"\x01")),)


def sample() -> Tape:
    """A tape of one event."""
    header = TapeHeader("ssc-terminal 0", CLOCK, True, ("apdu",))
    return Tape("sample", header, (TapeEntry(5, RandomDrawn(b"\x01\x02")),))


DAMAGES: dict[str, tuple[Callable[[str], str], str]] = {
    "another file": (lambda text: "PK\x03\x04", "any:1: this is no tape"),
    "an empty file": (lambda text: "", "any:1: this is no tape"),
    "a later format": (lambda text: text.replace("tape 1", "tape 9"), "any:1: a tape of format '9'"),
    "no header": (lambda text: "ssc-tape 1\n", "any:2: the header has `tool` here"),
    "a line lost in the header": (
        lambda text: text.replace("secrets redacted\n", ""),
        "any:4: the header has `secrets`",
    ),
    "a time without zone": (
        lambda text: text.replace("10:00:00+08:00", "10:00:00"),
        "any:3: `created` should be",
    ),
    "secrets of no kind": (
        lambda text: text.replace("redacted", "perhaps"),
        "any:4: `secrets` should be",
    ),
    "a command that is no list": (
        lambda text: text.replace('["apdu"]', '"apdu"'),
        "any:5: `command` should be",
    ),
    "cut off": (lambda text: text.replace("end 1\n", ""), "any:8: the tape is cut off"),
    "cut off within a line": (
        lambda text: text[: text.index("0102") + 3],
        "any:7: field 1 should be bytes in capital hex digits",
    ),
    "an event lost": (lambda text: text.replace("+5 random drawn 0102\n", ""), "any:7: 0 events stand above"),
    "small letters": (lambda text: text.replace("0102", "ab"), "any:7: field 1 should be bytes in capital"),
    "half a byte": (lambda text: text.replace("0102", "010"), "any:7: field 1 should be bytes"),
    "no time": (lambda text: text.replace("+5 ", ""), "any:7: a line begins with its time"),
    "a verb that nobody knows": (
        lambda text: text.replace("drawn", "rolled"),
        "any:7: random has no 'rolled'",
    ),
    "a name that is none": (lambda text: text.replace("random", "R2"), "any:7: 'R2' is no name of a reader"),
    "a field too many": (lambda text: text.replace("0102", "0102 03"), "any:7: 1 fields belong here"),
    "time that runs back": (
        lambda text: text.replace("end 1", "+4 random drawn 01\nend 2"),
        "any:8: +4 is before +5",
    ),
    "something behind the end": (lambda text: text + "+9 random drawn 01\n", "any:9: something stands after"),
    "an end of no number": (lambda text: text.replace("end 1", "end all"), "any:8: 1 events stand above"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_named_with_line_and_next_step(name: str) -> None:
    damage, expected = DAMAGES[name]
    with pytest.raises(DamagedTapeError) as caught:
        parse_tape(damage(sample().text()), "any")
    message = str(caught.value)
    assert message.startswith(expected), message
    assert "; " in message and "\n" not in message


def test_bytes_that_are_no_text_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.tape"
    path.write_bytes(sample().text().encode().replace(b"random", b"\xff"))
    with pytest.raises(DamagedTapeError, match=r"x\.tape:7: no UTF-8 text"):
        read_tape(path)


def test_every_cut_of_a_real_tape_is_damage(tmp_path: Path) -> None:
    text = recorded(Visit(), tmp_path / "x.tape")[1].text()
    whole = text.rstrip("\n")
    for length in range(0, len(whole), 97):
        with pytest.raises(DamagedTapeError):
            parse_tape(whole[:length], "cut")
