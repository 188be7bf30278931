"""Fields of a JSON interface, declared as a table of text: reading, writing, schema and documentation come from it.

One line a field: `name type meaning`, or `name type=codes meaning`. Types: `C30` text of up to 30 characters, `N16,2`
number of up to 16 digits, 2 of them behind the point, `D` date, `T` date and time; `*` behind it: required. Amounts
are whole units of the last decimal inside (fen for `N16,2`), never binary fractions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

DATE, MOMENT = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"
_LINE = re.compile(
    r"(?P<name>\w+)\s+(?P<kind>[CNDT])(?P<size>\d+)?(?:,(?P<scale>\d))?(?P<required>\*)?"
    r"(?:=(?P<codes>[\w/]+))?(?:\s+(?P<meaning>\S.*))?"
)
_SHAPES = {
    "D": (re.compile(r"\d{4}-\d\d-\d\d", re.ASCII), DATE),
    "T": (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII), MOMENT),
}


class FieldError(ValueError):
    """A value that does not fit its field; the message says what was expected, and quotes nothing."""

    def __init__(self, path: str, meaning: str, expected: str) -> None:
        super().__init__(f"{path} {meaning}".strip() + f": {expected}")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `size` characters or digits, `scale` of them behind the point, `codes` the values there are."""

    name: str
    kind: str
    size: int
    scale: int
    required: bool
    codes: tuple[str, ...]
    meaning: str

    @classmethod
    def parse(cls, line: str) -> Field:
        """A field from its line of the table; raises ValueError."""
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise ValueError(f"{line.strip()!r} declares no field")
        codes = tuple((found["codes"] or "").split("/")) if found["codes"] else ()
        return cls(
            found["name"],
            found["kind"],
            int(found["size"] or 0),
            int(found["scale"] or 0),
            bool(found["required"]),
            codes,
            found["meaning"] or "",
        )

    @property
    def type_text(self) -> str:
        """The type as the interface's documents write it: `N16,2*`."""
        size = f"{self.size}" if self.size else ""
        return f"{self.kind}{size}{f',{self.scale}' if self.scale else ''}{'*' if self.required else ''}"

    def read(self, value: Any, path: str) -> str | int | None:
        """The value, checked: text, or a number in units of its last decimal; None where absent (null or empty).

        Raises FieldError.
        """
        if value is None or value == "":
            if self.required:
                raise self._error(path, "必填 required")
            return None
        return self._number(value, path) if self.kind == "N" else self._text(value, path)

    def write(self, value: Any) -> Any:
        """The JSON value: numbers as Decimal with their decimals, dates as text, None as null."""
        if value is None or self.kind == "C":
            return value
        if self.kind == "N":
            return Decimal(value).scaleb(-self.scale) if self.scale else value
        return value.strftime(_SHAPES[self.kind][1]) if isinstance(value, date) else value

    def _text(self, value: Any, path: str) -> str:
        if not isinstance(value, str):
            raise self._error(path, "应为字符串 must be text")
        if self.size and len(value) > self.size:
            raise self._error(path, f"最长{self.size}个字符 has at most {self.size} characters")
        if not value.isprintable():
            raise self._error(path, "含不可打印字符 has characters that cannot be printed")
        if self.codes and value not in self.codes:
            raise self._error(path, f"应为{'、'.join(self.codes)}之一 must be one of {', '.join(self.codes)}")
        if self.kind in _SHAPES:
            self._check_time(value, path)
        return value

    def _check_time(self, value: str, path: str) -> None:
        try:
            fits = _SHAPES[self.kind][0].fullmatch(value) and datetime.fromisoformat(value)
        except ValueError:
            fits = None
        if not fits:
            written = "yyyy-MM-dd HH:mm:ss" if self.kind == "T" else "yyyy-MM-dd"
            raise self._error(path, f"应为{written}格式的有效时间 must be a valid time as {written}")

    def _number(self, value: Any, path: str) -> int:
        """Exact: a number with more digits or decimals than declared is refused, not rounded."""
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise self._error(path, "应为数字 must be a number")
        try:
            sign, digits, exponent = Decimal(repr(value) if isinstance(value, float) else value).as_tuple()
        except (InvalidOperation, ValueError):
            raise self._error(path, "应为数字 must be a number") from None
        if not isinstance(exponent, int):
            raise self._error(path, "应为数字 must be a number")
        written = "".join(map(str, digits))
        significant = written.rstrip("0")
        exponent += len(written) - len(significant)
        if not significant:
            return 0
        if exponent + self.scale < 0:
            raise self._error(path, f"最多{self.scale}位小数 has at most {self.scale} decimals")
        if len(significant) + exponent + self.scale > self.size:
            raise self._error(path, f"最多{self.size}位数字 has at most {self.size} digits")
        amount = int(significant + "0" * (exponent + self.scale))
        return -amount if sign else amount

    def _error(self, path: str, expected: str) -> FieldError:
        return FieldError(f"{path}.{self.name}" if path else self.name, self.meaning, expected)


@dataclass(frozen=True, slots=True)
class Node:
    """An object of named fields, or a list of such objects (`many`); an optional one may be absent altogether."""

    name: str
    fields: tuple[Field, ...]
    many: bool = False
    optional: bool = False

    def read(self, value: Any, path: str) -> Any:
        """The declared fields of the object (or of each in the list); others are ignored. Raises FieldError."""
        place = f"{path}.{self.name}" if path else self.name
        if value is None and self.optional:
            return [] if self.many else None
        if not self.many:
            return self._read_one(value, place)
        if not isinstance(value, list | tuple) or not (value or self.optional):
            raise FieldError(place, "", "应为非空数组 must be a list with something in it")
        return [self._read_one(each, f"{place}[{number}]") for number, each in enumerate(value)]

    def _read_one(self, value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise FieldError(place, "", "应为对象 must be an object")
        return {field.name: field.read(value.get(field.name), place) for field in self.fields}

    def write(self, values: Any) -> Any:
        """The JSON object (or list), every declared field there and in order; KeyError for one not declared."""
        if self.many:
            return [self._write_one(each) for each in values]
        return self._write_one(values)

    def _write_one(self, values: Mapping[str, Any]) -> dict[str, Any]:
        written = {field.name: field.write(values.get(field.name)) for field in self.fields}
        if not values.keys() <= written.keys():
            raise KeyError(f"{self.name} declares no {', '.join(sorted(values.keys() - written.keys()))}")
        return written


def fields(*tables: str | tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields of these tables one after another; a later line of the same name takes the earlier one's place."""
    declared: dict[str, Field] = {}
    for table in tables:
        lines = (
            table
            if isinstance(table, tuple)
            else tuple(Field.parse(line) for line in table.strip().splitlines())
        )
        declared |= {field.name: field for field in lines}
    return tuple(declared.values())


def only(table: tuple[Field, ...], names: str) -> tuple[Field, ...]:
    """The fields named, in the order of the names."""
    known = {field.name: field for field in table}
    return tuple(known[name] for name in names.split())


def without(table: tuple[Field, ...], *names: str) -> tuple[Field, ...]:
    """The fields but those named."""
    return tuple(field for field in table if field.name not in names)
