"""Is it a PSAM? And all of it that may be read (LD/T 32.9 section 6)."""

from __future__ import annotations

from apdu.commands import select_file, select_name
from apdu.layout.psam import APPLICATION_FID, ENVIRONMENT_NAMES, psam_layout
from terminal.flow.steps import Procedure
from terminal.procedures.survey import DirectoryFound, Refusal, enter, read_files


def is_psam() -> Procedure[bool]:
    """Whether the card has the key application of a PSAM below one of its environments."""
    for name in ENVIRONMENT_NAMES.values():
        environment = yield select_name(name)
        if not environment.ok:
            continue
        application = yield select_file(APPLICATION_FID, p1=0x00)
        if application.ok:
            return True
    return False


def read_psam() -> Procedure[tuple[DirectoryFound, ...]]:
    """Every environment of a PSAM and its application; those it does not have are left out."""
    found: list[DirectoryFound] = []
    for spec in psam_layout():
        application = "/" in spec.name
        if application and found and found[-1].absent:
            continue
        refused = yield from _enter_application() if application else enter(spec)
        files = () if refused else (yield from read_files(spec.files))
        found.append(DirectoryFound(spec, files, refused))
    return tuple(directory for directory in found if not directory.absent)


def _enter_application() -> Procedure[Refusal | None]:
    command = select_file(APPLICATION_FID, p1=0x00)
    response = yield command
    return None if response.ok else Refusal(command, response.sw)
