"""The interface described from its declaration: JSON schema of requests and answers, and a page of documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from terminal.backoffice.national.fields import Field, Node
from terminal.backoffice.national.messages import ANSWER, ENVELOPE, TRANSACTIONS
from terminal.backoffice.national.messages.transaction import Transaction

_PATTERNS = {
    "D": r"^\d{4}-\d{2}-\d{2}$",
    "T": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$",
}


BEHAVIOUR = """\
## How it behaves 办理规则

- **Once by msgid.** A msgid is the institution's code (12), `yyyyMMddHHmmss` and four digits. What changes something is
  remembered under it with its answer: the same transaction and input again get the same answer again, other content is
  refused. A failure changes nothing and is not remembered.
- **Who pays (R50).** An item counts by its class in the profile's catalogue: over the price limit, own cost and the
  share paid first are the person's; of the rest the fund pays its share above the year's deductible, up to the year's
  cap, where the profile has a benefit for the kind of insurance and medical type. A purchase at a pharmacy (41) has
  none. The personal account pays what it may, cash the rest. Only insurance 310 has personal accounts, and the account
  is that of the card in use: with an ID card or e-voucher it pays while the person has an active card. Everything is
  rounded to the fen, half up, item by item; a head that is not the sum of its details is refused.
- **Cards (R1, R41).** With certificate type 03 only a card in its normal state at the centre is served, whichever
  transaction it is.
- **Taking back (R51).** 2103 and 2208 cancel a settlement once, with opposite figures. 2601 makes a message count for
  nothing: a settlement, a cancellation (the settlement stands again), an admission. A message that never arrived is
  kept from arriving later (`reverse_unknown: false`: refused instead). What was reconciled is cancelled, not reversed.
- **Sums (3201).** Settlements and cancellations count, each for itself, cancellations with negative amounts; what was
  reversed counts not at all. `stmt_rslt` 0 agrees, 1 differs.
- **Contributions (R53).** Medical types of a serious illness need months of contributions without a gap; the month
  that runs may still be unpaid.
- **Sessions.** `sign_no` is the place's own, of the same day, until 9002.
- **Numbers.** 20 digits: the region, 0 person, 1 visit or 2 settlement, and a running number."""


def request_schema(transaction: Transaction) -> dict[str, Any]:
    """JSON schema of a transaction's envelope; empty text and null count as absent."""
    envelope = _object(ENVELOPE)
    envelope["properties"]["infno"] = {"const": transaction.infno, "description": transaction.zh}
    envelope["properties"]["input"] = _nodes(transaction.inputs)
    envelope["required"].append("input")
    return {"title": f"{transaction.infno} {transaction.zh} {transaction.en}", **envelope}


def answer_schema(transaction: Transaction) -> dict[str, Any]:
    """JSON schema of a transaction's answer where it was carried out: every field there, unused ones null."""
    answer = _object(ANSWER, written=True)
    answer["properties"]["output"] = _nodes(transaction.outputs, written=True)
    answer["required"].append("output")
    return {"title": f"{transaction.infno} {transaction.zh} {transaction.en}", **answer}


def _nodes(nodes: Iterable[Node], *, written: bool = False) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required = []
    for node in nodes:
        each = _object(node.fields, written=written)
        properties[node.name] = {"type": "array", "items": each} if node.many else each
        if not node.optional:
            required.append(node.name)
    return {"type": "object", "properties": properties, "required": required}


def _object(declared: Iterable[Field], *, written: bool = False) -> dict[str, Any]:
    table = tuple(declared)
    return {
        "type": "object",
        "properties": {field.name: _value(field) for field in table},
        "required": [field.name for field in table if field.required or written],
    }


def _value(field: Field) -> dict[str, Any]:
    if field.kind == "N":
        limit = 10 ** (field.size - field.scale)
        kind = "number" if field.scale else "integer"
        value: dict[str, Any] = {"type": kind, "exclusiveMinimum": -limit, "exclusiveMaximum": limit}
    elif field.kind in _PATTERNS:
        value = {"type": "string", "pattern": _PATTERNS[field.kind]}
    else:
        value = {"type": "string", **({"maxLength": field.size} if field.size else {})}
    if field.codes:
        value["enum"] = list(field.codes)
    if not field.required:
        value = {"anyOf": [value, {"type": "null"}, {"const": ""}]}
    return {**value, **({"description": field.meaning} if field.meaning else {})}


def page() -> str:
    """The documentation as Markdown: envelope, answer, every transaction."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The national insurance interface 国家医保接口"
    yield ""
    yield (
        "What `ssc serve centre` answers. Generated from `terminal/backoffice/national/messages` by "
        "`python -m terminal.backoffice.national.described > docs/national-interface.md`; do not edit. "
        "`C30` is text of up to 30 characters, `N16,2` a JSON number of up to 16 digits with 2 decimals, `D` "
        "`yyyy-MM-dd`, `T` `yyyy-MM-dd HH:mm:ss`; `*`: required. Empty text and null count as absent."
    )
    yield ""
    yield from BEHAVIOUR.splitlines()
    yield ""
    yield "## Envelope 报文"
    yield ""
    yield from _table("request", ENVELOPE)
    yield from _table("answer", ANSWER)
    yield "A failure has `infcode` -1 and `err_msg`; nothing of the message is kept, and it may be sent again."
    for transaction in TRANSACTIONS.values():
        yield ""
        yield f"## {transaction.infno} {transaction.zh} {transaction.en}"
        yield ""
        yield _where(transaction)
        yield ""
        for kind, nodes in (("input", transaction.inputs), ("output", transaction.outputs)):
            for node in nodes:
                yield from _table(f"{kind}.{node.name}{'[]' if node.many else ''}", node.fields)


def _where(transaction: Transaction) -> str:
    place = {"any": "At any designated place", "pharmacy": "At a pharmacy", "hospital": "At a hospital"}
    effect = "counts once by its msgid" if transaction.books else "changes nothing"
    return f"{place[transaction.at]}; {effect}."


def _table(name: str, declared: Iterable[Field]) -> Iterator[str]:
    yield f"| {name} | type | meaning |"
    yield "|---|---|---|"
    for field in declared:
        codes = f" ({', '.join(field.codes)})" if field.codes else ""
        yield f"| {field.name} | {field.type_text.replace('*', ' *')} | {field.meaning}{codes} |"
    yield ""


if __name__ == "__main__":
    print(page(), end="")
