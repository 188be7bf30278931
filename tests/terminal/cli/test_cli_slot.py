"""`ssc serve driver` and `ssc slot` as people use them: one service, cards moved while programs call it."""

from __future__ import annotations

import json
import os
import pty
import signal
import stat
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import httpx
import jsonschema
import pytest
from cli_samples import Run, Start

from terminal.cli import serving_driver
from terminal.cli.serve import driver
from terminal.driver.profile import DEFAULT_NAME
from terminal.serve.driver.endpoint import Endpoint
from terminal.trace.schema import EVENT_TYPES
from terminal.trace.schema_shapes import document
from virtual_card.image import load

VALIDATOR = jsonschema.Draft202012Validator(document(EVENT_TYPES, closed=True))
Call = Callable[..., dict[str, Any]]
PIN = "123456"


@pytest.fixture
def service(process: Start, cards: Path) -> Iterator[subprocess.Popen[str]]:
    """A driver with new.card in its slot and psam.card beside it; its endpoint file is `endpoint`."""
    options = ("--card", "new.card", "--psam", "psam.card", "--endpoint", "endpoint")
    running = process("serve", "driver", "--port", "0", "--json", *options)
    assert running.stdout is not None
    line = running.stdout.readline()
    assert line, running.communicate()
    VALIDATOR.validate(json.loads(line))
    yield running
    if running.poll() is None:
        running.send_signal(signal.SIGTERM)
        _, err = running.communicate(timeout=60)
        assert running.returncode == 0 and "Traceback" not in err, err


@pytest.fixture
def call(service: object, cards: Path) -> Call:
    """Calls a function of the driver by POST."""
    endpoint = Endpoint.read(cards / "endpoint")
    assert endpoint is not None and endpoint.url is not None

    def post(function: str, **arguments: object) -> dict[str, Any]:
        asked = {"function": function, **arguments}
        answer = httpx.post(f"{endpoint.url}/", json=asked, trust_env=False, timeout=60).json()
        assert isinstance(answer, dict)
        return answer

    return post


@pytest.fixture
def slot(ssc: Run, service: object) -> Callable[..., list[dict[str, Any]]]:
    """Runs `ssc slot ... --json` at the service; every line is checked against the schema."""

    def run(*words: str) -> list[dict[str, Any]]:
        result = ssc("slot", words[0], "--endpoint", "endpoint", "--json", *words[1:])
        assert result.exit_code == 0, result.stderr
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        for line in lines:
            VALIDATOR.validate(line)
        return lines

    return run


Slot = Callable[..., list[dict[str, Any]]]


def wait_until(reached: Callable[[], bool]) -> None:
    """Until it is so; fails after 20 s."""
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_cards_move_while_a_program_calls(call: Call, slot: Slot) -> None:
    assert [(one["place"], one["kind"]) for one in slot("show")] == [
        ("contact", "ssc-3.0"),
        ("contactless", None),
        ("sam", "psam"),
    ]
    mine = call("iReadCardBas")
    assert mine["success"] == 1
    slot("remove")
    assert call("iReadCardBas")["success"] == -2
    slot("insert", "--kind", "ssc-2.0", "--seed", "9")
    other = call("iReadCardBas")
    assert other["success"] == 1 and other["pOutInfo"].split("|")[1] != mine["pOutInfo"].split("|")[1]
    slot("insert", "--slot", "contactless", "--kind", "ssc-3.0", "--seed", "3")
    assert call("iReadCardBas", iType=2)["success"] == 1


def test_the_psam_is_switched_and_its_keys_chosen(call: Call, slot: Slot) -> None:
    codes = []
    for words in (
        ("off",),
        ("on", "--level", "0"),
        ("on", "--without", "RKSSSE"),
        ("on", "--only", "DES"),
        ("on",),
    ):
        slot("psam", *words)
        codes.append(call("iReadCardBas")["success"])
    assert codes == [-2201, -24, -2203, -2202, 1]


def test_the_keypad_and_the_codes_are_told(call: Call, slot: Slot) -> None:
    assert slot("keypad", "CANCEL", PIN)[0]["prepared"] == 2
    assert [call("iVerifyPIN")["success"] for _ in range(2)] == [-31, 1]
    assert slot("inject", "--nth", "2", "--", "iReadCardBas", "-11")[0]["struck"] == 0
    assert [call("iReadCardBas")["success"] for _ in range(3)] == [1, -11, 1]
    assert slot("inject")[0]["struck"] == 1
    assert slot("inject", "--off") == []


