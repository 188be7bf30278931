"""The PKI application of a card image: to JSON types and back."""

from __future__ import annotations

from typing import Any

from apdu.crypto.pki import KEY_LENGTH
from apdu.layout.pki import PKI_APPLICATION
from apdu.pki import PUBLIC_KEY_LENGTH, TRIES, Secret
from virtual_card.applications.pki.contents import KeyPair, PkiContents
from virtual_card.applications.pki.memory import PRIVATE_LENGTH
from virtual_card.description_reader import DescriptionError, Reader


def describe_pki(contents: PkiContents) -> dict[str, Any]:
    """The application as JSON types, bytes in hex; equal cards give equal data."""
    pair = contents.key_pair
    return {
        "user": {"pin": contents.user_pin.hex(), "tries": contents.tries[Secret.USER_PIN]},
        "administrator": {
            "pin": contents.administrator_pin.hex(),
            "tries": contents.tries[Secret.ADMINISTRATOR_PIN],
        },
        "master": {"key": contents.master_key.hex(), "tries": contents.tries[Secret.MASTER_KEY]},
        "key_pair": None if pair is None else {"private": pair.private.hex(), "public": pair.public.hex()},
        "certificates": {f"{fid:04X}": body.hex() for fid, body in sorted(contents.certificates.items())},
    }


def read_pki(reader: Reader) -> PkiContents:
    """The description that `describe_pki` wrote; raises DescriptionError naming what is wrong."""
    user, administrator, master = (reader.below(name) for name in ("user", "administrator", "master"))
    certificates = reader.below("certificates")
    return PkiContents(
        user_pin=user.octets("pin"),
        administrator_pin=administrator.octets("pin"),
        master_key=_octets(master, "key", KEY_LENGTH),
        tries={
            Secret.USER_PIN: _tries(user),
            Secret.ADMINISTRATOR_PIN: _tries(administrator),
            Secret.MASTER_KEY: _tries(master),
        },
        key_pair=None if reader.data.get("key_pair") is None else _read_pair(reader.below("key_pair")),
        certificates={
            spec.fid: _octets(certificates, f"{spec.fid:04X}", spec.size or 0)
            for spec in PKI_APPLICATION.files
        },
    )


def _read_pair(reader: Reader) -> KeyPair:
    private = _octets(reader, "private", PRIVATE_LENGTH)
    return KeyPair(private, _octets(reader, "public", PUBLIC_KEY_LENGTH))


def _tries(reader: Reader) -> int:
    left = reader.counter("tries")
    if left > TRIES:
        raise DescriptionError(f"{reader.place}.tries", f"should lie in 0 to {TRIES}")
    return left


def _octets(reader: Reader, name: str, length: int) -> bytes:
    value = reader.octets(name)
    if len(value) != length:
        raise DescriptionError(f"{reader.place}.{name}", f"should have {length} bytes")
    return value
