"""How long the native library waits for a service that is silent, or that never comes to the end of what it says."""

from __future__ import annotations

import ctypes
import shutil
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from native_host import answering, wayward_service

from terminal.driver.framing import read
from terminal.driver.native.build import TARGETS, build
from terminal.serve.driver.endpoint import Endpoint

LIMITS = ("-DHELLO_MS=150", "-DANSWER_MS=150")
LONG_ANSWER = struct.pack(">I", 60000)


@pytest.fixture(scope="module")
def hasty_libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The libraries as they are but for their limits."""
    linux = TARGETS["linux"]
    out = tmp_path_factory.mktemp("hasty")
    return build(replace(linux, flags=(*linux.flags, *LIMITS)), out)[0].parent


@pytest.fixture
def hasty(hasty_libraries: Path, tmp_path: Path) -> ctypes.CDLL:
    return ctypes.CDLL(str(shutil.copy(hasty_libraries / "libSSCardDriver.so", tmp_path)))


def said(library: ctypes.CDLL) -> tuple[int, str]:
    out = ctypes.create_string_buffer(512)
    return int(library.iVerifyPIN(3, out)), out.value.decode("gbk")


def until_it_hangs_up(line: socket.socket) -> None:
    line.settimeout(30)
    assert line.recv(1) == b""


def stays_silent(line: socket.socket) -> None:
    assert read(line.recv)
    until_it_hangs_up(line)


def trickles(line: socket.socket) -> None:
    """An answer a byte at a time, each of them soon enough."""
    assert read(line.recv)
    line.sendall(LONG_ANSWER)
    pause = threading.Event()
    with suppress(ConnectionError):
        for _ in range(200):
            line.sendall(b"\0")
            pause.wait(0.02)


@pytest.mark.parametrize("talk", [stays_silent, trickles])
def test_an_answer_has_to_be_there_in_time_whole(
    talk: Callable[[socket.socket], None], hasty: ctypes.CDLL, endpoint_file: Path
) -> None:
    with wayward_service(endpoint_file, talk, answering(b"0", b"anew")):
        code, text = said(hasty)
        assert code == -11
        assert "has not answered iVerifyPIN in time, which may have been carried out" in text
        assert said(hasty) == (0, "anew")


def test_the_reader_library_waits_no_longer(
    hasty_libraries: Path, tmp_path: Path, endpoint_file: Path
) -> None:
    library = ctypes.CDLL(str(shutil.copy(hasty_libraries / "libSSSE32.so", tmp_path)))
    with wayward_service(endpoint_file, stays_silent):
        assert library.ICC_Reader_Open(b"AUTO") == -11


def test_a_service_that_does_not_say_hello_is_told(hasty: ctypes.CDLL, endpoint_file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Endpoint((f"tcp:127.0.0.1:{listening.getsockname()[1]}",), "00").write(endpoint_file)
        code, text = said(hasty)
    assert (code, "does not welcome this library" in text) == (-11, True)


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_a_service_that_takes_no_connection_any_more_is_not_waited_for(
    kind: str, hasty: ctypes.CDLL, endpoint_file: Path
) -> None:
    path = str(endpoint_file.with_name("stopped.socket"))
    with ExitStack() as stack:
        family = socket.AF_UNIX if kind == "unix" else socket.AF_INET
        stopped = stack.enter_context(socket.socket(family))
        stopped.bind(path if kind == "unix" else ("127.0.0.1", 0))
        stopped.listen(0)
        for _ in range(4):  # more than wait to be taken
            waiting = stack.enter_context(socket.socket(family))
            waiting.setblocking(False)
            waiting.connect_ex(stopped.getsockname())
        place = path if kind == "unix" else f"127.0.0.1:{stopped.getsockname()[1]}"
        Endpoint((f"{kind}:{place}",), "00").write(endpoint_file)
        code, text = said(hasty)
    assert (code, "ssc serve driver" in text) == (-11, True)
