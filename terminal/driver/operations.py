"""Which flow each function runs, and how the names of steps hang together; see `functions` for arguments and sizes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from terminal.driver.bank_number import read_bank_number
from terminal.driver.base_read import read_base, read_base_by_hsm
from terminal.driver.debit import do_debit, do_debit_by_hsm, read_debit_records
from terminal.driver.files import read_files, write_files
from terminal.driver.files_by_hsm import read_file_by_hsm, write_file_by_hsm
from terminal.driver.pin_entry import change_pin_at_keypad, verify_given_pin, verify_pin
from terminal.driver.pin_renewal import reload_pin, reload_pin_by_hsm, unblock_pin, unblock_pin_by_hsm
from terminal.driver.steps import CallFlow

Opening = Callable[..., CallFlow[str]]
"""Begins a flow with the driver's setting and the arguments of the function or of its first step, iType left out."""

OPENINGS: Mapping[str, Opening] = {
    "iReadCardBas": read_base,
    "iVerifyPIN": verify_pin,
    "iVerifyPINK": verify_given_pin,
    "iChangePIN": change_pin_at_keypad,
    "iReadCard": read_files,
    "iWriteCard": write_files,
    "iReloadPIN": reload_pin,
    "iUnblockPIN": unblock_pin,
    "iDoDebit": do_debit,
    "iReadDebitRecord": read_debit_records,
    "iReadICCardNum": read_bank_number,
}
OPENINGS_BY_HSM: Mapping[str, Opening] = {
    "iReadCardBas": read_base_by_hsm,
    "iReadCard": read_file_by_hsm,
    "iWriteCard": write_file_by_hsm,
    "iReloadPIN": reload_pin_by_hsm,
    "iUnblockPIN": unblock_pin_by_hsm,
    "iDoDebit": do_debit_by_hsm,
}

_STEP = re.compile(r"(?P<stem>\w+)_HSM_Step(?P<first>\d)(?:To(?P<last>\d))?")


@dataclass(frozen=True, slots=True)
class Stage:
    """What a function's name says of steps: `iReadCard_HSM_Step1To2` begins at 1 and ends with 2.

    A function without steps begins and ends at 0. Between its steps a joined function asks the key machine itself.
    """

    stem: str
    first: int = 0
    last: int = 0

    @classmethod
    def of(cls, name: str) -> Stage:
        """Read a function's own name, not an alias."""
        found = _STEP.fullmatch(name)
        if found is None:
            return cls(name)
        first = int(found["first"])
        return cls(found["stem"], first, int(found["last"] or first))

    @property
    def joined(self) -> bool:
        """Whether the driver asks the centre itself."""
        return self.last > self.first

    @property
    def opens(self) -> bool:
        """Whether it powers the card; every other one goes on where the step before ended."""
        return self.first <= 1

    @property
    def opening(self) -> Opening:
        """The flow it begins."""
        return (OPENINGS_BY_HSM if self.first else OPENINGS)[self.stem]
