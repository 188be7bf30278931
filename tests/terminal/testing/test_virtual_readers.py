"""Unmodified pyscard programs run on virtual cards in their own process, with and without a PC/SC service."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import pytest

from terminal.exit_codes import ExitCode
from terminal.testing.virtual_readers import virtual_readers
from terminal.transport.base import ReaderError
from virtual_card.image import load, save
from virtual_card.issuer import issue
from virtual_card.pcscd import PrivateDaemon
from virtual_card.slot import Slot
from virtual_card.vpcd import PresentedSlot

ROOT = Path(__file__).parents[3]
PROGRAMS = ROOT / "tests" / "programs"
HOST = PROGRAMS / "host_of_virtual_readers.py"
NO_SERVICE = {"PCSCLITE_CSOCK_NAME": "/nonexistent/pcscd.comm"}
TIMEOUT_S = 40


def environment(extra: Mapping[str, str] = NO_SERVICE) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, **extra, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def python(*arguments: str | Path, extra: Mapping[str, str] = NO_SERVICE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=environment(extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


class Running:
    """A program under the host, whose cards are moved by lines; `see` waits for a line of its output."""

    def __init__(self, *arguments: str | Path, extra: Mapping[str, str] = NO_SERVICE) -> None:
        self._arguments = [sys.executable, *map(str, arguments)]
        self._extra = extra
        self._lines: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._arguments,
            env=environment(self._extra),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip())

    def see(self, *expected: str) -> None:
        missing, seen = set(expected), list[str]()
        while missing:
            try:
                seen.append(self._lines.get(timeout=TIMEOUT_S))
            except queue.Empty:
                pytest.fail(f"{missing} never came; the program wrote {seen}")
            assert "Traceback" not in seen[-1], seen
            missing -= {line for line in missing if seen[-1].startswith(line)}

    def ask(self, line: str) -> str:
        self.move(line)
        return self._lines.get(timeout=TIMEOUT_S)

    def move(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(TIMEOUT_S)


ORDERS = pytest.mark.parametrize("order", ["before", "after"])


@ORDERS
def test_a_tutorial_reads_ef05_whether_pyscard_was_imported_before_or_after(order: str) -> None:
    done = python(HOST, order, PROGRAMS / "pyscard_read_ef05.py", "Full reader")
    assert done.returncode == 0 and done.stderr == ""
    assert "connecting to Full reader" in done.stdout
    assert "ATR 3B 6D 00 00 00 81 4E 43 23 86" in done.stdout
    assert re.search(r"FCI 6F 1C 84 0F 73 78 31 2E 73 68 2E C9 E7 BB E1 B1 A3 D5 CF .* 9000", done.stdout)
    assert re.findall(r"EF05 (\d)", done.stdout) == ["1", "2", "3", "4", "5", "6", "7"]


@ORDERS
def test_a_card_request_waits_for_a_card_by_its_answer_to_reset(order: str) -> None:
    with Running(HOST, order, PROGRAMS / "pyscard_request.py", "Empty", "Other") as program:
        program.see("waiting")
        program.move("insert Other")
        program.see("ATR 3B 6D 00 00 00 81", "refused:", "challenge of 8 bytes 9000")
        assert program.end() == 0


def test_ctrl_c_ends_a_card_request_at_once() -> None:
    with Running(HOST, "after", PROGRAMS / "pyscard_request.py", "Empty") as program:
        program.see("waiting")
        while not {"waitforcard", "join"} <= set(program.ask("where").split()):
            pass
        program.process.send_signal(signal.SIGINT)
        program.see("no card came")  # what pyscard makes of Ctrl-C
        assert program.end() == 1


@ORDERS
def test_monitors_see_cards_and_readers_come_and_go(order: str) -> None:
    with Running(HOST, order, PROGRAMS / "pyscard_monitors.py", "Full A", "B") as program:
        program.see("watching", "card in Full A 3B 6D", "reader came Full A", "reader came B")
        program.move("insert B")
        program.see("card in B 3B 6D")
        program.move("remove Full A")
        program.see("card out of Full A")
        program.move("plug C")
        program.see("reader came C")
        program.move("insert C")
        program.see("card in C 3B 6D")
        program.move("unplug C")
        program.see("card out of C", "reader went C")
        assert program.end() == 0
        program.see("done")


def test_an_exclusive_connection_and_a_transaction_keep_others_out() -> None:
    done = python(HOST, "after", PROGRAMS / "pyscard_exclusive.py", "Full reader")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "mine (144, 0)" and lines[2] == "other (144, 0)"
    assert "Sharing violation" in lines[1]


@ORDERS
def test_the_winscard_functions_serve_a_program_that_calls_them_itself(order: str) -> None:
    done = python(HOST, order, PROGRAMS / "pyscard_scard_level.py", "Full reader", "Empty")
    assert (done.returncode, done.stderr) == (0, "")
    atr = re.search(r"state Full reader 0022 (3B 6D 00 00 00 81 4E 43 23 86.*)", done.stdout)
    assert atr
    assert done.stdout.splitlines() == [
        "groups ['SCard$DefaultReaders']",
        "readers ['Full reader', 'Empty']",
        atr[0],
        "protocol 1",
        "answer of 6 bytes 90 00",
        f"card Full reader 0034 1 {atr[1]}",
        "features []",
        f"attribute {atr[1]}",
        "again 1",
        "released Invalid handle.",
    ]


class TestWithADaemon:
    def test_virtual_readers_are_listed_before_real_ones_and_both_work(self) -> None:
        program = """
