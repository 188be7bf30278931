"""Frames of the private socket as calls: a request's fields to a function's arguments, its answer to fields.

Pure: bytes in, bytes out. Whatever a library sends is answered; nothing here raises for it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from terminal.driver import lower
from terminal.driver.codes import ReturnCode
from terminal.driver.framing import HELLO, VERSION
from terminal.driver.functions import BY_NAME, Function
from terminal.driver.ports import Argument, Driver
from terminal.driver.profile import TextEncoding
from terminal.text import Text

Fields = Sequence[bytes]
INT_MIN, INT_MAX = -(2**31), 2**31 - 1


class LowerInterface(Protocol):
    """The reader library below the driver, as `terminal.driver.lower.ReaderLibrary`."""

    def call(self, name: str, arguments: Sequence[lower.Argument], caller: object = None) -> lower.Reply:
        """Call an ICC_Reader function with its input arguments in order."""

    def hang_up(self, caller: object) -> None:
        """The caller is gone: close its handles."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a first frame leads to: an answer, and the encoding of the connection; None where it is turned away."""

    answer: tuple[bytes, bytes]
    encoding: TextEncoding | None


def greet(fields: Fields, token: str, encoding: TextEncoding) -> Welcome:
    """Judge the first frame of a connection: version and token; a caller may ask for an encoding of its own."""
    if len(fields) not in (3, 4) or fields[0] != HELLO or fields[1] != VERSION:
        problem = Text("the library and the service are of different versions", "动态库与服务版本不一致")
    elif not hmac.compare_digest(fields[2], token.encode("ascii")):
        problem = Text("the token is not that of the service that runs", "令牌与正在运行的服务不符")
    else:
        asked = fields[3].upper() if len(fields) == 4 else b""
        chosen = next((one for one in TextEncoding if one.value.encode() == asked), encoding)
        return Welcome((b"0", chosen.value.encode("ascii")), chosen)
    return Welcome(_failed(ReturnCode.CONNECTION, problem, encoding), None)


def no_room(callers: int, encoding: TextEncoding) -> Welcome:
    """The answer to a hello where so many callers are there already that no more are served."""
    problem = Text(
        f"{callers} programs are connected to the driver service, and it serves no more; end one of them and call "
        "again (a program stays connected until it ends or unloads the library)",
        f"读卡服务已连接{callers}个程序，达到上限，请结束其中一个后重试",
    )
    return Welcome(_failed(ReturnCode.CONNECTION, problem, encoding), None)


def answer(
    fields: Fields, driver: Driver, library: LowerInterface, caller: object, encoding: TextEncoding
) -> tuple[bytes, bytes]:
    """Carry out a request; code and content of the output buffer."""
    name = fields[0].decode("ascii", "replace") if fields else ""
    if name in lower.FUNCTIONS:
        return _call_lower(name, fields[1:], library, caller)
    function = BY_NAME.get(name)
    if function is None:
        problem = Text(f"there is no function {name}", f"不支持函数{name}")
        return _failed(ReturnCode.UNSUPPORTED, problem, encoding)
    arguments = _arguments(function, fields[1:], encoding)
    if isinstance(arguments, Text):
        return _failed(ReturnCode.PARAMETER, arguments, encoding)
    said = driver.call(name, arguments, caller)
    return _number(said.code), cut(said.text, encoding, function.out_size)


def cut(text: str, encoding: TextEncoding, size: int) -> bytes:
    """A text for a buffer of `size` characters: at most `size` - 1 bytes, and never half a character."""
    content = text.encode(encoding.value, "replace")
    room = max(0, size - 1)
    if len(content) <= room:
        return content
    return content[:room].decode(encoding.value, "ignore").encode(encoding.value)


def _arguments(function: Function, given: Fields, encoding: TextEncoding) -> list[Argument] | Text:
    if len(given) != len(function.parameters):
        wanted = len(function.parameters)
        return Text(
            f"{function.name} takes {wanted} arguments, not {len(given)}",
            f"{function.name}应有{wanted}个参数，收到{len(given)}个",
        )
    arguments: list[Argument] = []
    for parameter, value in zip(function.parameters, given, strict=True):
        try:
            arguments.append(value.decode(encoding.value) if parameter.is_text else _whole(value))
        except ValueError:
            form = encoding.value if parameter.is_text else "a number"
            return Text(f"{parameter.name} is not {form}", f"{parameter.name}不是{form}")
    return arguments


def _call_lower(name: str, given: Fields, library: LowerInterface, caller: object) -> tuple[bytes, bytes]:
    kinds = lower.FUNCTIONS[name].kinds
    try:
        arguments = [_of_kind(kind, value) for kind, value in zip(kinds, given, strict=True)]
    except ValueError:
        return _number(ReturnCode.PARAMETER), b""
    reply = library.call(name, arguments, caller)
    return _number(reply.code), reply.data


def _of_kind(kind: type, value: bytes) -> lower.Argument:
    if kind is int:
        return _whole(value)
    return value if kind is bytes else value.decode("ascii")


def _whole(value: bytes) -> int:
    """An `int` of C in decimal digits. Raises ValueError."""
    if len(value) > len(str(INT_MIN)):
        raise ValueError("too long for a number")
    number = int(value)
    if not INT_MIN <= number <= INT_MAX:
        raise ValueError("no int")
    return number


def _number(code: int) -> bytes:
    return b"%d" % code


def _failed(code: ReturnCode, problem: Text, encoding: TextEncoding) -> tuple[bytes, bytes]:
    return _number(code), str(problem).encode(encoding.value, "replace")
