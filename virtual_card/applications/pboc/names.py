"""The names of the bank's side and the control information each of them answers (EMV Book 1 sections 11.3, 12.2)."""

from __future__ import annotations

from apdu.pboc import DEBIT_AID, DIRECTORY_SFI, PPSE_NAME, PROCESSING_LIST, PSE_NAME
from apdu.tlv import Tlv
from virtual_card.applications.pboc.options import BankOptions

x = bytes.fromhex
LABEL = b"PBOC DEBIT"


def _entry() -> Tlv:
    return Tlv.of(0x61, Tlv(0x4F, DEBIT_AID), Tlv(0x50, LABEL), Tlv(0x87, b"\x01"))


def directory_record() -> bytes:
    """The one record of the PSE's directory file."""
    return Tlv.of(0x70, _entry()).encode()


def _fci(name: bytes, *objects: Tlv) -> bytes:
    return Tlv.of(0x6F, Tlv(0x84, name), Tlv.of(0xA5, *objects)).encode()


def names_of(options: BankOptions) -> dict[bytes, bytes]:
    """The FCI of every name the chip knows, in the order of selection."""
    language, table = Tlv(0x5F2D, b"zh"), Tlv(0x9F11, b"\x01")
    log, loads = Tlv(0x9F4D, x("0B0A")), Tlv(0xDF4D, x("0C0A"))
    names = {}
    if options.directory:
        sfi = Tlv(0x88, bytes((DIRECTORY_SFI,)))
        names[PSE_NAME] = _fci(PSE_NAME, sfi, language, table, Tlv.of(0xBF0C, log))
    if options.proximity:
        names[PPSE_NAME] = _fci(PPSE_NAME, Tlv.of(0xBF0C, _entry()))
    names[DEBIT_AID] = _fci(
        DEBIT_AID,
        Tlv(0x50, LABEL),
        Tlv(0x87, b"\x01"),
        Tlv(0x9F38, PROCESSING_LIST),
        language,
        table,
        Tlv(0x9F12, LABEL),
        Tlv.of(0xBF0C, log, loads),
    )
    return names
