"""Entries as a person at the counter reads them: aligned lines of at most 80 cells, each with its styles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from apdu.explain import Explanation, Field
from terminal.flow.steps import Receipt
from terminal.text import Text
from terminal.trace.columns import WIDTH, pad, wrap
from terminal.trace.entries import (
    CentreEntry,
    ComparisonEntry,
    EndEntry,
    Entry,
    ExchangeEntry,
    OperatorEntry,
    PowerEntry,
    ReceiptEntry,
    Row,
    Slots,
    StateEntry,
    Value,
)
from terminal.trace.names import card_name

MARGIN = 11
BODY = WIDTH - MARGIN
LABEL = 36
SLOT_NAMES = {"old": "old card", "new": "new card", "psam": "PSAM", "reader": "reader", "card": "card"}
DID = {
    ("insert", "done"): Text("inserts the card", "插卡"),
    ("remove", "done"): Text("takes the card out", "取卡"),
    ("pin", "done"): Text("types the PIN ****", "输入密码"),
    ("confirm", "done"): Text("answers", "确认"),
}
FAILED = {
    "cancelled": Text("cancels", "取消"),
    "timed-out": Text("does nothing", "未操作"),
}


UNSET = "(empty 空)"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output: pieces of text, each with a style of rich ("" for none)."""

    pieces: tuple[tuple[str, str], ...]

    @property
    def plain(self) -> str:
        """The line without styles."""
        return "".join(text for text, _ in self.pieces).rstrip()


def line(*pieces: str | tuple[str, str]) -> Line:
    """A line of plain texts and (text, style) pairs."""
    return Line(tuple((piece, "") if isinstance(piece, str) else piece for piece in pieces))


def entry_lines(entry: Entry) -> Iterable[Line]:
    """The lines of one entry."""
    return _FORMS[type(entry)](entry)


def spoken_lines(entry: Entry) -> Iterable[Line]:
    """The lines of what is said, done and printed at the counter; what goes on below is left out."""
    if isinstance(entry, OperatorEntry | ReceiptEntry):
        return entry_lines(entry)
    if isinstance(entry, CentreEntry):
        return _said("centre", name_of(entry.text), "cyan")
    return ()


def name_of(text: Text) -> str:
    """The name of a thing, English first as in exchanges; what is said has the Chinese first."""
    return f"{text.en} {text.zh}".rstrip()


def heading(text: str) -> Iterator[Line]:
    """A rule with a title, after an empty line; a long title takes several lines."""
    *whole, last = wrap(text, WIDTH - 6)
    yield line()
    yield from (line((f"── {part}", "bold")) for part in whole)
    yield line((f"── {last} ", "bold"), ("─" * (WIDTH - 4 - cell_len(last)), "dim"))


def answered_lines(entry: Entry) -> Iterable[Line]:
    """The spoken lines without the prompts that a person at this console has just answered."""
    if isinstance(entry, OperatorEntry) and entry.action != "show":
        return _slots(entry.slots) if entry.action in ("insert", "remove") else ()
    return spoken_lines(entry)


def _said(who: str, text: str, style: str = "") -> Iterator[Line]:
    """A speaker in the margin, wrapped text beside it."""
    for number, part in enumerate(wrap(text, BODY)):
        yield line((pad("" if number else f"  {who}", MARGIN), "bold"), (part, style))


def labelled(
    label: str, value: str, style: str = "", margin: int = MARGIN, column: int = LABEL
) -> Iterator[Line]:
    """A label and its value in two columns; beside or below a label too long for its column."""
    first, *more = wrap(value, WIDTH - margin - column)
    if cell_len(label) < column:
        yield line(" " * margin, pad(label, column), (first, style))
    elif margin + cell_len(f"{label}  {value}") <= WIDTH:
        yield line(" " * margin, f"{label}  ", (value, style))
        return
    else:
        yield from (line(" " * margin, part) for part in wrap(label, WIDTH - margin))
        yield line(" " * (margin + column), (first, style))
    for part in more:
        yield line(" " * (margin + column), (part, style))


def _state(entry: StateEntry) -> Iterator[Line]:
    yield from heading(name_of(entry.text))


def _powered(entry: PowerEntry) -> Iterator[Line]:
    yield from _said(SLOT_NAMES[entry.slot], f"powered on, answer to reset {entry.atr}", "dim")


def _exchange(entry: ExchangeEntry) -> Iterator[Line]:
    told = entry.explanation
    title = f"{told.title} {told.title_zh}"
    gap = BODY - cell_len(title) - cell_len(told.path)
    beside = (" " * gap, (told.path, "magenta")) if gap > 1 else ()
    yield line((pad(f"  {SLOT_NAMES[entry.slot]}", MARGIN), "bold"), (title, "cyan"), *beside)
    if not beside:
        yield from (line(" " * MARGIN, (part, "magenta")) for part in wrap(told.path, BODY))
    yield from _hex("> ", told.command_hex)
    yield from _hex("< ", f"{told.response_hex[:-4]} {told.response_hex[-4:]}".lstrip())
    for field in told.fields:
        yield from _field(told, field)
    yield from _status(told)


