"""The programs that docs/pos-testing.md shows in other languages run as they stand there, on a virtual card."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from terminal.testing.cards import CardFactory
from terminal.testing.driver_service import DriverService

PAGE = (Path(__file__).parents[2] / "docs" / "pos-testing.md").read_text(encoding="utf-8")
NUMBER, PIN = "A00000070", "123456"
DEFAULT_ADDRESS = "ws://127.0.0.1:12342"
DEADLINE_S = 60


def block(name: str) -> str:
    """The block whose first line names this file."""
    pattern = rf"```\w+\n(?://|#|<!--) {re.escape(name)}(?: -->)?\n(.*?)```"
    (found,) = re.findall(pattern, PAGE, re.DOTALL)
    return str(found)


@pytest.fixture
def driver(ssc_driver: DriverService, ssc_card: CardFactory) -> DriverService:
    ssc_driver.insert(ssc_card("ssc-3.0", seed=7))
    return ssc_driver


@pytest.fixture
def written(tmp_path: Path, driver: DriverService) -> Path:
    """A directory with every program of the page, the service's address in place of the default one."""
    names = ("read_card.c", "ReadCard.cs", "read_card.py", "ReadCard.java", "read_card.js", "read_card.html")
    for name in names:
        body = block(name).replace(DEFAULT_ADDRESS, driver.websocket)
        (tmp_path / name).write_text(body, encoding="utf-8")
    return tmp_path


def run(directory: Path, *command: str, **variables: str) -> bytes:
    environment = {**os.environ, **variables}
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, timeout=DEADLINE_S, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_c(driver: DriverService, written: Path, ssc_driver_library: Path) -> None:
    driver.keypad(PIN)
    run(
        written,
        "gcc",
        "-Wall",
        "-Werror",
        "-o",
        "pos",
        "read_card.c",
        f"-L{ssc_driver_library}",
        "-lSSCardDriver",
    )
    said = run(written, "./pos", LD_LIBRARY_PATH=str(ssc_driver_library), **driver.environment)
    first, second = said.decode("gbk").splitlines()
    assert first.startswith("0 990100|") and first.split("|")[2] == NUMBER and second == "0 "


def test_c_sharp(driver: DriverService, written: Path, ssc_driver_library: Path) -> None:
    run(written, "mcs", "ReadCard.cs")
    found = {"LD_LIBRARY_PATH": str(ssc_driver_library), "SSC_DRIVER_ENCODING": "UTF-8"}
    assert run(written, "mono", "ReadCard.exe", **found, **driver.environment) == f"0 {NUMBER}\n".encode()


def test_python(driver: DriverService, written: Path, ssc_driver_library: Path) -> None:
    found = {"LD_LIBRARY_PATH": str(ssc_driver_library), "PYTHONIOENCODING": "utf-8"}
    said = run(written, sys.executable, "read_card.py", **found, **driver.environment).decode("utf-8")
    assert said.startswith("0 990100|") and said.split("|")[2] == NUMBER


@pytest.mark.parametrize(
    ("command", "variables"),
    [(("java", "ReadCard.java"), {}), (("node", "read_card.js"), {"NODE_PATH": "/usr/share/nodejs"})],
    ids=["java", "node"],
)
def test_a_program_on_the_socket(
    driver: DriverService, written: Path, command: tuple[str, ...], variables: dict[str, str]
) -> None:
    answer = json.loads(run(written, *command, **variables))
    assert answer["success"] == 1 and answer["pOutInfo"].split("|")[2] == NUMBER


def test_a_page(driver: DriverService, written: Path) -> None:
    driver.allow_origin("null")
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        f"--user-data-dir={written}/profile",
    )
    page = (written / "read_card.html").as_uri()
    browser = subprocess.Popen(
        ["chromium", *flags, page], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + DEADLINE_S
        while not any(call.took_ms is not None for call in driver.calls):
            assert browser.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        browser.kill()
        browser.wait()
    assert [(call.function, call.code) for call in driver.calls] == [("iReadCardBas", 0)]


def test_the_ci_job(tmp_path: Path) -> None:
    (tmp_path / "ci.sh").write_text(block("ci.sh"), encoding="utf-8")
    (tmp_path / "read_card.c").write_text(block("read_card.c"), encoding="utf-8")
    run(tmp_path, "sh", "ci.sh", PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "iReadCardBas" in report and "injected" in report and PIN not in report
