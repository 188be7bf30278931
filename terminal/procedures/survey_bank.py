"""Reading all of the bank's side: directories, each application's control information, options, records and log.

GET PROCESSING OPTIONS begins a transaction: the card's transaction counter goes up by one, as at any terminal.
Terminal values the card asks for are zeros. Sources: EMV Book 1 section 12, Book 3 section 10; JR/T 0025.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from apdu.bank_commands import get_data, get_processing_options, read_bank_record
from apdu.command import Command
from apdu.commands import select_name
from apdu.dol import fill, parse_dol
from apdu.pboc import (
    DEBIT_AID,
    DIRECTORY_SFI,
    PPSE_NAME,
    PSE_NAME,
    LocatorError,
    parse_locator,
)
from apdu.response import Response
from apdu.tlv import Tlv, TlvError, find, parse
from terminal.flow.steps import Procedure
from terminal.procedures.survey import LAST_RECORD, Refusal

BLOCKED_APPLICATION = 0x6283
LOG_ENTRY, LOG_FORMAT, PROCESSING = 0x9F4D, 0x9F4F, 0x9F38
DATA_OBJECTS = (0x9F36, 0x9F13, 0x9F17, LOG_FORMAT, 0x9F5D, 0x9F6D, 0x9F77, 0x9F78, 0x9F79)
KNOWN_APPLICATIONS = (DEBIT_AID, bytes.fromhex("A000000333010102"), bytes.fromhex("A000000333010103"))
"""The debit, credit and quasi-credit applications of the Chinese banks, asked for where no directory lists them."""


@dataclass(frozen=True, slots=True, repr=False)
class RecordFound:
    """One record, by file and number."""

    sfi: int
    number: int
    raw: bytes


@dataclass(slots=True, repr=False)
class BankApplication:
    """One application of the bank: what its selection answered, and what could be read after it."""

    aid: bytes
    control: bytes
    blocked: bool
    options: bytes = b""
    objects: list[Tlv] = field(default_factory=list)
    records: list[RecordFound] = field(default_factory=list)
    log: list[bytes] = field(default_factory=list)
    log_sfi: int = 0
    refused: list[Refusal] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def log_format(self) -> bytes:
        """The data object list that cuts an entry of the log; empty where the card tells none."""
        return next((item.value for item in self.objects if item.tag == LOG_FORMAT), b"")


@dataclass(frozen=True, slots=True, repr=False)
class BankFound:
    """The bank's side: control information of both directories (empty: none), their records, the applications."""

    contact: bytes
    contactless: bytes
    listing: tuple[RecordFound, ...]
    applications: tuple[BankApplication, ...]

    @property
    def present(self) -> bool:
        """Whether the card has any part of a payment system."""
        return bool(self.contact or self.contactless or self.applications)


def read_bank() -> Procedure[BankFound]:
    """Both directories of the payment system, then every application they list, or the known ones."""
    contact, listing = yield from _contact_directory()
    response = yield select_name(PPSE_NAME)
    contactless = response.data if response.ok else b""
    listed = [*_identifiers(record.raw for record in listing), *_identifiers([contactless])]
    applications = []
    for aid in dict.fromkeys(listed or KNOWN_APPLICATIONS):
        application = yield from _read_application(aid)
        if application is not None:
            applications.append(application)
    return BankFound(contact, contactless, tuple(listing), tuple(applications))


def _contact_directory() -> Procedure[tuple[bytes, list[RecordFound]]]:
    response = yield select_name(PSE_NAME)
    if not response.ok:
        return b"", []
    control = response.data
    told = _found(control, 0x6F, 0xA5, 0x88)
    sfi = told[0] & 0x1F if told else DIRECTORY_SFI
    records = yield from _records(sfi)
    return control, [RecordFound(sfi, number, raw) for number, raw in enumerate(records, 1)]


def _records(sfi: int, count: int = LAST_RECORD) -> Procedure[list[bytes]]:
    """The records of a file from 1 on, up to `count`, to the first that the card does not give."""
    found: list[bytes] = []
    while 1 <= sfi <= 30 and len(found) < count:
        response = yield read_bank_record(len(found) + 1, sfi)
        if not response.ok:
            break
        found.append(response.data)
    return found


def _read_application(aid: bytes) -> Procedure[BankApplication | None]:
    command = select_name(aid)
    response = yield command
    blocked = response.sw == BLOCKED_APPLICATION
    if not response.ok and not blocked:
        return None
    application = BankApplication(aid, response.data, blocked)
    yield from _read_options(application)
    yield from _read_objects(application)
    yield from _read_log(application)
    return application


def _read_options(application: BankApplication) -> Procedure[None]:
    """Begin a transaction, and read every record that the locator names."""
    try:
        wished = parse_dol(_found(application.control, 0x6F, 0xA5, PROCESSING) or b"")
    except TlvError as error:
        application.damaged.append(f"the data object list of the options: {error}")
        return
    command = get_processing_options(fill(wished, {}))
    response = yield command
    if not response.ok:
        application.refused.append(Refusal(command, response.sw))
        return
    application.options = response.data
    try:
        locator = parse_locator(_locator(response.data))
    except LocatorError as error:
        application.damaged.append(str(error))
        return
    for entry in locator:
        for number in entry.records:
            record = read_bank_record(number, entry.sfi)
            response = yield record
            if _kept(application, record, response):
                application.records.append(RecordFound(entry.sfi, number, response.data))


def _read_objects(application: BankApplication) -> Procedure[None]:
    """Every data object of GET DATA that the card has; which ones is its own affair."""
    for tag in DATA_OBJECTS:
        response = yield get_data(tag)
        if not response.ok:
            continue
        try:
            application.objects += parse(response.data)
        except TlvError as error:
            application.damaged.append(f"the answer to GET DATA {tag:04X}: {error}")


def _read_log(application: BankApplication) -> Procedure[None]:
    entry = _found(application.control, 0x6F, 0xA5, 0xBF0C, LOG_ENTRY)
    if entry is not None and len(entry) == 2:
        application.log_sfi = entry[0]
        application.log = yield from _records(entry[0], entry[1])


def _kept(application: BankApplication, command: Command, response: Response) -> bool:
    if not response.ok:
        application.refused.append(Refusal(command, response.sw))
    return response.ok


def _locator(options: bytes) -> bytes:
    """The file locator in either form of the answer to GPO; empty where there is none."""
    untagged = _found(options, 0x80)
    return untagged[2:] if untagged is not None else _found(options, 0x77, 0x94) or b""


def _found(raw: bytes, *path: int) -> bytes | None:
    try:
        item = find(parse(raw), *path)
    except TlvError:
        return None
    return None if item is None else item.value


def _identifiers(templates: Iterable[bytes]) -> Iterator[bytes]:
    """Every application identifier (4F) inside templates 61, at any depth."""
    for template in templates:
        try:
            yield from _inside(parse(template))
        except TlvError:
            continue


def _inside(objects: Iterable[Tlv]) -> Iterator[bytes]:
    for item in objects:
        if item.tag == 0x4F:
            yield item.value
        elif item.tag in (0x6F, 0xA5, 0xBF0C, 0x70, 0x61):
            yield from _inside(parse(item.value))
