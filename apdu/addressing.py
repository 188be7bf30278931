"""Which file a command is about: the current directory and file, followed from one exchange to the next.

Trace, redaction and explanation all start here. Addressing rules: LD/T 32.5 sections 6.9 to 6.13, LD/T 32.3
section 5.3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from apdu.bank_lists import Told, learned
from apdu.command import Command
from apdu.layout import DirectorySpec, FileSpec, every_file
from apdu.layout.old_cards import OLD_CARDS, OLD_CPU
from apdu.layout.pboc import BANK_DIRECTORIES
from apdu.layout.pki import PKI_DIRECTORIES
from apdu.layout.psam import psam_layout
from apdu.response import Response

MASTER_FILE = 0x3F00
STORAGE_CLASS = 0xFF
BLOCKED_APPLICATION = 0x6283
"""SELECT of a blocked bank application: a warning, the application is selected all the same."""

_NEIGHBOURS = (*BANK_DIRECTORIES, *PKI_DIRECTORIES)
_MEMORY_TYPES = {0x05: OLD_CARDS["sle4428"], 0x06: OLD_CARDS["sle4442"]}
_RECORD = (0xB2, 0xDC)
_BINARY = (0xB0, 0xD6)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card stands: `directory` and `file` where the layout knows them, `path` as people read it.

    `pending` is the command whose answer a GET RESPONSE fetches. `told` are the lists that the bank's
    application, where it is selected, has told so far.
    """

    directories: tuple[DirectorySpec, ...]
    directory: DirectorySpec | None = None
    file: FileSpec | None = None
    path: str = ""
    pending: Command | None = None
    told: Told = ()

    @classmethod
    @cache
    def of_kind(cls, kind: str | None = None, status_fid: int | None = 0xEF0C) -> Place:
        """A card of this kind after reset: "ssc-3.0", "sle4442", "old-cpu", "psam" ...; None where not known.

        Unknown cards are read as the newest social security card, beside an old CPU card and the SM4 half
        of a PSAM. Raises ValueError for a kind no layout is declared for.
        """
        if kind is None:
            return cls((*every_file("3.0", status_fid), *_NEIGHBOURS, OLD_CPU, *psam_layout()[2:]))
        if kind == "psam":
            return cls(psam_layout())._selected(MASTER_FILE.to_bytes(2, "big"), by_name=False)
        if kind in OLD_CARDS:
            only = OLD_CARDS[kind]
            memory = only.files[0].fid == 0
            return cls(
                (only,),
                only if memory else None,
                only.files[0] if memory else None,
                only.name if memory else "",
            )
        if kind.startswith("ssc-"):
            return cls((*every_file(kind.removeprefix("ssc-"), status_fid), *_NEIGHBOURS))
        raise ValueError(f"no layout is declared for a card of kind {kind!r}")

    def asked(self, command: Command) -> Command:
        """The command an answer belongs to: the pending one for GET RESPONSE, else the command itself."""
        return self.pending if command.ins == 0xC0 and self.pending is not None else command

    def after(self, command: Command, response: Response) -> Place:
        """The place after this exchange; a refused command leaves it as it was."""
        asked = self.asked(command)
        moved = self
        if response.ok or response.sw1 == 0x61 or response.sw == BLOCKED_APPLICATION:
            moved = self._moved(asked)
        return replace(
            moved, pending=asked if response.sw1 == 0x61 else None, told=moved._learned(command, response)
        )

    def _learned(self, command: Command, response: Response) -> Told:
        """The lists of the bank's application; a SELECT forgets those of the one before."""
        if self.directory not in BANK_DIRECTORIES:
            return ()
        return learned(() if command.ins == 0xA4 else self.told, response.data)

    def _moved(self, command: Command) -> Place:
        if command.cla == STORAGE_CLASS:
            selected = _MEMORY_TYPES.get(command.data[0]) if command.ins == 0xA4 and command.data else None
            return (
                replace(self, directory=selected, file=selected.files[0], path=selected.name)
                if selected
                else self
            )
        if command.ins == 0xA4:
            return self._selected(command.data, by_name=command.p1 == 0x04)
        return self.addressed(command)

    def addressed(self, command: Command) -> Place:
        """The place a read or update is about, its short file identifier considered."""
        sfi = 0
        if command.cla != STORAGE_CLASS:
            if command.ins in _RECORD:
                sfi = command.p2 >> 3
            elif command.ins in _BINARY and command.p1 & 0x80:
                sfi = command.p1 & 0x1F
        if not sfi:
            return self
        if self.directory is None:
            return replace(self, file=None, path=f"?/SFI {sfi:02X}")
        file = self.directory.file_by_sfi(sfi)
        return replace(self, file=file, path=file.path if file else f"{self.directory.name}/SFI {sfi:02X}")

    def _selected(self, name: bytes, *, by_name: bool) -> Place:
        if by_name:
            found = self._nearest(
                [entry for entry in self.directories if name and entry.df_name.startswith(name)]
            )
            return self._entered(found, name.hex().upper())
        fid = int.from_bytes(name, "big") if name else MASTER_FILE
        file = self.directory.file(fid) if self.directory else None
        if file is not None:
            return replace(self, file=file, path=file.path)
        found = self._nearest([entry for entry in self.directories if entry.fid == fid])
        if found is None and fid >> 8 == 0xEF:
            parent = self.directory.name if self.directory else "?"
            return replace(self, file=None, path=f"{parent}/EF{fid & 0xFF:02X}")
        return self._entered(found, f"{fid:04X}")

    def _entered(self, directory: DirectorySpec | None, shown: str) -> Place:
        path = directory.name if directory else ("MF" if shown == f"{MASTER_FILE:04X}" else shown)
        return replace(self, directory=directory, file=None, path=path)

    def _nearest(self, candidates: list[DirectorySpec]) -> DirectorySpec | None:
        """The directory below the current environment where several share a name (DF01 of a PSAM)."""
        here = self.directory.name.split("/")[0] if self.directory else ""
        return next(
            (entry for entry in candidates if entry.name.split("/")[0] == here), next(iter(candidates), None)
        )


def is_record_command(command: Command) -> bool:
    """READ RECORD or UPDATE RECORD."""
    return command.cla != STORAGE_CLASS and command.ins in _RECORD


def is_binary_command(command: Command) -> bool:
    """READ or UPDATE BINARY, or their storage-card forms."""
    return command.ins in _BINARY or (command.cla == STORAGE_CLASS and command.ins == 0xD0)


def binary_offset(command: Command) -> int:
    """Offset in the file of the first byte that a binary command reads or writes."""
    if command.cla != STORAGE_CLASS and command.p1 & 0x80:
        return command.p2
    return command.p1 << 8 | command.p2
