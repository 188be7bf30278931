"""The card, declared once: every file, item and access rule, with its source and its vectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from apdu.layout.access import Access
from apdu.layout.declaration import LayoutError, Structure, Vector
from apdu.layout.item import Item, ItemValue, Secrecy
from apdu.layout.spec import DirectorySpec, FileContent, FileSpec

__all__ = [
    "DEFAULT_OPTIONS",
    "EVERYTHING",
    "VERSIONS",
    "Access",
    "CardOptions",
    "DirectorySpec",
    "FileContent",
    "FileSpec",
    "Item",
    "ItemValue",
    "LayoutError",
    "Secrecy",
    "Structure",
    "Vector",
    "card_layout",
    "every_file",
]

VERSIONS = ("1.0", "2.0", "3.0")


@dataclass(frozen=True, slots=True)
class CardOptions:
    """What cards of one version may have or lack.

    `directory_file`: the directory file of the environment; None: where the environment announces one (tag
    88 of its FCI, 2.0 and 3.0). `informative`: DF05 and DF06 of the informative annex. `unpublished`: the
    1.0 files whose items or place the later standard left out (DF02/EF09, DF03/EF08, EF09, EF0A, DF04/EF09).
    `personnel_file`: SSSE/EF0D as one province has it. `local`: directories from DF0A on, made with
    `apdu.layout.local.directory`.
    """

    directory_file: bool | None = None
    informative: bool = False
    unpublished: bool = False
    personnel_file: bool = False
    local: tuple[DirectorySpec, ...] = ()


DEFAULT_OPTIONS = CardOptions()
EVERYTHING = CardOptions(directory_file=True, informative=True, unpublished=True, personnel_file=True)
"""Every file any card of a version may have, but for local directories."""


@cache
def card_layout(
    version: str, status_fid: int | None = 0xEF0C, options: CardOptions = DEFAULT_OPTIONS
) -> tuple[DirectorySpec, ...]:
    """The directories of a social security card of this version; no status file where its FID is None.

    The environment comes first, DF04 second, then the others in the order of their names. Raises ValueError
    for a version other than 1.0, 2.0 and 3.0 and for two files with one FID.
    """
    if version not in VERSIONS:
        raise ValueError(f"card version {version!r}: one of {', '.join(VERSIONS)} is expected")
    # The files are declared when they are first asked for: importing the vocabulary stays cheap.
    from apdu.layout import df01, df02, df03, df04, df05, df06, df07, ssse

    modules = [df04, df01, df02, df03]
    if options.informative:
        modules += [df05, df06]
    if version != "1.0":
        modules.append(df07)
    applications = [_chosen(module.directory(version), options) for module in modules]
    applications += options.local
    environment = ssse.directory(version)
    extensions = _extensions(version, status_fid, options, applications)
    environment = replace(environment, files=(*environment.files, *extensions))
    for entry in (environment, *applications):
        _refuse_twice(entry)
    return environment, *applications


def every_file(version: str, status_fid: int | None = 0xEF0C) -> tuple[DirectorySpec, ...]:
    """The directories with every file that any card of this version may have: what a reader of traces knows.

    A status file takes the place of another extension with its FID.
    """
    from apdu.layout import local, ssse

    options = replace(
        EVERYTHING,
        personnel_file=status_fid != local.PERSONNEL.fid,
        directory_file=status_fid != ssse.DIRECTORY_FID,
    )
    return card_layout(version, status_fid, options)


def _chosen(entry: DirectorySpec, options: CardOptions) -> DirectorySpec:
    """The directory without the files that only some cards have, unless they are asked for."""
    if options.unpublished:
        return entry
    return replace(entry, files=tuple(file for file in entry.files if not file.optional))


def _extensions(
    version: str, status_fid: int | None, options: CardOptions, applications: list[DirectorySpec]
) -> Iterator[FileSpec]:
    from apdu.layout import application_status, local, ssse

    if status_fid is not None:
        yield application_status.file(status_fid)
    if options.personnel_file:
        yield local.PERSONNEL
    announced = version != "1.0"
    if announced if options.directory_file is None else options.directory_file:
        yield ssse.directory_file(sum(len(entry.df_name) == ssse.AID_LENGTH for entry in applications))


def _refuse_twice(entry: DirectorySpec) -> None:
    fid, times = Counter(file.fid for file in entry.files).most_common(1)[0] if entry.files else (0, 1)
    if times > 1:
        raise ValueError(f"{entry.name} would have {times} files {fid:04X}: give the extension another FID")
