from __future__ import annotations

import pytest

from apdu.command import Command
from apdu.response import Response
from apdu.t0 import CompletionError, FetchAfter, GetResponseClass, GetResponseLe, Policy, complete

STANDARD = Policy()
OWN_CLASS = Policy(get_response_class=GetResponseClass.COMMAND)
LE_ZERO = Policy(get_response_le=GetResponseLe.ZERO)
NO_WARNING = Policy(fetch_after=FetchAfter.NO_WARNING)
ALL_WARNINGS = Policy(fetch_after=FetchAfter.ALL_WARNINGS)

FULL = "5A" * 256
SELECT = "00A4040005D156000005"
CASE_4 = SELECT + "00"
AUTH = "80FA000004010203" + "0400"

# name: command, policy, (expected sent, answered) ..., final answer
ROWS: dict[str, tuple[str, Policy, list[tuple[str, str]], str]] = {
    "9000 at once": ("0084000004", STANDARD, [("0084000004", "010203049000")], "010203049000"),
    "an error at once": ("00B2010400", STANDARD, [("00B2010400", "6A83")], "6A83"),
    "61xx": (CASE_4, STANDARD, [(CASE_4, "6102"), ("00C0000002", "AABB9000")], "AABB9000"),
    "61xx to case 3": (SELECT, STANDARD, [(SELECT, "6102"), ("00C0000002", "AABB9000")], "AABB9000"),
    "61xx to case 2": (
        "00B2010402",
        STANDARD,
        [("00B2010402", "6102"), ("00C0000002", "AABB9000")],
        "AABB9000",
    ),
    "61xx to case 1": ("00A40000", STANDARD, [("00A40000", "6102"), ("00C0000002", "AABB9000")], "AABB9000"),
    "6100 is 256 more": (
        CASE_4,
        STANDARD,
        [(CASE_4, "6100"), ("00C0000000", FULL + "6110"), ("00C0000010", "01" * 16 + "9000")],
        FULL + "01" * 16 + "9000",
    ),
    "6100 again and again": (
        CASE_4,
        STANDARD,
        [(CASE_4, "6100"), ("00C0000000", FULL + "6100"), ("00C0000000", FULL + "9000")],
        FULL * 2 + "9000",
    ),
    "data beside 61xx": (
        CASE_4,
        STANDARD,
        [(CASE_4, "01026102"), ("00C0000002", "03046101"), ("00C0000001", "059000")],
        "01020304059000",
    ),
    "61xx with Le 00": (CASE_4, LE_ZERO, [(CASE_4, "6102"), ("00C0000000", "AABB9000")], "AABB9000"),
    "Le 00 corrected by 6Cxx": (
        CASE_4,
        LE_ZERO,
        [(CASE_4, "6102"), ("00C0000000", "6C02"), ("00C0000002", "AABB9000")],
        "AABB9000",
    ),
    "own class": (AUTH, OWN_CLASS, [(AUTH, "6108"), ("80C0000008", "11" * 8 + "9000")], "11" * 8 + "9000"),
    "class 00 for class 80": (
        AUTH,
        STANDARD,
        [(AUTH, "6108"), ("00C0000008", "11" * 8 + "9000")],
        "11" * 8 + "9000",
    ),
    "6Cxx": (
        "00B2010400",
        STANDARD,
        [("00B2010400", "6C03"), ("00B2010403", "0201339000")],
        "0201339000",
    ),
    "6C00 is 256": (
        "00B0000010",
        STANDARD,
        [("00B0000010", "6C00"), ("00B0000000", FULL + "9000")],
        FULL + "9000",
    ),
    "6Cxx then 61xx": (
        "00B2010400",
        STANDARD,
        [("00B2010400", "6C03"), ("00B2010403", "6103"), ("00C0000003", "0201339000")],
        "0201339000",
    ),
    "6Cxx after 61xx": (
        CASE_4,
        STANDARD,
        [(CASE_4, "6104"), ("00C0000004", "6C02"), ("00C0000002", "AABB9000")],
        "AABB9000",
    ),
    "6Cxx keeps the data of case 4": (
        CASE_4,
        STANDARD,
        [(CASE_4, "6C02"), (SELECT + "02", "AABB9000")],
        "AABB9000",
    ),
    "6Cxx to case 3 is final": (SELECT, STANDARD, [(SELECT, "6C02")], "6C02"),
    "6Cxx to case 1": ("00A40000", STANDARD, [("00A40000", "6C02"), ("00A4000002", "AABB9000")], "AABB9000"),
    "an error after 61xx": (CASE_4, STANDARD, [(CASE_4, "6102"), ("00C0000002", "6F00")], "6F00"),
    "a warning, then the data": (
        CASE_4,
        STANDARD,
        [(CASE_4, "6283"), ("00C0000000", "AABB9000")],
        "AABB6283",
    ),
    "a warning, its length corrected": (
        CASE_4,
        STANDARD,
        [(CASE_4, "6300"), ("00C0000000", "6C02"), ("00C0000002", "AABB9000")],
        "AABB6300",
    ),
    "a warning, then 61xx": (
        CASE_4,
        STANDARD,
        [(CASE_4, "6283"), ("00C0000000", "AA6101"), ("00C0000001", "BB9000")],
        "AABB6283",
    ),
    "a warning and nothing to fetch": (CASE_4, STANDARD, [(CASE_4, "6283"), ("00C0000000", "6F00")], "6283"),
    "a warning with its data": (CASE_4, STANDARD, [(CASE_4, "AABB6283")], "AABB6283"),
    "a warning to case 3": (SELECT, STANDARD, [(SELECT, "6283")], "6283"),
    "a warning at the end": (CASE_4, STANDARD, [(CASE_4, "6102"), ("00C0000002", "AABB6282")], "AABB6282"),
    "a warning not followed": (CASE_4, NO_WARNING, [(CASE_4, "6283")], "6283"),
    "a counter is no data": (CASE_4, STANDARD, [(CASE_4, "63C2")], "63C2"),
    "a counter followed on demand": (
        CASE_4,
        ALL_WARNINGS,
        [(CASE_4, "63C2"), ("00C0000000", "AABB9000")],
        "AABB63C2",
    ),
    "the caller's own GET RESPONSE": (
        "00C0000002",
        STANDARD,
        [("00C0000002", "AABB6101"), ("00C0000001", "CC9000")],
        "AABBCC9000",
    ),
    "the tries query": ("0020000000", STANDARD, [("0020000000", "63C6")], "63C6"),
}


