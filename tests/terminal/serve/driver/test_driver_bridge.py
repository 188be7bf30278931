"""The local socket: frames, posts, several callers, and the pages that may not speak."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from fastapi import FastAPI
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from terminal.driver.ports import Answer, Argument
from terminal.driver.presence import somebody_waits
from terminal.serve import running
from terminal.serve.driver.bridge import add_bridge
from terminal.serve.driver.calls import LONGEST
from terminal.serve.driver.gate import OriginGate
from terminal.serve.running import in_thread

ALLOWED = "https://pos.example"
SERVER = "uvicorn.error"
TOLD = "iVerifyPIN 测试"


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
    with connect(f"ws://{address}/", proxy=None, **options) as line:  # type: ignore[arg-type]
        yield line


def ask(line: ClientConnection, **request: object) -> dict[str, object]:
    line.send(json.dumps(request))
    answer = json.loads(line.recv(timeout=60))
    assert isinstance(answer, dict)
    return answer


def test_one_answer_for_each_frame_and_the_line_stays_open(address: str) -> None:
    with caller(address) as line:
        for _ in range(3):
            answer = ask(line, function="iReadCardBas", iType=3)
            assert answer == {"functionName": "iReadCardBas", "success": 1, "pOutInfo": "iReadCardBas 测试"}


def test_the_second_step_goes_by_the_pending_first_one_of_the_same_line(address: str) -> None:
    with caller(address) as one, caller(address) as other:
        ask(one, function="iReadCardBas_HSM_Step1", iType=3)
        ask(other, function="iReadCard", pCardInfo="", pFileAddr="")
        assert ask(one, function="ReadCard_HSM_Step2", pKey="")["functionName"] == "iReadCardBas_HSM_Step2"
        assert ask(other, function="ReadCard_HSM_Step2", pKey="")["functionName"] == "iReadCard_HSM_Step2"


def test_a_caller_that_goes_away_hangs_up(address: str, driver: Recorder) -> None:
    with caller(address) as line:
        ask(line, function="iReadCardBas_HSM_Step1")
        who = driver.calls[-1][2]
        driver.hung_up.clear()
    assert driver.hung_up.wait(10)
    assert who in driver.gone


def test_a_post_is_answered_as_a_frame_is(address: str) -> None:
    answer = httpx.post(f"http://{address}/", json={"func": "iVerifyPIN", "in": [1]}, trust_env=False)
    assert answer.json() == {"result": "0", "out": [TOLD]}


def test_too_much_is_refused_and_the_service_goes_on(address: str) -> None:
    answer = httpx.post(f"http://{address}/", content=b"x" * (LONGEST + 1), trust_env=False).json()
    assert answer["success"] == -14
    with caller(address) as line:
        assert ask(line, function="x" * (LONGEST + 1))["success"] == -14
        assert ask(line, function="iVerifyPIN")["success"] == 1


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_pages_from_elsewhere_are_turned_away(address: str, driver: Recorder, origin: str) -> None:
    before = len(driver.calls)
    with pytest.raises((InvalidStatus, ConnectionClosed)), caller(address, origin=origin) as line:
        ask(line, function="iReadCardBas")
    answer = httpx.post(f"http://{address}/", json={}, headers={"Origin": origin}, trust_env=False)
    assert answer.status_code == 403
    assert f"--allow-origin {origin}" in answer.json()["error"]
    assert "access-control-allow-origin" not in answer.headers
    assert len(driver.calls) == before


def test_who_names_two_origins_has_none_on_the_list(address: str) -> None:
    headers = [("Origin", ALLOWED), ("Origin", "https://elsewhere.example")]
    assert httpx.post(f"http://{address}/", headers=headers, json={}, trust_env=False).status_code == 403


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("https://elsewhere.example/form?x=://y", 403),
        ("about:blank", 403),
        (f"{ALLOWED}/till", 200),
        ("http://{address}/", 200),
    ],
)
def test_a_form_of_an_old_browser_comes_from_the_page_it_stands_on(
    address: str, page: str, status: int
) -> None:
    headers = {"Referer": page.format(address=address)}
    assert httpx.post(f"http://{address}/", headers=headers, json={}, trust_env=False).status_code == status


def test_a_page_on_the_list_is_served_and_may_read_the_answer(address: str) -> None:
    with caller(address, origin=ALLOWED) as line:
        assert ask(line, function="iReadCardBas")["success"] == 1
    told = httpx.options(f"http://{address}/", headers={"Origin": ALLOWED}, trust_env=False)
    assert told.status_code == 204
    answer = httpx.post(f"http://{address}/", json={}, headers={"Origin": ALLOWED}, trust_env=False)
    assert answer.headers["access-control-allow-origin"] == ALLOWED


def test_the_service_s_own_pages_are_served(address: str) -> None:
    with caller(address, origin=f"http://{address}") as line:
        assert ask(line, function="iReadCardBas")["success"] == 1


@pytest.mark.parametrize("host", ["192.0.2.1:12342", "[2001:db8::1]:12342", "localhost"])
def test_an_address_in_numbers_is_always_this_service(address: str, host: str) -> None:
    answer = httpx.post(f"http://{address}/", json={}, headers={"Host": host}, trust_env=False)
    assert answer.status_code == 200


class Complaints(logging.Handler):
    """What the web server writes to its log."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(self.format(record))


