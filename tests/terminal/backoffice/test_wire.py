"""Typed requests and answers as JSON: what goes in comes out the same, and nothing else comes in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from terminal.backoffice import refusals, wire
from terminal.backoffice.card_life_ports import HandedOver, ListHandedOver
from terminal.text import Pin

MOMENT = datetime(2030, 1, 8, 10, 30, 0, 123456, tzinfo=UTC)
PLAIN: dict[Any, Any] = {
    str: "测",
    int: 7,
    bool: True,
    Decimal: Decimal("12.30"),
    bytes: b"\x00\xff",
    datetime: MOMENT,
    date: date(2030, 2, 28),
    Pin: Pin("246813"),
}


def made(kind: Any) -> Any:
    """A value of a type, every field filled."""
    if kind in PLAIN:
        return PLAIN[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return made(next(each for each in arguments if each is not type(None)))
    if origin is tuple:
        return (made(arguments[0]),) if arguments[-1] is ... else tuple(made(each) for each in arguments)
    if origin in (dict, Mapping):
        return {made(arguments[0]): made(arguments[1])}
    if issubclass(kind, Enum):
        return next(iter(kind))
    hints = get_type_hints(kind)
    return kind(**{name: made(hints[name]) for name in kind.__dataclass_fields__})


@pytest.mark.parametrize("operation", wire.OPERATIONS, ids=lambda operation: operation.name)
def test_every_request_and_answer_comes_back_the_same(operation: wire.Operation) -> None:
    for kind in (operation.request, operation.answer):
        value = made(kind)
        assert wire.decode(wire.encode(value), kind) == value


def test_a_list_handed_over_keeps_refusals_apart_from_results() -> None:
    taken = made(HandedOver)
    listed = ListHandedOver("E1", (("A1", taken), ("A2", refusals.LOST)))
    assert wire.decode(wire.encode(listed), ListHandedOver) == listed


def test_operations_are_named_after_their_requests_and_only_once() -> None:
    assert len(wire.BY_NAME) == len(wire.BY_REQUEST) == len(wire.OPERATIONS)
    assert {"sign-in", "confirm-activation", "hand-over-to-employer", "bank-notice"} <= set(wire.BY_NAME)


def test_every_type_has_a_schema_that_names_its_parts() -> None:
    kinds = [kind for operation in wire.OPERATIONS for kind in (operation.request, operation.answer)]
    found, parts = wire.schemas(kinds)
    assert len(found) == len(kinds)
    assert parts["VerifyOldPin"]["properties"]["pin"] == {"type": "string", "pattern": "^[0-9]{4,16}$"}
    assert "anyOf" in str(parts["ListHandedOver"]["properties"]["results"])


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "not JSON"),
        (b"nonsense", "not JSON"),
        (b'{"place":{"pharmacy":"\xff"}}', "not JSON"),
        (b'"\\ud800"', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"NaN", "not JSON"),
        (b'{"a\\u0000": 1}', "NUL"),
        (b'{"a": [{"b": "\\u0000"}]}', "NUL"),
        (b'{"a": 9223372036854775808}', "64 bits"),
        (b'{"place": {"pharmacy": 5}}', "pharmacy"),
    ],
)
def test_what_does_not_belong_is_told_with_its_place(raw: bytes, told: str) -> None:
    with pytest.raises(wire.MalformedError, match=told):
        wire.decode(raw, wire.BY_NAME["sign-in"].request)
