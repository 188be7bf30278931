"""The social security card: contents from the layout, and the card itself (LD/T 32.5, LD/T 32.6)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from apdu.crypto.algorithm import Algorithm
from apdu.keys import KEYS
from virtual_card.card import ProcessorCard, Random
from virtual_card.dispatch import SOCIAL
from virtual_card.filesystem import compile_card
from virtual_card.state import KEY_TRIES, PIN_TRIES, CardContents, CardFile, Directory, Face, KeyState

if TYPE_CHECKING:
    from apdu.layout.spec import DirectorySpec

KINDS = ("ssc-1.0", "ssc-2.0", "ssc-3.0")
ENVIRONMENT = "SSSE"
MASTER_FILE = 0x3F00
DIRECTORY_SFI = 0x1E
"""What field cards announce in tag 88; the standard's range is 5 to 15 (reading A16)."""

FIRST_GENERATION = "1.0"


def social_contents(
    version: str,
    *,
    algorithm: Algorithm,
    atr: bytes,
    layout: Sequence[DirectorySpec],
    keys: Mapping[str, Mapping[int, bytes]],
    files: Mapping[str, bytes | Sequence[bytes]],
    pin: bytes = b"",
    pin_tries: int = PIN_TRIES,
    pin_limit: int = PIN_TRIES,
) -> CardContents:
    """The contents of a card of this layout: directories, files and keys in their places.

    `keys` maps names of `apdu.keys` to card keys by version; `files` maps paths (`SSSE/EF05`) to records or
    bytes; a declared file that is missing there is absent on the card. 1.0 cards announce neither their
    algorithm nor a directory file. Raises ValueError for a path or a key name that the layout and the key
    table do not have.
    """
    directories = [_directory(spec, version, algorithm, keys, files) for spec in layout]
    _refuse_leftovers("file", set(files) - {file.path for spec in layout for file in spec.files})
    _refuse_leftovers("key", set(keys) - {key.name for entry in directories for key in entry.keys})
    return CardContents(version, atr, directories, pin, pin_tries, pin_limit)


def social_card(
    kind: str, contents: CardContents, *, random: Random = os.urandom, face: Face = "T=0"
) -> ProcessorCard:
    """A social security card of generation `kind` (ssc-1.0, ssc-2.0, ssc-3.0) that behaves, powered off."""
    profile, memory = compile_card(contents, face)
    return ProcessorCard(kind, profile, memory, SOCIAL, random=random, face=face)


def _directory(
    spec: DirectorySpec,
    version: str,
    algorithm: Algorithm,
    keys: Mapping[str, Mapping[int, bytes]],
    files: Mapping[str, bytes | Sequence[bytes]],
) -> Directory:
    entry = Directory(
        name=spec.name,
        df_name=spec.df_name,
        fid=spec.fid,
        files=[CardFile.from_spec(file, files[file.path]) for file in spec.files if file.path in files],
        keys=_keys(spec.name, keys),
    )
    if spec.name != ENVIRONMENT:
        entry.parent = ENVIRONMENT
        return entry
    entry.fid = MASTER_FILE
    entry.algorithm = algorithm
    if version != FIRST_GENERATION:
        entry.announces_algorithm = True
        entry.directory_sfi = DIRECTORY_SFI
    return entry


def _keys(owner: str, keys: Mapping[str, Mapping[int, bytes]]) -> list[KeyState]:
    return [
        KeyState(
            key.name,
            key.reference,
            dict(keys[key.name]),
            tries_left=KEY_TRIES if key.counted else 0,
            limit=KEY_TRIES if key.counted else 0,
        )
        for key in KEYS
        if key.owner == owner and key.name in keys
    ]


def _refuse_leftovers(what: str, names: set[str]) -> None:
    if names:
        raise ValueError(f"the layout has no {what} {', '.join(sorted(names))}")
