"""A listening socket that keeps file descriptors for other things than clients."""

from __future__ import annotations

import errno
import resource
import select
import socket
import sys

import pytest

from terminal.serve import listening
from terminal.serve.listening import ListeningSocket, most_connections


@pytest.fixture
def door() -> ListeningSocket:
    made = ListeningSocket(socket.AF_INET, socket.SOCK_STREAM)
    made.bind(("127.0.0.1", 0))
    made.listen()
    made.setblocking(False)
    return made


def client_of(door: ListeningSocket) -> socket.socket:
    client = socket.create_connection(door.getsockname(), timeout=10)
    select.select([door], [], [], 10)
    return client


def test_a_client_too_many_is_told_and_the_others_stay(door: ListeningSocket) -> None:
    door.most = 1
    with door, client_of(door):
        taken, _ = door.accept()
        with client_of(door) as second:
            with pytest.raises(BlockingIOError):
                door.accept()
            said = second.makefile("rb").read()
            assert said.startswith(b"HTTP/1.1 503 ") and b"too many clients" in said
        taken.close()
        with client_of(door):
            door.accept()[0].close()


def test_a_process_without_file_descriptors_does_not_spin(
    door: ListeningSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(self: socket.socket) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    pauses: list[float] = []
    monkeypatch.setattr(socket.socket, "accept", exhausted)
    monkeypatch.setattr(listening.time, "sleep", pauses.append)
    with door, pytest.raises(BlockingIOError):
        door.accept()
    assert pauses == [listening.PAUSE_S]


@pytest.mark.parametrize(
    ("limit", "most"), [(1024, 896), (1 << 20, (1 << 20) - 128), (200, 100), (20, 10), (-1, sys.maxsize)]
)
def test_so_many_clients_as_leave_room_for_other_files(
    limit: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (limit, limit))
    assert most_connections() == most
