"""The service's side of the native tests: driver and reader library that answer by rule, and a service that errs."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from terminal.driver.codes import ReturnCode
from terminal.driver.framing import pack, read
from terminal.driver.functions import BY_NAME
from terminal.driver.lower import ANSWER_MAX, ATR_MAX, LIBRARY_INFO, Reply
from terminal.driver.lower import Argument as LowerArgument
from terminal.driver.ports import Answer, Argument
from terminal.serve.driver.endpoint import Endpoint

TOO_LONG = "测" * 30000
HANDLE, EMPTY_SLOT, BROKEN_SLOT = 7, 2, 3


class RuleDriver:
    """Answers a function's name and a bar, and at every second call of it -22 and more text than fits."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Argument, ...]]] = []
        self.callers: set[object] = set()
        self.gone: list[object] = []
        self._times: Counter[str] = Counter()
        self._lock = threading.Lock()

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
        with self._lock:
            self.calls.append((name, tuple(arguments)))
            self.callers.add(caller)
            self._times[name] += 1
            second = self._times[name] % 2 == 0
        if not BY_NAME[name].published:
            return Answer(ReturnCode.UNSUPPORTED, "")
        return Answer(ReturnCode.OTHER_CARD, TOO_LONG) if second else Answer(0, f"{name}|")

    def hang_up(self, caller: object) -> None:
        with self._lock:
            self.gone.append(caller)


class EchoDriver:
    """Answers what it was called with; `during` is called in the middle of a call."""

    def __init__(self, during: Callable[[str], None] = lambda name: None) -> None:
        self._during = during

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
        self._during(name)
        return Answer(0, "".join(f"{argument}|" for argument in arguments))

    def hang_up(self, caller: object) -> None:
        return


class RuleLibrary:
    """One handle, a card in slot 1, none in slot 2, nonsense from slot 3; an APDU is answered by itself and 9000."""

    def call(self, name: str, arguments: Sequence[LowerArgument], caller: object = None) -> Reply:
        if name == "ICC_Reader_Open":
            return Reply(HANDLE)
        if name == "ICC_Reader_Libinfo":
            return Reply(0, LIBRARY_INFO.encode())
        slot = arguments[1] if len(arguments) > 1 else None
        if arguments[0] != HANDLE or slot == EMPTY_SLOT:
            return Reply(ReturnCode.NO_CARD, b"not to be written")
        if name == "ICC_Reader_PowerOn":
            atr = b"\x3b".ljust(ATR_MAX if slot != BROKEN_SLOT else ATR_MAX + 1, b"\xff")
            return Reply(len(atr), atr)
        if name == "ICC_Reader_Application":
            assert isinstance(arguments[2], bytes)
            answer = arguments[2][: ANSWER_MAX - 2] + b"\x90\x00"
            return Reply(len(answer), answer)
        return Reply(0)

    def hang_up(self, caller: object) -> None:
        return


@contextmanager
def wayward_service(
    file: Path, *talks: Callable[[socket.socket], None], encoding: bytes = b"GBK"
) -> Iterator[None]:
    """A service that welcomes each connection, and then does on it what the talk of its turn says; no more come in."""
    path = file.with_name("wayward.socket")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        Endpoint((f"unix:{path}",), "00").write(file)

        def serve() -> None:
            for talk in talks:
                line, _ = listening.accept()
                with line:
                    read(line.recv)
                    line.sendall(pack(b"0", encoding))
                    talk(line)

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join(30)
        assert not thread.is_alive(), "fewer connections came than were expected"


def answering(*fields: bytes) -> Callable[[socket.socket], None]:
    """A talk: take one request, and answer it so."""

    def talk(line: socket.socket) -> None:
        assert read(line.recv)
        line.sendall(pack(*fields))

    return talk
