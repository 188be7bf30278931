from __future__ import annotations

import json
import plistlib
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from terminal.cli.doctor_checks import examine, usable
from terminal.cli.doctor_findings import Finding, Level
from terminal.cli.machine import Machine, UnavailableError
from terminal.cli.main import cli
from terminal.cli.usb_readers import DRIVER_LISTS, UsbReader, known_to_driver, usb_readers

SOCKET = "run/pcscd/pcscd.comm"
DAEMON = "#!/bin/sh\necho 'pcsc-lite version 1.9.9.'\necho more\n"
KNOWN = ("0x072F", "0x90CC")
UNKNOWN = ("0x1234", "0x5678")


@dataclass(frozen=True, slots=True)
class OtherMachine(Machine):
    """A machine whose packages and readers the test says; its files are below `root`."""

    pyscard: str | None = "2.3.1"
    broken: str = ""
    named: tuple[str, ...] | str = ("Front 00 00",)
    held: tuple[str, ...] = ()

    def version(self, distribution: str) -> str | None:
        return self.pyscard if distribution == "pyscard" else "0.1"

    def importable(self, module: str) -> None:
        if self.broken:
            raise UnavailableError(self.broken)

    def readers(self) -> tuple[str, ...]:
        if isinstance(self.named, str):
            raise UnavailableError(self.named)
        return self.named

    def holders(self) -> dict[str, str]:
        return dict.fromkeys(self.held, "browser (pid 7)")


@pytest.fixture
def root() -> Iterator[Path]:
    """Where a healthy machine's files are: short, since a socket's path is."""
    with tempfile.TemporaryDirectory(prefix="m") as name, socket.socket(socket.AF_UNIX) as line:
        place = Path(name)
        put(place, "/usr/sbin/pcscd", DAEMON, mode=0o755)
        pairs = {"ifdVendorID": [KNOWN[0]], "ifdProductID": [KNOWN[1]]}
        put(place, DRIVER_LISTS[0], plistlib.dumps(pairs).decode())
        put(place, "/usr/lib/pcsc/drivers/serial/libifdvpcd.so", "")
        put(place, "/proc/modules", "ext4 1 0\n")
        (place / SOCKET).parent.mkdir(parents=True)
        line.bind(str(place / SOCKET))
        line.listen()
        yield place


def put(root: Path, path: str, text: str, mode: int = 0o644) -> None:
    """Write one file of a machine."""
    target = root / path.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    target.chmod(mode)


def plug(root: Path, vendor: str, product: str, name: str, kind: str = "0b") -> None:
    """Plug a USB device in."""
    place = f"/sys/bus/usb/devices/1-{name.replace(' ', '')}"
    put(root, f"{place}/idVendor", f"{vendor[2:].lower()}\n")
    put(root, f"{place}/idProduct", f"{product[2:].lower()}\n")
    put(root, f"{place}/product", f"{name}\n")
    put(root, f"{place}:1.0/bInterfaceClass", f"{kind}\n")


def machine(root: Path, **differing: object) -> OtherMachine:
    """A healthy machine, but for what differs."""
    environment = {"PATH": "/usr/bin"}
    settings: dict[str, object] = {"root": root, "environment": environment, "user": 1000, **differing}
    return OtherMachine(**settings)  # type: ignore[arg-type]


def by_check(found: OtherMachine) -> dict[str, Finding]:
    """The findings, the last of each check."""
    return {finding.check: finding for finding in examine(found)}


def ill(found: OtherMachine) -> dict[str, Level]:
    """What is not as it should be."""
    return {finding.check: finding.level for finding in examine(found) if finding.level is not Level.OK}


def test_a_healthy_machine_has_nothing_wrong(root: Path) -> None:
    plug(root, *KNOWN, name="ACR38")
    found = by_check(machine(root))
    assert ill(machine(root)) == {}
    assert found["daemon"].value == "/usr/sbin/pcscd, pcsc-lite version 1.9.9"
    assert found["usb"].value == "ACR38 (072f:90cc) has a driver"
    assert found["readers"].value == "pcsc:Front 00 00"


def without_daemon(root: Path) -> dict[str, object]:
    (root / "usr/sbin/pcscd").unlink()
    return {}


def broken_daemon(root: Path) -> dict[str, object]:
    put(root, "/usr/sbin/pcscd", "no program", mode=0o755)
    return {}


def without_socket(root: Path) -> dict[str, object]:
    (root / SOCKET).unlink()
    return {"named": "the PC/SC service does not run"}


def stale_socket(root: Path) -> dict[str, object]:
    (root / SOCKET).unlink()
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(root / SOCKET))
    return {"named": "the PC/SC service does not run"}


def without_ccid(root: Path) -> dict[str, object]:
    (root / DRIVER_LISTS[0].lstrip("/")).unlink()
    return {}


def damaged_ccid(root: Path) -> dict[str, object]:
    put(root, DRIVER_LISTS[0], "<plist>")
    return {}


def without_vpcd(root: Path) -> dict[str, object]:
    (root / "usr/lib/pcsc/drivers/serial/libifdvpcd.so").unlink()
    return {}


def unknown_reader(root: Path) -> dict[str, object]:
    plug(root, *UNKNOWN, name="Strange")
    return {"named": ()}


def grabbed_reader(root: Path) -> dict[str, object]:
    put(root, "/proc/modules", "pn533_usb 20480 0 - Live 0x0\npn533 1 1 pn533_usb,\nnfc 1 2\n")
    return {}


