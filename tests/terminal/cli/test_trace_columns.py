from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from terminal.trace.as_text import heading, labelled
from terminal.trace.columns import pad, wrap

TEXTS = st.text(alphabet="ab 01请插入卡，。）)/-", max_size=120)


@given(TEXTS, st.integers(4, 40))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert lines
    assert max(map(cell_len, lines)) <= width
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(TEXTS, TEXTS)
def test_label_and_value_stay_within_80_columns(label: str, value: str) -> None:
    lines = [line.plain for line in labelled(label, value)]
    assert max(map(cell_len, lines)) <= 80
    assert "".join(lines).replace(" ", "") == (label + value).replace(" ", "")


@given(TEXTS)
def test_headings_stay_within_80_columns(text: str) -> None:
    assert max(cell_len(line.plain) for line in heading(text)) <= 80


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two three", 8, ["one two", "three"]),
        ("请插入原医保卡", 6, ["请插入", "原医保", "卡"]),
        ("医保卡。", 6, ["医保", "卡。"]),
        ("00112233445566", 8, ["00112233", "445566"]),
    ],
)
def test_text_breaks_at_spaces_between_characters_and_inside_long_words(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrap(text, width) == lines


def test_padding_counts_chinese_characters_twice() -> None:
    assert pad("卡a", 6) == "卡a   "
    assert pad("too long", 3) == "too long"
