"""The bank's side of a card image: to JSON types and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, cast

from apdu.bank_keys import BankKeys
from apdu.crypto.algorithm import Algorithm
from apdu.crypto.rsa import RsaKey
from apdu.crypto.sm2 import HALF, POINT_LENGTH, Sm2Key, Sm2PublicKey
from apdu.pboc import LAST_COUNTER, Cryptogram
from virtual_card.applications.pboc.contents import (
    BankBehaviour,
    BankContents,
    Blocked,
    History,
    Lists,
    Processing,
)
from virtual_card.applications.pboc.decision import MAX_SCRIPTS
from virtual_card.applications.pboc.memory import MAX_AMOUNT
from virtual_card.description_reader import DescriptionError, Reader, unhex

_NUMBERS = {
    "pin_tries": 0x0F,
    "pin_limit": 0x0F,
    "counter": LAST_COUNTER,
    "online_counter": LAST_COUNTER,
    "offline_count": 0xFF,
    "offline_amount": MAX_AMOUNT,
    "scripts": MAX_SCRIPTS,
}
"""Numbers of the description with the largest value each may have."""

_FORCED = ("first", "second")
_LISTS = tuple(entry.name for entry in fields(Lists))
_KEYS = tuple(entry.name for entry in fields(BankKeys))


def describe_bank(contents: BankContents) -> dict[str, Any]:
    """The bank's side as JSON types, bytes in hex; equal cards give equal data."""
    return {
        "names": {name.hex(): fci.hex() for name, fci in contents.names.items()},
        "directory": [record.hex() for record in contents.directory],
        "files": {
            f"{sfi:02X}": [record.hex() for record in contents.files[sfi]] for sfi in sorted(contents.files)
        },
        "objects": {f"{tag:04X}": contents.objects[tag].hex() for tag in sorted(contents.objects)},
        "lists": {name: getattr(contents.lists, name).hex() for name in _LISTS},
        "processing": {
            algorithm.name: [entry.profile.hex(), entry.locator.hex()]
            for algorithm, entry in sorted(contents.processing.items())
        },
        "keys": {
            algorithm.name: {name: getattr(keys, name).hex() for name in _KEYS}
            for algorithm, keys in sorted(contents.keys.items())
        },
        "key": None if contents.key is None else [f"{contents.key.p:x}", f"{contents.key.q:x}"],
        "sm2_key": None if contents.sm2_key is None else _describe_sm2(contents.sm2_key),
        "pin": contents.pin,
        "blocked": int(contents.blocked),
        "history": int(contents.history),
        **{name: getattr(contents, name) for name in _NUMBERS},
        "behaviour": _behaviour(contents.behaviour),
    }


def _behaviour(behaviour: BankBehaviour) -> dict[str, Any]:
    values = {entry.name: getattr(behaviour, entry.name) for entry in fields(behaviour)}
    return values | {name: values[name].name if values[name] is not None else None for name in _FORCED}


def read_bank(reader: Reader) -> BankContents:
    """The description that `describe_bank` wrote; raises DescriptionError naming what is wrong."""
    contents = BankContents(
        names={
            _bytes(reader, "names", name): _bytes(reader, "names", fci) for name, fci in _map(reader, "names")
        },
        directory=[_bytes(reader, "directory", record) for record in reader.take("directory", list)],
        files={
            int(sfi, 16): [_bytes(reader, "files", record) for record in records]
            for sfi, records in _map(reader, "files")
        },
        objects={int(tag, 16): _bytes(reader, "objects", value) for tag, value in _map(reader, "objects")},
        lists=_read_lists(Reader(reader.take("lists", dict), f"{reader.place}.lists")),
        processing={
            _algorithm(reader, "processing", name): Processing(
                *(_bytes(reader, "processing", part) for part in parts)
            )
            for name, parts in _map(reader, "processing")
        },
        keys={
            _algorithm(reader, "keys", name): BankKeys(
                **{key: _bytes(reader, "keys", keys[key]) for key in _KEYS}
            )
            for name, keys in _map(reader, "keys")
        },
        key=_read_key(reader),
        sm2_key=_read_sm2_key(reader),
        pin=reader.take("pin", str),
        blocked=Blocked(reader.take("blocked", int)),
        history=History(reader.take("history", int)),
        behaviour=_read_behaviour(Reader(reader.take("behaviour", dict), f"{reader.place}.behaviour")),
        **{name: _number(reader, name, largest) for name, largest in _NUMBERS.items()},
    )
    if Algorithm.DES not in contents.processing or not set(contents.processing) <= set(contents.keys):
        raise DescriptionError(
            f"{reader.place}.processing", "needs DES, and keys of every algorithm it names"
        )
    return contents


def _number(reader: Reader, name: str, largest: int) -> int:
    value = reader.take(name, int)
    if not 0 <= value <= largest:
        raise DescriptionError(f"{reader.place}.{name}", f"should lie in 0 to {largest}")
    return value


def _map(reader: Reader, name: str) -> list[tuple[str, Any]]:
    return list(reader.take(name, dict).items())


def _bytes(reader: Reader, name: str, value: object) -> bytes:
    return unhex(value, f"{reader.place}.{name}")


def _algorithm(reader: Reader, section: str, name: str) -> Algorithm:
    if name not in Algorithm.__members__:
        raise DescriptionError(f"{reader.place}.{section}", f"{name} is no algorithm")
    return Algorithm[name]


def _read_lists(reader: Reader) -> Lists:
    return Lists(**{name: reader.octets(name) for name in _LISTS})


def _read_key(reader: Reader) -> RsaKey | None:
    primes = reader.optional("key", list)
    return None if primes is None else RsaKey.of_primes(*(int(cast(str, prime), 16) for prime in primes))


def _describe_sm2(key: Sm2Key) -> dict[str, str]:
    return {"private": key.private.hex(), "point": key.public.point.hex()}


def _read_sm2_key(reader: Reader) -> Sm2Key | None:
    if reader.optional("sm2_key", dict) is None:
        return None
    inside = reader.below("sm2_key")
    private, point = inside.octets("private"), inside.octets("point")
    if len(private) != HALF or len(point) != POINT_LENGTH or not any(private):
        raise DescriptionError(
            inside.place, f"needs a private key of {HALF} bytes, a point of {POINT_LENGTH}"
        )
    return Sm2Key(private, Sm2PublicKey(point))


def _read_behaviour(reader: Reader) -> BankBehaviour:
    known = {entry.name for entry in fields(BankBehaviour)}
    values = dict(reader.data)
    if set(values) != known:
        odd = ", ".join(sorted(set(values) ^ known))
        raise DescriptionError(reader.place, f"has other fields than a behaviour: {odd}")
    for name in _FORCED:
        if values[name] is not None:
            values[name] = Cryptogram[reader.choice(name, Cryptogram.__members__)]
    return BankBehaviour(**values)
