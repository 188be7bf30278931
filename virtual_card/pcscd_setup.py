"""What a private PC/SC daemon is started from: programs, script, list of readers; and what can be wrong with them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from virtual_card.errors import VirtualCardError

READERS_MAX = 16
"""Of one daemon (PCSCLITE_MAX_READERS_CONTEXTS)."""
SLOTS_PER_NAME = 2
"""vpcd gives each entry of the list two readers, `NAME 00 00` and `NAME 00 01`, at a port and the next one."""
NAME_BYTES_MAX = 100
LAST_PORT = 0xFFFF
SOCKET_PATH_BYTES_MAX = 107
DRIVER = "libifdvpcd.so"
DRIVERS = tuple(
    f"{place}/pcsc/drivers/serial/{DRIVER}" for place in ("/usr/lib", "/usr/lib64", "/usr/local/lib")
)
SEARCH = os.pathsep.join(("/usr/sbin", "/usr/local/sbin", "/sbin"))
"""Where a daemon is, besides the PATH of people who are not root."""
PACKAGES = {
    "pcscd": "pcscd",
    DRIVER: "vsmartcard-vpcd",
    "unshare": "util-linux",
    "setpriv": "util-linux",
}
SYSTEM_DAEMON = (
    "the daemon of the system does the same: as root `apt-get install pcscd vsmartcard-vpcd` and "
    "`systemctl restart pcscd`, then `ssc card insert IMAGE` puts a card into its reader Virtual PCD"
)
READY = "namespace ready"
SCRIPT = f"""
[ "$PPID" = "$1" ] || exit 1
set -e
[ -d /run/pcscd ] || {{ mount -t tmpfs tmpfs /run; mkdir /run/pcscd; }}
mount --no-canonicalize --bind . /run/pcscd
echo {READY}
exec "$2" --foreground --config "$3"
"""
"""Run in the daemon's directory and its own mount namespace, and replaced by the daemon: there is one process. That
it dies with its parent is asked for before it looks whether the parent is still there."""


class DaemonError(VirtualCardError):
    """The private daemon cannot be started, or has ended; the message says what to do."""


class MissingProgramError(DaemonError):
    """Something the daemon needs is not installed."""


class NamespaceError(DaemonError):
    """This machine does not allow the namespace that the daemon runs in."""


class PortTakenError(DaemonError):
    """Another program listens where a reader of the daemon would."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"port {port} is taken by another program; end it, or choose other ports (each name takes two)"
        )


def check_names(names: Sequence[str]) -> None:
    """Raise ValueError, saying which, where a name cannot be a reader's."""
    most = READERS_MAX // SLOTS_PER_NAME
    if not 1 <= len(names) <= most:
        raise ValueError(f"one PC/SC daemon has 1 to {most} named readers, not {len(names)}")
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ValueError(f"two readers cannot both be called {name!r}")
        if not name.strip() or not name.isprintable() or '"' in name or len(name.encode()) > NAME_BYTES_MAX:
            raise ValueError(
                f"{name!r} is no name for a reader: printable characters, no quotation mark, "
                f"1 to {NAME_BYTES_MAX} bytes"
            )


def check_ports(first: int | None, names: int) -> None:
    """Raise ValueError where a reader would be at a port that there is not."""
    if first is not None and not 1 <= first <= LAST_PORT + 1 - names * SLOTS_PER_NAME:
        last = first + names * SLOTS_PER_NAME - 1
        raise ValueError(f"the readers would be at ports {first} to {last}; there are 1 to {LAST_PORT}")


def check_socket(path: str) -> None:
    """Raise DaemonError where a path is too long for a socket (unix(7))."""
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES_MAX:
        raise DaemonError(
            f"{path} is too long a name for a socket; set TMPDIR to a directory with a shorter one"
        )


def driver_copies(directory: Path, count: int) -> list[Path]:
    """Copies of vpcd's driver: readers on the same file would share its table of slots, and every client hang.

    Raises MissingProgramError.
    """
    driver = next((place for place in DRIVERS if os.path.exists(place)), None)
    if driver is None:
        raise _missing(DRIVER)
    copies = [directory / f"vpcd-{index}.so" for index in range(count)]
    for copy in copies:
        shutil.copyfile(driver, copy)
    return copies


def reader_list(ports: Mapping[str, int], drivers: Sequence[Path]) -> str:
    """The daemon's list of readers (reader.conf(5))."""
    return "\n".join(
        f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:0x{port:X}\nLIBPATH {driver}\nCHANNELID 0x{port:X}\n'
        for (name, port), driver in zip(ports.items(), drivers, strict=True)
    )


def start_command(reader_file: Path) -> list[str]:
    """The command that becomes the daemon; raises MissingProgramError."""
    # In a changed root directory, root may make a mount namespace but no user namespace.
    flags = "-m" if os.geteuid() == 0 else "-rm"
    return [
        *(_program("unshare"), flags, _program("setpriv"), "--pdeathsig", "KILL"),
        *("sh", "-c", SCRIPT, "pcscd", str(os.getpid()), _program("pcscd"), str(reader_file)),
    ]


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=SEARCH)
    if found is None:
        raise _missing(name)
    return found


def _missing(name: str) -> MissingProgramError:
    return MissingProgramError(
        f"{name} is not installed, and a private PC/SC daemon needs it; on Debian and Ubuntu: "
        f"apt-get install {PACKAGES[name]}"
    )
