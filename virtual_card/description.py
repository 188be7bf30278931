"""A card's description to JSON types and back, and a description of a running card as it is now."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, cast, get_args

from apdu.crypto.algorithm import Algorithm
from virtual_card.description_reader import DescriptionError, Reader, unhex
from virtual_card.nonvolatile import Cell, NonVolatile
from virtual_card.purse_memory import read_purse
from virtual_card.sam_memory import key_file, read_sam_keys
from virtual_card.state import (
    AccessRule,
    CardContents,
    CardFile,
    Directory,
    Face,
    KeyState,
    Purse,
    SamKey,
    StructureName,
)

if TYPE_CHECKING:
    from virtual_card.applications.pboc.contents import BankContents
    from virtual_card.applications.pki.contents import PkiContents

PURSE_NUMBERS = ("balance", "self_paid", "pool", "load_number", "purchase_number")
SAM_SWITCHES = ("lenient_type", "level_by_lc", "accepts_801a", "refuses_purchase", "wrong_mac2_is_63cf")


def snapshot(contents: CardContents, memory: NonVolatile) -> CardContents:
    """`contents` with everything that changes replaced by what the memory holds now."""
    tries, flags, pins, *bodies = memory.cells
    counters, blocked, files = iter(cast(bytearray, tries)), iter(cast(bytearray, flags)), iter(bodies)
    now = replace(
        contents, pin=cast("list[bytes]", pins)[0], pin_tries=next(counters), blocked=bool(next(blocked))
    )
    keyed = [
        [replace(key, tries_left=next(counters)) for key in entry.keys] for entry in contents.directories
    ]
    now.directories = [
        replace(
            entry,
            keys=keys,
            files=[_refilled(file, next(files)) for file in entry.files],
            purse=None if entry.purse is None else read_purse(next(files)),
            sam_keys=read_sam_keys(next(files), entry.sam_keys) if entry.takes_sam_keys else [],
            blocked=bool(next(blocked)),
        )
        for entry, keys in zip(contents.directories, keyed, strict=True)
    ]
    if contents.bank is not None:
        from virtual_card.applications.pboc.memory import bank_snapshot

        now.bank = bank_snapshot(contents.bank, memory)
    if contents.pki is not None:
        from virtual_card.applications.pki.memory import pki_snapshot

        now.pki = pki_snapshot(memory)
    return now


def _refilled(file: CardFile, body: Cell) -> CardFile:
    if isinstance(body, bytearray):
        return replace(file, body=bytes(body))
    return replace(file, records=body[:])


def describe(contents: CardContents) -> dict[str, Any]:
    """A description as JSON types, bytes in hex; equal cards give equal data."""
    return {
        "version": contents.version,
        "atr": contents.atr.hex(),
        "pin": contents.pin.hex(),
        "pin_tries": contents.pin_tries,
        "pin_limit": contents.pin_limit,
        "blocked": contents.blocked,
        **{name: getattr(contents, name) for name in SAM_SWITCHES},
        "notes": dict(sorted(contents.notes.items())),
        **_bank(contents.bank),
        **_pki(contents.pki),
        "directories": [_directory(entry) for entry in contents.directories],
    }


def _bank(bank: BankContents | None) -> dict[str, Any]:
    if bank is None:
        return {}
    from virtual_card.applications.pboc.description import describe_bank

    return {"bank": describe_bank(bank)}


def _pki(pki: PkiContents | None) -> dict[str, Any]:
    if pki is None:
        return {}
    from virtual_card.applications.pki.description import describe_pki

    return {"pki": describe_pki(pki)}


def _directory(entry: Directory) -> dict[str, Any]:
    return {
        "name": entry.name,
        "df_name": entry.df_name.hex(),
        "fid": None if entry.fid is None else f"{entry.fid:04X}",
        "parent": entry.parent,
        "algorithm": None if entry.algorithm is None else entry.algorithm.name,
        "announces_algorithm": entry.announces_algorithm,
        "directory_sfi": entry.directory_sfi,
        "face": entry.face,
        "blocked": entry.blocked,
        "keys": [_key(key) for key in entry.keys],
        "sam_keys": [_sam_key(key) for key in entry.sam_keys],
        "purse": None if entry.purse is None else _purse(entry.purse),
        "files": [_file(file) for file in entry.files],
    }


def _key(key: KeyState) -> dict[str, Any]:
    versions = {str(version): value.hex() for version, value in sorted(key.versions.items())}
    return {
        "name": key.name,
        "reference": key.reference,
        "versions": versions,
        "tries_left": key.tries_left,
        "limit": key.limit,
    }


def _sam_key(key: SamKey) -> dict[str, Any]:
    return asdict(key) | {"value": key.value.hex()}


def _purse(purse: Purse) -> dict[str, Any]:
    return asdict(purse) | {"proof": purse.proof.hex()}


def _file(file: CardFile) -> dict[str, Any]:
    return {
        "fid": f"{file.fid:04X}",
        "structure": file.structure,
        "read": _rule(file.read),
        "update": _rule(file.update),
        "record_length": file.record_length,
        "max_records": file.max_records,
        "body": file.body.hex(),
        "records": [record.hex() for record in file.records],
    }


def _rule(rule: AccessRule) -> list[list[str]]:
    return [sorted(terms) for terms in rule]


def read_contents(data: object) -> CardContents:
    """The description that `describe` wrote; raises DescriptionError naming the entry that is wrong."""
    reader = Reader(data)
    return CardContents(
        version=reader.take("version", str),
        atr=reader.octets("atr"),
        directories=reader.each("directories", _read_directory),
        pin=reader.octets("pin"),
        pin_tries=reader.counter("pin_tries"),
        pin_limit=reader.counter("pin_limit"),
        blocked=reader.take("blocked", bool),
        **{name: reader.take(name, bool) for name in SAM_SWITCHES if name in reader.data},
        notes={name: str(note) for name, note in reader.take("notes", dict).items()},
        bank=_read_bank(reader.below("bank")) if "bank" in reader.data else None,
        pki=_read_pki(reader.below("pki")) if "pki" in reader.data else None,
    )


def _read_bank(reader: Reader) -> BankContents:
    from virtual_card.applications.pboc.description import read_bank

    return read_bank(reader)


def _read_pki(reader: Reader) -> PkiContents:
    from virtual_card.applications.pki.description import read_pki

    return read_pki(reader)


def _read_directory(reader: Reader) -> Directory:
    algorithm = reader.optional("algorithm", str)
    if algorithm is not None:
        reader.choice("algorithm", Algorithm.__members__)
    return Directory(
        name=reader.take("name", str),
        df_name=reader.octets("df_name"),
        fid=None if reader.optional("fid", str) is None else reader.identifier("fid"),
        parent=reader.optional("parent", str),
        files=reader.each("files", _read_file),
        keys=reader.each("keys", _read_key),
        sam_keys=reader.each("sam_keys", _read_sam_key),
        purse=None if reader.data.get("purse") is None else _read_purse(reader.below("purse")),
        blocked=reader.take("blocked", bool),
        algorithm=None if algorithm is None else Algorithm[algorithm],
        announces_algorithm=reader.take("announces_algorithm", bool),
        directory_sfi=reader.optional("directory_sfi", int),
        face=None if reader.data.get("face") is None else read_face(reader),
    )


def read_face(reader: Reader) -> Face:
    """The face of a card or directory."""
    return cast(Face, reader.choice("face", get_args(Face)))


def _read_key(reader: Reader) -> KeyState:
    versions = reader.below("versions")
    return KeyState(
        name=reader.take("name", str),
        reference=reader.optional("reference", int),
        versions={int(version): versions.octets(version) for version in versions.data if version.isdecimal()},
        tries_left=reader.counter("tries_left"),
        limit=reader.counter("limit"),
    )


def _read_sam_key(reader: Reader) -> SamKey:
    id = reader.take("id", int)
    file = reader.optional("file", int)
    return SamKey(
        name=reader.take("name", str),
        type=reader.take("type", int),
        levels=reader.take("levels", int),
        id=id,
        value=reader.octets("value"),
        file=key_file(id) if file is None else file,
    )


def _read_purse(reader: Reader) -> Purse:
    return Purse(
        **{name: reader.take(name, int) for name in PURSE_NUMBERS},
        year=reader.take("year", str),
        starting_day=reader.take("starting_day", str),
        proof=reader.octets("proof"),
    )


def _read_file(reader: Reader) -> CardFile:
    place = f"{reader.place}.records"
    return CardFile(
        fid=reader.identifier("fid"),
        structure=cast(StructureName, reader.choice("structure", get_args(StructureName))),
        read=_read_rule(reader, "read"),
        update=_read_rule(reader, "update"),
        body=reader.octets("body"),
        records=[unhex(record, place) for record in reader.take("records", list)],
        record_length=reader.optional("record_length", int),
        max_records=reader.take("max_records", int),
    )


def _read_rule(reader: Reader, name: str) -> AccessRule:
    rule = reader.take(name, list)
    if not all(isinstance(terms, list) and all(isinstance(term, str) for term in terms) for terms in rule):
        raise DescriptionError(f"{reader.place}.{name}", "should be a list of lists of conditions")
    return tuple(frozenset(terms) for terms in rule)
