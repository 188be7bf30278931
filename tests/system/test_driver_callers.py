"""Programs in other languages on the driver's socket: each reads a card, verifies a PIN, makes an HSM read in two steps
with the centre in between, and survives a card that is pulled.
"""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from terminal.backoffice.ports import HsmMessage
from terminal.testing.back_office import RecordedOffice
from terminal.testing.cards import CardFactory
from terminal.testing.driver_service import DriverService

PROGRAMS = Path(__file__).parents[1] / "programs" / "driver"
PIN = "123456"
DEADLINE_S = 60
Say = Callable[[str], None]
Hear = Callable[[], dict[str, Any]]


@pytest.fixture
def driver(
    ssc_driver: DriverService, ssc_card: CardFactory, ssc_back_office: RecordedOffice
) -> DriverService:
    card = ssc_card("ssc-3.0", seed=7)
    ssc_back_office.enrol(card)
    ssc_driver.insert(card)
    ssc_driver.keypad(PIN)
    return ssc_driver


def converse(driver: DriverService, office: RecordedOffice, hear: Hear, say: Say) -> None:
    """The test's side of a program: the centre between the steps, the hand that pulls the card, and the judge."""
    first = hear()
    fields = first["base"]["pOutInfo"].split("|")
    assert (first["base"]["success"], len(fields), fields[2]) == (1, 12, "A00000070")
    assert first["pin"]["success"] == 1 and first["step1"]["success"] == 1
    say(str(office.call(HsmMessage(f"01|{first['step1']['pOutInfo']}"))))
    second = hear()["step2"]
    assert second["functionName"] == "iReadCardBas_HSM_Step2"
    assert second["pOutInfo"].split("|")[:9] == fields[:9]
    driver.remove()
    say("pulled")
    assert hear()["removed"]["success"] == -2
    assert [call.code for call in driver.calls] == [0, 0, 0, 0, -2]


@contextmanager
def started(*command: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )
    timer = threading.Timer(DEADLINE_S, running.kill)
    timer.start()
    try:
        yield running
    finally:
        timer.cancel()
        running.kill()
        running.communicate()


def by_pipes(driver: DriverService, office: RecordedOffice, *command: str, **options: Any) -> None:
    with started(*command, **options) as running:
        assert running.stdin is not None and running.stdout is not None

        def hear() -> dict[str, Any]:
            assert running.stdout is not None
            line = running.stdout.readline()
            assert line, running.communicate()
            said: dict[str, Any] = json.loads(line)
            return said

        def say(text: str) -> None:
            assert running.stdin is not None
            running.stdin.write(f"{text}\n")
            running.stdin.flush()

        converse(driver, office, hear, say)
        assert running.wait(DEADLINE_S) == 0


def test_a_node_program(driver: DriverService, ssc_back_office: RecordedOffice) -> None:
    modules = {"NODE_PATH": "/usr/share/nodejs", "PATH": "/usr/bin:/bin"}
    by_pipes(driver, ssc_back_office, "node", str(PROGRAMS / "read_card.js"), driver.websocket, env=modules)


def test_a_java_program(driver: DriverService, ssc_back_office: RecordedOffice) -> None:
    by_pipes(driver, ssc_back_office, "java", str(PROGRAMS / "ReadCard.java"), driver.websocket)


class Page:
    """Serves one page, and talks with it: what it posts is heard, what is said answers it."""

    def __init__(self, file: Path) -> None:
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self.said: queue.Queue[str] = queue.Queue()
        page = file.read_bytes()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(page, "text/html; charset=utf-8")

            def do_POST(self) -> None:
                outer.heard.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self._answer(outer.said.get(timeout=DEADLINE_S).encode(), "text/plain")

            def _answer(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Page:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.said.put("the end")
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def browsing(address: str, profile: Path) -> Iterator[None]:
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}")
    with started("chromium", *flags, address):
        yield


def test_a_page_in_a_browser(driver: DriverService, ssc_back_office: RecordedOffice, tmp_path: Path) -> None:
    with Page(PROGRAMS / "read_card.html") as page:
        driver.allow_origin(page.origin)
        with browsing(f"{page.origin}/?driver={driver.websocket}", tmp_path):
            converse(driver, ssc_back_office, lambda: page.heard.get(timeout=DEADLINE_S), page.said.put)


def test_a_page_that_was_not_named_reads_no_card(ssc_driver: DriverService, tmp_path: Path) -> None:
    with (
        Page(PROGRAMS / "read_card.html") as page,
        browsing(f"{page.origin}/?driver={ssc_driver.websocket}", tmp_path),
    ):
        assert page.heard.get(timeout=DEADLINE_S) == {"error": "the line is closed"}
    assert ssc_driver.calls == []
