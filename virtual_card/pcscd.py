"""A private PC/SC daemon with named virtual readers, for one test or one program, without root.

pcscd runs in a mount namespace of its own, where its directory stands in for `/run/pcscd`; clients find it through
`PCSCLITE_CSOCK_NAME`. Its readers are those of vsmartcard's vpcd: a card is put into one by connecting to its port.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from virtual_card.pcscd_setup import (
    READY,
    SLOTS_PER_NAME,
    SYSTEM_DAEMON,
    DaemonError,
    MissingProgramError,
    NamespaceError,
    PortTakenError,
    check_names,
    check_ports,
    check_socket,
    driver_copies,
    reader_list,
    start_command,
)
from virtual_card.ports import free_ports, listening_ports

__all__ = [
    "EXPOSURE",
    "DaemonError",
    "MissingProgramError",
    "NamespaceError",
    "PortTakenError",
    "PrivateDaemon",
]

EXPOSURE = "vpcd listens on all interfaces (0.0.0.0): whoever reaches a port can put a card into its reader"
"""To be said wherever vpcd is started or used."""

NAMES = ("old card", "new card", "PSAM")
SOCKET = "pcscd.comm"
START_TIMEOUT_S = 10.0
ATTEMPTS = 5
POLL_S = 0.01
LAST_LINES = 8


class PrivateDaemon:
    """`with PrivateDaemon(("old card", "new card")) as daemon:` runs a PC/SC daemon with these readers.

    `ports` maps each name to the port where a card goes into the reader `NAME 00 00`, whose full name is
    `readers[name]`; `NAME 00 01`, at the next port, stays empty. `environment` is what clients need. Ports count from
    `first_port`, two a name, or are free ones. The daemon is killed when the thread that started it ends, and so with
    its process. Raises ValueError for names and ports that cannot be; entering raises DaemonError.
    """

    def __init__(self, names: Sequence[str] = NAMES, *, first_port: int | None = None) -> None:
        check_names(names)
        check_ports(first_port, len(names))
        self.readers = {name: f"{name} 00 00" for name in names}
        self.ports: Mapping[str, int] = {}
        self._first_port = first_port
        self._directory: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What clients need in their environment, before they first use their PC/SC library."""
        return {"PCSCLITE_CSOCK_NAME": str(self._place("run") / SOCKET)}

    @property
    def process_id(self) -> int | None:
        """The daemon's process, None after `kill`."""
        return None if self._process is None else self._process.pid

    def log(self) -> str:
        """What the daemon has written since it was first started."""
        return self._place("log").read_text("utf-8", "replace")

    def running(self) -> bool:
        """Whether the daemon runs."""
        return self._process is not None and self._process.poll() is None

    def watch(self) -> NoReturn:
        """Wait until the daemon ends, which it does not do by itself; raises DaemonError then."""
        if self._process is not None:
            self._process.wait()
        raise DaemonError(f"the PC/SC daemon has ended; start it again{self._last_lines()}")

    def kill(self) -> None:
        """End the daemon as a crash would (SIGKILL): its socket file stays behind."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Start the daemon again on the same ports, having killed it if need be; raises DaemonError."""
        self.kill()
        for left_behind in self._place("run").iterdir():
            left_behind.unlink()
        self._start()

    def __enter__(self) -> Self:
        self._directory = Path(tempfile.mkdtemp(prefix="ssc-pcscd-"))
        try:
            self._place("run").mkdir()
            check_socket(self.environment["PCSCLITE_CSOCK_NAME"])
            self._set_up(driver_copies(self._directory, len(self.readers)))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the daemon and remove its directory; harmless when repeated."""
        self.kill()
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def _set_up(self, drivers: Sequence[Path]) -> None:
        attempts = ATTEMPTS if self._first_port is None else 1
        for left in reversed(range(attempts)):
            first = self._first_port or free_ports(len(self.readers) * SLOTS_PER_NAME)
            self.ports = {name: first + SLOTS_PER_NAME * index for index, name in enumerate(self.readers)}
            self._place("readers.conf").write_text(reader_list(self.ports, drivers), "utf-8")
            try:
                self._start()
                return
            except PortTakenError:
                if not left:
                    raise

    def _start(self) -> None:
        self.kill()
        self._check_ports_free()
        with self._place("log").open("ab") as log:
            self._process = subprocess.Popen(
                start_command(self._place("readers.conf")),
                cwd=self._place("run"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the program, which ends the daemon
            )
        self._await_socket(self._process)
        # pcscd opens its readers before its socket, and does without those it cannot open.
        listening = listening_ports(self._process.pid)
        missing = [port for port in self._all_ports() if port not in listening]
        if missing:
            raise self._failed_reader(missing[0]) if self.running() else self._failed_start()

    def _await_socket(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._accepts():
            if process.poll() is not None:
                raise self._failed_start()
            if time.monotonic() > deadline:
                raise DaemonError(f"pcscd was not ready after {START_TIMEOUT_S:.0f} s{self._last_lines()}")
            time.sleep(POLL_S)

    def _accepts(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(self.environment["PCSCLITE_CSOCK_NAME"]) == 0

    def _failed_start(self) -> DaemonError:
        if READY in self.log().splitlines():
            return DaemonError(f"pcscd ended while it started{self._last_lines()}")
        return NamespaceError(
            "a private PC/SC daemon needs a namespace of its own (unshare), which is not allowed here; "
            f"{SYSTEM_DAEMON}{self._last_lines()}"
        )

    def _failed_reader(self, port: int) -> DaemonError:
        if port in listening_ports():
            return PortTakenError(port)
        return DaemonError(f"pcscd could not open its reader at port {port}{self._last_lines()}")

    def _last_lines(self) -> str:
        written = [line for line in self.log().splitlines() if line != READY]
        return "".join(f"\n  {line}" for line in written[-LAST_LINES:])

    def _all_ports(self) -> list[int]:
        return [port + slot for port in self.ports.values() for slot in range(SLOTS_PER_NAME)]

    def _check_ports_free(self) -> None:
        taken = listening_ports()
        for port in self._all_ports():
            if port in taken:
                raise PortTakenError(port)

    def _place(self, name: str) -> Path:
        if self._directory is None:
            raise DaemonError("this PC/SC daemon is not started, or closed; use it inside `with`")
        return self._directory / name
