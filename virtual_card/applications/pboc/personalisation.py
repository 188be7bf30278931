"""What the issuing bank puts on the chip: names, records, certificates, counters, one profile of activation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from apdu.bank_keys import TEST_CARD, TEST_ISSUER_ID, TEST_MASTER_KEYS, TEST_SM2_CARD, BankKeys
from apdu.crypto.algorithm import Algorithm
from apdu.identifiers import luhn_check_digit
from apdu.pboc import (
    DYNAMIC_LIST,
    FIRST_LIST,
    LOG_FORMAT,
    LOG_SFI,
    PROCESSING_LIST,
    SECOND_LIST,
    LocatorEntry,
    encode_locator,
)
from apdu.tlv import Tlv, encode
from virtual_card.applications.pboc.certificates import (
    AUTHORITY,
    SM2_FILE,
    UNSIGNED,
    certify,
    certify_sm2,
    profile_of,
)
from virtual_card.applications.pboc.contents import (
    PIN_LIMIT,
    BankContents,
    Blocked,
    Lists,
    Processing,
)
from virtual_card.applications.pboc.names import directory_record, names_of
from virtual_card.applications.pboc.options import DEFAULT_BANK, Activation, BankOptions

if TYPE_CHECKING:
    from virtual_card.applications.pboc.flaws import Personalisation

x = bytes.fromhex

ONLINE_PIN_ONLY = x("000000000000000002031F00")
WITH_OFFLINE_PIN = x("0000000000000000410302031F00")
NUMBER_LENGTHS = (16, 19)
SEQUENCE = "01"


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """One bank card: its number, dates and holder as the records hold them; all synthetic."""

    number: str
    effective: date
    expires: date
    sequence: str = SEQUENCE
    holder: str = "CARDHOLDER/TEST"
    document: str = "TEST00000000000001"

    def __repr__(self) -> str:
        return f"Account(…{self.number[-4:]})"


@dataclass(slots=True)
class Records:
    """The records of the application before they are encoded: file, record number, objects in order.

    `signed` names the record that takes part in offline data authentication.
    """

    objects: dict[tuple[int, int], list[Tlv]]
    signed: tuple[int, int]
    outside: dict[tuple[int, int], list[Tlv]] = field(default_factory=dict)

    def set(self, tag: int, value: bytes) -> None:
        """Replace the value of a tag wherever it stands in the file locators' records."""
        self.change(tag, lambda _: value)

    def change(self, tag: int, new: Callable[[bytes], bytes]) -> None:
        """Make a new value of the old one wherever a tag stands in the file locators' records."""
        for place, entries in self.objects.items():
            self.objects[place] = [
                Tlv(tag, new(entry.value)) if entry.tag == tag else entry for entry in entries
            ]

    def drop(self, tag: int) -> None:
        """Leave a tag out of the file locators' records."""
        for place, entries in self.objects.items():
            self.objects[place] = [entry for entry in entries if entry.tag != tag]


def card_number(serial: int, length: int) -> str:
    """A synthetic card number: the test issuer's prefix, the serial, a Luhn check digit."""
    if length not in NUMBER_LENGTHS:
        raise ValueError(f"a bank card number has 16 or 19 digits here, not {length}")
    body_length = length - len(TEST_ISSUER_ID) - 1
    body = TEST_ISSUER_ID + f"{serial % 10**body_length:0{body_length}d}"
    return body + luhn_check_digit(body)


def bank_contents(
    account: Account,
    options: BankOptions = DEFAULT_BANK,
    activation: Activation = Activation.HOST_INACTIVE,
    master_keys: BankKeys = TEST_MASTER_KEYS,
) -> BankContents:
    """The bank's side of a card of this account, in one profile of activation (not `none`)."""
    from virtual_card.applications.pboc.flaws import Personalisation, spoil

    if options.sm2 and not (options.sm and options.signed):
        raise ValueError(
            "SM2 certificates need the SM algorithms (sm) and offline data authentication (signed)"
        )
    pin = options.offline_pin
    if activation is Activation.PIN_LOCKED:
        pin = pin or "000000"
    draft = Personalisation(account, _records(account, options, bool(pin)))
    for flaw in options.flaws:
        spoil(draft, flaw)
    files, processing = _files(draft, options)
    files[LOG_SFI] = []
    used = activation is Activation.ACTIVE
    return BankContents(
        names=names_of(options),
        directory=[directory_record()],
        files=files,
        objects=_objects(),
        lists=Lists(PROCESSING_LIST, FIRST_LIST, SECOND_LIST, DYNAMIC_LIST),
        processing=processing,
        keys={
            algorithm: master_keys.of_card(algorithm, account.number, account.sequence)
            for algorithm in processing
        },
        key=TEST_CARD if options.signed and options.dynamic else None,
        sm2_key=TEST_SM2_CARD if options.sm2 and options.dynamic else None,
        pin=pin,
        pin_tries=0 if activation is Activation.PIN_LOCKED else PIN_LIMIT,
        counter=1 if used else 0,
        online_counter=1 if used else 0,
        blocked=Blocked.APPLICATION if activation is Activation.CHIP_BLOCKED else Blocked.NONE,
        behaviour=options.behaviour,
    )


