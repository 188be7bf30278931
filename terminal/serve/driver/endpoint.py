"""The endpoint file: where the native libraries find the service, and the token that proves they may read the file.

Lines: `ssc-driver 1`, one or more addresses (`unix:/path`, `tcp:127.0.0.1:PORT`; each library takes the first it can
use; `http://127.0.0.1:PORT` is the bench's), `token:HEX`. Mode 0600: whoever reads it may use the cards.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "SSC_DRIVER_ENDPOINT"
FORM = "ssc-driver 1"
SCHEMES = ("unix:", "tcp:", "http:")
TOKEN_BYTES = 32
LONGEST = 16_384
"""Bytes of an endpoint file; a device has no end."""
LONGEST_SOCKET_PATH = 107
"""Bytes of a Unix socket's path in Linux."""


class EndpointError(Exception):
    """The service cannot be offered at this place; the message says why and what to do."""


def default_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the libraries look: SSC_DRIVER_ENDPOINT, else the user's runtime directory, else their home.

    Raises EndpointError where the user has none of them.
    """
    if said := environment.get(VARIABLE):
        return Path(said)
    if runtime := environment.get("XDG_RUNTIME_DIR"):
        return Path(runtime, "ssc-driver", "endpoint")
    try:
        return Path.home() / ".ssc-driver" / "endpoint"
    except RuntimeError:
        raise EndpointError(f"this user has no home directory; name a place by {VARIABLE}") from None


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """An endpoint file's content."""

    addresses: tuple[str, ...]
    token: str

    @property
    def url(self) -> str | None:
        """Where the bench around the driver is told what to do, None where there is none."""
        return next((address for address in self.addresses if address.startswith("http:")), None)

    def write(self, file: Path) -> None:
        """Replace the file in one step, mode 0600. Raises OSError, and leaves everything as it was."""
        text = "".join(f"{line}\n" for line in (FORM, *self.addresses, f"token:{self.token}"))
        new = file.with_name(f"{file.name}.{os.getpid()}")
        with suppress(FileNotFoundError):
            new.unlink()
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            try:
                stream.write(os.fsencode(text))
                stream.flush()
                new.replace(file)
            except BaseException:
                new.unlink()
                raise

    @classmethod
    def read(cls, file: Path) -> Endpoint | None:
        """What a file says; None where there is none, or it is something else."""
        try:
            with file.open("rb") as stream:
                lines = os.fsdecode(stream.read(LONGEST)).splitlines()
        except OSError:
            return None
        if not lines or lines[0] != FORM:
            return None
        addresses = tuple(line for line in lines if line.startswith(SCHEMES))
        token = next((line.removeprefix("token:") for line in lines if line.startswith("token:")), "")
        return cls(addresses, token)


def new_token() -> str:
    """A token nobody guesses."""
    return secrets.token_hex(TOKEN_BYTES)


def claim(file: Path) -> None:
    """Make the directory of the file (0700), and make sure that no running service is there. Raises EndpointError.

    The bench's address does not tell: its port is the same from one service to the next.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise EndpointError(f"{file.parent}: {error.strerror}; name another place by {VARIABLE}") from None
    if not file.exists():
        return
    there = Endpoint.read(file)
    if there is None:
        raise EndpointError(f"{file} is no endpoint file and is left alone; name another place by {VARIABLE}")
    if any(_answers(address) for address in there.addresses if address != there.url):
        raise EndpointError(
            f"{file}: another driver service runs there; end it, or name another place by {VARIABLE}"
        )


def _answers(address: str) -> bool:
    """Whether anything listens at an address; what a killed service left behind does not."""
    kind, _, place = address.partition(":")
    try:
        if kind == "unix":
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(place)
        else:
            host, _, port = place.rpartition(":")
            socket.create_connection((host, int(port)), timeout=1).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


def listen_unix(file: Path) -> socket.socket:
    """A Unix socket beside the endpoint file, mode 0600 from its first moment. Raises EndpointError."""
    path = file.with_name(f"{file.name}.socket")
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise EndpointError(
            f"{path}: longer than the {LONGEST_SOCKET_PATH} bytes a socket's path may have; name a shorter place "
            f"by {VARIABLE}"
        )
    listening = socket.socket(socket.AF_UNIX)
    try:
        os.fchmod(listening.fileno(), 0o600)
        with suppress(FileNotFoundError):
            path.unlink()
        listening.bind(str(path))
        listening.listen()
    except OSError as error:
        listening.close()
        raise EndpointError(f"{path}: {error.strerror}; name another place by {VARIABLE}") from None
    return listening


def listen_tcp() -> socket.socket:
    """A socket of this machine alone, at a free port. Raises EndpointError."""
    try:
        return socket.create_server(("127.0.0.1", 0))
    except OSError as error:
        raise EndpointError(f"127.0.0.1: {error.strerror}") from None
