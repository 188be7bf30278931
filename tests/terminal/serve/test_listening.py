"""A listening socket that keeps file descriptors for other things than clients."""

from __future__ import annotations

import errno
import resource
import select
import socket
import sys
from contextlib import ExitStack

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
    client = socket.create_connection(door.getsockname(), timeout=60)
    select.select([door], [], [], 60)
    return client


def test_a_client_too_many_is_told_and_the_others_stay(door: ListeningSocket) -> None:
    door.most = 1
    with door, client_of(door):
        taken, _ = door.accept()
        with client_of(door) as second:
            with pytest.raises(BlockingIOError):
                door.accept()
            second.sendall(b"POST / HTTP/1.1\r\n")
            second.sendall(b"Host: localhost\r\n\r\n")
            said = second.makefile("rb").read()
            assert said.startswith(b"HTTP/1.1 503 ") and b"too many clients" in said
        taken.close()
        with client_of(door):
            door.accept()[0].close()


def go_on_sending(client: socket.socket) -> None:
    while True:
        client.sendall(b"POST / HTTP/1.1\r\n")


def test_those_that_were_turned_away_are_let_go_when_others_follow(
    door: ListeningSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.most = 0
    monkeypatch.setattr(listening, "LEAVING", 1)
    with door, ExitStack() as there:
        clients: list[socket.socket] = []
        for _ in range(2):
            clients.append(there.enter_context(client_of(door)))
            with pytest.raises(BlockingIOError):
                door.accept()
        assert clients[0].makefile("rb").read().startswith(b"HTTP/1.1 503 ")
        with pytest.raises(ConnectionError):
            go_on_sending(clients[0])


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