@contextmanager
def complaining() -> Iterator[Complaints]:
    """Listens to the servers that have started: a further one takes its log from whoever listens."""
    complaints = Complaints()
    logging.getLogger(SERVER).addHandler(complaints)
    try:
        yield complaints
    finally:
        logging.getLogger(SERVER).removeHandler(complaints)


def raw(address: str, *parts: bytes) -> socket.socket:
    """A line on which each part has been sent, and answered where another one follows."""
    host, port = address.split(":")
    line = socket.create_connection((host, int(port)), timeout=10)
    line.sendall(parts[0])
    for part in parts[1:]:
        assert line.recv(4096).startswith(b"HTTP/1.1 101 ")
        line.sendall(part)
    return line


HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
HALF_A_POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
NO_TEXT = b"\x81\x82\0\0\0\0\xff\xfe"


def test_clients_that_break_off_or_send_no_text_are_no_fault_of_ours(address: str) -> None:
    with complaining() as complaints:
        raw(address, HALF_A_POST).close()
        raw(address, HANDSHAKE, b"\x81\xfe").close()
        with raw(address, HANDSHAKE, NO_TEXT) as line:
            assert line.recv(4096) == b"\x88\x02\x03\xef"
        answer = httpx.post(f"http://{address}/", json={"func": "iVerifyPIN", "in": [1]}, trust_env=False)
    assert answer.json()["result"] == "0"
    assert complaints.records == []


def test_a_program_that_speaks_http_1_0_need_not_name_a_host(address: str) -> None:
    body = b'{"func": "iVerifyPIN", "in": [1]}'
    with raw(address, b"POST / HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)) as line:
        assert line.makefile("rb").read().endswith(json.dumps({"result": "0", "out": [TOLD]}).encode())


class Waiting(Recorder):
    """A driver whose calls wait, as for a PIN."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Event()

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
        self.begun.release()
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
                line = sockets.enter_context(caller(url.removeprefix("http://")))
                line.send(json.dumps({"function": "iVerifyPIN"}))
            assert httpx.get(f"{url}/beside", trust_env=False, timeout=60).json() == "answered"
        finally:
            driver.go_on.set()


def test_the_end_of_the_service_does_not_wait_for_a_call_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LAST_REQUESTS_S", 0.1)
    app, driver, answers = FastAPI(), Waiting(), list[httpx.Response]()
    add_bridge(app, driver)

    def post() -> None:
        asked = {"function": "iVerifyPIN"}
        answers.append(httpx.post(f"{url}/", json=asked, trust_env=False, timeout=10))

    caller_waits = threading.Thread(target=post)
    with ExitStack() as later:
        later.callback(driver.go_on.set)
        with in_thread(app) as url:
            complaints = later.enter_context(complaining())
            line = later.enter_context(caller(url.removeprefix("http://")))
            caller_waits.start()
            line.send(json.dumps({"function": "iVerifyPIN"}))
            assert driver.begun.acquire(timeout=10) and driver.begun.acquire(timeout=10)
        caller_waits.join(10)
        with pytest.raises(ConnectionClosed, match="1012"):
            line.recv(timeout=10)
    assert [(answer.status_code, "ending" in answer.json()["error"]) for answer in answers] == [(503, True)]
    assert complaints.records == []


def test_the_end_of_the_service_waits_for_the_answer_to_a_frame() -> None:
    app, driver = FastAPI(), Waiting()
    add_bridge(app, driver)
    with ExitStack() as lines:
        with in_thread(app) as url:
            idle, asking = (lines.enter_context(caller(url.removeprefix("http://"))) for _ in range(2))
            asking.send(json.dumps({"function": "iVerifyPIN"}))
            assert driver.begun.acquire(timeout=10)
            threading.Timer(0.2, driver.go_on.set).start()
        assert json.loads(asking.recv(timeout=10))["success"] == 1
        for line in (idle, asking):
            with pytest.raises(ConnectionClosed, match="1012"):
                line.recv(timeout=10)


class Patient(Recorder):
    """A driver whose calls wait until their caller has gone."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.noticed = threading.Event(), threading.Event()

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
        self.begun.set()
        while somebody_waits():
            self.noticed.wait(0.01)
        self.noticed.set()
        return Answer(0, "")


def test_a_call_learns_that_its_caller_has_gone() -> None:
    app, driver = FastAPI(), Patient()
    add_bridge(app, driver)
    body = b'{"func": "iVerifyPIN", "in": [1]}'
    posted = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    framed = bytes((0x81, 0x80 | len(body))) + bytes(4) + body
    with in_thread(app) as url:
        for parts in ((posted,), (HANDSHAKE, framed)):
            driver.begun.clear()
            driver.noticed.clear()
            with raw(url.removeprefix("http://"), *parts):
                assert driver.begun.wait(10) and not driver.noticed.is_set()
            assert driver.noticed.wait(10)


def test_another_name_pointed_at_this_machine_is_turned_away(address: str) -> None:
    host = {"Host": "elsewhere.example:12342", "Origin": "http://elsewhere.example:12342"}
    answer = httpx.post(f"http://{address}/", json={}, headers=host, trust_env=False)
    assert answer.status_code == 403
