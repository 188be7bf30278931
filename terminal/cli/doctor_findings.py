"""What `ssc doctor` finds: one line of its report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from terminal.text import Text


class Level(Enum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was looked at, how it is, and what to do about it."""

    check: str
    text: Text
    level: Level
    value: str
    fix: str = ""
