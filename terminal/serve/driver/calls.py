"""Calls of the driver as JSON: the two forms that browsers and local programs send (reader specification, section 11).

Pure: text in, text out. `{"function": NAME, ...}` is answered with `functionName`, `success`, `pOutInfo`;
`{"func": NAME, "in": [...]}` with `result` and `out`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from terminal.driver.functions import AUTH_TYPE, BY_NAME, TYPE, Function
from terminal.driver.ports import Answer, Argument
from terminal.text import Text

ANY_CARD = 3
"""iType of a caller that names none: contact first, then contactless."""

SUCCESS = 1
UNSUPPORTED, BAD_PARAMETER = -13, -14
SECOND_STEP_OF_EITHER = "ReadCard_HSM_Step2"
"""One name that callers send for the second step of whichever read is pending."""

LONGEST = 65536
"""Bytes of a request: the longest argument has 20480 characters."""

BOM = "\ufeff"
"""What some programs begin a text in UTF-8 with."""

LONGEST_NUMBER = 10
"""Digits of a number that is written as a text."""

Reply = Callable[[Answer], str]


@dataclass(frozen=True, slots=True)
class Call:
    """One function to call, and how its answer is written."""

    name: str
    arguments: tuple[Argument, ...]
    reply: Reply


@dataclass(frozen=True, slots=True)
class Turned:
    """A request that leads to no call; `reply` writes why."""

    answer: Answer
    reply: Reply


def read(text: str | bytes, pending: str = "") -> Call | Turned:
    """What a request asks for. `pending`: the first step this caller made last, "" for none. Never raises."""
    if len(text) > LONGEST:
        problem = Text(f"the request has more than {LONGEST} bytes", f"请求超过{LONGEST}字节")
        return _refused(_named(""), BAD_PARAMETER, problem)
    try:
        asked = json.loads(text.removeprefix(BOM) if isinstance(text, str) else text)
    except (ValueError, RecursionError):
        problem = Text("the request is no JSON in UTF-8", "请求不是UTF-8编码的JSON")
        return _refused(_named(""), BAD_PARAMETER, problem)
    if not isinstance(asked, Mapping):
        return _refused(_named(""), BAD_PARAMETER, Text("the request is no JSON object", "请求不是JSON对象"))
    if "func" in asked:
        return _listed_call(asked)
    return _named_call(asked, pending)


def _named_call(asked: Mapping[str, Any], pending: str) -> Call | Turned:
    said = asked.get("function")
    if not isinstance(said, str):
        problem = Text('there is no "function", and no "func"', '缺少"function"或"func"')
        return _refused(_named(""), BAD_PARAMETER, problem)
    name = _meant(said, asked, pending)
    function = BY_NAME.get(name)
    if function is None:
        return _refused(_named(name), UNSUPPORTED, Text(f"there is no function {name}", f"不支持函数{name}"))
    given = {key.lower(): value for key, value in asked.items()}
    given.setdefault(TYPE.name.lower(), ANY_CARD)
    found = [given.get(parameter.name.lower()) for parameter in function.parameters]
    return _call(name, function, found, _named(name))


def _meant(said: str, asked: Mapping[str, Any], pending: str) -> str:
    """The function that is meant; callers leave out iAuthType to ask for the first step of an HSM read."""
    if said == SECOND_STEP_OF_EITHER:
        stem = "iReadCardBas" if pending == "iReadCardBas_HSM_Step1" else "iReadCard"
        return f"{stem}_HSM_Step2"
    if said == "iReadCard" and AUTH_TYPE.name.lower() not in map(str.lower, asked):
        return "iReadCard_HSM_Step1"
    return said


def _listed_call(asked: Mapping[str, Any]) -> Call | Turned:
    name, given = asked["func"], asked.get("in", [])
    if not isinstance(name, str):
        return _refused(_listed, UNSUPPORTED, Text('"func" is no name of a function', '"func"不是函数名'))
    function = BY_NAME.get(name)
    if function is None:
        return _refused(_listed, UNSUPPORTED, Text(f"there is no function {name}", f"不支持函数{name}"))
    if not isinstance(given, Sequence) or isinstance(given, str):
        return _refused(_listed, BAD_PARAMETER, Text('"in" is a list of arguments', '"in"应为参数列表'))
    return _call(name, function, list(given), _listed)


def _call(name: str, function: Function, found: list[Any], reply: Reply) -> Call | Turned:
    names = [parameter.name for parameter in function.parameters]
    if len(found) != len(names):
        problem = Text(
            f"{name} takes {len(names)} arguments ({', '.join(names)}), not {len(found)}",
            f"{name}应有{len(names)}个参数，收到{len(found)}个",
        )
        return _refused(reply, BAD_PARAMETER, problem)
    arguments: list[Argument] = []
    for parameter, value in zip(function.parameters, found, strict=True):
        argument = _text(value) if parameter.is_text else _number(value)
        if argument is None:
            form = "a text" if parameter.is_text else "a number"
            problem = Text(
                f"{name}: {parameter.name} is missing or not {form}", f"{parameter.name}缺失或类型错误"
            )
            return _refused(reply, BAD_PARAMETER, problem)
        arguments.append(argument)
    return Call(name, tuple(arguments), reply)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return None
    digits = value.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER else None


def _refused(reply: Reply, code: int, problem: Text) -> Turned:
    return Turned(Answer(code, str(problem)), reply)


def _named(name: str) -> Reply:
    """Callers read the frame as a JavaScript literal and compare `success` as a number."""

    def reply(answer: Answer) -> str:
        success = answer.code or SUCCESS
        return json.dumps({"functionName": name, "success": success, "pOutInfo": answer.text})

    return reply


def _listed(answer: Answer) -> str:
    return json.dumps({"result": str(answer.code), "out": [answer.text]})
