"""A call held against the declaration of the functions before anything is powered: its name and its arguments."""

from __future__ import annotations

from collections.abc import Sequence

from terminal.driver.codes import ReturnCode, refuse
from terminal.driver.functions import BY_NAME, TYPE, Family, Function
from terminal.driver.ports import Argument
from terminal.driver.powered import SLOT_ORDER
from terminal.driver.profile import Profile

KEY = "pKey"
"""Its digits are counted where it is read: centres add separators that its buffer has no room for."""


def named(name: str, profile: Profile) -> Function:
    """The function of a name or of another spelling of it; raises CallError -13 where this build has none."""
    function = BY_NAME.get(name)
    if function is None:
        raise refuse(ReturnCode.UNSUPPORTED, f"无此函数{name}", f"there is no function {name}")
    if not function.published:
        raise refuse(
            ReturnCode.UNSUPPORTED, f"{name}的参数未公布", f"the parameters of {name} are not published"
        )
    if function.family is Family.VENDOR and not profile.extra_exports:
        raise refuse(
            ReturnCode.UNSUPPORTED,
            f"{name}为厂商扩展函数",
            f"{name} is a vendor's, and profile {profile.name} has none",
        )
    return function


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
