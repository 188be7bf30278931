"""The commands of the card, the PSAM and the readers' storage-card interface, by the field's names.

Sources: LD/T 32.5 section 6 (card), LD/T 32.9 section 9 (PSAM), PC/SC part 3 section 3.2.2 and the dialect of
common readers (storage cards). Values that are secret go in as bytes and come out only in `Command.data`.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, IntEnum

from apdu.command import SHORT_LE_MAX, Command
from apdu.purse import Amounts, Balance, PurchaseOffer, TransactionKind, amount, counter
from apdu.secure_messaging import PROTECTED


class RecordMode(IntEnum):
    """Low three bits of P2 of READ and UPDATE RECORD (LD/T 32.5 section 6.10).

    The first four look for the record identifier in P1, the others take P1 as a record number.
    """

    FIRST = 0
    LAST = 1
    NEXT = 2
    PREVIOUS = 3
    NUMBER = 4
    FROM_NUMBER_TO_LAST = 5


class CipherMode(IntEnum):
    """P1 of the PSAM's CIPHER DATA; the first block of MAC and MAC_FIRST is the initial value."""

    ENCRYPT = 0x00
    MAC_LAST = 0x01
    ENCRYPT_MORE = 0x02
    MAC_NEXT = 0x03
    MAC = 0x05
    MAC_FIRST = 0x07


class StorageDialect(Enum):
    """How a reader writes memory cards: INS D0 (ACS) or D6 (PC/SC part 3)."""

    ACS = 0xD0
    PCSC = 0xD6


class StorageType(IntEnum):
    """Memory card types of the ACS dialect's SELECT CARD TYPE."""

    SLE4428 = 0x05
    SLE4442 = 0x06


def select_name(name: bytes, *, next_occurrence: bool = False) -> Command:
    """SELECT by DF name or AID, 5 to 16 bytes."""
    return Command(0x00, 0xA4, 0x04, 0x02 if next_occurrence else 0x00, name, SHORT_LE_MAX)


def select_file(fid: int, p1: int = 0x02) -> Command:
    """SELECT by file identifier: P1 02 for an EF of the current DF, 00 for a DF or the MF."""
    return Command(0x00, 0xA4, p1, 0x00, fid.to_bytes(2, "big"), None if p1 == 0x02 else SHORT_LE_MAX)


def read_record(
    number_or_tag: int, sfi: int = 0, mode: RecordMode = RecordMode.NUMBER, le: int = SHORT_LE_MAX
) -> Command:
    """READ RECORD; `sfi` 0 is the current EF. A card answers 6Cxx where `le` is not the record's length."""
    return Command(0x00, 0xB2, number_or_tag, _record_p2(sfi, mode), le=le)


def update_record(
    number_or_tag: int, record: bytes, sfi: int = 0, mode: RecordMode = RecordMode.NUMBER
) -> Command:
    """UPDATE RECORD with the whole record, tag and length included where the file has them."""
    return Command(0x00, 0xDC, number_or_tag, _record_p2(sfi, mode), record)


def _record_p2(sfi: int, mode: RecordMode) -> int:
    if not 0 <= sfi <= 30:
        raise ValueError(f"a short file identifier is 1 to 30, or 0 for the current EF, not {sfi}")
    return sfi << 3 | mode


def read_binary(offset: int, sfi: int = 0, le: int = SHORT_LE_MAX) -> Command:
    """READ BINARY from `offset`: to 32767 in the current EF, to 255 with an `sfi`."""
    return Command(0x00, 0xB0, *_offset(offset, sfi), le=le)


def update_binary(offset: int, data: bytes, sfi: int = 0) -> Command:
    """UPDATE BINARY from `offset`: to 32767 in the current EF, to 255 with an `sfi`."""
    return Command(0x00, 0xD6, *_offset(offset, sfi), data)


def _offset(offset: int, sfi: int) -> tuple[int, int]:
    if not 0 <= sfi <= 30:
        raise ValueError(f"a short file identifier is 1 to 30, or 0 for the current EF, not {sfi}")
    limit = 0xFF if sfi else 0x7FFF
    if not 0 <= offset <= limit:
        raise ValueError(f"offset {offset} is outside 0..{limit}")
    return (0x80 | sfi, offset) if sfi else (offset >> 8, offset & 0xFF)


