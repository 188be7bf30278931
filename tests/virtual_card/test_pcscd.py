"""A private PC/SC daemon: real pcscd, real vpcd, and everything that can be missing or in the way."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from virtual_card import pcscd, pcscd_setup
from virtual_card.issuer import issue
from virtual_card.pcscd import (
    DaemonError,
    MissingProgramError,
    NamespaceError,
    PortTakenError,
    PrivateDaemon,
)
from virtual_card.ports import free_ports, listening_ports
from virtual_card.slot import Slot
from virtual_card.vpcd import PresentedSlot

TIMEOUT_S = 60.0
NOBODY = 65534
SOURCE = Path(__file__).parents[2]


def listed(daemon: PrivateDaemon) -> list[str]:
    done = subprocess.run(
        ["pcsc_scan", "-r"],
        env={**os.environ, **daemon.environment},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    return [line.partition(": ")[2] for line in done.stdout.splitlines() if ": " in line]


def card_status(daemon: PrivateDaemon, reader: str) -> str:
    done = subprocess.run(
        ["opensc-tool", "--reader", reader, "--atr"],
        env={**os.environ, **daemon.environment},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return done.stdout.strip().replace(":", "").upper()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def gone(process_id: int) -> bool:
    """Whether a process has ended; it may still wait to be collected by whoever adopted it."""
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text("ascii", "replace")
    except FileNotFoundError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def stand_in(directory: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program of this name, found before the real one."""
    program = directory / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(directory), prepend=os.pathsep)


def test_each_name_is_a_reader_with_a_port_of_its_own() -> None:
    with PrivateDaemon() as daemon:
        assert listed(daemon) == [
            *("old card 00 00", "old card 00 01", "new card 00 00", "new card 00 01"),
            *("PSAM 00 00", "PSAM 00 01"),
        ]
        assert list(daemon.readers.values()) == ["old card 00 00", "new card 00 00", "PSAM 00 00"]
        assert set(daemon.ports.values()) < listening_ports(daemon.process_id)
        assert daemon.running()


def test_names_may_be_chinese_and_ports_chosen() -> None:
    first = free_ports(4)
    with PrivateDaemon(["旧卡", "新卡"], first_port=first) as daemon:
        assert listed(daemon) == ["旧卡 00 00", "旧卡 00 01", "新卡 00 00", "新卡 00 01"]
        assert daemon.ports == {"旧卡": first, "新卡": first + 2}


def test_eight_names_are_the_most_and_all_are_listed() -> None:
    with PrivateDaemon([f"slot {index}" for index in range(8)]) as daemon:
        assert len(listed(daemon)) == 16
    with pytest.raises(ValueError, match="1 to 8 named readers, not 9"):
        PrivateDaemon([f"slot {index}" for index in range(9)])


@pytest.mark.parametrize("names", [[], ["a", "a"], [""], [" "], ['a"b'], ["a\nb"], ["n" * 101]])
def test_what_cannot_name_a_reader_is_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match=r"readers|no name for a reader"):
        PrivateDaemon(names)


@pytest.mark.parametrize("first", [-1, 0, 65535, 65533])
def test_ports_that_there_are_not_are_refused(first: int) -> None:
    with pytest.raises(ValueError, match=f"at ports {first} to {first + 3}; there are 1 to 65535"):
        PrivateDaemon(["a", "b"], first_port=first)


def test_cards_are_seen_in_their_own_readers_and_survive_a_crash_of_the_daemon() -> None:
    old, new = issue("old-cpu", 1), issue("ssc-3.0", 1)
    with PrivateDaemon(["old card", "new card"]) as daemon:
        one = PresentedSlot(Slot("old"), port=daemon.ports["old card"])
        other = PresentedSlot(Slot("new"), port=daemon.ports["new card"])
        with one, other:
            one.insert(old)
            other.insert(new)
            for _ in range(2):
                assert one.wait_powered(TIMEOUT_S) and other.wait_powered(TIMEOUT_S)
                assert card_status(daemon, "old card 00 00") == old.atr.hex().upper()
                assert card_status(daemon, "new card 00 00") == new.atr.hex().upper()
                ports = dict(daemon.ports)
                daemon.kill()
                assert not daemon.running()
                until(lambda: not one.wait_powered(0) and not other.wait_powered(0))
                daemon.restart()
                assert daemon.ports == ports


def test_two_daemons_do_not_see_each_other() -> None:
    with PrivateDaemon(["one"]) as one, PrivateDaemon(["two"]) as two:
        assert listed(one) == ["one 00 00", "one 00 01"]
        assert listed(two) == ["two 00 00", "two 00 01"]


def test_nothing_stays_when_the_block_ends_or_fails() -> None:
    mounts = Path("/proc/self/mounts").read_text()
    daemon = PrivateDaemon(["slot"])
    seen: list[tuple[int, Path]] = []

    def fail_in_the_middle() -> None:
        with daemon:
            assert daemon.process_id is not None and not gone(daemon.process_id)
            seen.append((daemon.process_id, Path(daemon.environment["PCSCLITE_CSOCK_NAME"]).parents[1]))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail_in_the_middle()
    ((process_id, directory),) = seen
    assert gone(process_id)
    assert not directory.exists()
    assert not set(daemon.ports.values()) & listening_ports()
    assert Path("/proc/self/mounts").read_text() == mounts
    with pytest.raises(DaemonError, match="use it inside `with`"):
        daemon.log()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_the_daemon_ends_with_its_program(end: signal.Signals) -> None:
    program = textwrap.dedent("""
        import threading
        from virtual_card.pcscd import PrivateDaemon
        with PrivateDaemon(["slot"]) as daemon:
            print(daemon.process_id, daemon.environment["PCSCLITE_CSOCK_NAME"], flush=True)
            threading.Event().wait()
    """)
    started = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=SOURCE
    )
    assert started.stdout is not None
    said, _, path = started.stdout.readline().strip().partition(" ")
    process_id, directory = int(said), Path(path).parents[1]
    assert not gone(process_id)
    started.send_signal(end)
    started.communicate(timeout=TIMEOUT_S)
    until(lambda: gone(process_id))
    assert directory.exists() is (end is signal.SIGKILL)
    shutil.rmtree(directory, ignore_errors=True)


