"""The cells of the PKI application in the card's memory, and what no command changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from apdu.layout.pki import PKI_APPLICATION, USER_PIN
from apdu.pki import Secret
from virtual_card.access import compile_rule
from virtual_card.applications.pki.contents import KeyPair, PkiContents
from virtual_card.filesystem import FileNode
from virtual_card.nonvolatile import Cell, NonVolatile

TRIES_NAME, SECRETS_NAME, KEY_PAIR_NAME = "pki/tries", "pki/secrets", "pki/key-pair"
PRIVATE_LENGTH = 32


def file_name(fid: int) -> str:
    """What the cell of a certificate file is called in images and journals."""
    return f"pki/{fid:04X}"


def bit_of(secret: Secret) -> int:
    """The bit of a secret among the conditions that were met."""
    return 1 << secret


@dataclass(frozen=True, slots=True, repr=False)
class PkiProfile:
    """The application compiled: the numbers of its cells, and its files by identifier."""

    tries: int
    secrets: int
    key_pair: int
    files: Mapping[int, FileNode]


def cells_of(contents: PkiContents) -> dict[str, Cell]:
    """What changes, by name, as the memory holds it; a key pair is one record, private before public."""
    pair = contents.key_pair
    cells: dict[str, Cell] = {
        TRIES_NAME: bytearray(contents.tries[secret] for secret in Secret),
        SECRETS_NAME: [contents.user_pin, contents.administrator_pin, contents.master_key],
        KEY_PAIR_NAME: [] if pair is None else [record_of(pair)],
    }
    for spec in PKI_APPLICATION.files:
        cells[file_name(spec.fid)] = bytearray(contents.certificates[spec.fid])
    return cells


def record_of(pair: KeyPair) -> bytes:
    """A key pair as its record."""
    return pair.private + pair.public


def _pair_of(record: bytes) -> KeyPair:
    return KeyPair(record[:PRIVATE_LENGTH], record[PRIVATE_LENGTH:])


def compile_pki(contents: PkiContents, first_cell: int) -> PkiProfile:
    """The run-time form; `first_cell` is where the cells of `cells_of` begin in the card's memory."""
    places = {name: first_cell + index for index, name in enumerate(cells_of(contents))}
    bits = {USER_PIN: bit_of(Secret.USER_PIN)}
    files = {
        spec.fid: FileNode(
            path=spec.path,
            fid=spec.fid,
            structure="TRANSPARENT",
            transparent=True,
            cell=places[file_name(spec.fid)],
            read=compile_rule(spec.read.alternatives, bits),
            update=compile_rule(spec.update.alternatives, bits),
            record_length=None,
            max_records=0,
        )
        for spec in PKI_APPLICATION.files
    }
    return PkiProfile(places[TRIES_NAME], places[SECRETS_NAME], places[KEY_PAIR_NAME], files)


def pki_snapshot(memory: NonVolatile) -> PkiContents:
    """The application as the memory holds it now."""
    cells = dict(zip(memory.names, memory.cells, strict=True))
    tries = cast(bytearray, cells[TRIES_NAME])
    user_pin, administrator_pin, master_key = cast("list[bytes]", cells[SECRETS_NAME])
    pairs = cast("list[bytes]", cells[KEY_PAIR_NAME])
    return PkiContents(
        user_pin,
        administrator_pin,
        master_key,
        {secret: tries[secret] for secret in Secret},
        _pair_of(pairs[0]) if pairs else None,
        {spec.fid: bytes(cast(bytearray, cells[file_name(spec.fid)])) for spec in PKI_APPLICATION.files},
    )