def verify(pin_bcd: bytes) -> Command:
    """VERIFY with the PIN in packed BCD (2 to 8 bytes); use `verify_query` to ask for the tries."""
    if not pin_bcd:
        raise ValueError("VERIFY needs a PIN; without one it only asks for the tries left")
    return Command(0x00, 0x20, 0x00, 0x00, pin_bcd)


def verify_query() -> Command:
    """VERIFY with Lc 00: asks for the tries left and uses none; on the wire `00 20 00 00 00`."""
    return Command(0x00, 0x20, 0x00, 0x00, le=SHORT_LE_MAX)


def change_pin(old_bcd: bytes, new_bcd: bytes) -> Command:
    """CHANGE PIN: the card checks the old PIN itself; an empty part means "no PIN"."""
    return Command(0x80, 0x5E, 0x01, 0x00, old_bcd + b"\xff" + new_bcd)


def get_challenge(le: int = 8) -> Command:
    """GET CHALLENGE of 4, 8 or (16-byte ciphers) 16 bytes."""
    return Command(0x00, 0x84, 0x00, 0x00, le=le)


def internal_authenticate(process: bytes, raw: bytes, version: int | None = None) -> Command:
    """INTERNAL AUTHENTICATION: 8 bytes for the session key, 8 to be encrypted; absent version means 1."""
    return Command(0x00, 0x88, 0x00, 0x00, process + raw + _version(version), SHORT_LE_MAX)


def external_authenticate(reference: int, auth: bytes, raw: bytes, version: int | None = None) -> Command:
    """EXTERNAL AUTHENTICATION: key reference, 8 bytes of authentication data, the 8 they came from."""
    return Command(0x00, 0x82, 0x00, reference, auth + raw + _version(version))


def _version(version: int | None) -> bytes:
    return b"" if version is None else bytes((version,))


def application_block() -> Command:
    """APPLICATION BLOCK of the current DF, for ever; without its MAC, see `apdu.secure_messaging`."""
    return Command(0x84, 0x1E, 0x00, 0x01)


def card_block() -> Command:
    """CARD BLOCK, for ever; without its MAC."""
    return Command(0x84, 0x16, 0x00, 0x00)


def pin_unblock() -> Command:
    """PIN CHANGE/UNBLOCK that fills the try counter and keeps the PIN; without its MAC."""
    return Command(0x84, 0x24, 0x00, 0x00)


def pin_reload(encrypted: bytes = b"") -> Command:
    """PIN CHANGE/UNBLOCK with a new PIN, encrypted as LD and PIN; nothing takes the PIN away. Without its MAC."""
    return Command(0x84, 0x24, 0x00, 0x01, encrypted)


def protected(command: Command) -> Command:
    """The same UPDATE as it goes with a MAC, still without it: CLA 04."""
    return replace(command, cla=command.cla | PROTECTED)


def initialize_for_load(key_index: int, fen: int, terminal: bytes) -> Command:
    """INITIALIZE FOR LOAD; `terminal` is the terminal number, 6 bytes BCD. Answer: `purse.LoadOffer`."""
    return Command(0xB0, 0x28, 0x00, 0x01, bytes((key_index,)) + amount(fen) + terminal, 16)


def credit_for_load(time: bytes, mac2: bytes) -> Command:
    """CREDIT FOR LOAD with the host's time (7 bytes BCD) and MAC2. Answer: TAC, 4 bytes."""
    return Command(0xB0, 0x2A, 0x00, 0x00, time + mac2, 4)


def initialize_for_purchase(key_index: int, amounts: Amounts, terminal: bytes) -> Command:
    """INITIALIZE FOR PURCHASE; `key_index` is the version of DPK. Answer: `purse.PurchaseOffer`."""
    return Command(0xB0, 0x28, 0x01, 0x01, bytes((key_index,)) + amounts.encode() + terminal, 22)


def debit_for_purchase(sequence: bytes, time: bytes, mac1: bytes) -> Command:
    """DEBIT FOR PURCHASE: terminal sequence (4), time (7), the PSAM's MAC1. Answer: TAC 4, MAC2 4."""
    return Command(0xB0, 0x2C, 0x01, 0x00, sequence + time + mac1, 8)


