"""The medical purse at the terminal: balance, load, purchase with the PSAM, and what to do after a torn card.

DF04 is current and the PIN verified. A purchase has three parts so that the caller can keep the `Intent` before
the card is debited and recover with it afterwards (LD/T 32.7 sections 11, 12 and 14).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apdu.commands import (
    credit_for_load,
    debit_for_purchase,
    get_balance,
    get_starting_day,
    get_transaction_proof,
    initialize_for_load,
    initialize_for_purchase,
    update_starting_day,
)
from apdu.layout import FileSpec
from apdu.purse import Amounts, Balance, LoadOffer, PurchaseOffer, TransactionKind, timestamp
from terminal.backoffice.ports import HsmMessage
from terminal.errors import PsamUnfitError, UnexpectedAnswerError, expect_ok
from terminal.flow.authentication import Access
from terminal.flow.steps import Flow, Procedure, Role, on
from terminal.procedures import hsm, psam
from terminal.procedures.file_contents import read_every
from terminal.procedures.files import select_ef
from terminal.procedures.social import CardIdentity
from terminal.transport.base import TransportError

NO_PROOF = 0x9406
PROOF_LENGTH = 8
NUMBER_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Intent:
    """A purchase about to be debited: enough to finish or recover it after a power failure on either side.

    `number` is the card's, `sequence` (4 bytes) the terminal's, `time` 7 bytes BCD.
    """

    amounts: Amounts
    number: int
    sequence: bytes
    time: bytes
    mac1: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """What the card gave for a transaction: MAC2 (zeros of a load) for the PSAM, TAC for the centre; 4 bytes each."""

    mac2: bytes
    tac: bytes


def read_balance(which: Balance = Balance.ACCOUNT) -> Procedure[int]:
    """A balance or yearly total in fen. Raises CardRefusedError."""
    command = get_balance(which)
    response = yield command
    return int.from_bytes(expect_ok(command, response, "reading the balance", "PIN")[:4], "big")


def read_starting_day() -> Procedure[str]:
    """The starting day of the payment year, mmdd. Raises CardRefusedError."""
    command = get_starting_day()
    response = yield command
    return expect_ok(command, response, "reading the starting day of the year").hex()


def set_starting_day(month_day: str) -> Procedure[None]:
    """Set the starting day, mmdd; DSK has been authenticated. Raises CardRefusedError."""
    command = update_starting_day(bytes.fromhex(month_day))
    response = yield command
    expect_ok(command, response, "setting the starting day of the year", "DSK")


def begin_load(key_index: int, fen: int, terminal_number: str) -> Procedure[LoadOffer]:
    """Offer the card a load: the answer goes to the host, which checks MAC1 and gives MAC2."""
    command = initialize_for_load(key_index, fen, bytes.fromhex(terminal_number))
    response = yield command
    data = expect_ok(command, response, "beginning to load the medical account", "PIN")
    try:
        return LoadOffer.decode(data)
    except ValueError as error:
        raise UnexpectedAnswerError(str(error)) from None


def finish_load(time: bytes, mac2: bytes) -> Procedure[bytes]:
    """Credit the card with the host's time (7 bytes BCD) and MAC2; the TAC. Raises CardRefusedError."""
    command = credit_for_load(time, mac2)
    response = yield command
    return expect_ok(command, response, "loading the medical account")


def begin_purchase(
    access: Access, role: Role, card: CardIdentity, amounts: Amounts, moment: datetime, *, key_index: int = 1
) -> Flow[Intent]:
    """Have card and PSAM agree on a purchase; nothing is booked yet, except a terminal sequence.

    `moment` is local time. Raises CardRefusedError, PsamUnfitError, UnexpectedAnswerError.
    """
    offer = yield from on(role, offer_purchase(key_index, amounts, access.terminal_number))
    time = timestamp(moment)
    try:
        yield from on(Role.PSAM, psam.open_environment(card.algorithm))
        access.environment = card.algorithm
        sequence, mac1 = yield from on(Role.PSAM, psam.begin_purchase(offer, amounts, time, card.factors))
    except TransportError:
        raise PsamUnfitError(psam.NO_PSAM, "it stopped answering") from None
    return Intent(amounts, offer.number, sequence, time, mac1)


