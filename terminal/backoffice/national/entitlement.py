"""Who may have which benefit: pure functions of contributions and kinds of insurance (R53, R55)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

FREELANCE_TYPES = frozenset({"1103"})
"""Kinds of person (psn_type) who insure themselves: the self-employed and freelancers."""

FUNDS_OF_EMPLOYMENT = frozenset({"410", "510"})
"""Work injury and maternity: nobody but an employer pays for these."""


def may_take_part(person_type: str, fund: str) -> bool:
    """R55: the self-employed take part in pension, unemployment and medical insurance, in no others."""
    return not (person_type in FREELANCE_TYPES and fund in FUNDS_OF_EMPLOYMENT)


def months_without_gap(paid: Collection[str], today: date) -> int:
    """How many months (`2026-03`) were paid for without a gap up to now; this month may still be unpaid."""
    month = _number(f"{today:%Y-%m}")
    months = {_number(each) for each in paid}
    if month not in months:
        month -= 1
    count = 0
    while month - count in months:
        count += 1
    return count


def serious_illness_is_covered(paid: Collection[str], today: date, needed: int) -> bool:
    """R53: only after so many months of contributions without a gap since the first one."""
    return months_without_gap(paid, today) >= needed


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])
