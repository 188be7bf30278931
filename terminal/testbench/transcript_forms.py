"""A transcript as text, as JSON lines and as one HTML page: masked, both languages, one file for a bug report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import escape

from apdu.explain import Explainer, Explanation
from terminal.driver.codes import meaning_of
from terminal.driver.events import Event, KeypadUsed, StepsDropped
from terminal.driver.masking import hidden
from terminal.flow.steps import Role
from terminal.procedures.identify import memory_card_of
from terminal.session import CardExchanged, CardPowered, CentreAnswered
from terminal.testbench.transcript import Call, Note
from terminal.text import Text
from terminal.trace.as_json import both, entry_line, json_line
from terminal.trace.as_text import entry_lines, name_of
from terminal.trace.centre import centre_entry
from terminal.trace.entries import Entry, ExchangeEntry, OperatorEntry, PowerEntry

Records = Iterable[Call | Note]
NAMES = frozenset({"SSSE/EF06/09", "SSSE/EF06/4E"})
"""Where the holder's name stands."""

_KEYPAD = {"KeypadCancelledError": "cancelled", "KeypadTimeoutError": "timed-out"}
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h1{font-size:1.4rem}section{border-left:4px solid #3a5;margin:1rem 0;padding:.1rem .8rem}
section.failed{border-color:#c33}section.note{border-color:#bbb}h2{font-size:1rem;margin:.2rem 0;font-weight:600}
.at{color:#666;font-weight:400}pre{margin:.2rem 0;white-space:pre-wrap;word-break:break-all;font-size:.85rem}
summary{cursor:pointer;color:#37c}
""".strip()


def _slot(role: Role) -> str:
    """A driver knows one card and a PSAM."""
    return role.value if role is Role.PSAM else "card"


def _without_name(told: Explanation) -> Explanation:
    """The same exchange with the holder's name hidden, which traces of one's own counter may show."""
    names = {field.raw for field in told.fields if field.path in NAMES and field.raw}
    command, response = told.command_hex, told.response_hex
    for raw in names:
        command, response = (text.replace(raw, "**" * (len(raw) // 2)) for text in (command, response))
    fields = tuple(
        replace(field, value=hidden(field.value), raw=hidden(field.raw)) if field.path in NAMES else field
        for field in told.fields
    )
    return replace(told, fields=fields, command_hex=command, response_hex=response)


class _Below:
    """What went on below the calls as entries of a trace; exchanges are counted over the whole transcript."""

    def __init__(self) -> None:
        self._explainers: dict[Role, Explainer] = {}
        self._exchanges = 0

    def entries(self, call: Call) -> Iterator[Entry]:
        """The entries of one call, in their order; what a transcript has no words for is left out."""
        for event in call.events:
            entry = self._entry(event)
            if entry is not None:
                yield entry

    def _entry(self, event: Event) -> Entry | None:
        match event:
            case CardPowered(role, reader, atr):
                kind = memory_card_of(atr)
                self._explainers[role] = Explainer(kind)
                return PowerEntry(_slot(role), reader, kind, atr.hex().upper())
            case CardExchanged(role, command, response):
                self._exchanges += 1
                explainer = self._explainers.setdefault(role, Explainer())
                return ExchangeEntry(
                    self._exchanges, _slot(role), _without_name(explainer.explain(command, response))
                )
            case CentreAnswered(request, outcome):
                return centre_entry(request, outcome)
            case KeypadUsed(prompt, failure):
                return OperatorEntry("pin", prompt.value, _KEYPAD.get(failure or "", "done"), {})
            case StepsDropped(function, reason):
                text = Text(f"{function}: {reason}", "未完成步骤已结束")
                return OperatorEntry("show", text, "done", {})
            case _:
                return None


def as_json(records: Records) -> Iterator[str]:
    """JSON lines: `call`, what happened below it, then its `answer`; `note` for what happened between calls."""
    below = _Below()
    for record in records:
        if isinstance(record, Note):
            yield json_line("note", {"at": record.at.isoformat(), **both(record.text)})
            continue
        begun = {
            "number": record.number,
            "at": record.at.isoformat(),
            "function": record.function,
            "arguments": list(record.shown_arguments()),
            "injected": record.injected,
        }
        yield json_line("call", begun)
        yield from map(entry_line, below.entries(record))
        if record.code is not None:
            yield json_line("answer", _answer(record))


def _answer(call: Call) -> dict[str, object]:
    assert call.code is not None
    assert call.took_ms is not None
    return {
        "number": call.number,
        "function": call.function,
        "code": call.code,
        "meaning": meaning_of(min(call.code, 0)),
        "text": call.shown_text(),
        "took_ms": round(call.took_ms, 3),
    }


def as_text(records: Records) -> Iterator[str]:
    """Lines for a terminal."""
    below = _Below()
    for record in records:
        yield ""
        if isinstance(record, Note):
            yield f"── {record.at:%H:%M:%S} {name_of(record.text)}"
            continue
        yield f"── {_title(record)}"
        yield from (line.plain for entry in below.entries(record) for line in entry_lines(entry))
        if record.code is not None:
            yield f"  → {record.shown_text() or meaning_of(min(record.code, 0))}"


def as_page(records: Records) -> Iterator[str]:
    """Lines of one HTML page that needs nothing else and runs nothing."""
    below = _Below()
    title = "Driver transcript 读写器接口调用记录"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield f"<title>{title}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<h1>{title}</h1>"
    for record in records:
        if isinstance(record, Note):
            yield (
                f'<section class="note"><h2><span class="at">{record.at:%H:%M:%S}</span> '
                f"{escape(name_of(record.text))}</h2></section>"
            )
        else:
            yield from _section(record, below)
    yield "</body>\n</html>"


def _section(call: Call, below: _Below) -> Iterator[str]:
    yield f'<section class="{"failed" if (call.code or 0) < 0 else "done"}"><h2>{escape(_title(call))}</h2>'
    if call.code is not None:
        yield f"<pre>{escape(call.shown_text() or meaning_of(min(call.code, 0)))}</pre>"
    lines = [line.plain for entry in below.entries(call) for line in entry_lines(entry)]
    if lines:
        below_text = escape("\n".join(lines))
        yield f"<details><summary>what went on below 底层过程</summary><pre>{below_text}</pre></details>"
    yield "</section>"


def _title(call: Call) -> str:
    """`#3 10:00:01 iReadCardBas(3) = 0, 12 ms`."""
    arguments = ", ".join(call.shown_arguments())
    ended = "…" if call.took_ms is None else f"{call.code}, {call.took_ms:.1f} ms"
    injected = ", injected 注入" if call.injected else ""
    return f"#{call.number} {call.at:%H:%M:%S} {call.function}({arguments}) = {ended}{injected}"
