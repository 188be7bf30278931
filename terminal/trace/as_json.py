"""Entries as JSON objects, one a line: `type` and `schema` first, keys that stay as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from apdu.explain import Field
from terminal.flow.steps import Receipt
from terminal.text import Text
from terminal.trace.entries import (
    CentreEntry,
    ComparisonEntry,
    EndEntry,
    Entry,
    ExchangeEntry,
    OperatorEntry,
    PowerEntry,
    ReceiptEntry,
    StateEntry,
    Value,
)

SCHEMA = 1
"""Raised when a key changes its meaning or disappears; new keys do not raise it."""


def json_line(kind: str, values: Mapping[str, Any]) -> str:
    """One line of JSON Lines output."""
    return json.dumps({"type": kind, "schema": SCHEMA, **values}, ensure_ascii=False)


def entry_line(entry: Entry) -> str:
    """One entry as a line."""
    kind, values = _FORMS[type(entry)]
    return json_line(kind, values(entry))


def both(text: Text) -> dict[str, str]:
    """A text as `en` and `zh`."""
    return {"en": text.en, "zh": text.zh}


def _exchange(entry: ExchangeEntry) -> dict[str, Any]:
    told = entry.explanation
    return {
        "number": entry.number,
        "slot": entry.slot,
        "command": told.command_hex,
        "answer": told.response_hex,
        "title": told.title,
        "title_zh": told.title_zh,
        "path": told.path,
        "fields": [field_values(field) for field in told.fields],
        "sw": f"{told.sw:04X}",
        "meaning": told.meaning,
        "meaning_zh": told.meaning_zh,
        "remedy": told.remedy,
        "remedy_zh": told.remedy_zh,
    }


def field_values(field: Field) -> dict[str, str]:
    """A field of an exchange or of decoded bytes."""
    return {
        "path": field.path,
        "name": field.name,
        "name_zh": field.name_zh,
        "value": field.value,
        "raw": field.raw,
        "source": field.source,
    }


def _centre(entry: CentreEntry) -> dict[str, Any]:
    refusal = entry.refusal
    return {
        "request": entry.request,
        **both(entry.text),
        "sent": _values(entry.sent),
        "answer": None if entry.failure else _values(entry.answer),
        "refusal": refusal and {"code": refusal.code.value, "rule": refusal.rule, **both(refusal.text)},
        "failure": entry.failure,
    }


def _values(values: tuple[Value, ...]) -> dict[str, str | int]:
    return {value.key: value.value if value.data is None else value.data for value in values}


def _operator(entry: OperatorEntry) -> dict[str, Any]:
    tries = {} if entry.tries_left is None else {"tries_left": entry.tries_left}
    return {
        "action": entry.action,
        **both(entry.text),
        "result": entry.result,
        **tries,
        "slots": dict(entry.slots),
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    lines = [{**both(label), "value": value} for label, value in receipt.lines]
    return {**both(receipt.title), "lines": lines}


def _comparison(entry: ComparisonEntry) -> dict[str, Any]:
    rows = [
        {
            "path": row.path,
            **both(row.text),
            "before": row.before,
            "after": row.after,
            "changed": row.changed,
        }
        for row in entry.rows
    ]
    return {"subject": entry.subject, **both(entry.text), "rows": rows}


_FORMS: Mapping[type, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    StateEntry: ("state", lambda entry: {"state": entry.state, **both(entry.text)}),
    PowerEntry: (
        "powered",
        lambda entry: {
            "slot": entry.slot,
            "reader": entry.reader,
            "kind": entry.kind,
            "atr": entry.atr,
        },
    ),
    ExchangeEntry: ("exchange", _exchange),
    CentreEntry: ("centre", _centre),
    OperatorEntry: ("operator", _operator),
    ReceiptEntry: ("receipt", lambda entry: _receipt(entry.receipt)),
    EndEntry: (
        "end",
        lambda entry: {
            "outcome": entry.outcome,
            "exit_code": entry.exit_code,
            **both(entry.text),
            "detail": entry.detail,
        },
    ),
    ComparisonEntry: ("comparison", _comparison),
}
