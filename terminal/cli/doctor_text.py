"""Findings of `ssc doctor` as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from terminal.cli.doctor_findings import Finding, Level
from terminal.trace.as_json import both, json_line
from terminal.trace.as_text import Line, line, name_of
from terminal.trace.columns import WIDTH, pad, wrap

LEVELS = {
    Level.OK: ("ok 正常", "green"),
    Level.WARNING: ("warning 注意", "yellow"),
    Level.PROBLEM: ("problem 故障", "red"),
}
LEVEL_COLUMN = 14
MARGIN = 4


def finding_lines(finding: Finding) -> Iterator[Line]:
    """Level and what was looked at, then how it is, and what to do."""
    word, style = LEVELS[finding.level]
    yield line((pad(word, LEVEL_COLUMN), style), (name_of(finding.text), "bold"))
    for part in wrap(finding.value, WIDTH - MARGIN):
        yield line(" " * MARGIN, part)
    for number, part in enumerate(wrap(finding.fix, WIDTH - MARGIN - 3) if finding.fix else ()):
        yield line(" " * MARGIN, "   " if number else "=> ", (part, "cyan"))


def finding_json(finding: Finding) -> str:
    """A finding as a line of JSON."""
    values = {
        "check": finding.check,
        **both(finding.text),
        "level": finding.level.value,
        "value": finding.value,
        "fix": finding.fix,
    }
    return json_line("finding", values)