def test_what_is_written_stays_on_the_image(call: Call, slot: Slot, cards: Path) -> None:
    slot("keypad", "654321")
    before = load(cards / "new.card").state()
    assert call("iVerifyPIN")["success"] == -51
    slot("remove")
    assert load(cards / "new.card").state() != before


def test_a_transcript_is_one_file_for_a_bug_report(call: Call, slot: Slot, ssc: Run, cards: Path) -> None:
    slot("keypad", PIN)
    call("iVerifyPIN")
    number = call("iReadCardBas")["pOutInfo"].split("|")[1]
    lines = slot("transcript")
    assert [one["function"] for one in lines if one["type"] == "answer"] == ["iVerifyPIN", "iReadCardBas"]
    for form in ((), ("--page",)):
        given = ("slot", "transcript", "--endpoint", "endpoint", *form, "--to", "t.html")
        assert ssc(*given).exit_code == 0
        written = (cards / "t.html").read_text(encoding="utf-8")
        assert "iVerifyPIN" in written and PIN not in written and number not in written
    assert ssc("slot", "transcript", "--endpoint", "endpoint", "--clear").exit_code == 0
    assert slot("transcript") == []


def test_only_who_reads_the_endpoint_file_moves_cards(service: object, ssc: Run, cards: Path) -> None:
    file = cards / "endpoint"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    endpoint = Endpoint.read(file)
    assert endpoint is not None
    for token in ("", "Bearer", "Bearer wrong"):
        answer = httpx.delete(
            f"{endpoint.url}/control/slots/contact", headers={"Authorization": token}, trust_env=False
        )
        assert answer.status_code == 401
    page = ssc("slot", "keypad", "--page", "--endpoint", "endpoint").stdout.strip()
    address, _, token = page.partition("#")
    assert token == endpoint.token
    answer = httpx.get(address, trust_env=False)
    assert answer.status_code == 200 and token not in answer.text


WRONG = (
    (("insert",), "give an IMAGE or --kind"),
    (("insert", "nowhere.card"), "nowhere.card: No such file"),
    (("insert", "--kind", "ssc-3.0", "--state", "melted"), "melted"),
    (("insert", "endpoint"), "endpoint"),
    (("psam", "on", "--without", "NOKEY"), "NOKEY"),
    (("keypad", "12a4"), "digits, CANCEL or TIMEOUT"),
    (("inject", "--", "iFormatCard", "-1"), "'iFormatCard' is no function"),
    (("inject", "iVerifyPIN"), "give FUNCTION and CODE"),
    (("transcript", "--page", "--json"), "exclude each other"),
)


def test_what_cannot_be_done_is_said_once(service: object, ssc: Run) -> None:
    for words, problem in WRONG:
        result = ssc("slot", words[0], "--endpoint", "endpoint", *words[1:])
        assert result.exit_code == 2 and problem in result.stderr
        assert len(result.stderr.splitlines()) == 1 and "Traceback" not in result.stderr


def test_without_a_service_the_next_step_is_said(ssc: Run, cards: Path) -> None:
    result = ssc("slot", "show", "--endpoint", "endpoint")
    assert result.exit_code == 2 and "start it with `ssc serve driver`" in result.stderr
    assert ssc("slot", "show", "--endpoint", "/dev/zero").exit_code == 2
    Endpoint(("http://127.0.0.1:1",), "00").write(cards / "endpoint")
    result = ssc("slot", "show", "--endpoint", "endpoint")
    assert result.exit_code == 7 and "nobody listens there; start it with `ssc serve driver`" in result.stderr


def test_ctrl_c_saves_the_cards_and_leaves_nothing_behind(
    service: subprocess.Popen[str], cards: Path
) -> None:
    service.send_signal(signal.SIGINT)
    _, err = service.communicate(timeout=60)
    assert service.returncode == 0 and "the cards are saved" in err and "Traceback" not in err
    assert sorted(path.name for path in cards.iterdir()) == ["new.card", "old.card", "psam.card"]


