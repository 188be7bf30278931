"""A tape for people: text, Markdown and HTML say the same, in both languages, without secrets and without tricks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tape_samples import INITIAL_PIN, STEPS, Visit, recorded

from terminal.flow.steps import Role
from terminal.scenario.script import Cancel
from terminal.trace.tape import DamagedTapeError, Tape, TapeEntry, parse_tape
from terminal.trace.tape_events import Doing, Failure, ReaderFailed, ReaderOpened
from terminal.trace.tape_render import as_html, as_markdown, as_text, markdown
from terminal.trace.tape_timeline import timeline
from virtual_card.faults import FaultPlan
from virtual_card.issue_record import issue_record
from virtual_card.persona import OLD_PIN

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
RENDERERS: list[Callable[[Tape], Iterable[str]]] = [as_text, as_markdown, as_html]
NASTY = '<script>alert("1")</script> **bold** | [a](b)'


@pytest.fixture(scope="module")
def unredacted(tmp_path_factory: pytest.TempPathFactory) -> Tape:
    """An activation with everything on the tape."""
    return recorded(Visit(seed=7), tmp_path_factory.mktemp("tapes") / "x.tape", redacted=False)[1]


@pytest.mark.parametrize("render", RENDERERS)
def test_every_form_tells_the_whole_session_in_both_languages(
    render: Callable[[Tape], Iterable[str]], unredacted: Tape
) -> None:
    shown = "\n".join(render(unredacted)).replace("\\", "")
    for part in (
        "SELECT 选择文件",
        "Insert the social security card. 请插入社会保障卡。",
        "inserts the card 插卡",
        "card removed 卡片取出",
        "powered on (T=0) 上电",
        "query new card 查询社保卡",
        "CHANGE PIN 修改个人密码",
        "SSSE/EF05",
        "3B6D000000",
        "Activation of a social security card 社会保障卡启用回执",
        "types the PIN **** 输入密码",
    ):
        assert part in shown, part


@pytest.mark.parametrize("render", RENDERERS)
def test_no_form_tells_a_secret_even_of_an_unredacted_tape(
    render: Callable[[Tape], Iterable[str]], unredacted: Tape
) -> None:
    holder = str(issue_record(Visit(seed=7).cards["new"]).holder_id)
    assert holder in unredacted.text() and OLD_PIN in unredacted.text()
    shown = "\n".join(render(unredacted)).upper()
    for secret in (holder, holder.encode().hex().upper(), OLD_PIN, INITIAL_PIN):
        assert secret not in shown


def nasty(tape: Tape) -> Tape:
    """A tape whose names and messages mean something to Markdown and HTML."""
    failed = ReaderFailed("old", Doing.POWER, 0, Failure.READER, NASTY)
    entries = (TapeEntry(0, ReaderOpened("old", NASTY)), TapeEntry(1, failed))
    return replace(tape, name=NASTY, entries=entries)


class Tags(HTMLParser):
    """Counts tags and keeps what is text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_is_one_closed_page_that_runs_nothing(unredacted: Tape) -> None:
    for tape in (unredacted, nasty(unredacted)):
        page = "\n".join(as_html(tape))
        tags = Tags()
        tags.feed(page)
        assert tags.open == []
        assert tags.seen.isdisjoint({"script", "img", "link", "iframe", "a"})
        assert POLICY in page
    assert NASTY in tags.text


def test_markdown_shows_what_was_said_and_formats_nothing_of_it(unredacted: Tape) -> None:
    page = "\n".join(as_markdown(nasty(unredacted)))
    assert "<script" not in page and "**bold**" not in page
    assert markdown("a|b\n<c> `d`") == "a\\|b &lt;c&gt; \\`d\\`"
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert rows and all(len(re.findall(r"(?<!\\)\|", row)) == 3 for row in rows)


def test_a_torn_session_shows_where_it_broke(tmp_path: Path) -> None:
    plan = FaultPlan.from_data([{"do": "pull-before", "instruction": "CHANGE PIN"}])
    visit = Visit(faults={Role.NEW: plan}, steps=(*STEPS[:4], Cancel()))
    rows = list(timeline(recorded(visit, tmp_path / "x.tape")[1]))
    broken = next(row for row in rows if "no answer to the command" in row.title.en)
    assert (broken.who, broken.sent) == ("new", "805E0100 ...")
    assert "卡片被取出" in broken.title.zh
    assert rows[rows.index(broken) + 1].title.en == "card removed"


def test_bytes_that_are_no_apdu_are_shown_without_what_may_be_a_pin() -> None:
    text = (
        "ssc-tape 1\ntool t\ncreated 2030-01-08T10:00:00+08:00\nsecrets unredacted\ncommand []\n\n"
        '+0 reader reader "r"\n+0 reader > 0020000009246810\n+0 reader < 6700\nend 3\n'
    )
    shown = "\n".join(as_text(parse_tape(text, "x.tape")))
    assert "> 0020000009******" in shown and "< 6700" in shown and "246810" not in shown


def test_an_answer_without_its_request_is_damage() -> None:
    text = (
        "ssc-tape 1\ntool t\ncreated 2030-01-08T10:00:00+08:00\nsecrets redacted\ncommand []\n\n"
        '+0 centre < SignedIn {"pharmacy_name":"x"}\nend 1\n'
    )
    with pytest.raises(DamagedTapeError, match=r"x\.tape:7: an answer of the back office without a request"):
        list(as_text(parse_tape(text, "x.tape")))


def test_every_failure_has_words_for_people() -> None:
    for doing in Doing:
        for failure in Failure:
            tape = parse_tape(
                "ssc-tape 1\ntool t\ncreated 2030-01-08T10:00:00+08:00\nsecrets redacted\ncommand []\n\n"
                f'+0 old error {doing.value} 0 {failure.value} "why"\nend 1\n',
                "x.tape",
            )
            (row,) = timeline(tape)
            assert row.title.en and row.title.zh and row.details[0][1] == "why"
