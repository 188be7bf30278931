"""`CardService`: the Axis2 form, texts in and out. `00` done, `01` already so, anything else is the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from terminal.backoffice.wire import MalformedError
from terminal.serve.pool import Centre
from terminal.serve.soap import SoapCall, elements, local, read_xml
from terminal.serve.soap_card_operations import FIXED, SERVERS, SPOKEN, Served
from terminal.serve.soap_cards import DeclinedError

ALL_IN_ONE = "allDsjk"
WORDS: Mapping[str, str] = {
    "社会保障卡卡号": "aaz500",
    "社会保障号码": "aac002",
    "姓名": "aac003",
    "城市代码": "aab301",
    "银行编码": "aae008",
    "开户行行号": "aae008b",
    "相片": "photo",
    "批次号": "batchno",
}
"""Elements of allDsjk's one text, and the arguments of the other operations that they are."""


@dataclass(frozen=True, slots=True, repr=False)
class CardServiceCall:
    """One call: what it asks for, with which arguments, and what its sender proves itself with."""

    operation: str
    served: Served
    arguments: Mapping[str, str]
    password: str


def read_card_service_call(call: SoapCall) -> CardServiceCall:
    """The call as it is understood; raises MalformedError for what is not served."""
    if call.operation == ALL_IN_ONE:
        said = _spoken(call)
        served = _named(SPOKEN, said.get("操作", ""), "操作")
        arguments = {WORDS[name]: value for name, value in said.items() if name in WORDS}
        return CardServiceCall(call.operation, served, arguments, said.get("密码", ""))
    if call.operation == "setCard":
        served = _named(SERVERS, call.arguments.get("server", ""), "server")
    else:
        served = _named(FIXED, call.operation, "the operation")
    return CardServiceCall(call.operation, served, call.arguments, call.arguments.get("pass", ""))


def carry_out(centre: Centre, call: CardServiceCall) -> str:
    """The text of the answer; a refusal is a text too."""
    rows = ""
    try:
        text = call.served.serve(centre, call.arguments)
    except DeclinedError as error:
        text = error.text
    if call.operation != ALL_IN_ONE:
        return text
    if text.startswith("<"):
        rows, text = text, "OK"
    return f"<root>{rows}{elements([('ERR', text)])}</root>"


def _spoken(call: SoapCall) -> dict[str, str]:
    text = next(iter(call.arguments.values()), "")
    return {local(each): (each.text or "").strip() for each in read_xml(f"<root>{text}</root>")}


def _named(table: Mapping[str, Served], name: str, argument: str) -> Served:
    if name not in table:
        raise MalformedError(f"{argument} is one of {', '.join(table)}")
    return table[name]
