"""A code table: an enum whose members are the stored codes, and which keeps codes it does not list."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """One stored code; a subclass is one table, its members are `NAME = code, English, Chinese`.

    A member is a str equal to the code it stands for. Calling a table with a code it does not list gives a
    value of its type that keeps the code and is not `known`: cards in use carry local codes.
    """

    en: str
    zh: str

    def __new__(cls, code: str, en: str = "", zh: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.en = en
        member.zh = zh
        return member

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        kept = str.__new__(cls, value)
        kept._name_ = "UNKNOWN"
        kept._value_ = value
        kept.en = kept.zh = ""
        return kept

    @property
    def known(self) -> bool:
        """Whether the table lists this code."""
        return self._value_ in type(self)._value2member_map_

    @classmethod
    def width(cls) -> int:
        """Characters of a code of this table."""
        return max(len(member) for member in cls)

    @classmethod
    def table(cls) -> str:
        """The table's name: `medical_insurance_kind`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()
