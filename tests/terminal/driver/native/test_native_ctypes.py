"""libSSCardDriver.so in a Python process, as a POS written in Python loads it."""

from __future__ import annotations

import ctypes
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from native_host import EchoDriver, RuleLibrary, answering, wayward_service

from terminal.driver.framing import pack, read
from terminal.driver.profile import TextEncoding
from terminal.serve.driver.native_link import serve_native

NAME = "测试甲"
FORKING = Path(__file__).parents[3] / "programs" / "native_fork.py"
SIZE = 512


def said(library: ctypes.CDLL, encoding: str = "gbk") -> tuple[int, str]:
    """Code and text of iVerifyPIN."""
    out = ctypes.create_string_buffer(SIZE)
    return int(library.iVerifyPIN(3, out)), out.value.decode(encoding)


def test_without_a_service_it_says_how_to_start_one(driver_library: ctypes.CDLL, endpoint_file: Path) -> None:
    code, text = said(driver_library)
    assert code == -11
    assert text.startswith("读卡服务没有运行") and "ssc serve driver" in text


@pytest.mark.parametrize(
    "content",
    [
        "",
        "something else\n",
        "ssc-driver 1\n",
        "ssc-driver 1\ntcp:example.org:1\n",
        "ssc-driver 10\nunix:/nowhere\n",
    ],
)
def test_an_endpoint_file_without_an_address_is_told(
    content: str, driver_library: ctypes.CDLL, endpoint_file: Path
) -> None:
    endpoint_file.write_text(content, encoding="ascii")
    code, text = said(driver_library)
    assert (code, "no address" in text) == (-11, True)


def test_a_killed_service_is_told_as_one_that_does_not_run(
    driver_library: ctypes.CDLL, endpoint_file: Path
) -> None:
    nobody = endpoint_file.with_name("nobody")
    endpoint_file.write_text(f"ssc-driver 1\nunix:{nobody}\ntcp:127.0.0.1:1\ntoken:00\n", encoding="ascii")
    code, text = said(driver_library)
    assert (code, "is not running" in text) == (-11, True)


def test_a_result_is_right_as_long_and_as_int(driver_library: ctypes.CDLL, endpoint_file: Path) -> None:
    out = ctypes.create_string_buffer(SIZE)
    for kind in (ctypes.c_long, ctypes.c_int, ctypes.c_int64, ctypes.c_int32):
        driver_library.iVerifyPIN.restype = kind
        assert driver_library.iVerifyPIN(3, out) == -11


@pytest.mark.parametrize("tcp", [False, True])
def test_texts_are_in_the_encoding_of_the_service(
    tcp: bool, driver_library: ctypes.CDLL, endpoint_file: Path
) -> None:
    out = ctypes.create_string_buffer(20480)
    for encoding in TextEncoding:
        with serve_native(EchoDriver(), RuleLibrary(), endpoint_file, tcp=tcp, encoding=encoding) as service:
            if tcp:
                Path(service.addresses[0].removeprefix("unix:")).unlink()
            given = NAME.encode(encoding.value)
            assert driver_library.iReadCard(3, 1, given, b"SSSEEF05|07|$", out) == 0
        assert out.value == f"3|1|{NAME}|SSSEEF05|07|$|".encode(encoding.value)


