"""Schema and documentation follow from the declaration, and what the interface answers fits its own schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from national_samples import HOSPITAL, PHARMACY, Town, item

from terminal.backoffice.national.described import answer_schema, page, request_schema
from terminal.backoffice.national.fields import Field, fields
from terminal.backoffice.national.messages import TRANSACTIONS
from terminal.backoffice.national.wire import encode

PAGE = Path(__file__).parents[4] / "docs" / "national-interface.md"


def plain(value: Any) -> Any:
    import json

    return json.loads(encode(value))


def check(schema: dict[str, Any], value: Any) -> None:
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(plain(value))


def test_the_page_is_fresh() -> None:
    remedy = "run `python -m terminal.backoffice.national.described > docs/national-interface.md`"
    assert PAGE.read_text(encoding="utf-8") == page(), remedy


@pytest.mark.parametrize("infno", TRANSACTIONS)
def test_every_transaction_has_a_schema(infno: str) -> None:
    for schema in (request_schema(TRANSACTIONS[infno]), answer_schema(TRANSACTIONS[infno])):
        Draft202012Validator.check_schema(schema)
        assert infno in schema["title"]


def test_what_is_asked_and_answered_fits_the_schema(town: Town, psn_no: str) -> None:
    purchase = town.purchase(psn_no, item("12.34", "2"))
    visit = town.register(psn_no)
    paid = town.buy(psn_no)
    asked = [
        ("2101", PHARMACY, purchase),
        ("2102", PHARMACY, purchase),
        ("5203", PHARMACY, {"data": town.key(psn_no, paid)}),
        ("2103", PHARMACY, {"data": town.key(psn_no, paid)}),
        ("2201", HOSPITAL, {"data": town.registration(psn_no)}),
        ("2206", HOSPITAL, town.clinic(psn_no, visit, "300.00")),
        ("2207", HOSPITAL, town.clinic(psn_no, visit, "300.00")),
    ]
    for infno, place, nodes in asked:
        envelope = town.envelope(infno, place, **nodes)
        check(request_schema(TRANSACTIONS[infno]), envelope)
        answer = town.interface.handle(envelope)
        assert answer["infcode"] == 0, answer["err_msg"]
        check(answer_schema(TRANSACTIONS[infno]), answer)


def test_a_line_that_declares_no_field_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="declares no field"):
        Field.parse("name X30")
    earlier = fields("a C1 x\nb C1")
    assert [each.type_text for each in fields(earlier, "a C2*")] == ["C2*", "C1"]