def test_a_psam_that_does_no_debit_refuses_it_and_no_money_moves(call: Call, slot: Slot) -> None:
    slot("insert", "--kind", "ssc-3.0", "--seed", "7", "--purse", "10000")
    assert slot("keypad", "--always", PIN)[0]["always"]
    base = call("iReadCardBas")["pOutInfo"].split("|")
    given = {"pCardInfo": f"{base[3]}|{base[2]}|", "pPayInfo": "100.00|80.00|20300102103000|"}
    slot("psam", "on", "--no-debit")
    assert call("iDoDebit", iType=3, **given)["success"] == -37891
    assert "100.00" not in call("iReadDebitRecord", iType=3)["pOutInfo"]
    slot("psam", "on")
    assert call("iDoDebit", iType=3, **given)["success"] == 1
    assert "100.00" in call("iReadDebitRecord", iType=3)["pOutInfo"]


def test_ctrl_c_lets_go_of_a_call_that_waits_for_a_pin(
    service: subprocess.Popen[str], call: Call, slot: Slot
) -> None:
    answers: list[dict[str, Any]] = []
    waiting = threading.Thread(target=lambda: answers.append(call("iVerifyPIN", iType=1)))
    waiting.start()
    wait_until(lambda: bool(slot("keypad")[0]["prompt"]))
    service.send_signal(signal.SIGINT)
    _, err = service.communicate(timeout=60)
    waiting.join(20)
    assert service.returncode == 0 and "Traceback" not in err
    assert [answer["success"] for answer in answers] == [-31]


def test_a_console_keypad_hides_what_is_typed_and_ctrl_c_gives_the_terminal_back(
    process: Start, cards: Path
) -> None:
    mine, its = pty.openpty()
    shown = termios.tcgetattr(its)
    options = ("--card", "new.card", "--endpoint", "endpoint", "--keypad", "console", "--port", "0")
    running = process("serve", "driver", "--json", *options, stdin=its)
    assert running.stdout is not None and running.stdout.readline()
    endpoint = Endpoint.read(cards / "endpoint")
    assert endpoint is not None and endpoint.url is not None

    def ask() -> None:
        asked = {"function": "iVerifyPIN", "iType": 1}
        answers.append(
            httpx.post(f"{endpoint.url}/", json=asked, trust_env=False, timeout=60).json()["success"]
        )

    answers: list[int] = []
    for typed, code in ((PIN.encode() + b"\n", 1), (b"c\n", -31), (b"\n", -32), (None, -31)):
        waiting = threading.Thread(target=ask)
        waiting.start()
        wait_until(lambda: not termios.tcgetattr(its)[3] & termios.ECHO)
        if typed is None:
            running.send_signal(signal.SIGINT)
        else:
            os.write(mine, typed)
        waiting.join(20)
        assert answers.pop() == code
    _, err = running.communicate(timeout=60)
    assert running.returncode == 0 and "Traceback" not in err and PIN not in err
    assert termios.tcgetattr(its) == shown


def test_ctrl_c_before_there_is_a_bench_ends_it_as_later(
    ssc: Run, cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(keypad: str) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(serving_driver, "_person", interrupted)
    ended = ssc("serve", "driver", "--port", "0", "--endpoint", "endpoint")
    assert (ended.exit_code, "has ended" in ended.stderr) == (0, True)


def test_a_service_that_was_killed_is_named_with_the_next_step(
    service: subprocess.Popen[str], ssc: Run
) -> None:
    service.kill()
    service.communicate(timeout=60)
    result = ssc("slot", "show", "--endpoint", "endpoint")
    assert result.exit_code == 7
    assert "driver service does not answer" in result.stderr and "`ssc serve driver`" in result.stderr
    assert "back office" not in result.stderr


def test_a_driver_that_no_vendor_was_named_for_takes_everything() -> None:
    (option,) = [option for option in driver.params if option.name == "profile"]
    assert option.default == DEFAULT_NAME


@pytest.mark.parametrize(
    ("options", "code", "problem"),
    [
        (("--card", "nowhere.card"), 2, "nowhere.card: No such file"),
        (("--profile", "nobody"), 2, "nobody"),
        (("--card", "endpoint-of-old"), 10, "endpoint-of-old"),
        (("--keypad", "console"), 2, "needs a terminal"),
        (("--endpoint", "/proc/nowhere/endpoint"), 2, "/proc/nowhere"),
    ],
)
def test_a_service_that_cannot_start_says_why(
    ssc: Run, cards: Path, options: tuple[str, ...], code: int, problem: str
) -> None:
    (cards / "endpoint-of-old").write_text("no card\n", encoding="utf-8")
    ended = ssc("serve", "driver", "--port", "0", "--endpoint", "endpoint", *options)
    assert ended.exit_code == code and problem in ended.stderr
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