def remote_user(root: Path) -> dict[str, object]:
    put(root, "/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy", "")
    return {"environment": {"PATH": "", "SSH_CONNECTION": "1.2.3.4 1 5.6.7.8 22"}}


def without_namespaces(root: Path) -> dict[str, object]:
    put(root, "/proc/sys/user/max_user_namespaces", "0\n")
    return {}


ILLNESSES: tuple[tuple[Callable[[Path], dict[str, object]], str, Level, str], ...] = (
    (without_daemon, "daemon", Level.PROBLEM, "apt-get install pcscd"),
    (broken_daemon, "daemon", Level.PROBLEM, "--reinstall pcscd"),
    (without_socket, "socket", Level.PROBLEM, "systemctl start pcscd.socket"),
    (stale_socket, "socket", Level.PROBLEM, "systemctl restart"),
    (without_ccid, "ccid", Level.WARNING, "apt-get install libccid"),
    (damaged_ccid, "ccid", Level.WARNING, "apt-get install libccid"),
    (without_vpcd, "vpcd", Level.WARNING, "vsmartcard-vpcd"),
    (unknown_reader, "usb", Level.PROBLEM, "PC/SC driver"),
    (grabbed_reader, "modules", Level.WARNING, "modprobe -r pn533_usb pn533 nfc"),
    (remote_user, "permissions", Level.WARNING, "/etc/polkit-1/rules.d"),
    (without_namespaces, "namespaces", Level.WARNING, "sysctl -w user.max_user_namespaces"),
    (lambda root: {"pyscard": None}, "pyscard", Level.PROBLEM, "ssc-terminal[pcsc]"),
    (lambda root: {"broken": "ImportError: libpcsclite.so.1"}, "pyscard", Level.PROBLEM, "libpcsclite1"),
    (lambda root: {"named": ()}, "readers", Level.WARNING, "plug one in"),
    (lambda root: {"held": ("Front 00 00",)}, "readers", Level.WARNING, "end that program"),
)


@pytest.mark.parametrize(("fall_ill", "check", "level", "cure"), ILLNESSES)
def test_each_illness_is_found_with_its_cure(
    root: Path, fall_ill: Callable[[Path], dict[str, object]], check: str, level: Level, cure: str
) -> None:
    found = by_check(machine(root, **fall_ill(root)))
    assert found[check].level is level
    assert cure in found[check].fix


def test_a_private_socket_that_is_dead_is_not_mended_by_starting_the_daemon_of_the_system(root: Path) -> None:
    environment = {"PATH": "/usr/bin", "PCSCLITE_CSOCK_NAME": "/private/pcscd.comm"}
    told = by_check(machine(root, environment=environment))["socket"]
    assert told.level is Level.PROBLEM
    assert "unset it" in told.fix and "systemctl" not in told.fix


def test_a_rule_of_polkit_ends_the_warning(root: Path) -> None:
    settings = remote_user(root)
    put(root, "/etc/polkit-1/rules.d/30-pcscd.rules", "")
    assert "permissions" not in ill(machine(root, **settings))


def test_what_works_is_usable_whatever_else_is_wrong(root: Path) -> None:
    plug(root, *UNKNOWN, name="Strange")
    assert usable(list(examine(machine(root))))
    assert not usable(list(examine(machine(root, **unknown_reader(root)))))
    assert not usable(list(examine(machine(root, pyscard=None, named="no pyscard"))))


def test_without_a_reader_plugged_in_a_machine_is_usable(root: Path) -> None:
    assert usable(list(examine(machine(root, named=()))))


def test_devices_of_other_classes_are_no_readers(root: Path) -> None:
    plug(root, *UNKNOWN, name="Keyboard", kind="03")
    plug(root, *KNOWN, name="ACR38")
    assert usb_readers(machine(root)) == (UsbReader("072f", "90cc", "ACR38"),)


def test_the_list_of_this_machines_ccid_driver_is_understood() -> None:
    known = known_to_driver(Machine())
    assert known is not None and len(known) > 100


def invoke(found: OtherMachine, *options: str) -> Result:
    """Run the command as if on another machine."""
    return CliRunner().invoke(cli, ["doctor", *options], obj=found)


def test_the_exit_code_says_whether_a_reader_can_work(root: Path) -> None:
    assert invoke(machine(root)).exit_code == 0
    result = invoke(machine(root, **without_socket(root)))
    assert result.exit_code == 3
    assert "problem 故障" in result.stdout
    assert "=> sudo systemctl start pcscd.socket" in result.stdout


def test_json_has_one_finding_a_line(root: Path) -> None:
    lines = [
        json.loads(line)
        for line in invoke(machine(root, **without_socket(root)), "--json").stdout.splitlines()
    ]
    assert {line["type"] for line in lines} == {"finding"}
    (told,) = [line for line in lines if line["check"] == "socket"]
    assert (told["level"], told["zh"]) == ("problem", "守护进程套接字")
    assert told["fix"]


def test_the_real_machine_is_examined_without_a_bug() -> None:
    result = CliRunner().invoke(cli, ["doctor", "--json"])
    assert result.exit_code in (0, 3), result.output
    assert {json.loads(line)["check"] for line in result.stdout.splitlines()} >= {
        "pyscard",
        "daemon",
        "socket",
    }
