"""The old CPU medical card: an invention of this product, since how real ones are read is not public.

DF 0003 answers 9000 without FCI, SSSE 6A82; records with number, name and ID; VERIFY where it holds a PIN.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from apdu.crypto.algorithm import Algorithm
from virtual_card.card import ProcessorCard, Random
from virtual_card.commands import pin
from virtual_card.dispatch import READING, table
from virtual_card.filesystem import compile_card
from virtual_card.state import PIN_TRIES, CardContents, CardFile, Directory, Face

if TYPE_CHECKING:
    from apdu.layout.spec import DirectorySpec

VERSION = "1.0"
MASTER = "MF"
MASTER_FILE = 0x3F00
COMMANDS = table({**READING, "0020": pin.verify})


def old_cpu_contents(
    *,
    atr: bytes,
    layout: DirectorySpec,
    files: Mapping[str, bytes | Sequence[bytes]],
    pin: bytes = b"",
    pin_tries: int = PIN_TRIES,
    pin_limit: int = PIN_TRIES,
) -> CardContents:
    """The contents of an old CPU card: `layout` is `apdu.layout.old_cards.OLD_CPU`, `files` maps
    its paths.
    """
    master = Directory(MASTER, b"", MASTER_FILE, algorithm=Algorithm.DES)
    application = Directory(
        layout.name,
        layout.df_name,
        layout.fid,
        parent=MASTER,
        files=[CardFile.from_spec(file, files[file.path]) for file in layout.files if file.path in files],
    )
    return CardContents(VERSION, atr, [master, application], pin, pin_tries, pin_limit)


def old_cpu_card(contents: CardContents, *, random: Random = os.urandom, face: Face = "T=0") -> ProcessorCard:
    """An old CPU card that behaves, powered off."""
    profile, memory = compile_card(contents, face)
    return ProcessorCard("old-cpu", profile, memory, COMMANDS, random=random, face=face)
