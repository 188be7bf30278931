"""The vocabulary of the published output: shapes of values, keys, event types, and their JSON Schema.

Source of the schema's language: JSON Schema 2020-12.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from terminal.trace.as_json import SCHEMA

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value is: `label` for people, `schema` for machines; `keys` of an object, or of a list's objects."""

    label: str
    schema: Mapping[str, Any]
    keys: tuple[Key, ...] = ()

    def as_schema(self, *, closed: bool) -> dict[str, Any]:
        """The JSON Schema of a value; `closed` allows no key that is not declared."""
        return dict(_filled(self.schema, self.keys, closed))


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an object. Not `required`: left out where there is nothing to say."""

    name: str
    shape: Shape
    meaning: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class EventType:
    """One type of line: its name, what it tells, and its keys beside `type` and `schema`."""

    name: str
    meaning: str
    keys: tuple[Key, ...]

    def as_schema(self, *, closed: bool) -> dict[str, Any]:
        """The JSON Schema of a line of this type."""
        found = _object(self.keys, closed)
        found["description"] = self.meaning
        found["properties"] = {
            "type": {"const": self.name},
            "schema": {"const": SCHEMA},
            **found["properties"],
        }
        found["required"] = ["type", "schema", *found["required"]]
        return found


_OBJECT = "keys"
"""Stands in a shape's schema where the object of its keys goes."""

TEXT = Shape("text", {"type": "string"})
HEX = Shape("hex", {"type": "string", "pattern": "^([0-9A-F]{2})*$"})
MASKED_HEX = Shape("hex, `**` for a secret byte", {"type": "string", "pattern": r"^([0-9A-F]{2}|\*\*)*$"})
STATUS_WORD = Shape("hex, 4 digits", {"type": "string", "pattern": "^[0-9A-F]{4}$"})
WHOLE = Shape("whole number", {"type": "integer"})
SECONDS = Shape("number", {"type": "number", "minimum": 0})
FLAG = Shape("true or false", {"type": "boolean"})
SCALAR = Shape("text, whole number or true/false", {"type": ["string", "integer", "boolean"]})


def choice(*values: str) -> Shape:
    """One of a closed set of words."""
    return Shape(" or ".join(f"`{value}`" for value in values), {"enum": list(values)})


def nullable(shape: Shape) -> Shape:
    """The shape, or null."""
    return Shape(f"{shape.label}, or null", {"anyOf": [shape.schema, {"type": "null"}]}, shape.keys)


def many(shape: Shape) -> Shape:
    """A list of such values."""
    return Shape(f"list of {shape.label}", {"type": "array", "items": shape.schema}, shape.keys)


def by_name(shape: Shape) -> Shape:
    """An object whose keys are names of things, each with such a value."""
    return Shape(
        f"object: name to {shape.label}", {"type": "object", "additionalProperties": shape.schema}, shape.keys
    )


def group(label: str, *keys: Key) -> Shape:
    """An object with these keys."""
    return Shape(label, {_OBJECT: label}, keys)


def both(meaning: str) -> tuple[Key, Key]:
    """The same in English and in Chinese, under `en` and `zh`."""
    return Key("en", TEXT, f"{meaning}, in English"), Key("zh", TEXT, f"{meaning}, in Chinese")


def _filled(schema: Any, keys: tuple[Key, ...], closed: bool) -> Any:
    """The schema with the object of its keys put where it belongs."""
    if isinstance(schema, Mapping):
        if _OBJECT in schema:
            return _object(keys, closed)
        return {name: _filled(value, keys, closed) for name, value in schema.items()}
    return [_filled(value, keys, closed) for value in schema] if isinstance(schema, list) else schema


def _object(keys: tuple[Key, ...], closed: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "object",
        "properties": {key.name: _described(key, closed) for key in keys},
        "required": [key.name for key in keys if key.required],
    }
    if closed:
        found["additionalProperties"] = False
    return found


def _described(key: Key, closed: bool) -> dict[str, Any]:
    return {"description": key.meaning, **key.shape.as_schema(closed=closed)}


def document(types: tuple[EventType, ...], *, closed: bool = False) -> dict[str, Any]:
    """The JSON Schema of one line of any command.

    Open as it is published, since new keys do not raise the version; `closed` finds keys nobody has declared.
    """
    return {
        "$schema": DIALECT,
        "title": "A line of what ssc commands print with --json",
        "type": "object",
        "properties": {"type": {"enum": [kind.name for kind in types]}, "schema": {"const": SCHEMA}},
        "required": ["type", "schema"],
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind.name}}, "required": ["type"]},
                "then": {"$ref": f"#/$defs/{kind.name}"},
            }
            for kind in types
        ],
        "$defs": {kind.name: kind.as_schema(closed=closed) for kind in types},
    }
