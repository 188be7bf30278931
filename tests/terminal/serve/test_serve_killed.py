"""The service is killed in the middle, started again on the same database, and nothing is lost or doubled."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from serve_desk import FINISHED, NOW, PROFILE, TOKEN, Pharmacy, Served
from serve_process import Process
from serve_till import OPENING_FEN, Till, balance, insure

from terminal.backoffice import wire
from terminal.backoffice.link import Link
from terminal.backoffice.ports import UnreachableError
from terminal.backoffice.remote import RemoteNational, RemoteOffice
from terminal.flow.outcomes import Outcome
from terminal.serve.failures import Failure, FailureKind, FailureSwitch
from terminal.serve.pool import CentrePool

TILLS = 4


@pytest.fixture
def killable() -> Iterator[Callable[[str], Process]]:
    """Starts services, and ends what is left of them."""
    started: list[Process] = []

    def start(where: str) -> Process:
        started.append(Process(where))
        return started[-1]

    yield start
    for process in started:
        process.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("do", [FailureKind.TIMEOUT_BEFORE_COMMIT, FailureKind.TIMEOUT_AFTER_COMMIT])
@pytest.mark.parametrize("transaction", ["reserve", "confirm-activation"])
def test_an_activation_survives_the_service(killable, where: str, do: FailureKind, transaction: str) -> None:
    process = killable(where)
    pharmacy = Pharmacy(RemoteOffice(process.url, PROFILE, TOKEN)).enrol()
    link = Link(process.url, TOKEN)
    assert link.post("/failures", wire.encode(Failure(do, transaction, seconds=60.0))).status == 200
    outcomes: list[Outcome] = []
    visiting = threading.Thread(target=lambda: outcomes.append(pharmacy.visit()))
    visiting.start()
    until(lambda: bool(json.loads(link.send("GET", "/failures").body)["struck"]))
    process.kill()
    visiting.join(30)
    assert outcomes == [Outcome.UNREACHABLE]
    process.start()
    assert pharmacy.until_finished() in FINISHED
    assert pharmacy.problems() == []


def test_settlements_survive_the_service_to_the_fen(killable, where: str) -> None:
    """Killed while four tills settle; each sends again what it has no answer to, under the same msgid."""
    with closing(CentrePool.over(where, PROFILE, lambda: NOW)) as pool:
        people = [insure(Served("", pool, FailureSwitch()), number) for number in range(TILLS)]
    process = killable(where)
    settled, killed, back = threading.Semaphore(0), threading.Event(), threading.Event()

    def shop(number: int) -> int:
        """How many settlements this till has answers to."""
        till = Till(RemoteNational(Link(process.url, TOKEN)), start=number * 1000).signed_in()
        answered = 0
        while not killed.is_set():
            message = till.purchase(people[number], "0.01")
            try:
                answer = till.national.handle(message)
            except UnreachableError:
                assert back.wait(30)
                answer = RemoteNational(Link(process.url, TOKEN)).handle(message)
            assert answer["infcode"] == 0, answer["err_msg"]
            answered += 1
            settled.release()
        return answered

    with ThreadPoolExecutor(TILLS) as tills:
        shopping = [tills.submit(shop, number) for number in range(TILLS)]
        for _ in range(5 * TILLS):
            assert settled.acquire(timeout=60)
        process.kill()
        killed.set()
        process.start()
        back.set()
        answered = [each.result(60) for each in shopping]
    process.close()
    with closing(CentrePool.over(where, PROFILE, lambda: NOW)) as pool:
        after = Served("", pool, FailureSwitch())
        assert [balance(after, number) for number in range(TILLS)] == [
            OPENING_FEN - count for count in answered
        ]
        assert after.ledger_faults() == []
