"""What a process says when it ends; listed in the README from here."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every `ssc` command."""

    DONE = 0
    CHECK_FAILED = 1
    USAGE = 2
    READER = 3
    NO_CARD = 4
    REFUSED_BY_CARD = 5
    REFUSED_BY_BACK_OFFICE = 6
    BACK_OFFICE_UNREACHABLE = 7
    REFUSED_BY_TERMINAL = 8
    CANCELLED = 9
    DAMAGED_FILE = 10
    BUG = 70

    @property
    def meaning(self) -> str:
        """One line for the README and `--help`."""
        return _MEANING[self]


_MEANING = {
    ExitCode.DONE: "done",
    ExitCode.CHECK_FAILED: "a scenario or sweep failed",
    ExitCode.USAGE: "wrong use of the command line",
    ExitCode.READER: "the reader failed",
    ExitCode.NO_CARD: "no card, or waiting timed out",
    ExitCode.REFUSED_BY_CARD: "refused by the card",
    ExitCode.REFUSED_BY_BACK_OFFICE: "refused by the back office",
    ExitCode.BACK_OFFICE_UNREACHABLE: "back office unreachable",
    ExitCode.REFUSED_BY_TERMINAL: (
        "refused by the terminal's own check (wrong card, other holder, not genuine, expired)"
    ),
    ExitCode.CANCELLED: "cancelled",
    ExitCode.DAMAGED_FILE: "a damaged file",
    ExitCode.BUG: "a bug",
}
