"""`ssc card insert` and `ssc pcscd` as processes: what they say, what they leave behind, how they end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from terminal.cli.main import cli
from virtual_card import image
from virtual_card.card import ProcessorCard
from virtual_card.issuer import issue
from virtual_card.pcscd import PrivateDaemon
from virtual_card.ports import free_ports, listening_ports

TIMEOUT_S = 60.0
SELECT = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
WRONG_PIN = "0020000003654321"


class Running:
    """An `ssc` command that stays."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from terminal.cli.main import main; main()", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def event(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.line())
        return said

    def until(self, text: str) -> str:
        said = self.line()
        while text not in said:
            assert said, f"ended before it said {text!r}: {self.end()}"
            said = self.line()
        return said

    def end(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=TIMEOUT_S)
        return self.process.returncode, errors


@contextmanager
def running(*arguments: str) -> Iterator[Running]:
    started = Running(*arguments)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.communicate()


@pytest.fixture
def card(tmp_path: Path) -> str:
    path = tmp_path / "new.card"
    image.save(issue("ssc-3.0", 1), path)
    return str(path)


def opensc(environment: dict[str, str], reader: str, *apdus: str) -> str:
    sent = [part for apdu in apdus for part in ("--send-apdu", apdu)]
    return subprocess.run(
        ["opensc-tool", "--reader", reader, *sent],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    ).stdout


def tries(path: str) -> int:
    loaded = image.load(path)
    assert isinstance(loaded, ProcessorCard)
    return loaded.pin_tries


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_card_stays_in_the_reader_over_a_restart_and_what_is_written_is_saved(
    card: str, how: signal.Signals
) -> None:
    before = tries(card)
    with PrivateDaemon(["slot"]) as daemon:
        address = f"127.0.0.1:{daemon.ports['slot']}"
        with running("card", "insert", card, "--vpcd", address) as insert:
            assert insert.line() == f"{card} {address}: 卡已插入 the card is in the reader"
            assert insert.line().endswith("上电 powered on")
            assert "SW1=0x63" in opensc(daemon.environment, "slot 00 00", SELECT, WRONG_PIN)
            assert tries(card) == before - 1, "saved as it happens"
            daemon.kill()
            insert.until("读卡器断开 the reader has let go of the card")
            insert.until("等待PC/SC服务 nobody listens there; waiting")
            daemon.restart()
            insert.until("powered on")
            assert "SW1=0x63" in opensc(daemon.environment, "slot 00 00", SELECT, WRONG_PIN)
            code, errors = insert.end(how)
    assert code == 0
    assert "0.0.0.0" in errors and f"{card}: taken out and saved" in errors
    assert tries(card) == before - 2


def test_events_come_as_json(card: str) -> None:
    with PrivateDaemon(["slot"]) as daemon:
        address = f"127.0.0.1:{daemon.ports['slot']}"
        with running("card", "insert", card, "--vpcd", address, "--json") as insert:
            first, second = insert.event(), insert.event()
    assert (first["type"], first["image"], first["vpcd"]) == ("presented", card, address)
    assert [first["presence"], second["presence"]] == ["connected", "powered-on"]
    assert second["zh"] == "上电"


def test_without_a_daemon_it_waits_and_says_how_to_start_one(card: str) -> None:
    with running("card", "insert", card, "--vpcd", f"localhost:{free_ports(1)}") as insert:
        assert "`ssc pcscd` starts one" in insert.line()
        assert insert.end()[0] == 0


