"""The local socket: frames, posts, several callers, and the pages that may not speak."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from fastapi import FastAPI
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from terminal.driver.ports import Answer, Argument
from terminal.serve.driver.bridge import add_bridge
from terminal.serve.driver.calls import LONGEST
from terminal.serve.driver.gate import OriginGate
from terminal.serve.running import in_thread

ALLOWED = "https://pos.example"


class Recorder:
    """A driver that notes who called what, and answers with the function's name."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Argument, ...], object]] = []
        self.gone: list[object] = []
        self.hung_up = threading.Event()

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
        self.calls.append((name, tuple(arguments), caller))
        return Answer(0, f"{name} 测试")

    def hang_up(self, caller: object) -> None:
        self.gone.append(caller)
        self.hung_up.set()


@pytest.fixture(scope="module")
def driver() -> Recorder:
    return Recorder()


@pytest.fixture(scope="module")
def address(driver: Recorder) -> Iterator[str]:
    app = FastAPI()
    add_bridge(app, driver)
    with in_thread(OriginGate(app, [ALLOWED])) as url:
        yield url.removeprefix("http://")


@contextmanager
def caller(address: str, **options: object) -> Iterator[ClientConnection]:
    with connect(f"ws://{address}/", proxy=None, **options) as socket:  # type: ignore[arg-type]
        yield socket


def ask(socket: ClientConnection, **request: object) -> dict[str, object]:
    socket.send(json.dumps(request))
    answer = json.loads(socket.recv(timeout=60))
    assert isinstance(answer, dict)
    return answer


def test_one_answer_for_each_frame_and_the_line_stays_open(address: str) -> None:
    with caller(address) as socket:
        for _ in range(3):
            answer = ask(socket, function="iReadCardBas", iType=3)
            assert answer == {"functionName": "iReadCardBas", "success": 1, "pOutInfo": "iReadCardBas 测试"}


def test_the_second_step_goes_by_the_pending_first_one_of_the_same_line(address: str) -> None:
    with caller(address) as one, caller(address) as other:
        ask(one, function="iReadCardBas_HSM_Step1", iType=3)
        ask(other, function="iReadCard", pCardInfo="", pFileAddr="")
        assert ask(one, function="ReadCard_HSM_Step2", pKey="")["functionName"] == "iReadCardBas_HSM_Step2"
        assert ask(other, function="ReadCard_HSM_Step2", pKey="")["functionName"] == "iReadCard_HSM_Step2"


def test_a_caller_that_goes_away_hangs_up(address: str, driver: Recorder) -> None:
    with caller(address) as socket:
        ask(socket, function="iReadCardBas_HSM_Step1")
        who = driver.calls[-1][2]
        driver.hung_up.clear()
    assert driver.hung_up.wait(10)
    assert who in driver.gone


def test_a_post_is_answered_as_a_frame_is(address: str) -> None:
    answer = httpx.post(f"http://{address}/", json={"func": "iVerifyPIN", "in": [1]}, trust_env=False)
    assert answer.json() == {"result": "0", "out": ["iVerifyPIN 测试"]}


def test_too_much_is_refused_and_the_service_goes_on(address: str) -> None:
    answer = httpx.post(f"http://{address}/", content=b"x" * (LONGEST + 1), trust_env=False).json()
    assert answer["success"] == -14
    with caller(address) as socket:
        assert ask(socket, function="x" * (LONGEST + 1))["success"] == -14
        assert ask(socket, function="iVerifyPIN")["success"] == 1


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_pages_from_elsewhere_are_turned_away(address: str, driver: Recorder, origin: str) -> None:
    before = len(driver.calls)
    with pytest.raises((InvalidStatus, ConnectionClosed)), caller(address, origin=origin) as socket:
        ask(socket, function="iReadCardBas")
    answer = httpx.post(f"http://{address}/", json={}, headers={"Origin": origin}, trust_env=False)
    assert answer.status_code == 403
    assert f"--allow-origin {origin}" in answer.json()["error"]
    assert "access-control-allow-origin" not in answer.headers
    assert len(driver.calls) == before


def test_a_page_on_the_list_is_served_and_may_read_the_answer(address: str) -> None:
    with caller(address, origin=ALLOWED) as socket:
        assert ask(socket, function="iReadCardBas")["success"] == 1
    told = httpx.options(f"http://{address}/", headers={"Origin": ALLOWED}, trust_env=False)
    assert told.status_code == 204
    answer = httpx.post(f"http://{address}/", json={}, headers={"Origin": ALLOWED}, trust_env=False)
    assert answer.headers["access-control-allow-origin"] == ALLOWED


def test_the_service_s_own_pages_are_served(address: str) -> None:
    with caller(address, origin=f"http://{address}") as socket:
        assert ask(socket, function="iReadCardBas")["success"] == 1


@pytest.mark.parametrize("host", ["192.0.2.1:12342", "[2001:db8::1]:12342", "localhost"])
def test_an_address_in_numbers_is_always_this_service(address: str, host: str) -> None:
    answer = httpx.post(f"http://{address}/", json={}, headers={"Host": host}, trust_env=False)
    assert answer.status_code == 200


class Waiting(Recorder):
    """A driver whose calls wait, as for a PIN."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
        self.go_on.wait(30)
        return super().call(name, arguments, caller)


def test_however_many_calls_wait_the_rest_of_the_service_answers() -> None:
    app, driver = FastAPI(), Waiting()
    add_bridge(app, driver)

    @app.get("/beside")
    def beside() -> str:
        return "answered"

    with in_thread(app) as url, ExitStack() as sockets:
        try:
            for _ in range(45):
                socket = sockets.enter_context(caller(url.removeprefix("http://")))
                socket.send(json.dumps({"function": "iVerifyPIN"}))
            assert httpx.get(f"{url}/beside", trust_env=False, timeout=60).json() == "answered"
        finally:
            driver.go_on.set()


def test_another_name_pointed_at_this_machine_is_turned_away(address: str) -> None:
    host = {"Host": "elsewhere.example:12342", "Origin": "http://elsewhere.example:12342"}
    answer = httpx.post(f"http://{address}/", json={}, headers=host, trust_env=False)
    assert answer.status_code == 403
