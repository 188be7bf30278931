"""A tape as text for a terminal, as Markdown and as one HTML page for bug reports; both languages, no secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from terminal.text import Text
from terminal.trace.tape import Tape, TapeHeader
from terminal.trace.tape_events import ReaderOpened
from terminal.trace.tape_row import Row
from terminal.trace.tape_timeline import timeline

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~-])")
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h1{font-size:1.4rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dt{color:#555}dd{margin:0}
section{border-left:4px solid #bbb;margin:.6rem 0;padding:.1rem .8rem}
section h2{font-size:1rem;margin:.2rem 0;font-weight:600}.at{color:#666;font-weight:400}.path{color:#725}
pre{margin:.2rem 0;white-space:pre-wrap;word-break:break-all;font-size:.9rem}
table{border-collapse:collapse;font-size:.9rem}
td{border-top:1px solid #ddd;padding:.1rem .8rem .1rem 0;vertical-align:top}
.exchange{border-color:#37c}.person{border-color:#3a5}.office{border-color:#a6c}.failure{border-color:#c33}
""".strip()


def as_text(tape: Tape) -> Iterator[str]:
    """Lines for a terminal."""
    for name, value in _head(tape):
        yield f"{name}: {value}"
    for row in timeline(tape):
        yield ""
        yield " ".join(
            part for part in (f"+{row.at_ms} ms", str(row.who_text), both(row.title), row.path) if part
        )
        yield from (f"  {line}" for line in _exchange(row))
        yield from (f"  {both(name)}: {value}" for name, value in row.details)


def as_markdown(tape: Tape) -> Iterator[str]:
    """Lines of Markdown: a heading for each thing that happened, hex as code, fields as a table."""
    yield f"# Tape 磁带 {markdown(tape.name)}"
    yield ""
    for name, value in _head(tape):
        yield f"- {markdown(name)}: {markdown(value)}"
    for row in timeline(tape):
        path = f" · {markdown(row.path)}" if row.path else ""
        yield ""
        yield f"### +{row.at_ms} ms · {markdown(both(row.who_text))} · {markdown(both(row.title))}{path}"
        if lines := list(_exchange(row)):
            yield from ("", "```", *lines, "```")
        if row.details:
            yield from ("", "| field 项 | value 值 |", "|---|---|")
            yield from (f"| {markdown(both(name))} | {markdown(value)} |" for name, value in row.details)


def as_html(tape: Tape) -> Iterator[str]:
    """Lines of one HTML page that needs nothing else and runs nothing."""
    title = escape(f"Tape 磁带 {tape.name}")
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield f"<title>{title}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<h1>{title}</h1>\n<dl>"
    for name, value in _head(tape):
        yield f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
    yield "</dl>"
    for row in timeline(tape):
        yield from _section(row)
    yield "</body>\n</html>"


def _section(row: Row) -> Iterator[str]:
    path = f' <span class="path">{escape(row.path)}</span>' if row.path else ""
    yield f'<section class="{row.tone.value}">'
    yield (
        f'<h2><span class="at">+{row.at_ms} ms · {escape(both(row.who_text))}</span> '
        f"{escape(both(row.title))}{path}</h2>"
    )
    if lines := list(_exchange(row)):
        yield f"<pre>{escape(chr(10).join(lines))}</pre>"
    if row.details:
        yield "<table>"
        yield from (
            f"<tr><td>{escape(both(name))}</td><td>{escape(value)}</td></tr>" for name, value in row.details
        )
        yield "</table>"
    yield "</section>"


def _head(tape: Tape) -> Iterator[tuple[str, str]]:
    header: TapeHeader = tape.header
    yield "tool 程序", header.tool
    yield "created 录制时间", header.created.isoformat(" ")
    yield "command 命令", " ".join(("ssc", *header.command)) if header.command else "-"
    readers = [entry.event for entry in tape.entries if isinstance(entry.event, ReaderOpened)]
    yield "readers 读卡器", ", ".join(f"{reader.lane} = {reader.name}" for reader in readers) or "-"
    yield "events 事件", str(len(tape.entries))


def _exchange(row: Row) -> Iterator[str]:
    if row.sent:
        yield f"> {row.sent}"
    if row.received:
        yield f"< {row.received}"
    if both(row.meaning):
        yield f"  {both(row.meaning)}"


def both(text: Text) -> str:
    """English and Chinese beside each other."""
    return f"{text.en} {text.zh}".strip()


def markdown(text: str) -> str:
    """A text that means nothing to Markdown or HTML, on one line."""
    plain = _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
