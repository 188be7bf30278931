"""Vectors written as tables: one row for each item, one column for each sample file.

A sample is encoded here by the plain rules of the types (digits and F, GBK and 00), not by the codings it
is to test.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from apdu.layout.declaration import Vector


@dataclass(frozen=True, slots=True)
class Sample:
    """One item or field in every column: its value bytes in hex and what they mean; `tag` None for a field."""

    tag: int | None
    columns: tuple[str, ...]
    values: tuple[Any, ...]

    def records(self) -> tuple[str, ...]:
        """The columns with tag and length before them."""
        return tuple(
            column if self.tag is None else f"{self.tag:02X}{len(column) // 2:02X}{column}"
            for column in self.columns
        )


def an(tag: int | None, length: int, *texts: str) -> Sample:
    """Text in GBK, filled with 00."""
    return Sample(tag, tuple(text.encode("gbk").ljust(length, b"\0").hex() for text in texts), texts)


def cn(tag: int | None, length: int, *digits: str) -> Sample:
    """Digits, filled with nibble F."""
    return Sample(tag, tuple(shown.ljust(2 * length, "F") for shown in digits), digits)


def day(tag: int | None, *days: str) -> Sample:
    """Dates as YYYYMMDD; "" is unset."""
    values = tuple(date(int(shown[:4]), int(shown[4:6]), int(shown[6:])) if shown else None for shown in days)
    return Sample(tag, tuple(shown or "F" * 8 for shown in days), values)


def fen(tag: int | None, *amounts: int | None) -> Sample:
    """Amounts in eight digits; None is unset."""
    return Sample(tag, tuple("F" * 8 if fen is None else f"{fen:08}" for fen in amounts), amounts)


def raw(tag: int | None, *given: tuple[str, Any]) -> Sample:
    """Value bytes as they stand, with their meaning."""
    return Sample(tag, tuple(column for column, _ in given), tuple(value for _, value in given))


def tlv(tag: int, *children: Sample) -> Sample:
    """A B-TLV of these children."""
    columns = zip(*(child.records() for child in children), strict=True)
    values = zip(*(child.values for child in children), strict=True)
    return Sample(tag, tuple("".join(parts) for parts in columns), tuple(values))


def vectors(*samples: Sample) -> tuple[Vector, ...]:
    """One vector for each column: the file whose records are these items."""
    contents = zip(*(sample.records() for sample in samples), strict=True)
    values = zip(*(sample.values for sample in samples), strict=True)
    keys = [sample.tag or 0 for sample in samples]
    return tuple(
        Vector("".join(parts), tuple(zip(keys, column, strict=True)))
        for parts, column in zip(contents, values, strict=True)
    )


def cyclic(name: str, *fields: Sample) -> tuple[Vector, ...]:
    """Vectors of a cyclic file: each column alone, and all of them, the newest first."""
    records = ["".join(parts) for parts in zip(*(field.columns for field in fields), strict=True)]
    values = list(zip(*(field.values for field in fields), strict=True))
    alone = tuple(Vector(record, ((name, value),)) for record, value in zip(records, values, strict=True))
    return (*alone, Vector("".join(records), tuple((name, value) for value in values)))