def _hex(mark: str, digits: str) -> Iterator[Line]:
    for number, part in enumerate(wrap(digits, BODY - 5)):
        yield line(" " * MARGIN, ("  " if number else mark) + part)


def _field(told: Explanation, field: Field) -> Iterator[Line]:
    inside = field.path.removeprefix(told.path).lstrip("/") if told.path else field.path
    label = f"{inside} {field.name} {field.name_zh}".lstrip()
    yield from labelled(
        label, field.value or _undecoded(field.raw), "green", margin=MARGIN + 2, column=LABEL - 2
    )


def _undecoded(raw: str) -> str:
    """What stands for a value nobody has decoded: its hex, unless nothing was ever written there."""
    return UNSET if raw.strip("0") == "" or raw.strip("F") == "" else raw


def _status(told: Explanation) -> Iterator[Line]:
    good = told.sw == 0x9000
    remedy = f" ({told.remedy} {told.remedy_zh})" if told.remedy else ""
    text = f"{told.sw:04X} {told.meaning} {told.meaning_zh}{remedy}"
    for part in wrap(text, BODY - 2):
        yield line(" " * (MARGIN + 2), (part, "dim" if good else "yellow"))


def _centre(entry: CentreEntry) -> Iterator[Line]:
    yield from _said("centre", name_of(entry.text), "cyan")
    yield from _values("> ", entry.sent, "")
    yield from _values("< ", entry.answer, "green")
    if entry.failure:
        for part in wrap(f"< {entry.failure}", BODY):
            yield line(" " * MARGIN, (part, "yellow"))


def _values(mark: str, values: tuple[Value, ...], style: str) -> Iterator[Line]:
    for value in values:
        yield from labelled(f"{mark}{name_of(value.text)}", value.value, style)


def _operator(entry: OperatorEntry) -> Iterator[Line]:
    left = entry.tries_left
    tries = "" if left is None else f" ({left} {'try' if left == 1 else 'tries'} left 剩余{left}次)"
    yield from _said("terminal", f"{entry.text}{tries}", "bold")
    did = FAILED.get(entry.result) or DID.get((entry.action, entry.result))
    if did is not None:
        yield from _said("operator", name_of(did))
    if entry.action in ("insert", "remove"):
        yield from _slots(entry.slots)


def _slots(slots: Slots) -> Iterator[Line]:
    for number, (slot, kind) in enumerate(slots.items()):
        who = "" if number else "  slots"
        name = pad(SLOT_NAMES[slot], MARGIN)
        yield line(
            (pad(who, MARGIN), "bold"), name, (name_of(card_name(kind)), "dim" if kind is None else "")
        )


def receipt_lines(receipt: Receipt) -> Iterator[Line]:
    """The slip alone, as the printer would have it."""
    yield line((str(receipt.title), "bold"))
    for label, value in receipt.lines:
        yield from labelled(name_of(label), value, margin=2, column=34)


def _receipt(entry: ReceiptEntry) -> Iterator[Line]:
    yield line()
    for printed in receipt_lines(entry.receipt):
        yield line(" " * 4, *printed.pieces)
    yield line()


def _end(entry: EndEntry) -> Iterator[Line]:
    yield line()
    yield from _said("end", f"{entry.outcome}, exit code {entry.exit_code}", "bold")
    if entry.detail:
        yield from _said("", entry.detail, "yellow")


def _comparison(entry: ComparisonEntry) -> Iterator[Line]:
    yield from heading(name_of(entry.text))
    label, value = 36, 21
    before, after = (" ".join(wrap(title, value - 1)[-1:]) for title in entry.columns)
    yield line("  " + " " * label, (pad(before, value), "dim"), (after, "dim"))
    for row in entry.rows:
        yield from _row(row, label, value)


def _row(row: Row, label: int, value: int) -> Iterator[Line]:
    columns = (
        wrap(f"{_tags(row.path)}{name_of(row.text)}", label - 1),
        wrap(row.before, value - 1),
        wrap(row.after, value - 1),
    )
    for number in range(max(map(len, columns))):
        name, before, after = (column[number] if number < len(column) else "" for column in columns)
        style = "green" if row.changed else "dim"
        yield line("  ", pad(name, label), (pad(before, value), "dim"), (after, style))


def _tags(path: str) -> str:
    """The tags of a row below its file, as the fields of an exchange show them."""
    below = path.split("/", 2)[2:]
    return f"{below[0]} " if below else ""


_FORMS: Mapping[type, Callable[[Any], Iterable[Line]]] = {
    StateEntry: _state,
    PowerEntry: _powered,
    ExchangeEntry: _exchange,
    CentreEntry: _centre,
    OperatorEntry: _operator,
    ReceiptEntry: _receipt,
    EndEntry: _end,
    ComparisonEntry: _comparison,
}