def as_nobody(act: Callable[[], str]) -> str:
    """What `act` returns in a process without root's rights, or how it failed."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            said = act()
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    with open(read, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def test_nobody_needs_root_where_user_namespaces_are_allowed() -> None:
    def start() -> str:
        with PrivateDaemon(["slot"]) as daemon:
            return ", ".join(listed(daemon))

    allowed = as_nobody(lambda: str(subprocess.run(["unshare", "-rm", "true"], check=False).returncode))
    said = as_nobody(start)
    if allowed == "0":
        assert said == "slot 00 00, slot 00 01"
    else:
        assert said.startswith("NamespaceError: a private PC/SC daemon needs a namespace of its own")


def test_where_namespaces_are_not_allowed_the_systems_daemon_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, "unshare", "echo 'unshare failed: Operation not permitted' >&2; exit 1", monkeypatch)
    with pytest.raises(NamespaceError) as raised:
        PrivateDaemon().__enter__()
    message = str(raised.value)
    assert "is not allowed here" in message
    assert "systemctl restart pcscd" in message and "ssc card insert IMAGE" in message
    assert "unshare failed: Operation not permitted" in message


@pytest.mark.parametrize(
    ("program", "package"), [("pcscd", "pcscd"), ("unshare", "util-linux"), ("setpriv", "util-linux")]
)
def test_a_program_that_is_not_installed_is_named_with_its_package(
    program: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = pcscd_setup.shutil.which
    monkeypatch.setattr(
        pcscd_setup.shutil,
        "which",
        lambda name, path=None: None if name == program else found(name, path=path),
    )
    with pytest.raises(MissingProgramError, match=f"^{program} is not installed.*apt-get install {package}$"):
        PrivateDaemon().__enter__()


def test_a_driver_that_is_not_installed_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcscd_setup, "DRIVERS", ("/nowhere/libifdvpcd.so",))
    with pytest.raises(MissingProgramError, match=r"libifdvpcd\.so .*apt-get install vsmartcard-vpcd"):
        PrivateDaemon().__enter__()


def test_a_daemon_that_ends_while_it_starts_leaves_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, "pcscd", "seq 100; echo it is broken; exit 1", monkeypatch)
    with pytest.raises(DaemonError, match=r"ended while it started\n  94\n(.*\n)*  it is broken$"):
        PrivateDaemon().__enter__()


def test_a_daemon_that_never_answers_is_given_up_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, "pcscd", f"echo $$ > {tmp_path}/id; exec sleep 60", monkeypatch)
    monkeypatch.setattr(pcscd, "START_TIMEOUT_S", 1.0)
    with pytest.raises(DaemonError, match="was not ready after 1 s"):
        PrivateDaemon().__enter__()
    assert gone(int((tmp_path / "id").read_text()))


def test_a_driver_that_cannot_be_loaded_is_not_taken_for_a_taken_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "driver.so").write_bytes(b"no library")
    monkeypatch.setattr(pcscd_setup, "DRIVERS", (str(tmp_path / "driver.so"),))
    with pytest.raises(
        DaemonError, match=r"could not open its reader at port \d+\n(.*\n)*.*vpcd-0\.so"
    ) as raised:
        PrivateDaemon(["slot"]).__enter__()
    assert not isinstance(raised.value, PortTakenError)


def test_a_directory_with_too_long_a_name_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr(pcscd.tempfile, "tempdir", str(deep))
    with pytest.raises(DaemonError, match="set TMPDIR to a directory with a shorter one"):
        PrivateDaemon(["slot"]).__enter__()
    assert list(deep.iterdir()) == []


def test_a_daemon_that_is_killed_while_it_is_watched_is_said() -> None:
    with PrivateDaemon(["slot"]) as daemon:
        assert daemon.process_id is not None
        os.kill(daemon.process_id, signal.SIGKILL)
        with pytest.raises(DaemonError, match="the PC/SC daemon has ended"):
            daemon.watch()


def test_a_port_that_is_taken_is_named_before_the_daemon_starts() -> None:
    first = free_ports(2)
    daemon = PrivateDaemon(["slot"], first_port=first)
    taken = pytest.raises(PortTakenError, match=f"port {first + 1} is taken")
    with socket.create_server(("0.0.0.0", first + 1)), taken:
        daemon.__enter__()


def test_a_port_that_is_taken_while_the_daemon_starts_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    first = free_ports(2)
    monkeypatch.setattr(PrivateDaemon, "_check_ports_free", lambda self: None)
    with (
        socket.create_server(("0.0.0.0", first)),
        pytest.raises(PortTakenError, match=f"port {first} is taken"),
    ):
        PrivateDaemon(["slot"], first_port=first).__enter__()


def test_ports_taken_by_somebody_faster_are_exchanged_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = free_ports(2)
    offered = [taken, free_ports(2)]
    monkeypatch.setattr(pcscd, "free_ports", lambda count: offered.pop(0))
    with socket.create_server(("0.0.0.0", taken)), PrivateDaemon(["slot"]) as daemon:
        assert offered == []
        assert daemon.ports["slot"] != taken
        assert listed(daemon) == ["slot 00 00", "slot 00 01"]
