"""TCP ports of this machine: which are listened on, and by whom; which are free."""

from __future__ import annotations

import contextlib
import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path

LISTENING = "0A"
LOWEST, HIGHEST = 12000, 32000
"""Below those that outgoing connections get, so that none of them takes a port between look and use."""


def listening_ports(process_id: int | None = None) -> frozenset[int]:
    """The TCP ports on which anybody listens, or this process alone (proc(5), /proc/net/tcp)."""
    sockets = None if process_id is None else set(_open_files(process_id))
    ports = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(FileNotFoundError), open(f"/proc/net/{table}", encoding="ascii") as lines:
            for line in lines:
                words = line.split()
                if words[3] == LISTENING and (sockets is None or f"socket:[{words[9]}]" in sockets):
                    ports.add(int(words[1].rpartition(":")[2], 16))
    return frozenset(ports)


def _open_files(process_id: int) -> Iterator[str]:
    """What the descriptors of a process lead to; one that is closed while they are looked at is left out."""
    with contextlib.suppress(FileNotFoundError):
        for descriptor in Path(f"/proc/{process_id}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                yield os.readlink(descriptor)


def free_ports(count: int) -> int:
    """The first of so many neighbouring ports that are free at this moment."""
    chosen = random.SystemRandom()
    while True:
        first = chosen.randrange(LOWEST, HIGHEST - count)
        if all(_is_free(port) for port in range(first, first + count)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True
