"""Many terminals at one centre at a time: nothing is activated twice, overdrawn or lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from serve_desk import FINISHED, TOKEN, Pharmacy, Served
from serve_till import OPENING_FEN, Till, balance, insure

from terminal.backoffice.link import Link
from terminal.backoffice.remote import RemoteNational

TERMINALS = 16


def test_sixteen_terminals_activate_eight_pairs_each_once(serve, where: str) -> None:
    """Two terminals for each pair of cards at the same time: a card cannot be in both, but its copy can."""
    served = serve(where)
    pairs = [Pharmacy(served.office(), seed=seed).enrol() for seed in range(1, TERMINALS // 2 + 1)]
    copies = [Pharmacy(served.office(), seed=pair.seed) for pair in pairs]
    begin = Barrier(TERMINALS)

    def visit(pharmacy: Pharmacy) -> None:
        begin.wait()
        pharmacy.visit()

    with ThreadPoolExecutor(TERMINALS) as terminals:
        list(terminals.map(visit, [*pairs, *copies]))
    for pair in pairs:
        assert pair.until_finished() in FINISHED
        assert pair.problems() == []
    assert [event for _, event, *_ in served.audit()].count("confirm") == len(pairs)
    assert served.ledger_faults() == []


def test_sixteen_tills_settle_on_one_account_and_never_overdraw_it(serve, where: str) -> None:
    served = serve(where)
    person = insure(served)
    begin = Barrier(TERMINALS)

    def shop(number: int) -> int:
        """What the account paid at one till, in fen."""
        till = Till(RemoteNational(Link(served.url, TOKEN)), start=number * 100).signed_in()
        begin.wait()
        answers = [till.buy(person, "3.00") for _ in range(4)]
        assert [answer["infcode"] for answer in answers] == [0] * 4
        return sum(int(answer["output"]["setlinfo"]["acct_pay"] * 100) for answer in answers)

    with ThreadPoolExecutor(TERMINALS) as tills:
        paid = sum(tills.map(shop, range(1, TERMINALS + 1)))
    assert paid == OPENING_FEN, "what is worth more than the account was paid for by it, to the last fen"
    assert balance(served) == 0
    assert served.ledger_faults() == []


def test_one_message_from_sixteen_tills_is_booked_once(serve, where: str) -> None:
    served = serve(where)
    person = insure(served)
    first = Till(RemoteNational(Link(served.url, TOKEN))).signed_in()
    message = first.purchase(person, "3.00")
    begin = Barrier(TERMINALS)

    def send(_: int) -> int:
        line = RemoteNational(Link(served.url, TOKEN))
        begin.wait()
        return int(line.handle(message)["infcode"])

    with ThreadPoolExecutor(TERMINALS) as tills:
        assert list(tills.map(send, range(TERMINALS))) == [0] * TERMINALS
    assert balance(served) == OPENING_FEN - 3_00


def test_balances_stay_apart_while_everybody_shops(served: Served) -> None:
    people = [insure(served, number) for number in range(1, 5)]

    def shop(number: int) -> None:
        till = Till(RemoteNational(Link(served.url, TOKEN)), start=number * 100).signed_in()
        for _ in range(3):
            assert till.buy(people[number % 4], "1.00")["infcode"] == 0

    with ThreadPoolExecutor(TERMINALS) as tills:
        list(tills.map(shop, range(1, TERMINALS + 1)))
    assert [balance(served, number) for number in range(1, 5)] == [OPENING_FEN - 12_00] * 4
