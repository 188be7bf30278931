"""docs/tapes.md says what the format is: every line of it, its words, and examples that are true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from terminal.trace.tape import Tape, parse_tape, read_tape
from terminal.trace.tape_events import Doing, Failure, PadAction, Undone
from terminal.trace.tape_format import OTHER_LINES, READER_LINES, VERSION
from virtual_card.image import save
from virtual_card.issuer import issue

PAGE = (Path(__file__).parents[3] / "docs" / "tapes.md").read_text(encoding="utf-8")


def blocks(language: str = "") -> Iterator[str]:
    return iter(re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


def test_every_line_of_the_format_is_described() -> None:
    described = [f"`ROLE {verb}" for verb in READER_LINES]
    described += [f"`{who} {verb}" for who, verb in OTHER_LINES]
    assert [
        line for line in described if line not in PAGE.replace(", `", "`, `").replace(", ROLE", "`, `ROLE")
    ] == []


@pytest.mark.parametrize("kind", [Doing, Failure, Undone, PadAction])
def test_every_word_of_the_format_is_named(kind: type[Enum]) -> None:
    assert [word.value for word in kind if not re.search(rf"\b{word.value}\b", PAGE)] == []


def sample() -> Tape:
    text = next(block for block in blocks() if block.startswith("ssc-tape"))
    return parse_tape(text, "docs/tapes.md")


def test_the_example_is_a_tape_of_this_version() -> None:
    assert len(sample().entries) == 6
    assert f"`{VERSION}` is the version of the format" in PAGE


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save(issue("ssc-3.0", 3), tmp_path / "new.card")
    (code,) = blocks("python")
    exec(compile(code, "docs/tapes.md", "exec"), {})
    assert len(read_tape("x.tape").entries) == 4
