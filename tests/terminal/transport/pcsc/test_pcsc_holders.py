from __future__ import annotations

import os
import socket

from terminal.transport.pcsc.holders import End, _ends, clients_of_service, holders_text

SERVICE = b"/run/pcscd/pcscd.comm"
OWN, DAEMON, OTHER, STRANGER = 10, 20, 30, 40
ENDS = {
    1: End(2),
    2: End(1, SERVICE),
    3: End(4),
    4: End(3, SERVICE),
    5: End(6),
    6: End(5, SERVICE),
    7: End(8),
    8: End(7, b"/run/other.sock"),
}
"""Our socket, that of another program and that of a stranger at a second daemon; a socket of another service."""


def test_clients_of_our_own_daemon_are_told_from_those_of_a_second_one():
    owners = {1: {OWN}, 2: {DAEMON}, 3: {OTHER}, 4: {DAEMON}, 5: {STRANGER}, 6: {21}, 7: {OTHER}, 8: {DAEMON}}
    assert clients_of_service(ENDS, owners, OWN) == [{OWN}, {OTHER}]


def test_daemon_of_another_user_is_known_by_its_path():
    assert clients_of_service(ENDS, {1: {OWN}, 3: {OTHER}}, OWN) == [{OWN}, {OTHER}, ()]


def test_without_a_connection_to_the_service_nobody_is_known():
    assert clients_of_service(ENDS, {3: {OTHER}, 4: {DAEMON}}, OWN) == []


def test_who_holds_the_reader_is_said_as_far_as_it_is_known():
    own = os.getpid()
    name = f"(pid {os.getppid()})"
    assert name in holders_text([{own}, {os.getppid()}], own)
    assert holders_text([{own}, {os.getppid()}, {1}], own).startswith("one of ")
    assert holders_text([{own}, {own}], own) == "this program itself"
    assert holders_text([{own}, ()], own) == "another program"
    assert holders_text([{own}], own) == "another program"
    assert holders_text([], own) == "another program"


def test_kernel_tells_both_ends_of_a_socket(tmp_path):
    path = str(tmp_path / "pcscd.comm")
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(path)
        listener.listen()
        client.connect(path)
        with listener.accept()[0] as served:
            inodes = [os.fstat(end.fileno()).st_ino for end in (client, served)]
            ends = _ends()
    assert ends[inodes[0]] == End(inodes[1])
    assert ends[inodes[1]] == End(inodes[0], path.encode())