def begin_purchase_by_hsm(
    access: Access, role: Role, card: CardIdentity, amounts: Amounts, moment: datetime, *, sequence: bytes
) -> Flow[tuple[Intent, Proof]]:
    """The same with the centre's key machine, which also tells the proof that the card will owe.

    `sequence` (4 bytes) stands in for a PSAM's. Raises CardRefusedError, HsmAnswerError (also where the personal
    account on the card is to pay: the message has no place for it), and what the back office raises.
    """
    offer = yield from on(role, offer_purchase(1, amounts, access.terminal_number))
    time = timestamp(moment)
    begun = hsm.PurchaseBegun(offer, amounts, access.terminal_number, sequence, time)
    certified = hsm.read_debit((yield HsmMessage(hsm.debit_message(card, begun))), begun)
    mac1, mac2, tac = certified
    return Intent(amounts, offer.number, sequence, time, mac1), Proof(mac2, tac)


def debit(intent: Intent) -> Procedure[Proof]:
    """Debit the card. Raises CardRefusedError: then nothing was booked; UnexpectedAnswerError: ask for the proof."""
    command = debit_for_purchase(intent.sequence, intent.time, intent.mac1)
    response = yield command
    data = expect_ok(command, response, "debiting the medical account")
    if len(data) != PROOF_LENGTH:
        raise UnexpectedAnswerError(f"DEBIT FOR PURCHASE answered {len(data)} bytes, not TAC and MAC2")
    return Proof(mac2=data[4:8], tac=data[:4])


def recover(kind: TransactionKind, number: int) -> Procedure[Proof | None]:
    """After a lost answer, on the same card: the proof if the transaction was done, None if nothing changed.

    Needs no PIN. Raises CardRefusedError.
    """
    command = get_transaction_proof(kind, number)
    response = yield command
    if response.sw == NO_PROOF:
        return None
    data = expect_ok(command, response, "asking whether the transaction was done")
    return Proof(mac2=data[:4], tac=data[4:8])


def is_logged(log: FileSpec, record: bytes) -> Procedure[bool | None]:
    """Whether the card's log has a purchase, by its record (a card may keep the beginning alone); PIN verified.

    None where the log, a ring, goes back no further than to later ones. Raises CardRefusedError.
    """
    yield from select_ef(log)
    records = yield from read_every(log)
    purchases = [raw for raw in records if raw[NUMBER_LENGTH] == TransactionKind.PURCHASE]
    number = record[:NUMBER_LENGTH]
    mine = [raw for raw in purchases if raw[:NUMBER_LENGTH] == number]
    if mine:
        return any(raw == record[: len(raw)] for raw in mine)
    return None if any(raw[:NUMBER_LENGTH] > number for raw in purchases) else False


def purchase(
    access: Access, role: Role, card: CardIdentity, amounts: Amounts, moment: datetime, *, key_index: int = 1
) -> Flow[tuple[Intent, Proof, bool]]:
    """A whole purchase; the last value says whether the PSAM found the card's proof right.

    A wrong one is never reversed: the record is marked and reported (LD/T 32.7 section 12).
    """
    intent = yield from begin_purchase(access, role, card, amounts, moment, key_index=key_index)
    proof = yield from on(role, debit(intent))
    genuine = yield from on(Role.PSAM, psam.confirm_purchase(proof.mac2))
    return intent, proof, genuine


def offer_purchase(key_index: int, amounts: Amounts, terminal_number: str) -> Procedure[PurchaseOffer]:
    """Offer the card a purchase with the key of this version. Raises CardRefusedError, UnexpectedAnswerError."""
    command = initialize_for_purchase(key_index, amounts, bytes.fromhex(terminal_number))
    response = yield command
    data = expect_ok(command, response, "beginning a medical purchase", "PIN")
    try:
        return PurchaseOffer.decode(data)
    except ValueError as error:
        raise UnexpectedAnswerError(str(error)) from None