def get_balance(which: Balance = Balance.ACCOUNT) -> Command:
    """GET BALANCE: the account (4 bytes), or a yearly total with its year (6)."""
    return Command(0xB0, 0x26, 0x00, which, le=4 if which is Balance.ACCOUNT else 6)


def get_transaction_proof(kind: TransactionKind, number: int) -> Command:
    """GET TRANSACTION PROOF; `number` is the one INITIALIZE reported. Answer: MAC 4, TAC 4."""
    return Command(0xB0, 0x2E, 0x00, kind, counter(number), 8)


def update_starting_day(month_day: bytes) -> Command:
    """UPDATE STARTING DAY of the payment year, mmdd as 2 bytes BCD."""
    return Command(0xB0, 0x56, 0x00, 0x00, month_day)


def get_starting_day() -> Command:
    """GET STARTING DAY. Answer: mmdd, 2 bytes BCD."""
    return Command(0xB0, 0x56, 0x01, 0x00, le=2)


def get_response(le: int = SHORT_LE_MAX, cla: int = 0x00) -> Command:
    """GET RESPONSE of `le` bytes."""
    return Command(cla, 0xC0, 0x00, 0x00, le=le)


def deliver_session_key(usage: int, key_id: int, data: bytes) -> Command:
    """The PSAM's DELIVERY SESSION KEY: data is the factors (card, city, province) and the process factor."""
    return Command(0xBF, 0xDE, usage, key_id, data)


def cipher_data(p1: CipherMode, data: bytes, le: int | None = SHORT_LE_MAX) -> Command:
    """The PSAM's CIPHER DATA over whole blocks; `le` None for the MAC parts that answer nothing."""
    return Command(0x80, 0xFA, p1, 0x00, data, le)


def initialize_environment(byte: int) -> Command:
    """The PSAM's INITIALIZE ENVIRONMENT with the first byte of the card identification code."""
    return Command(0xBF, 0xEC, 0x00, 0x00, bytes((byte,)))


def init_sam_for_purchase(
    offer: PurchaseOffer, amounts: Amounts, time: bytes, factors: bytes, kind: int = TransactionKind.PURCHASE
) -> Command:
    """The PSAM's INIT SAM FOR PURCHASE; `factors` card, city, province as its key needs. Answer: sequence, MAC1.

    Random, number, key version and algorithm come from the card's `offer`; `time` is the terminal's, 7 bytes BCD.
    """
    data = offer.random + counter(offer.number) + amounts.encode() + bytes((kind,)) + time
    data += bytes((offer.key_version, offer.algorithm)) + factors
    return Command(0x80, 0x70, 0x01, 0x00, data, 8)


def credit_sam_for_purchase(mac2: bytes) -> Command:
    """The PSAM's CREDIT SAM FOR PURCHASE: check the card's MAC2."""
    return Command(0x80, 0x72, 0x00, 0x00, mac2)


def storage_select_type(kind: StorageType) -> Command:
    """Tell the reader which memory card is in it (ACS dialect)."""
    return Command(0xFF, 0xA4, 0x00, 0x00, bytes((kind,)))


def storage_read(offset: int, n: int) -> Command:
    """Read `n` bytes (1 to 256) of main memory; the same in both dialects."""
    return Command(0xFF, 0xB0, offset >> 8, offset & 0xFF, le=n)


def storage_error_counter(le: int = 4) -> Command:
    """Read the error counter of the security code (ACS dialect): 4 bytes on an SLE4442, 3 on an SLE4428."""
    return Command(0xFF, 0xB1, 0x00, 0x00, le=le)


def storage_present_code(code: bytes) -> Command:
    """Present the security code: 3 bytes on an SLE4442, 2 on an SLE4428; answered 90, error counter."""
    return Command(0xFF, 0x20, 0x00, 0x00, code)


def storage_write(offset: int, data: bytes, dialect: StorageDialect = StorageDialect.PCSC) -> Command:
    """Write main memory; needs the security code presented before."""
    return Command(0xFF, dialect.value, offset >> 8, offset & 0xFF, data)
