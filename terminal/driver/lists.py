"""The lists of the interface: fields that each end with `|`, of hex digits, times and texts."""

from __future__ import annotations

import re
from datetime import datetime

from apdu.crypto import Algorithm
from terminal.driver.codes import CallError, ReturnCode, refuse


def joined(*fields: str) -> str:
    """A list in its canonical form."""
    return "".join(f"{field}|" for field in fields)


def fields_of(text: str, count: int, label: str, *, optional: int = 0) -> list[str]:
    """The fields of a list, its last separators there or not; `optional` of the last may be left out.

    Raises CallError -23, naming `label`, for another count of fields.
    """
    found = text.split("|")
    while len(found) > count and not found[-1]:
        found.pop()
    found += [""] * min(optional, count - len(found))
    if len(found) != count:
        raise invalid(label, f"{count} fields are expected, {len(found)} are given")
    return found


def octets(text: str, length: int, label: str) -> bytes:
    """Exactly `length` bytes from hex digits of either case; raises CallError -23."""
    if not re.fullmatch(rf"[0-9A-Fa-f]{{{2 * length}}}", text):
        raise invalid(label, f"{2 * length} hexadecimal digits are expected")
    return bytes.fromhex(text)


def algorithm_of(text: str) -> Algorithm:
    """01 DES, 02 SSF33, 03 SM4; raises CallError -23."""
    found = next((algorithm for algorithm in Algorithm if f"{algorithm:02d}" == text), None)
    if found is None:
        raise invalid("pOutInfo", "an algorithm is 01, 02 or 03")
    return found


def moment_of(text: str, label: str) -> datetime:
    """A local time from YYYYMMDDHHMMSS; raises CallError -23."""
    try:
        if len(text) != 14 or not text.isascii() or not text.isdigit():
            raise ValueError
        return datetime.strptime(text, "%Y%m%d%H%M%S")
    except ValueError:
        raise invalid(label, "a time is YYYYMMDDHHMMSS") from None


def invalid(label: str, en: str) -> CallError:
    """The error of a string that is not as it should be; it quotes nothing of it."""
    return refuse(ReturnCode.BAD_DATA, label, f"{label}: {en}")
