"""The arguments of a call, held against the declaration of its function before anything is powered."""

from __future__ import annotations

from collections.abc import Sequence

from terminal.driver.codes import ReturnCode, refuse
from terminal.driver.functions import TYPE, Function
from terminal.driver.ports import Argument
from terminal.driver.powered import SLOT_ORDER

KEY = "pKey"
"""Its digits are counted where it is read: centres add separators that its buffer has no room for."""


def checked(function: Function, arguments: Sequence[Argument]) -> tuple[Argument, ...]:
    """The arguments, each of the declared kind; raises CallError -14."""
    if len(arguments) != len(function.parameters):
        raise refuse(
            ReturnCode.PARAMETER,
            f"{function.name}应有{len(function.parameters)}个参数",
            f"{function.name} takes {len(function.parameters)} arguments, {len(arguments)} were passed",
        )
    for parameter, argument in zip(function.parameters, arguments, strict=True):
        kind = str if parameter.is_text else int
        if not isinstance(argument, kind) or isinstance(argument, bool):
            raise refuse(ReturnCode.PARAMETER, parameter.name, f"{parameter.name} is a {_KINDS[kind]}")
        if parameter.name == TYPE.name and argument not in SLOT_ORDER:
            raise refuse(
                ReturnCode.PARAMETER, "iType为1至4", "iType is 1 to 4: contact, contactless, either one first"
            )
        if isinstance(argument, str) and parameter.size is not None and parameter.name != KEY:
            _fits(parameter.name, parameter.size, argument)
    return tuple(arguments)


_KINDS = {str: "text", int: "number"}


def _fits(name: str, size: int, text: str) -> None:
    length = len(text.encode("gb18030", "replace"))
    if length > size:
        raise refuse(
            ReturnCode.PARAMETER, f"{name}过长", f"{name} has room for {size} characters, {length} came"
        )
