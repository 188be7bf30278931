"""The one place where a plain card checks a file before a command touches it.

Order: structure (6981), life cycle (6985), security status (6982).
"""

from __future__ import annotations

from enum import Enum

from virtual_card import status
from virtual_card.access import granted
from virtual_card.iso_card import Channel, IsoCard
from virtual_card.iso_filesystem import IsoFile


class Right(Enum):
    """What a command does with a file's contents; the values are fields of the file."""

    READ = "read"
    UPDATE = "update"
    WRITE = "write"


def refusal(card: IsoCard, channel: Channel, file: IsoFile, right: Right, transparent: bool) -> bytes | None:
    """The status word that refuses a command on this file, None where it may run."""
    if file.transparent is not transparent:
        return status.STRUCTURE
    if not card.usable(file):
        return status.CONDITIONS
    return None if granted(getattr(file, right.value), channel.granted) else status.SECURITY
