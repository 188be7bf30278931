"""The card, declared once: every file, item and access rule, with its source and its vectors."""

from __future__ import annotations

from functools import cache

from apdu.layout.item import Item, ItemValue, Secrecy
from apdu.layout.spec import Access, DirectorySpec, FileContent, FileSpec, LayoutError, Structure, Vector

__all__ = [
    "VERSIONS",
    "Access",
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
]

VERSIONS = ("1.0", "2.0", "3.0")


@cache
def card_layout(version: str, status_fid: int | None = 0xEF0C) -> tuple[DirectorySpec, ...]:
    """The directories of a social security card of this version; no status file where its FID is None.

    Raises ValueError for a version other than 1.0, 2.0 and 3.0.
    """
    if version not in VERSIONS:
        raise ValueError(f"card version {version!r}: one of {', '.join(VERSIONS)} is expected")
    # The files are declared when they are first asked for: importing the vocabulary stays cheap.
    from apdu.layout import application_status, df04, ssse

    environment = ssse.directory(version)
    if status_fid is not None:
        status = application_status.file(status_fid)
        environment = DirectorySpec(
            environment.name,
            environment.df_name,
            environment.fid,
            environment.label_zh,
            (*environment.files, status),
        )
    return environment, df04.directory(version)
