"""Which programs are connected to the PC/SC service, so that the one that holds a reader has a name.

pcscd does not tell who holds a card. The kernel tells which two ends of a Unix socket belong together (sock_diag(7),
as `ss -x` shows it), and `/proc/PID/fd` which process has an end: the service is whoever has the other end of our own
connection, its clients are at the other ends of its sockets.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST_DUMP = 0x301
SHOW_NAME, SHOW_PEER = 1, 4
ATTRIBUTE_NAME, ATTRIBUTE_PEER = 0, 2
SERVICE_SOCKET = b"/pcscd.comm"
ANY_STATE = 0xFFFFFFFF
_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBHIIIII")
_MESSAGE = struct.Struct("=BBBBIII")
_ATTRIBUTE = struct.Struct("=HH")

UNKNOWN = "another program"
ITSELF = "this program itself"


@dataclass(frozen=True, slots=True)
class End:
    """One end of a connected Unix socket: the inode of the other end, and the path this end is bound to."""

    peer: int
    path: bytes = b""


def other_clients() -> str:
    """Names and process ids of the other programs connected to our PC/SC service; UNKNOWN where that cannot be seen."""
    try:
        return holders_text(clients_of_service(_ends(), _owners(), os.getpid()), os.getpid())
    except OSError:
        return UNKNOWN


def holders_text(clients: Sequence[Collection[int]], own: int) -> str:
    """The processes at the service's sockets, for people; an empty one is a process that this user may not see."""
    others = sorted({pid for client in clients for pid in client} - {own})
    if others:
        names = [f"{_program(pid)} (pid {pid})" for pid in others]
        return names[0] if len(names) == 1 else f"one of {', '.join(names)}"
    return ITSELF if len(clients) > 1 and all(clients) else UNKNOWN


def clients_of_service(
    ends: Mapping[int, End], owners: Mapping[int, Collection[int]], own: int
) -> list[Collection[int]]:
    """For each client of the services that `own` is connected to, the processes that have its socket.

    The service's sockets are those of the process at the other end of ours; where this user may not look into it,
    those bound to the same path.
    """
    ours = [inode for inode in ends if own in owners.get(inode, ())]
    facing = [ends[inode].peer for inode in ours if _is_service(ends.get(ends[inode].peer))]
    services = {pid for inode in facing for pid in owners.get(inode, ())}
    if services:
        served = [inode for inode in ends if services & set(owners.get(inode, ()))]
    else:
        paths = {ends[inode].path for inode in facing}
        served = [inode for inode in ends if ends[inode].path in paths]
    return [owners.get(ends[inode].peer, ()) for inode in served if _is_service(ends[inode])]


def _is_service(end: End | None) -> bool:
    return end is not None and end.path.endswith(SERVICE_SOCKET)


def _owners() -> dict[int, set[int]]:
    """Socket inode to the processes that have it open, as far as this user may look."""
    owners: dict[int, set[int]] = {}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        with suppress(OSError):
            for descriptor in (process / "fd").iterdir():
                with suppress(OSError):
                    target = os.readlink(descriptor)
                    if target.startswith("socket:["):
                        owners.setdefault(int(target[8:-1]), set()).add(int(process.name))
    return owners


def _program(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return "a program that has ended"


def _ends() -> dict[int, End]:
    """Every connected Unix socket by its inode."""
    show = SHOW_NAME | SHOW_PEER
    request = _REQUEST.pack(socket.AF_UNIX, 0, 0, ANY_STATE, 0, show, 0, 0)
    header = _HEADER.pack(_HEADER.size + len(request), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as netlink:
        netlink.settimeout(1)
        netlink.send(header + request)
        return dict(_answers(netlink))


def _answers(netlink: socket.socket) -> Iterator[tuple[int, End]]:
    while True:
        block = netlink.recv(1 << 16)
        while block:
            length, kind, *_ = _HEADER.unpack_from(block)
            if kind in (NLMSG_DONE, NLMSG_ERROR):
                return
            inode = _MESSAGE.unpack_from(block, _HEADER.size)[4]
            found = dict(_attributes(block[_HEADER.size + _MESSAGE.size : length]))
            if ATTRIBUTE_PEER in found:
                yield (
                    inode,
                    End(int.from_bytes(found[ATTRIBUTE_PEER], "little"), found.get(ATTRIBUTE_NAME, b"")),
                )
            block = block[_aligned(length) :]


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    while len(raw) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(raw)
        value = raw[_ATTRIBUTE.size : length]
        yield kind, value.rstrip(b"\0") if kind == ATTRIBUTE_NAME else value
        raw = raw[_aligned(length) :]


def _aligned(length: int) -> int:
    return length + 3 & ~3