import sys
from smartcard.System import readers
for reader in readers():
    connection = reader.createConnection()
    try:
        connection.connect()
        print(reader, connection.transmit([0, 0x84, 0, 0, 8])[1:])
    except Exception as error:
        print(reader, type(error).__name__)
"""
        slot = Slot("behind the daemon")
        slot.insert(issue("ssc-2.0", 2))
        with PrivateDaemon(("desk",)) as daemon, PresentedSlot(slot, port=daemon.ports["desk"]) as presented:
            assert presented.wait_powered(TIMEOUT_S)
            script = (
                "from terminal.testing.virtual_readers import virtual_readers\n"
                "from virtual_card.issuer import issue\n"
                f"with virtual_readers({{'Virtual': issue('ssc-3.0', 1)}}):\n    exec({program!r})\n"
                "from smartcard.System import readers\nprint(readers())\n"
            )
            done = python("-c", script, extra=daemon.environment)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines() == [
            "Virtual (144, 0)",
            "desk 00 00 (144, 0)",
            "desk 00 01 NoCardException",
            "['desk 00 00', 'desk 00 01']",
        ]

    def test_monitors_see_both_and_the_daemon_may_die(self) -> None:
        slot = Slot("behind the daemon")
        with (
            PrivateDaemon(("desk",)) as daemon,
            PresentedSlot(slot, port=daemon.ports["desk"]) as presented,
            Running(
                HOST, "after", PROGRAMS / "pyscard_monitors.py", "Full A", "B", extra=daemon.environment
            ) as program,
        ):
            program.see("watching", "card in Full A", "reader came desk 00 00", "reader came B")
            presented.insert(issue("ssc-2.0", 2))
            program.see("card in desk 00 00 3B 6D")
            program.move("insert B")
            program.see("card in B 3B 6D")
            presented.remove()
            program.see("card out of desk 00 00")
            daemon.kill()
            program.see("reader went desk 00 00")
            program.move("remove B")
            program.see("card out of B")


class TestComingAndGoing:
    def test_everything_is_as_it_was_afterwards(self) -> None:
        script = """
import sys, gc
import smartcard.scard, smartcard.System, smartcard.pcsc.PCSCCardConnection, smartcard.CardMonitoring
def functions():
    return {(name, key): value for name, module in list(sys.modules.items()) if name.startswith("smartcard")
            for key, value in vars(module).items() if key.startswith("SCard")}
from terminal.testing.virtual_readers import virtual_readers
from virtual_card.issuer import issue
from smartcard.CardMonitoring import CardMonitor, CardObserver, CardMonitoringThread
from smartcard.CardRequest import CardRequest
from smartcard.pcsc.PCSCExceptions import EstablishContextException
before = functions()
for turn in range(2):
    with virtual_readers({"A": issue("ssc-3.0", 1)}):
        assert functions() != before
        import smartcard.wx  # imported inside: bound to ours, and to be unbound
        connection = smartcard.System.readers()[0].createConnection()
        connection.connect()
        request = CardRequest()
        seen = []
        class See(CardObserver):
            def update(self, observable, handlers): seen.extend(handlers[0])
        CardMonitor().addObserver(See())
        while not seen: pass
    assert functions() == before
    assert CardMonitoringThread.instance is None
    try:
        smartcard.System.readers()
    except EstablishContextException:
        print("no service")
del connection, request
gc.collect()
"""
        done = python("-c", script)
        assert (done.returncode, done.stderr, done.stdout) == (0, "", "no service\nno service\n")

    def test_readers_inside_readers_are_refused(self) -> None:
        with virtual_readers(), pytest.raises(ReaderError, match="installed already"), virtual_readers():
            pass

    def test_an_unknown_reader_is_named_with_those_there_are(self) -> None:
        with virtual_readers({"A": None, "B": None}) as readers:
            with pytest.raises(ReaderError, match="'C'; there are: A, B"):
                readers.insert("C", issue("ssc-3.0", 1))
            with pytest.raises(ReaderError, match="'C'; there are: A, B"):
                readers.remove_reader("C")
            assert readers.names == ("A", "B")


def test_our_own_driver_works_on_them_as_on_real_readers() -> None:
    script = """