def test_a_reader_that_holds_a_card_already_is_said(card: str, tmp_path: Path) -> None:
    second = tmp_path / "second.card"
    image.save(issue("ssc-2.0", 2), second)
    with PrivateDaemon(["slot"]) as daemon:
        address = f"127.0.0.1:{daemon.ports['slot']}"
        with (
            running("card", "insert", card, "--vpcd", address) as first,
            running("card", "insert", str(second), "--vpcd", address) as other,
        ):
            holder = first if "the card is in the reader" in first.line() else other
            waiting = other if holder is first else first
            if holder is first:
                assert "the reader does not take it: another card is in it" in waiting.line()
            holder.end()
            waiting.until("the card is in the reader")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["card", "insert", "no.card"], 2, "no.card: No such file"),
        (["card", "insert", "damaged.card"], 10, "damaged.card"),
        (
            ["card", "insert", "new.card", "--vpcd", "host"],
            2,
            "'host' is no address; write it like 127.0.0.1",
        ),
        (["card", "insert", "new.card", "--vpcd", "host:0"], 2, "'host:0' is no address"),
        (["card", "insert", "new.card", "--vpcd", "h.invalid:9"], 3, "h.invalid:9 is no address"),
        (["pcscd", "--slots", "0"], 2, "1 to 8 named readers, not 0"),
        (["pcscd", "--slots", "9"], 2, "1 to 8 named readers, not 9"),
        (["pcscd", "--slots", "3", "--names", "a,b"], 2, "--names gives 2"),
        (["pcscd", "--names", "a,a"], 2, "cannot both be called 'a'"),
        (["pcscd", "--port", "65535"], 2, "ports 65535 to 65540"),
        (["pcscd", "--card", "a=new.card"], 2, "old card, new card, PSAM"),
        (["pcscd", "--card", "PSAM=new.card", "--card", "PSAM=new.card"], 2, "PSAM takes one card"),
    ],
)
def test_wrong_input_is_said_once(
    arguments: list[str], code: int, message: str, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(card).parent)
    Path("damaged.card").write_text("no card\n", encoding="utf-8")
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == code, result.output
    assert message in result.stderr


def test_a_reader_that_does_not_take_the_card_is_said_within_seconds(card: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with running("card", "insert", card, "--vpcd", address, "--json") as insert:
            said = insert.event()
            assert said["presence"] == "silent" and "another card is in it" in said["en"]
            assert insert.end()[0] == 0


@pytest.mark.parametrize(("image", "code"), [("none.card", 2), ("damaged.card", 10)])
def test_an_image_that_cannot_be_opened_is_said_before_any_daemon_is_started(
    card: str, image: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(card).parent)
    Path("damaged.card").write_text("no card\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["pcscd", "--card", f"old card={card}", "--card", f"PSAM={image}"])
    assert result.exit_code == code
    assert result.stdout == "" and image in result.stderr and "0.0.0.0" not in result.stderr


def test_a_daemon_says_what_programs_need_and_takes_cards_at_once(card: str) -> None:
    with running("pcscd", "--slots", "4", "--card", f"new card={card}") as daemon:
        assert daemon.line().startswith("#")
        variable, _, value = daemon.line().removeprefix("export ").partition("=")
        assert variable == "PCSCLITE_CSOCK_NAME"
        readers = [daemon.until(f"ssc card insert IMAGE --vpcd 127.0.0.1:{''}") for _ in range(4)]
        assert [reader.split(":")[0].lstrip("# ") for reader in readers] == [
            *("old card 00 00", "new card 00 00", "PSAM 00 00", "reader 4 00 00")
        ]
        daemon.until("powered on")
        assert "SW1=0x90" in opensc({variable: value}, "new card 00 00", SELECT)
        code, errors = daemon.end()
    assert code == 0
    assert "0.0.0.0" in errors and "its cards are saved" in errors
    ports = {int(reader.rpartition(":")[2]) for reader in readers}
    assert not ports & listening_ports()
    assert not Path(value).parents[1].exists()


def test_a_daemon_is_described_as_json_with_names_and_ports_as_asked() -> None:
    first = free_ports(4)
    with running("pcscd", "--names", "旧卡, 新卡", "--port", str(first), "--json") as daemon:
        said = daemon.event()
        assert daemon.end(signal.SIGTERM)[0] == 0
    assert said["type"] == "pcscd"
    assert list(said["environment"]) == ["PCSCLITE_CSOCK_NAME"]
    assert said["readers"] == [
        {"name": "旧卡", "reader": "旧卡 00 00", "vpcd": f"127.0.0.1:{first}"},
        {"name": "新卡", "reader": "新卡 00 00", "vpcd": f"127.0.0.1:{first + 2}"},
    ]


def test_a_daemon_that_is_killed_ends_the_command() -> None:
    with running("pcscd", "--slots", "1", "--json") as daemon:
        port = int(daemon.event()["readers"][0]["vpcd"].rpartition(":")[2])
        (process,) = (
            int(path.name)
            for path in Path("/proc").iterdir()
            if path.name.isdigit() and is_child(path, daemon.process.pid)
        )
        assert port in listening_ports(process)
        os.kill(process, signal.SIGKILL)
        _, errors = daemon.process.communicate(timeout=TIMEOUT_S)
    assert daemon.process.returncode == 3
    assert "ssc: the PC/SC daemon has ended; start it again" in errors


def is_child(process: Path, parent: int) -> bool:
    try:
        stat = (process / "stat").read_text("ascii", "replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[1] == str(parent)
