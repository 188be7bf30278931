"""What the C sources take from the functions table and from the texts: two include files and the header for callers."""

from __future__ import annotations

from importlib import resources

from terminal.driver.framing import LONGEST
from terminal.driver.functions import FUNCTIONS, Function, Parameter
from terminal.driver.profile import TextEncoding
from terminal.text import Text

OUT = Parameter("pOutInfo", 0)

TEXTS = {
    "SSC_NOT_RUNNING": Text(
        "the driver service is not running; start it with: ssc serve driver "
        "(SSC_DRIVER_ENDPOINT names its endpoint file where it is elsewhere)",
        "读卡服务没有运行，请启动：ssc serve driver。",
    ),
    "SSC_NO_ADDRESS": Text(
        "the endpoint file of the driver service has no address that this library can use; "
        "start it anew with: ssc serve driver --tcp",
        "读卡服务的端点文件中没有本库可用的地址，请重新启动：ssc serve driver --tcp。",
    ),
    "SSC_NO_WELCOME": Text(
        "what listens at the address of the driver service does not welcome this library; "
        "start it anew with: ssc serve driver",
        "读卡服务没有接受连接，请重新启动：ssc serve driver。",
    ),
    "SSC_LOST": Text(
        "the driver service ended before it answered %s, which may have been carried out; look before you call again",
        "读卡服务在应答%s之前中断，操作可能已执行，请先核对再重试。",
    ),
    "SSC_NO_ANSWER": Text(
        "the driver service has not answered %s in time, which may have been carried out; look before you call again",
        "读卡服务未及时应答%s，操作可能已执行，请先核对再重试。",
    ),
    "SSC_NULL_POINTER": Text("%s is a null pointer", "%s为空指针"),
}
"""What the library says itself, by its name in C; `%s` is function or argument, in both languages or in none."""


def files() -> dict[str, str]:
    """Name and content of every generated file."""
    return {
        "functions.inc": "".join(map(_definitions, FUNCTIONS)),
        "texts.inc": "".join(_text(name, text) for name, text in TEXTS.items()),
        "SSCardDriver.h": _header(),
    }


def exported() -> tuple[str, ...]:
    """Every name that SSCardDriver exports."""
    return tuple(name for function in FUNCTIONS for name in _names(function))


def _names(function: Function) -> tuple[str, ...]:
    return (function.name, *function.aliases)


def _declared(function: Function) -> str:
    parameters = (*function.parameters, OUT) if function.published else ()
    return ", ".join(_declaration(parameter) for parameter in parameters) or "void"


def _declaration(parameter: Parameter) -> str:
    return f"char *{parameter.name}" if parameter.is_text else f"int {parameter.name}"


def _definitions(function: Function) -> str:
    """For every spelling: `FUNCTION(name, (parameters), (their names), TEXT_GIVEN(name, size)..., size)`."""
    if not function.published:
        return "".join(f"STUB({name})\n" for name in _names(function))
    longest = sum(parameter.size or 0 for parameter in function.parameters)
    assert longest < LONGEST // 2, f"{function.name} does not fit into a frame"
    names = ", ".join(parameter.name for parameter in (*function.parameters, OUT))
    given = " ".join(
        f"TEXT_GIVEN({parameter.name}, {parameter.size})"
        if parameter.is_text
        else f"NUMBER_GIVEN({parameter.name})"
        for parameter in function.parameters
    )
    declared = _declared(function)
    return "".join(
        f"FUNCTION({name}, ({declared}), ({names}), {given}, {function.out_size})\n"
        for name in _names(function)
    )


def _text(name: str, text: Text) -> str:
    spelled = (_literal(str(text).encode(encoding.value)) for encoding in TextEncoding)
    return f"MESSAGE({name}, {', '.join(spelled)})\n"


def _literal(content: bytes) -> str:
    """A string literal; octal escapes, since hex ones would swallow digits that follow."""
    return (
        '"'
        + "".join(
            chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in content
        )
        + '"'
    )


def _header() -> str:
    template = resources.files(__package__).joinpath("SSCardDriver.h.in").read_text(encoding="utf-8")
    return template.replace("@PROTOTYPES@", "".join(map(_prototypes, FUNCTIONS)))


def _prototypes(function: Function) -> str:
    """The declarations of a function, below what is worth knowing about it."""
    if function.published:
        sizes = "; ".join(f"{one.name} at most {one.size}" for one in function.parameters if one.is_text)
        remark = f"pOutInfo: {function.out_size}" + (f"; {sizes}" if sizes else "")
    else:
        remark = "-13: its parameters are not published"
    lines = [f"/* {remark} */"]
    lines += [f"long SSCARDDRIVER_CALL {name}({_declared(function)});" for name in _names(function)]
    return "\n".join(lines) + "\n\n"