import threading
from terminal.testing.virtual_readers import virtual_readers
from terminal.transport.base import CardRemovedError, NoCardError
from terminal.transport.pcsc.readers import PcscReader, reader_names
from terminal.transport.pcsc.scard import system_scard
from virtual_card.issuer import issue

CHALLENGE = bytes.fromhex("0084000008")
with virtual_readers({"A": issue("ssc-3.0", 1), "B": None}) as readers:
    scard = system_scard()
    print(reader_names(scard), PcscReader("B", scard).card_present())
    try:
        PcscReader("B", scard).connect()
    except NoCardError:
        print("no card")
    reader = PcscReader("A", scard)
    print(reader.wait(True, 1))
    connection = reader.connect()
    print(connection.protocol, connection.pin_pad, connection.transmit(CHALLENGE)[-2:].hex())
    print(connection.reset() == connection.atr)
    threading.Timer(0.05, readers.remove, ["A"]).start()
    print(reader.wait(False, 10))
    try:
        connection.transmit(CHALLENGE)
    except CardRemovedError:
        print("removed")
    connection.close()
"""
    done = python("-c", script)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "('A', 'B') False",
        "no card",
        "True",
        "T=0 None 9000",
        "True",
        "True",
        "removed",
    ]


class TestFromAShell:
    def run(self, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "terminal.testing.virtual_readers", *map(str, arguments)],
            env=environment(),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    @pytest.fixture
    def image(self, tmp_path: Path) -> Path:
        save(issue("ssc-3.0", 1), tmp_path / "card.img")
        return tmp_path / "card.img"

    def test_a_program_runs_as_it_is(self, image: Path, tmp_path: Path) -> None:
        done = self.run("card.img", "Spare=", "--", PROGRAMS / "pyscard_scard_level.py", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert "readers ['Virtual reader 01', 'Spare']" in done.stdout

    def test_what_the_program_does_to_the_card_is_kept_and_its_exit_code_too(
        self, image: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "wrong_pin.py").write_text(
            "import sys\n"
            "from smartcard.System import readers\n"
            "connection = readers()[0].createConnection()\n"
            "connection.connect()\n"
            "sys.exit(connection.transmit([0x00, 0x20, 0x00, 0x00, 0x03, 0x99, 0x99, 0x99])[2] - 0xC0)\n"
        )
        codes = [self.run("A=card.img", "--", "wrong_pin.py", cwd=tmp_path).returncode for _ in range(2)]
        assert codes == [5, 4]
        assert load(image).kind == "ssc-3.0"

    def test_a_module_runs_too(self, image: Path, tmp_path: Path) -> None:
        done = self.run("A=card.img", "--", "-m", "smartcard.System", cwd=tmp_path)
        assert done.stdout.splitlines()[:2] == ["['A']", "['A']"]

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            ([], ExitCode.USAGE, "usage:"),
            (["card.img"], ExitCode.USAGE, "usage:"),
            (["card.img", "--"], ExitCode.USAGE, "usage:"),
            (["card.img", "--", "no.py"], ExitCode.USAGE, "no program no.py"),
            (["no.img", "--", "empty.py"], ExitCode.USAGE, "no.img"),
            (["empty.py", "--", "empty.py"], ExitCode.DAMAGED_FILE, "empty.py"),
            (["A=", "A=", "--", "empty.py"], ExitCode.READER, "'A'"),
        ],
    )
    def test_what_cannot_start_says_so_in_one_line(
        self, image: Path, tmp_path: Path, arguments: Sequence[str], code: ExitCode, words: str
    ) -> None:
        (tmp_path / "empty.py").write_text("")
        done = self.run(*arguments, cwd=tmp_path)
        assert words in done.stderr and "Traceback" not in done.stderr
        assert done.returncode == code


def test_the_fixture_puts_virtual_readers_under_a_driver(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from smartcard.System import readers

        def test_driver(ssc_virtual_readers, ssc_slot, ssc_card):
            ssc_virtual_readers.add_reader("New card", ssc_slot(ssc_card("ssc-3.0")))
            ssc_virtual_readers.add_reader("Old card", ssc_card("sle4442"))
            assert [str(reader) for reader in readers()][:2] == ["New card", "Old card"]
            connection = readers()[0].createConnection()
            connection.connect()
            assert connection.transmit([0x00, 0x84, 0x00, 0x00, 0x08])[1:] == (0x90, 0x00)
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_the_example_in_the_documentation_runs(tmp_path: Path) -> None:
    section = (
        (ROOT / "docs" / "readers.md")
        .read_text("utf-8")
        .split("## Virtual readers in a pyscard program", 1)[1]
    )
    example = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[0]
    shown = re.findall(r"```text\n(.*?)```", section, re.DOTALL)[0]
    (tmp_path / "example.py").write_text(example)
    done = python(tmp_path / "example.py")
    assert (done.stderr, done.stdout) == ("", shown)