def test_a_program_may_ask_for_an_encoding_of_its_own(
    driver_library: ctypes.CDLL, endpoint_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSC_DRIVER_ENCODING", "utf-8")
    assert said(driver_library, "utf-8")[1].startswith("读卡服务没有运行")
    out = ctypes.create_string_buffer(512)
    with serve_native(EchoDriver(), RuleLibrary(), endpoint_file):
        assert driver_library.iUnblockPIN(3, NAME.encode(), out) == 0
    assert out.value.decode() == f"3|{NAME}|"


def test_an_input_in_no_encoding_is_refused(driver_library: ctypes.CDLL, endpoint_file: Path) -> None:
    out = ctypes.create_string_buffer(SIZE)
    with serve_native(EchoDriver(), RuleLibrary(), endpoint_file):
        assert driver_library.iUnblockPIN(3, b"\xff\xff", out) == -14
    assert b"pCardInfo" in out.value


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
@pytest.mark.parametrize("begins", ["", "a", "ab"])
@pytest.mark.parametrize("characters", [169, 170, 171, 254, 255, 256, 257, 20000])
def test_what_a_service_sends_too_much_is_cut_at_a_character(
    encoding: str, begins: str, characters: int, driver_library: ctypes.CDLL, endpoint_file: Path
) -> None:
    sent = begins + "测" * characters
    content = sent.encode(encoding)
    out = ctypes.create_string_buffer(b"\xa5" * 2 * SIZE)
    with wayward_service(endpoint_file, answering(b"-14", content), encoding=encoding.encode()):
        assert driver_library.iVerifyPIN(3, out) == -14
    assert out.raw[SIZE:] == b"\xa5" * SIZE + b"\0"
    held = out.value.decode(encoding)
    assert sent.startswith(held)
    assert held == sent or SIZE - 1 - len("测".encode(encoding)) < len(out.value) <= SIZE - 1
    assert (held == sent) == (len(content) < SIZE)


def test_threads_get_their_own_answers(driver_library: ctypes.CDLL, endpoint_file: Path) -> None:
    wrong: list[bytes] = []

    def work(number: int) -> None:
        out = ctypes.create_string_buffer(20480)
        for turn in range(100):
            asked = f"{number}:{turn}".encode() * (1 + turn)
            code = driver_library.iReadCard(number, turn, b"", asked[:1023], out)
            if code != 0 or out.value != b"%d|%d||%s|" % (number, turn, asked[:1023]):
                wrong.append(out.value)

    with serve_native(EchoDriver(), RuleLibrary(), endpoint_file):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


@pytest.mark.parametrize("tcp", [False, True])
def test_a_service_that_was_started_anew_is_found_again(
    tcp: bool, driver_library: ctypes.CDLL, endpoint_file: Path
) -> None:
    for _ in range(2):
        with serve_native(EchoDriver(), RuleLibrary(), endpoint_file, tcp=tcp) as service:
            if tcp:
                Path(service.addresses[0].removeprefix("unix:")).unlink()
            assert said(driver_library) == (0, "3|")
            assert said(driver_library) == (0, "3|")
    assert said(driver_library)[0] == -11


def test_a_request_that_may_have_been_carried_out_is_not_sent_again(
    driver_library: ctypes.CDLL, endpoint_file: Path
) -> None:
    requests = []

    def takes_and_goes(line: socket.socket) -> None:
        requests.append(read(line.recv))

    with wayward_service(endpoint_file, takes_and_goes):
        code, text = said(driver_library)
    assert (code, "iVerifyPIN, which may have been carried out" in text) == (-11, True)
    assert requests == [[b"iVerifyPIN", b"3"]]


@pytest.fixture
def deadly_pipes() -> Iterator[None]:
    """Writing to a line nobody reads kills this process, as it kills any that is not Python."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)


@pytest.mark.usefixtures("deadly_pipes")
def test_a_request_that_did_not_go_out_is_sent_on_a_new_line(
    driver_library: ctypes.CDLL, endpoint_file: Path
) -> None:
    deaf = threading.Event()

    def goes_deaf(line: socket.socket) -> None:
        answering(b"0", b"first")(line)
        line.shutdown(socket.SHUT_RD)
        deaf.set()
        until_closed = select.poll()
        until_closed.register(line, 0)
        until_closed.poll(30000)

    with wayward_service(endpoint_file, goes_deaf, answering(b"0", b"second")):
        assert said(driver_library) == (0, "first")
        deaf.wait(30)
        assert said(driver_library) == (0, "second")


@pytest.mark.parametrize(
    "answer",
    [
        b"\x00\x00\x00\x00",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02\x00\x02",
        pack(b"0"),
        pack(b"", b"x"),
        pack(b"1" * 40, b""),
        pack(b"99999999999", b""),
        pack(b"no", b""),
        pack(b"0x", b""),
        pack(b"0", b"x")[:-1],
        b"\x00\x00\x00\x0a\x00\x02\xff\xff\xff\xff\x00\x00\x00\x00",
    ],
)
def test_an_answer_that_is_none_is_told(
    answer: bytes, driver_library: ctypes.CDLL, endpoint_file: Path
) -> None:
    def garbles(line: socket.socket) -> None:
        assert read(line.recv)
        line.sendall(answer)

    with wayward_service(endpoint_file, garbles):
        code, text = said(driver_library)
    assert (code, "before it answered" in text) == (-11, True)


def test_a_wrong_token_is_told(driver_library: ctypes.CDLL, endpoint_file: Path) -> None:
    with serve_native(EchoDriver(), RuleLibrary(), endpoint_file):
        right = endpoint_file.read_text(encoding="ascii")
        endpoint_file.write_text(right.replace("token:", "token:0"), encoding="ascii")
        code, text = said(driver_library)
        assert (code, "token" in text) == (-11, True)
        endpoint_file.write_text(right, encoding="ascii")
        assert said(driver_library) == (0, "3|")


def test_the_reader_library_is_a_caller_of_its_own(
    ssc_driver_library: Path, tmp_path: Path, endpoint_file: Path
) -> None:
    library = ctypes.CDLL(str(shutil.copy(ssc_driver_library / "libSSSE32.so", tmp_path)))
    assert library.ICC_Reader_Open(b"AUTO") == -11
    with serve_native(EchoDriver(), RuleLibrary(), endpoint_file):
        assert library.ICC_Reader_Open(b"AUTO") == 7


@pytest.mark.parametrize("said", [b"17", b"1", b"0"])
def test_a_length_that_is_not_that_of_the_answer_is_no_answer(
    said: bytes, ssc_driver_library: Path, tmp_path: Path, endpoint_file: Path
) -> None:
    library = ctypes.CDLL(str(shutil.copy(ssc_driver_library / "libSSSE32.so", tmp_path)))
    response = ctypes.create_string_buffer(b"\xa5" * 33, 33)
    with wayward_service(endpoint_file, answering(said, b"\x3b\x00")):
        assert library.ICC_Reader_PowerOn(7, 1, response) == -11
    assert response.raw == b"\xa5" * 33


def test_a_program_may_fork_in_the_middle_of_a_call(
    ssc_driver_library: Path, tmp_path: Path, endpoint_file: Path
) -> None:
    begun, answered_child = tmp_path / "begun", threading.Event()

    def during(name: str) -> None:
        if name == "iReadCardBas":
            answered_child.set()
        if name == "iChangePIN":
            begun.touch()
            answered_child.wait(30)

    with serve_native(EchoDriver(during), RuleLibrary(), endpoint_file):
        command = [sys.executable, FORKING, ssc_driver_library / "libSSCardDriver.so", begun]
        subprocess.run(command, check=True, timeout=60)
