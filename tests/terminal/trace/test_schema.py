from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from terminal.cli.main import cli
from terminal.trace.as_json import json_line
from terminal.trace.schema import EVENT_TYPES
from terminal.trace.schema_page import page, schema_text
from terminal.trace.schema_shapes import document

DOCS = Path(__file__).parents[3] / "docs"
CARD = {
    "role": "old",
    "kind": "sle4442",
    "number": "1",
    "holder": "测试甲",
    "id_number": "",
    "state": "NORMAL",
    "state_zh": "正常",
    "usable": True,
    "balance_fen": 1,
    "reservation": None,
    "financial": None,
    "replaced_by": None,
}


def validator(*, closed: bool) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(document(EVENT_TYPES, closed=closed))


def test_the_published_pages_are_those_of_the_declaration() -> None:
    assert (DOCS / "json.md").read_text("utf-8") == page(), "run: make docs"
    assert (DOCS / "ssc-output.schema.json").read_text("utf-8") == schema_text(), "run: make docs"


def test_ssc_schema_prints_a_valid_schema() -> None:
    printed = json.loads(CliRunner().invoke(cli, ["schema"]).stdout)
    jsonschema.Draft202012Validator.check_schema(printed)
    assert set(printed["$defs"]) == {kind.name for kind in EVENT_TYPES}


def test_every_type_and_key_is_declared_once_and_explained() -> None:
    names = [kind.name for kind in EVENT_TYPES]
    assert len(names) == len(set(names))
    for kind in EVENT_TYPES:
        keys = [key.name for key in kind.keys]
        assert len(keys) == len(set(keys)) and not {"type", "schema"} & set(keys)
        assert kind.meaning and all(key.meaning for key in kind.keys)


def test_a_declared_line_is_valid_and_a_further_key_leaves_it_so() -> None:
    line = json.loads(json_line("card", CARD))
    validator(closed=True).validate(line)
    validator(closed=False).validate({**line, "further": 1})


@pytest.mark.parametrize(
    "change",
    [
        {"type": "cord"},
        {"schema": 0},
        {"role": "psam"},
        {"balance_fen": "1"},
        {"usable": "yes"},
        {"further": 1},
        {"holder": None},
    ],
    ids=json.dumps,
)
def test_a_line_that_is_otherwise_is_found(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator(closed=True).validate({**json.loads(json_line("card", CARD)), **change})


def test_a_missing_key_is_found() -> None:
    line = json.loads(json_line("card", CARD))
    del line["number"]
    with pytest.raises(jsonschema.ValidationError):
        validator(closed=True).validate(line)
