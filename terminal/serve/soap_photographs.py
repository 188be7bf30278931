"""Photographs in both SOAP forms: base64 of a JPEG or a BMP that fits onto the card."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error

from terminal.backoffice.ports import Holder
from terminal.backoffice.production import PHOTOGRAPH_LIMIT
from terminal.serve.pool import Centre
from terminal.serve.soap_cards import ALREADY, DONE
from terminal.serve.soap_orders import carried_out, check

JPEG_BEGINS, JPEG_ENDS = b"\xff\xd8\xff", b"\xff\xd9"
BMP_BEGINS = b"BM"
BMP_SIZE = slice(2, 6)
"""Where a BMP says how many bytes it has, least significant first."""


def photograph_in(text: str) -> bytes | None:
    """A photograph as a form has it, None where the form has none; raises DeclinedError."""
    if not text:
        return None
    try:
        image = b64decode("".join(text.split()), validate=True)
    except (Error, ValueError):
        image = b""
    check(0 < len(image) <= PHOTOGRAPH_LIMIT and _is_picture(image), "相片")
    return image


def told_photograph(centre: Centre, holder: Holder) -> str:
    """A person's photograph in base64, or nothing; raises DeclinedError."""
    image = carried_out(centre, lambda production: production.photograph_of(holder))
    return written(image)


def written(image: bytes | None) -> str:
    """A photograph in base64, or nothing."""
    return b64encode(image or b"").decode("ascii")


def change_photograph(centre: Centre, holder: Holder, text: str) -> str:
    """`00` done, `01` it was this one before; raises DeclinedError."""
    image = photograph_in(text)
    check(image is not None, "相片")
    changed = carried_out(centre, lambda production: production.set_photograph(holder, image or b""))
    return DONE if changed else ALREADY


def _is_picture(image: bytes) -> bool:
    """Whether these bytes begin and end as one; zeros may follow a JPEG, as on the card."""
    if image.startswith(BMP_BEGINS):
        return int.from_bytes(image[BMP_SIZE], "little") == len(image)
    return image.startswith(JPEG_BEGINS) and image.rstrip(b"\0").endswith(JPEG_ENDS)
