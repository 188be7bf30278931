"""The commands of the bank's application, by the field's names (EMV Book 3 section 6.5)."""

from __future__ import annotations

from apdu.command import SHORT_LE_MAX, Command
from apdu.pboc import Cryptogram
from apdu.tlv import Tlv


def get_processing_options(values: bytes) -> Command:
    """GET PROCESSING OPTIONS with the values of the PDOL (none: an empty template)."""
    return Command(0x80, 0xA8, 0, 0, Tlv(0x83, values).encode(), SHORT_LE_MAX)


def read_bank_record(number: int, sfi: int) -> Command:
    """READ RECORD by number in the file of a short identifier."""
    return Command(0x00, 0xB2, number, sfi << 3 | 4, le=SHORT_LE_MAX)


def get_data(tag: int) -> Command:
    """GET DATA of a two-byte tag."""
    return Command(0x80, 0xCA, tag >> 8, tag & 0xFF, le=SHORT_LE_MAX)


def generate_cryptogram(kind: Cryptogram, values: bytes) -> Command:
    """GENERATE AC, asking for `kind`, with the values of CDOL1 or CDOL2."""
    return Command(0x80, 0xAE, kind, 0, values, SHORT_LE_MAX)


def external_authenticate(proof: bytes) -> Command:
    """EXTERNAL AUTHENTICATE with the issuer authentication data (tag 91)."""
    return Command(0x00, 0x82, 0, 0, proof)


def internal_authenticate(values: bytes) -> Command:
    """INTERNAL AUTHENTICATE with the values of the DDOL."""
    return Command(0x00, 0x88, 0, 0, values, SHORT_LE_MAX)
