"""The sections of a card as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from terminal.cli.card_sections import Section
from terminal.trace.as_json import both, json_line
from terminal.trace.as_text import UNSET, Line, heading, labelled, line, name_of
from terminal.trace.columns import wrap


def section_lines(section: Section) -> Iterator[Line]:
    """A section: heading, rights, one fact a line."""
    path = "" if section.path in ("card", "notes") else f"{section.path} "
    yield from heading(f"{path}{name_of(section.text)}")
    for part in wrap(section.note, 76) if section.note else ():
        yield line("  ", (part, "dim"))
    for fact in section.facts:
        inside = fact.path.removeprefix(section.path).lstrip("/")
        tag = f"{inside} " if inside and section.note else ""
        yield from labelled(f"{tag}{name_of(fact.text)}", fact.value or UNSET, margin=2, column=44)


def section_line(section: Section) -> str:
    """A section as a line of JSON."""
    found = [{"path": fact.path, **both(fact.text), "value": fact.value} for fact in section.facts]
    values = {"path": section.path, **both(section.text), "note": section.note, "facts": found}
    return json_line("section", values)