def _number(number: str) -> bytes:
    return x(number + "F" * (len(number) % 2))


def _records(account: Account, options: BankOptions, offline_pin: bool) -> Records:
    """The records of the file locator, without certificates, and the number's second copy outside of it."""
    track = f"{account.number}D{account.expires:%y%m}220" + "0" * 10
    holder = [
        Tlv(0x57, x(track + "F" * (len(track) % 2))),
        Tlv(0x5F20, account.holder.encode("gbk")),
        Tlv(0x9F1F, b"0" * 10),
        Tlv(0x9F61, account.document.encode("ascii")),
        Tlv(0x9F62, b"\x00"),
    ]
    signed = [
        Tlv(0x5F24, x(f"{account.expires:%y%m%d}")),
        Tlv(0x5F25, x(f"{account.effective:%y%m%d}")),
        Tlv(0x9F07, x("FF00")),
        Tlv(0x5A, _number(account.number)),
        Tlv(0x5F34, x(account.sequence)),
        Tlv(0x8E, WITH_OFFLINE_PIN if offline_pin else ONLINE_PIN_ONLY),
        Tlv(0x9F0D, x("D8609CA800")),
        Tlv(0x9F0E, x("0010000000")),
        Tlv(0x9F0F, x("D8689CF800")),
        Tlv(0x5F28, x("0156")),
        Tlv(0x9F4A, b"\x82"),
    ]
    risk = [
        Tlv(0x8C, FIRST_LIST),
        Tlv(0x8D, SECOND_LIST),
        Tlv(0x9F08, x("0020")),
        Tlv(0x5F30, x("0220")),
        Tlv(0x9F42, x("0156")),
        Tlv(0x9F44, b"\x02"),
        Tlv(0x9F49, DYNAMIC_LIST),
        Tlv(0x9F14, b"\x01"),
        Tlv(0x9F23, b"\x05"),
    ]
    if options.signed and not options.sm2:  # with two chains each names its authority beside its certificates
        risk.append(AUTHORITY)
    records = Records({(1, 1): holder, (2, 1): signed}, signed=(2, 1))
    first_free = 1
    if options.second_number:
        records.outside[(3, 1)] = [Tlv(0x5A, _number(account.number)), Tlv(0x5F34, x(account.sequence))]
        first_free = 2
    records.objects[(3, first_free)] = risk
    return records


def _last_records(records: Records) -> dict[int, int]:
    """The number of the last record of each file."""
    return {sfi: max(number for file, number in records.objects if file == sfi) for sfi, _ in records.objects}


def _locator(records: Records, last: Mapping[int, int]) -> bytes:
    entries = []
    for sfi in sorted(last):
        first = min(number for file, number in records.objects if file == sfi)
        entries.append(LocatorEntry(sfi, first, last[sfi], int(records.signed[0] == sfi)))
    return encode_locator(tuple(entries))


def _files(
    draft: Personalisation, options: BankOptions
) -> tuple[dict[int, list[bytes]], dict[Algorithm, Processing]]:
    """The encoded records by file, and what GPO answers with each algorithm."""
    records = draft.records
    sm_last = _last_records(records)
    if options.sm2:
        certify_sm2(draft, options)
        sm_last |= {SM2_FILE: _last_records(records)[SM2_FILE]}
    if options.signed:
        certify(draft, options)
        for change in draft.after_signing:
            change(records)
    last = _last_records(records)
    last.pop(SM2_FILE, None)
    locator = _locator(records, last)
    placed = records.objects | records.outside
    files: dict[int, list[bytes]] = {}
    for place in sorted(placed):
        entries = encode(placed[place])
        files.setdefault(place[0], []).append(
            entries if place in draft.without_template else Tlv(0x70, entries).encode()
        )
    if draft.locator is not None:
        locator = draft.locator(locator)
    processing = {Algorithm.DES: Processing(profile_of(options), locator)}
    if options.sm:
        profile = profile_of(options) if options.sm2 else UNSIGNED
        processing[Algorithm.SM4] = Processing(profile, _locator(records, sm_last))
    return files, processing


def _objects() -> dict[int, bytes]:
    """What GET DATA answers beside the counters; no limits, electronic cash switched off."""
    return {
        0x9F4F: LOG_FORMAT,
        0x9F51: x("0156"),
        0x9F52: x("8200"),
        0x9F53: b"\x00",
        0x9F54: bytes(6),
        0x9F56: b"\x00",
        0x9F57: x("0156"),
        0x9F58: b"\x00",
        0x9F59: b"\x00",
        0x9F5C: bytes(6),
        0x9F68: bytes(4),
        0x9F6D: bytes(6),
        0x9F72: b"\x00",
        0x9F77: bytes(6),
        0x9F78: bytes(6),
        0x9F79: bytes(6),
        0x9F7F: bytes(42),
    }
