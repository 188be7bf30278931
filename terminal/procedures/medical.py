"""The medical base data of a card (DF04/EF05), as an activation writes it."""

from __future__ import annotations

from collections.abc import Mapping

from apdu.layout import df04
from terminal.procedures.files import declared_file

MEDICAL_FID = 0xEF05
ITEMS_OF_2_0 = frozenset({0x81, 0x84})
"""On a 1.0 card these tags are the names of hospitals; nothing is written there."""


def medical_records(version: str, base: Mapping[int, str]) -> list[bytes]:
    """The records to write for base data given as text by tag; raises LayoutError where a text does not fit.

    `version` is the card's, "1.0" to "3.0".
    """
    file = declared_file(df04.directory(version), MEDICAL_FID)
    left_out = ITEMS_OF_2_0 if version.startswith("1") else frozenset()
    return [file.encode_text(tag, text) for tag, text in base.items() if tag not in left_out]