@pytest.mark.parametrize("name", ROWS)
def test_exchanges_are_completed(name: str) -> None:
    command, policy, exchanges, final = ROWS[name]
    exchange = complete(Command.parse(bytes.fromhex(command)), policy)
    sent = next(exchange)
    for number, (expected, answered) in enumerate(exchanges, 1):
        assert sent.encode().hex().upper() == expected
        answer = Response.parse(bytes.fromhex(answered))
        if number < len(exchanges):
            sent = exchange.send(answer)
            continue
        with pytest.raises(StopIteration) as finished:
            exchange.send(answer)
        assert finished.value.value == Response.parse(bytes.fromhex(final))


@pytest.mark.parametrize("answer", ["6110", "6C10"])
def test_a_card_that_never_finishes_is_given_up_after_the_rounds_of_the_policy(answer: str) -> None:
    exchange = complete(Command.parse(bytes.fromhex("0020000003123456" + "00")), Policy(max_rounds=5))
    next(exchange)
    for _ in range(4):
        exchange.send(Response.parse(bytes.fromhex(answer)))
    with pytest.raises(CompletionError, match="after 5 rounds") as caught:
        exchange.send(Response.parse(bytes.fromhex(answer)))
    assert (caught.value.rounds, caught.value.sw) == (5, int(answer, 16))
    assert "00200000" in str(caught.value) and "123456" not in str(caught.value)
