"""Which bytes of the bank's application identify somebody: values inside BER-TLV templates, by their tag."""

from __future__ import annotations

from collections.abc import Iterator

from apdu.tags import BY_TAG, secret
from apdu.tlv import TlvError, parse

TEMPLATES = frozenset({0x70, 0x77})
BANK_ANSWERS = frozenset({0xA8, 0xAE})
"""GET PROCESSING OPTIONS and GENERATE AC: contactless cards put the track into their answers."""


def hidden_in_templates(data: bytes) -> set[int] | None:
    """Offsets of the secret bytes in data that begin with a record or answer template; None for other data.

    Objects that are cut off, or that do not parse, are hidden as a whole from the template on.
    """
    if not data or data[0] not in TEMPLATES:
        return None
    try:
        return set(_secret(data, 0))
    except TlvError:
        return set(range(1, len(data)))


def _secret(data: bytes, base: int) -> Iterator[int]:
    for item in parse(data, base):
        known = BY_TAG.get(item.tag)
        if secret(item.tag):
            yield from range(item.offset, item.offset + len(item.value))
        elif known is not None and known.form == "tlv":
            yield from _secret(item.value, item.offset)
