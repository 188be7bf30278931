"""What `ssc doctor` may look at on a machine: files, programs, the daemon's socket, packages, readers.

Every probe goes through here, so that a test can put another machine in its place.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module, metadata
from pathlib import Path

from terminal.transport.pcsc.errors import SOCKET_VARIABLE

__all__ = ["SOCKET_VARIABLE", "Machine", "UnavailableError"]

SOCKET = "/run/pcscd/pcscd.comm"
PROGRAM_DIRECTORIES = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where daemons are, searched beside PATH: a user's PATH often lacks them."""

COMMAND_TIMEOUT_S = 5.0


class UnavailableError(Exception):
    """What was asked of the machine cannot be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Machine:
    """This machine; `root` is where its file system begins."""

    root: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    user: int = field(default_factory=os.geteuid)

    def at(self, path: str) -> Path:
        """A path of the machine."""
        return self.root / path.lstrip("/")

    def text(self, path: str) -> str:
        """The contents of a file without white space around; "" where it cannot be read."""
        try:
            return self.at(path).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    def program(self, name: str) -> str | None:
        """Where a program is; None where it is not installed."""
        places = f"{self.environment.get('PATH', '')}:{PROGRAM_DIRECTORIES}".split(":")
        found = (f"{place}/{name}" for place in places if place)
        return next((path for path in found if os.access(self.at(path), os.X_OK)), None)

    def output(self, path: str, *arguments: str) -> str:
        """What a program prints; raises UnavailableError where it fails or takes too long."""
        try:
            done = subprocess.run(
                [str(self.at(path)), *arguments],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=COMMAND_TIMEOUT_S,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnavailableError(f"{path} cannot be run: {error}") from None
        return done.stdout.strip()

    @property
    def socket(self) -> str:
        """Where clients look for the daemon."""
        return self.environment.get(SOCKET_VARIABLE) or SOCKET

    def connect(self) -> None:
        """Connect to the daemon's socket and hang up; raises OSError."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(COMMAND_TIMEOUT_S)
            line.connect(str(self.at(self.socket)))

    def version(self, distribution: str) -> str | None:
        """The version of an installed Python package; None where it is not installed."""
        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            return None

    def importable(self, module: str) -> None:
        """Import a module; raises UnavailableError with the reason."""
        try:
            import_module(module)
        except Exception as error:
            raise UnavailableError(f"{type(error).__name__}: {error}") from None

    def readers(self) -> tuple[str, ...]:
        """The PC/SC readers there are; raises UnavailableError."""
        from terminal.transport.base import TransportError
        from terminal.transport.pcsc.readers import reader_names
        from terminal.transport.pcsc.scard import system_scard

        try:
            return tuple(reader_names(system_scard()))
        except TransportError as error:
            raise UnavailableError(str(error)) from None

    def holders(self) -> Mapping[str, str]:
        """Reader to the program that holds its card for itself; raises UnavailableError."""
        from terminal.transport.base import TransportError
        from terminal.transport.pcsc.holders import UNKNOWN
        from terminal.transport.pcsc.readers import reader_names
        from terminal.transport.pcsc.scard import system_scard
        from terminal.transport.pcsc.waiting import slot_state, users

        try:
            scard = system_scard()
            return {
                name: users(scard) or UNKNOWN
                for name in reader_names(scard)
                if slot_state(scard, name).exclusive
            }
        except TransportError as error:
            raise UnavailableError(str(error)) from None

    @property
    def python(self) -> str:
        """The Python that runs this."""
        return sys.version.split()[0]
