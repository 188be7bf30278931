"""Transactions of the insurance interface as named values, by the names the interface has; ID numbers by their ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from apdu.redact import mask_id
from terminal.backoffice.national.fields import Field, Node
from terminal.backoffice.national.messages import TRANSACTIONS
from terminal.backoffice.national_ports import Transact, Transacted, fen
from terminal.flow.texts import yuan
from terminal.text import Text
from terminal.trace.entries import Value

FEN_SCALE = 2
ID_CARD = "02"
"""Kind of certificate whose number is a person's; the others name a card or a token."""


def transaction_name(infno: str) -> Text:
    """What a transaction is called."""
    known = TRANSACTIONS.get(infno)
    return Text(infno, "") if known is None else Text(f"{infno} {known.en}", known.zh)


def sent(request: Transact) -> Iterator[Value]:
    """What is asked."""
    if request.msgid is not None:
        yield Value("msgid", Text("msgid", "报文编号"), request.msgid)
    transaction = TRANSACTIONS.get(request.infno)
    if transaction is not None:
        yield from _nodes(transaction.inputs, request.input)


def answered(answer: Transacted) -> Iterator[Value]:
    """What came back."""
    transaction = TRANSACTIONS.get(answer.infno)
    if transaction is not None:
        yield from _nodes(transaction.outputs, answer.output)


def _nodes(nodes: tuple[Node, ...], values: Mapping[str, Any]) -> Iterator[Value]:
    for node in nodes:
        found = values.get(node.name)
        if isinstance(found, Mapping):
            yield from _fields(node, found, "")
        elif isinstance(found, list | tuple):
            for number, each in enumerate(found, 1):
                if isinstance(each, Mapping):
                    yield from _fields(node, each, f"{node.name}_{number}_")


def _fields(node: Node, values: Mapping[str, Any], before: str) -> Iterator[Value]:
    for field in node.fields:
        value = values.get(field.name)
        if value is not None and value != "":
            yield _value(field, value, values, before)


def _value(field: Field, value: Any, beside: Mapping[str, Any], before: str) -> Value:
    label = Text(f"{before.replace('_', ' ')}{field.name}", field.meaning)
    if field.kind == "N" and field.scale == FEN_SCALE:
        amount_fen = fen(value)
        return Value(f"{before}{field.name}_fen", label, yuan(amount_fen), amount_fen)
    text = str(value)
    personal = field.name == "certno" or (
        field.name == "mdtrt_cert_no" and beside.get("mdtrt_cert_type") == ID_CARD
    )
    return Value(f"{before}{field.name}", label, mask_id(text) if personal else text)
