"""The application status file of a card: reading what it says of its own activation."""

from __future__ import annotations

from apdu.commands import RecordMode, read_record, select_file
from apdu.layout import FileSpec
from apdu.layout.application_status import StatusFile, read_status_records
from terminal.errors import expect_ok
from terminal.flow.steps import Procedure
from terminal.procedures.files import RECORD_NOT_FOUND, SECURITY_STATE

FILE_NOT_FOUND = 0x6A82
NOT_A_RECORD_FILE = 0x6981
FOREIGN = (NOT_A_RECORD_FILE, SECURITY_STATE)
"""A file under this FID that does not let itself be read as ours is another issuer's."""


def read_status_file(file: FileSpec) -> Procedure[StatusFile | None]:
    """Read every record of the file; None where the card has no such file. Raises CardRefusedError.

    Records are read by number until 6A83, so that another issuer's records in the same file are noticed.
    """
    select = select_file(file.fid)
    response = yield select
    if response.sw == FILE_NOT_FOUND:
        return None
    expect_ok(select, response, f"selecting {file.path}")
    records: list[bytes] = []
    for number in range(1, 255):
        command = read_record(number, mode=RecordMode.NUMBER)
        response = yield command
        if response.sw in FOREIGN:
            return StatusFile(foreign=True)
        if response.sw == RECORD_NOT_FOUND:
            break
        records.append(expect_ok(command, response, f"reading {file.path} record {number}"))
        if len(records) > len(file.items):
            break
    return read_status_records(records)
