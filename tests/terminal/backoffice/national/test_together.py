"""Many terminals at a time: no account overdrawn, no message booked twice, no settlement cancelled twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

from national_samples import Town, item

from terminal.backoffice.national.interface import NationalInterface
from terminal.backoffice.store import Store

TERMINALS = 8


def together(town: Town, where: str, work: Callable[[NationalInterface, int], Any]) -> list[Any]:
    """What each of eight terminals gets, each with a connection of its own."""

    def terminal(number: int) -> Any:
        store = Store(where)
        try:
            return work(NationalInterface(store, town.profile, lambda: town.now), number)
        finally:
            store.close()

    with ThreadPoolExecutor(TERMINALS) as threads:
        return list(threads.map(terminal, range(TERMINALS)))


def test_one_account_is_never_overdrawn(town: Town, where: str, psn_no: str) -> None:
    envelopes = [
        [town.envelope("2102", **town.purchase(psn_no, item("3.00"))) for _ in range(5)]
        for _ in range(TERMINALS)
    ]
    answers = together(town, where, lambda desk, number: [desk.handle(each) for each in envelopes[number]])
    said = [answer["output"]["setlinfo"] for each in answers for answer in each]
    assert sum(each["acct_pay"] for each in said) == Decimal("100.00") and town.balance() == 0
    assert sum(each["psn_cash_pay"] for each in said) == Decimal("20.00")
    assert sorted(each["balc"] for each in said) == sorted(
        max(Decimal(0), 100 - 3 * Decimal(n)) for n in range(1, 41)
    )


def test_one_message_sent_by_all_books_once(town: Town, where: str, psn_no: str) -> None:
    envelope = town.envelope("2102", **town.purchase(psn_no, item("3.00")))
    answers = together(town, where, lambda desk, _: desk.handle(envelope))
    assert all(answer == answers[0] and answer["infcode"] == 0 for answer in answers)
    assert town.balance() == 97_00


def test_one_settlement_is_cancelled_by_one(town: Town, where: str, psn_no: str) -> None:
    key = town.key(psn_no, town.buy(psn_no, item("3.00")))
    envelopes = [town.envelope("2103", data=key) for _ in range(TERMINALS)]
    answers = together(town, where, lambda desk, number: desk.handle(envelopes[number]))
    assert sorted(answer["infcode"] for answer in answers) == [-1] * 7 + [0]
    assert town.balance() == 100_00


def test_a_settlement_and_its_reversal_never_both_count(town: Town, where: str, psn_no: str) -> None:
    settle = town.envelope("2102", **town.purchase(psn_no, item("3.00")))
    undo = [
        town.envelope("2601", data={"psn_no": psn_no, "omsgid": settle["msgid"], "oinfno": "2102"})
        for _ in range(TERMINALS)
    ]
    answers = together(town, where, lambda desk, number: desk.handle(undo[number] if number % 2 else settle))
    assert all(answer["infcode"] == 0 for answer in answers[1::2])
    assert town.balance() == 100_00


def test_two_people_settle_across_two_places(town: Town, where: str) -> None:
    people = [town.person(number) for number in range(1, TERMINALS + 1)]
    envelopes = [
        [town.envelope("2102", f"99010000000{1 + turn % 2}", **town.purchase(psn_no)) for turn in range(4)]
        for psn_no in people
    ]
    answers = together(town, where, lambda desk, number: [desk.handle(each) for each in envelopes[number]])
    assert all(answer["infcode"] == 0 for each in answers for answer in each)
    assert [town.balance(number) for number in range(1, TERMINALS + 1)] == [60_00] * TERMINALS
