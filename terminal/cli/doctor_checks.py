"""What `ssc doctor` looks at, one check a function: each says what it found, how bad that is, and how to mend it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator

from terminal.cli.doctor_findings import Finding, Level
from terminal.cli.doctor_hardware import drivers, kernel_modules
from terminal.cli.machine import SOCKET_VARIABLE, Machine, UnavailableError
from terminal.text import Text

Check = Callable[[Machine], Iterator[Finding]]

DAEMON = Text("PC/SC daemon", "PC/SC守护进程")
SOCKET = Text("Daemon's socket", "守护进程套接字")
PERMISSIONS = Text("Permissions", "权限")
NAMESPACES = Text("User namespaces", "用户命名空间")
PYSCARD = Text("pyscard", "Python读卡库")
READERS = Text("PC/SC readers", "PC/SC读卡器")
VERSIONS = Text("Versions", "版本")

POLKIT_ACTIONS = (
    "/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy",
    "/usr/share/polkit-1/actions/org.opensc.pcsc-lite.policy",
)
POLKIT_RULE = "/etc/polkit-1/rules.d/30-pcscd.rules"
REMOTE_SESSION = ("SSH_CONNECTION", "SSH_TTY")
NO_NAMESPACES = (
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    ("/proc/sys/user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=15000"),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
)
"""Where a kernel says that users may make no namespaces: the file, its value, and what allows them."""

_SOCKET_FAILURES = {
    errno.ENOENT: (
        "there is no socket: the daemon does not run",
        "sudo systemctl start pcscd.socket; without systemd: sudo pcscd; for virtual cards alone: ssc pcscd",
    ),
    errno.ECONNREFUSED: (
        "nobody listens there any more: the daemon was killed and has left its socket behind",
        "sudo systemctl restart pcscd.socket pcscd; without systemd remove the socket and start pcscd anew",
    ),
    errno.EACCES: (
        "this user may not connect to it",
        "let the user into the socket's group, or run as the user who started the daemon",
    ),
}
_PRIVATE_SOCKET = (
    f"{SOCKET_VARIABLE} names it: unset it to use the daemon of the system, "
    "or start ssc pcscd again and export what it prints"
)


def versions(machine: Machine) -> Iterator[Finding]:
    """Ours, and Python's."""
    ours = machine.version("ssc-terminal") or "not installed"
    yield Finding("versions", VERSIONS, Level.OK, f"ssc-terminal {ours}, Python {machine.python}")


def pyscard(machine: Machine) -> Iterator[Finding]:
    """The Python side of PC/SC: installed, and its C part loads."""
    version = machine.version("pyscard")
    if version is None:
        fix = "sudo apt-get install gcc python3-dev libpcsclite-dev swig; pip install 'ssc-terminal[pcsc]'"
        yield Finding("pyscard", PYSCARD, Level.PROBLEM, "not installed: only virtual readers work", fix)
        return
    try:
        machine.importable("smartcard.scard")
    except UnavailableError as error:
        fix = "sudo apt-get install libpcsclite1; pip install --force-reinstall pyscard"
        yield Finding("pyscard", PYSCARD, Level.PROBLEM, f"{version}, cannot be loaded: {error}", fix)
        return
    yield Finding("pyscard", PYSCARD, Level.OK, version)


def daemon(machine: Machine) -> Iterator[Finding]:
    """pcscd: installed, and which version."""
    path = machine.program("pcscd")
    if path is None:
        yield Finding("daemon", DAEMON, Level.PROBLEM, "pcscd is not installed", "sudo apt-get install pcscd")
        return
    try:
        first, _, _ = machine.output(path, "--version").partition("\n")
    except UnavailableError as error:
        yield Finding("daemon", DAEMON, Level.PROBLEM, str(error), "sudo apt-get install --reinstall pcscd")
        return
    yield Finding("daemon", DAEMON, Level.OK, f"{path}, {first.rstrip('.') or 'version unknown'}")


def socket(machine: Machine) -> Iterator[Finding]:
    """The socket where clients find the daemon: there, alive, and open to this user."""
    try:
        machine.connect()
    except OSError as error:
        said, fix = _SOCKET_FAILURES.get(
            error.errno or 0, (error.strerror or str(error), "sudo systemctl restart pcscd.socket pcscd")
        )
        if machine.environment.get(SOCKET_VARIABLE):
            fix = _PRIVATE_SOCKET
        yield Finding("socket", SOCKET, Level.PROBLEM, f"{machine.socket}: {said}", fix)
        return
    yield Finding("socket", SOCKET, Level.OK, f"{machine.socket} answers")


def permissions(machine: Machine) -> Iterator[Finding]:
    """Whether polkit may turn this user away: it lets users at the console in, and those of remote sessions not."""
    remote = any(machine.environment.get(name) for name in REMOTE_SESSION)
    guarded = any(machine.at(path).exists() for path in POLKIT_ACTIONS)
    if machine.user != 0 and guarded and remote and not machine.at(POLKIT_RULE).exists():
        value = "polkit guards the daemon, and this is a remote session: access may be denied"
        fix = (
            f"allow org.debian.pcsc-lite.access_pcsc and .access_card for this user in {POLKIT_RULE}, "
            "or work at the machine itself"
        )
        yield Finding("permissions", PERMISSIONS, Level.WARNING, value, fix)
        return
    yield Finding("permissions", PERMISSIONS, Level.OK, "nothing keeps this user from the daemon")


def namespaces(machine: Machine) -> Iterator[Finding]:
    """Whether `ssc pcscd` can run without root."""
    for path, value, fix in NO_NAMESPACES:
        if machine.user != 0 and machine.text(path) == value:
            told = f"not allowed ({path} is {value}): `ssc pcscd` cannot run without root"
            yield Finding("namespaces", NAMESPACES, Level.WARNING, told, f"sudo {fix}")
            return
    yield Finding("namespaces", NAMESPACES, Level.OK, "allowed: `ssc pcscd` can run")


def readers(machine: Machine) -> Iterator[Finding]:
    """The readers that PC/SC shows, and the programs that keep some of them for themselves."""
    try:
        names, holders = machine.readers(), machine.holders()
    except UnavailableError as error:
        yield Finding("readers", READERS, Level.PROBLEM, str(error), "mend what is named above first")
        return
    if not names:
        fix = "plug one in; where it is in, see USB readers above, then restart pcscd"
        yield Finding("readers", READERS, Level.WARNING, "none", fix)
    for name in names:
        if name in holders:
            told = f"pcsc:{name}, held by {holders[name]}"
            yield Finding(
                "readers", READERS, Level.WARNING, told, "end that program, or wait until it is done"
            )
        else:
            yield Finding("readers", READERS, Level.OK, f"pcsc:{name}")


CHECKS: tuple[Check, ...] = (
    versions,
    pyscard,
    daemon,
    socket,
    permissions,
    namespaces,
    drivers,
    kernel_modules,
    readers,
)
"""In the order in which one thing rests on another."""


def examine(machine: Machine) -> Iterator[Finding]:
    """Every finding of every check."""
    for check in CHECKS:
        yield from check(machine)


def usable(findings: list[Finding]) -> bool:
    """Whether a real reader works, or would once it is plugged in."""
    shown = any(finding.check == "readers" and finding.level is Level.OK for finding in findings)
    return shown or not any(finding.level is Level.PROBLEM for finding in findings)
