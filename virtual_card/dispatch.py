"""Which command runs under which CLA and INS; everything else is 6E00 or 6D00 (LD/T 32.5 section 5.3).

The order of checks is card blocked, class, instruction, application blocked, P1 P2, length, file, structure,
access, counter, content: the first four are the card's (`ProcessorCard`), P1 P2 to file the commands',
structure and access those of `access.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from virtual_card import status
from virtual_card.card import Handler, ProcessorCard
from virtual_card.commands import authentication, binary, pin, records
from virtual_card.commands.select import select
from virtual_card.half_duplex import get_response


def _no_purse(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    return status.NOT_SUPPORTED


def table(commands: Mapping[str, Handler]) -> Mapping[bytes, Handler]:
    """A command table from CLA and INS in hex."""
    return {bytes.fromhex(head): handler for head, handler in commands.items()}


READING: Mapping[str, Handler] = {
    "00A4": select,
    "00B0": binary.read_binary,
    "00B2": records.read_record,
    "00C0": get_response,
}

SOCIAL = table(
    {
        **READING,
        "00D6": binary.update_binary,
        "00DC": records.update_record,
        "0020": pin.verify,
        "805E": pin.change_pin,
        "0084": authentication.get_challenge,
        "0082": authentication.external_authenticate,
        "0088": authentication.internal_authenticate,
        **dict.fromkeys(("B026", "B028", "B02A", "B02C", "B02E", "B056"), _no_purse),
    }
)
