"""The service's side of the native libraries' private socket: who is let in, what is answered, what is left behind."""

from __future__ import annotations

import errno
import os
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.driver import lower
from terminal.driver.framing import LONGEST, FrameError, pack, read, unpack
from terminal.driver.functions import BY_NAME
from terminal.driver.ports import Answer, Argument
from terminal.driver.presence import somebody_waits
from terminal.driver.profile import TextEncoding
from terminal.serve.driver import native_link
from terminal.serve.driver.endpoint import Endpoint, EndpointError, default_file, listen_unix
from terminal.serve.driver.native_calls import answer, cut
from terminal.serve.driver.native_link import NativeService, serve_native

Call = tuple[str, tuple[Argument, ...]]


class Desk:
    """A driver and a reader library that note what they are asked; iChangePIN is a bug."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.hung_up = threading.Semaphore(0)

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
        self.calls.append((name, tuple(arguments)))
        if name == "iChangePIN":
            raise OSError("no such thing")
        return Answer(-51, "密码错误")

    def hang_up(self, caller: object) -> None:
        self.hung_up.release()


class Shelf:
    """A reader library that answers every call alike."""

    def call(self, name: str, arguments: Sequence[lower.Argument], caller: object = None) -> lower.Reply:
        return lower.Reply(2, b"\x90\x00")

    def hang_up(self, caller: object) -> None:
        return


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def service(desk: Desk, tmp_path: Path) -> Iterator[NativeService]:
    with serve_native(desk, Shelf(), tmp_path / "own" / "endpoint") as running:
        yield running


def connected(service: NativeService) -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(30)
    line.connect(service.addresses[0].removeprefix("unix:"))
    return line


def token(service: NativeService) -> bytes:
    endpoint = Endpoint.read(service.file)
    assert endpoint is not None
    return endpoint.token.encode()


def ask(line: socket.socket, *fields: bytes) -> list[bytes] | None:
    line.sendall(pack(*fields))
    return read(line.recv)


def closed(line: socket.socket) -> bool:
    """Whether the other side closes; nothing may come before."""
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


def welcomed(service: NativeService) -> socket.socket:
    line = connected(service)
    assert ask(line, b"hello", b"1", token(service)) == [b"0", b"GBK"]
    return line


def test_nobody_else_can_read_the_token_or_use_the_socket(service: NativeService) -> None:
    place = Path(service.addresses[0].removeprefix("unix:"))
    assert [path.stat().st_mode & 0o777 for path in (service.file, place)] == [0o600, 0o600]
    assert service.file.parent.stat().st_mode & 0o777 == 0o700
    assert len(token(service)) == 64


def test_a_request_is_carried_to_the_driver(service: NativeService, desk: Desk) -> None:
    with welcomed(service) as line:
        asked = (b"iReadCard", b"3", b"-1", "测|".encode("gbk"), b"SSSEEF05|07|$")
        assert ask(line, *asked) == [b"-51", "密码错误".encode("gbk")]
        assert ask(line, b"ICC_Reader_Application", b"7", b"1", b"\x00\xa4") == [b"2", b"\x90\x00"]
    assert desk.calls == [("iReadCard", (3, -1, "测|", "SSSEEF05|07|$"))]


def test_the_end_of_a_connection_hangs_its_caller_up(service: NativeService, desk: Desk) -> None:
    with welcomed(service):
        assert not desk.hung_up.acquire(blocking=False)
    assert desk.hung_up.acquire(timeout=60)


@pytest.mark.parametrize("tcp", [False, True])
def test_the_end_of_a_service_answers_the_call_under_way(tcp: bool, tmp_path: Path) -> None:
    begun, pause = threading.Event(), threading.Event()

    class Patient(Desk):
        def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
            begun.set()
            while somebody_waits():
                pause.wait(0.01)
            return super().call(name, arguments, caller)

    with ExitStack() as lines:
        with serve_native(desk := Patient(), Shelf(), tmp_path / "endpoint", tcp=tcp) as service:
            place = service.addresses[-1].rpartition(":")[2]
            line = lines.enter_context(
                socket.create_connection(("127.0.0.1", int(place))) if tcp else connected(service)
            )
            ask(line, b"hello", b"1", token(service))
            line.sendall(pack(b"iVerifyPIN", b"3"))
            assert begun.wait(30)
        assert read(line.recv) == [b"-51", "密码错误".encode("gbk")]
        assert closed(line)
    assert len(desk.calls) == 1


@pytest.mark.parametrize("tcp", [False, True])
def test_a_call_learns_that_its_caller_has_gone(tcp: bool, tmp_path: Path) -> None:
    begun, gone = threading.Event(), threading.Event()

    class Patient(Desk):
        def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
            assert somebody_waits()
            begun.set()
            while somebody_waits():
                gone.wait(0.01)
            gone.set()
            return Answer(0, "")

    with serve_native(Patient(), Shelf(), tmp_path / "endpoint", tcp=tcp) as service:
        place = service.addresses[-1].rpartition(":")[2]
        line = socket.create_connection(("127.0.0.1", int(place))) if tcp else connected(service)
        with line:
            ask(line, b"hello", b"1", token(service))
            line.sendall(pack(b"iVerifyPIN", b"3"))
            assert begun.wait(30) and not gone.is_set()
        assert gone.wait(30)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ((), "versions"),
        ((b"GET / HTTP/1.1",), "versions"),
        ((b"hello", b"2", b"TOKEN"), "versions"),
        ((b"hello", b"1", b""), "token"),
        ((b"hello", b"1", b"TOKEN0"), "token"),
        ((b"hello", b"1", "令牌".encode()), "token"),
        ((b"iVerifyPIN", b"3"), "versions"),
    ],
)
def test_who_does_not_say_hello_rightly_is_told_and_let_go(
    fields: tuple[bytes, ...], says: str, service: NativeService, desk: Desk
) -> None:
    with connected(service) as line:
        said = ask(line, *(field.replace(b"TOKEN", token(service)) for field in fields))
        assert said is not None
        assert (said[0], says in said[1].decode("gbk")) == (b"-11", True)
        assert closed(line)
    assert desk.calls == []


@pytest.mark.parametrize("after_hello", [False, True])
@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack(">I", LONGEST + 1),
        struct.pack(">I", 0),
        struct.pack(">IH", 2, 0xFFFF),
        struct.pack(">IHI", 6, 1, 0xFFFFFFFF),
        struct.pack(">IHI", 7, 1, 0) + b"x",
    ],
    ids=["HTTP", "too long", "nothing", "too many fields", "field too long", "rest"],
)
def test_garbage_is_answered_and_closed(
    garbage: bytes, after_hello: bool, service: NativeService, desk: Desk
) -> None:
    with (welcomed if after_hello else connected)(service) as line:
        line.sendall(garbage)
        said = read(line.recv)
        assert said is not None and said[0] == b"-11" and said[1]
        assert closed(line)
    with welcomed(service) as line:
        assert ask(line, b"iVerifyPIN", b"3") == [b"-51", "密码错误".encode("gbk")]


def test_a_connection_that_says_nothing_does_not_stay(
    monkeypatch: pytest.MonkeyPatch, service: NativeService
) -> None:
    monkeypatch.setattr(native_link, "HELLO_TIMEOUT_S", 0.05)
    with connected(service) as line:
        assert closed(line)


def test_a_hello_that_trickles_in_does_not_stay(
    monkeypatch: pytest.MonkeyPatch, service: NativeService
) -> None:
    monkeypatch.setattr(native_link, "HELLO_TIMEOUT_S", 0.4)
    pause = threading.Event()

    def trickle(line: socket.socket) -> None:
        for byte in struct.pack(">I", LONGEST).ljust(200, b"\0"):
            line.sendall(bytes([byte]))
            pause.wait(0.05)

    with connected(service) as line, pytest.raises(ConnectionError):
        trickle(line)


def test_a_connection_that_could_not_be_taken_does_not_end_the_taking(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Exhausted(socket.socket):
        times = 0

        def accept(self) -> tuple[socket.socket, str]:
            self.times += 1
            if self.times == 1:
                raise OSError(errno.EMFILE, "Too many open files")
            return super().accept()

    def listen(file: Path) -> socket.socket:
        return Exhausted(fileno=listen_unix(file).detach())

    monkeypatch.setattr(native_link, "listen_unix", listen)
    with serve_native(Desk(), Shelf(), tmp_path / "endpoint") as running, welcomed(running) as line:
        assert ask(line, b"iVerifyPIN", b"3") == [b"-51", "密码错误".encode("gbk")]


def test_too_many_callers_are_told_how_many_there_are(
    monkeypatch: pytest.MonkeyPatch, service: NativeService, desk: Desk
) -> None:
    monkeypatch.setattr(native_link, "MOST_CALLERS", 1)
    monkeypatch.setattr(native_link, "MOST_AT_THE_DOOR", 1)
    with welcomed(service) as first:
        with connected(service) as line, connected(service) as further:
            assert closed(further)
            said = ask(line, b"hello", b"1", token(service), b"UTF-8")
            assert said is not None and said[0] == b"-11"
            assert "1 programs are connected" in said[1].decode() and "end one of them" in said[1].decode()
            assert closed(line)
        assert ask(first, b"iVerifyPIN", b"3") == [b"-51", "密码错误".encode("gbk")]
    assert desk.hung_up.acquire(timeout=30) and desk.hung_up.acquire(timeout=30)
    with welcomed(service):
        pass


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ((), b"-13"),
        ((b"iNothing", b"3"), b"-13"),
        (("函数".encode(), b"3"), b"-13"),
        ((b"iVerifyPIN",), b"-14"),
        ((b"iVerifyPIN", b"3", b"3"), b"-14"),
        ((b"iVerifyPIN", b"three"), b"-14"),
        ((b"iVerifyPIN", b"2147483648"), b"-14"),
        ((b"iVerifyPIN", b"9" * 5000), b"-14"),
        ((b"iUnblockPIN", b"3", b"\xff\xff"), b"-14"),
        ((b"ICC_Reader_PowerOn", b"7"), b"-14"),
        ((b"ICC_Reader_PowerOn", b"7", b"\xff"), b"-14"),
        ((b"ICC_Reader_Open", b"\xff"), b"-14"),
    ],
)
def test_a_request_that_is_no_call_is_answered_and_the_line_stays(
    fields: tuple[bytes, ...], code: bytes, service: NativeService, desk: Desk
) -> None:
    with welcomed(service) as line:
        said = ask(line, *fields)
        assert said is not None and said[0] == code
        assert ask(line, b"iVerifyPIN", b"3") == [b"-51", "密码错误".encode("gbk")]
    assert len(desk.calls) == 1


def test_a_bug_in_the_driver_is_told_and_ends_one_connection(
    service: NativeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    bugs: list[BaseException | None] = []
    told = threading.Event()

    def note(happened: threading.ExceptHookArgs) -> None:
        bugs.append(happened.exc_value)
        told.set()

    monkeypatch.setattr(threading, "excepthook", note)
    with welcomed(service) as line:
        said = ask(line, b"iChangePIN", b"3")
        assert said is not None and said[0] == b"-999" and b"OSError" in said[1]
        assert closed(line)
    assert told.wait(30) and isinstance(bugs[0], RuntimeError)
    with welcomed(service) as line:
        assert ask(line, b"iVerifyPIN", b"3") == [b"-51", "密码错误".encode("gbk")]


def test_an_ended_service_leaves_nothing_behind(desk: Desk, tmp_path: Path) -> None:
    with serve_native(desk, Shelf(), tmp_path / "endpoint", tcp=True) as service:
        line = welcomed(service)
    assert closed(line) and desk.hung_up.acquire(timeout=60)
    line.close()
    assert list(tmp_path.iterdir()) == []
    port = int(service.addresses[1].rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=60)


def test_a_second_service_does_not_take_the_place_of_a_running_one(service: NativeService) -> None:
    with (
        pytest.raises(EndpointError, match="another driver service runs there"),
        serve_native(Desk(), Shelf(), service.file),
    ):
        pytest.fail("two services at one place")
    with welcomed(service) as line:
        assert ask(line, b"iVerifyPIN", b"3") == [b"-51", "密码错误".encode("gbk")]


def test_what_a_killed_service_left_is_replaced_though_its_successor_listens_at_its_port(
    tmp_path: Path,
) -> None:
    file, left = tmp_path / "endpoint", tmp_path / "endpoint.socket"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(left))
    with socket.create_server(("127.0.0.1", 0)) as successor:
        port = successor.getsockname()[1]
        Endpoint((f"unix:{left}", "tcp:127.0.0.1:no", f"http://127.0.0.1:{port}"), "00").write(file)
        with serve_native(Desk(), Shelf(), file) as service, welcomed(service):
            assert left.is_socket()


def test_the_end_of_a_service_leaves_the_one_that_took_its_place_alone(tmp_path: Path) -> None:
    file = tmp_path / "endpoint"
    with ExitStack() as later:
        with serve_native(Desk(), Shelf(), file):
            file.unlink()
            service = later.enter_context(serve_native(Desk(), Shelf(), file))
        with welcomed(service) as line:
            assert ask(line, b"iVerifyPIN", b"3") == [b"-51", "密码错误".encode("gbk")]
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("not an endpoint\n", encoding="ascii")
    long = tmp_path / ("x" * 100) / "endpoint"
    for file, says in ((plain, "is left alone"), (plain / "endpoint", "plain"), (long, "shorter place")):
        with pytest.raises(EndpointError, match=says), serve_native(Desk(), Shelf(), file):
            pytest.fail("a service at a place that cannot be")
    assert plain.read_text(encoding="ascii") == "not an endpoint\n"


def test_an_endpoint_that_cannot_be_written_leaves_no_half_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(IsADirectoryError):
        Endpoint(("unix:/a",), "00").write(tmp_path)
    assert [
        path.name for path in tmp_path.parent.iterdir() if path.name.startswith(f"{tmp_path.name}.")
    ] == []
    file = tmp_path / "endpoint"
    Endpoint(("unix:/a",), "00").write(file)
    monkeypatch.setattr(os, "fsencode", full_disk)
    with pytest.raises(OSError, match="No space"):
        Endpoint(("unix:/b",), "00").write(file)
    assert [path.name for path in tmp_path.iterdir()] == ["endpoint"]
    assert file.read_text(encoding="ascii").splitlines()[1] == "unix:/a"


def full_disk(_: object) -> bytes:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_the_endpoint_file_is_where_the_libraries_look() -> None:
    home = Path.home() / ".ssc-driver" / "endpoint"
    runtime = {"XDG_RUNTIME_DIR": "/run/user/1000"}
    assert default_file({}) == home
    assert default_file(runtime) == Path("/run/user/1000/ssc-driver/endpoint")
    assert default_file({**runtime, "SSC_DRIVER_ENDPOINT": "/tmp/e"}) == Path("/tmp/e")
    assert default_file() == default_file(dict(os.environ))


def test_a_user_without_a_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 2)
    with pytest.raises(EndpointError, match="SSC_DRIVER_ENDPOINT"):
        default_file({})


def test_the_endpoint_may_be_at_a_place_in_any_encoding(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + "/读卡".encode("gbk"))) / "endpoint"
    with serve_native(Desk(), Shelf(), file) as running, welcomed(running):
        assert b"unix:" + os.fsencode(file) in file.read_bytes()
    assert not file.exists()


def test_a_text_is_cut_between_characters() -> None:
    assert cut("测试", TextEncoding.GBK, 5) == "测试".encode("gbk")
    assert cut("测试", TextEncoding.GBK, 4) == "测".encode("gbk")
    assert cut("测试", TextEncoding.UTF_8, 6) == "测".encode()
    assert cut("a测", TextEncoding.UTF_8, 2) == b"a"
    assert cut("a", TextEncoding.GBK, 0) == b""


@given(st.lists(st.binary(max_size=40), max_size=16))
def test_a_frame_gives_its_fields_back(fields: list[bytes]) -> None:
    sent = pack(*fields)
    assert unpack(sent[4:]) == fields


@given(st.binary(max_size=60))
def test_any_bytes_are_a_frame_or_none(body: bytes) -> None:
    try:
        fields = unpack(body)
    except FrameError:
        return
    assert pack(*fields)[4:] == body


@given(st.sampled_from([*BY_NAME, *lower.FUNCTIONS]), st.lists(st.binary(max_size=20), max_size=5))
def test_any_fields_are_answered(name: str, fields: list[bytes]) -> None:
    if name == "iChangePIN":
        return
    code, _ = answer([name.encode(), *fields], Desk(), Shelf(), None, TextEncoding.GBK)
    assert code in (b"-51", b"-14", b"2")
