"""A transaction: GPO, both cryptograms, the issuer's answer, dynamic data authentication (EMV Book 3 section 6.5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from apdu.crypto import offline_data, offline_data_sm2, pboc, sm2
from apdu.crypto.algorithm import Algorithm
from apdu.dol import fill, split, total
from apdu.pboc import (
    AIP_DDA,
    ALGORITHM_CODES,
    LOG_CAPACITY,
    LOG_SFI,
    SIGNED_TAGS,
    TVR_DDA_FAILED,
    TVR_SDA_FAILED,
    Cryptogram,
)
from apdu.tlv import Tlv, encode
from virtual_card import status
from virtual_card.applications.pboc import memory as places
from virtual_card.applications.pboc.application import CONDITIONS, Bank, Proof, Stage, Transaction, current
from virtual_card.applications.pboc.contents import History
from virtual_card.applications.pboc.decision import (
    cannot_go_online,
    card_results,
    decide_first,
    decide_second,
    issuer_proof_mandatory,
    velocity_exceeded,
)

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard

COMMAND_TEMPLATE = 0x83
SM_SUPPORTED = 0xDF69
AMOUNT = 0x9F02
KEY_INDEX, VERSION = 0x01, 0x01
ALGORITHM_BYTES = {algorithm: code for code, algorithm in ALGORITHM_CODES.items()}
BALANCE_ID, BALANCE_LENGTH = 0x01, 5
PROOF_LENGTHS = range(8, 17)
CODE_LENGTH = 2
DYNAMIC_NUMBER_LENGTH = 8


def get_processing_options(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Begin a transaction: the counter goes up, whatever follows; answers AIP and file locator.

    DF69 = 01 in the data takes the SM algorithms where the card has them. Once in a selection.
    """
    bank = current(card)
    behaviour = bank.contents.behaviour
    if p1 or p2:
        return status.PARAMETERS
    wished = total(bank.profile.processing)
    if len(data) != wished + 2 or data[0] != COMMAND_TEMPLATE or data[1] != wished:
        return behaviour.length_word.to_bytes(2, "big")
    if bank.stage is not Stage.SELECTED or behaviour.refuse or bank.used_up:
        return CONDITIONS
    transaction = bank.transaction
    transaction.values = split(bank.profile.processing, data[2:])
    if transaction.values.get(SM_SUPPORTED) == b"\x01" and Algorithm.SM4 in bank.contents.processing:
        transaction.algorithm = Algorithm.SM4
    transaction.history = bank.history
    transaction.counter = (bank.counter + 1).to_bytes(2, "big")
    bank.write(places.COUNTER, bank.counter + 1, 2)
    bank.stage = Stage.READY
    options = bank.contents.processing[transaction.algorithm]
    transaction.offered = options.profile
    if behaviour.tagged:
        return bank.deliver(
            card, Tlv.of(0x77, Tlv(0x82, options.profile), Tlv(0x94, options.locator)).encode()
        )
    return bank.deliver(card, Tlv(0x80, options.profile + options.locator).encode())


def internal_authenticate(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Sign the terminal's data and a number of the card's own: dynamic data authentication.

    A transaction with the SM algorithms signs with SM2; without the library for it 6A82.
    """
    bank = current(card)
    if p1 or p2:
        return status.PARAMETERS
    sign = _signer(bank)
    if bank.stage is Stage.SELECTED or sign is None or not AIP_DDA.in_(bank.transaction.offered):
        return CONDITIONS
    if len(data) != total(bank.profile.dynamic):
        return status.LENGTH
    if bank.transaction.algorithm is Algorithm.SM4 and not sm2.available():
        return status.FILE_NOT_FOUND
    bank.transaction.dynamic_done = True
    signature = sign(bytes((DYNAMIC_NUMBER_LENGTH,)) + card.random(DYNAMIC_NUMBER_LENGTH), data)
    if bank.contents.behaviour.wrong_signature:
        signature = signature[:-1] + bytes((signature[-1] ^ 1,))
    if bank.contents.behaviour.tagged:
        return bank.deliver(card, Tlv.of(0x77, Tlv(0x9F4B, signature)).encode())
    return bank.deliver(card, Tlv(0x80, signature).encode())


def _signer(bank: Bank) -> Callable[[bytes, bytes], bytes] | None:
    """What signs dynamic data in this transaction: from the card's data and the terminal's to tag 9F4B."""
    contents = bank.contents
    if bank.transaction.algorithm is Algorithm.SM4:
        key = contents.sm2_key
        return None if key is None else partial(offline_data_sm2.dynamic_signature, key)
    return None if contents.key is None else partial(offline_data.dynamic_signature, contents.key)


def generate_cryptogram(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """At most two cryptograms a transaction; the second only after an ARQC, and then TC or AAC."""
    bank = current(card)
    if p2 or p1 not in set(Cryptogram):
        return status.PARAMETERS
    asked = Cryptogram(p1)
    if bank.stage is Stage.READY:
        return _first(card, bank, asked, data)
    after_request = bank.stage is Stage.FIRST and bank.transaction.first is Cryptogram.ARQC
    if after_request and asked is not Cryptogram.ARQC:
        return _second(card, bank, asked, data)
    return CONDITIONS


def _first(card: ProcessorCard, bank: Bank, asked: Cryptogram, data: bytes) -> bytes:
    if len(data) != total(bank.profile.first):
        return status.LENGTH
    transaction = bank.transaction
    transaction.values |= split(bank.profile.first, data)
    velocity = velocity_exceeded(bank)
    transaction.first = decide_first(bank, asked, velocity)
    transaction.asked_online = Cryptogram.ARQC in (asked, transaction.first)
    bank.stage = Stage.FIRST
    results = card_results(bank, None, velocity)
    transaction.request = _cryptogram(bank, results)
    if transaction.first is Cryptogram.ARQC:
        bank.remember(History.ONLINE_OPEN)
    elif transaction.first is Cryptogram.TC:
        _approved(bank, offline=True)
    else:
        _declined(bank)
    return _answer(card, bank, transaction.first, transaction.request, results)


def _second(card: ProcessorCard, bank: Bank, asked: Cryptogram, data: bytes) -> bytes:
    if len(data) != total(bank.profile.second):
        return status.LENGTH
    transaction = bank.transaction
    transaction.values |= split(bank.profile.second, data)
    velocity = velocity_exceeded(bank)
    decided = decide_second(bank, asked, velocity)
    results = card_results(bank, decided, velocity)
    made = _cryptogram(bank, results)
    offline = cannot_go_online(transaction)
    if not offline:
        _close_online(bank)
    if decided is Cryptogram.TC:
        _approved(bank, offline=offline)
    else:
        _declined(bank)
    bank.stage = Stage.DONE
    return _answer(card, bank, decided, made, results)


def _cryptogram(bank: Bank, results: bytes) -> bytes:
    transaction = bank.transaction
    terminal = b"".join(transaction.values.get(tag, b"") for tag in SIGNED_TAGS)
    key = bank.keys.cryptogram
    if bank.contents.behaviour.foreign_key:
        key = bytes(byte ^ 0xFF for byte in key)
    message = terminal + transaction.offered + transaction.counter + results
    return pboc.cryptogram(transaction.algorithm, key, message)


def _answer(card: ProcessorCard, bank: Bank, kind: Cryptogram, made: bytes, results: bytes) -> bytes:
    data = _issuer_data(bank, results)
    counter = bank.transaction.counter
    if not bank.contents.behaviour.tagged:
        return bank.deliver(card, Tlv(0x80, bytes((kind,)) + counter + made + data).encode())
    objects = (Tlv(0x9F27, bytes((kind,))), Tlv(0x9F36, counter), Tlv(0x9F26, made), Tlv(0x9F10, data))
    return bank.deliver(card, Tlv(0x77, encode(objects)).encode())


def _issuer_data(bank: Bank, results: bytes) -> bytes:
    """Tag 9F10: fixed part, and the electronic cash balance under a MAC where the card tells it."""
    transaction = bank.transaction
    fixed = bytes((KEY_INDEX, VERSION)) + results + bytes((ALGORITHM_BYTES[transaction.algorithm],))
    issuer_data = bytes((len(fixed),)) + fixed
    balance = bank.object(0x9F79)
    if balance is None or not bank.contents.behaviour.discretionary:
        return issuer_data
    value = balance[-BALANCE_LENGTH:]
    seal = pboc.data_mac(transaction.algorithm, bank.keys.mac, transaction.counter, value)
    discretionary = bytes((BALANCE_ID,)) + value + seal
    return issuer_data + bytes((len(discretionary),)) + discretionary


def _close_online(bank: Bank) -> None:
    """What the issuer's answer settles: everything after its proof, less without, nothing after a wrong one."""
    transaction = bank.transaction
    if transaction.proof is Proof.RIGHT:
        bank.remember(History.NONE, forget=~History.BLOCKED_BY_PIN)
        bank.write(places.ONLINE, int.from_bytes(transaction.counter, "big"), 2)
        bank.write(places.OFFLINE, 0)
        bank.write(places.AMOUNT, 0, places.AMOUNT_LENGTH)
        bank.write(places.SCRIPTS, 0)
    elif transaction.proof is Proof.WRONG:
        bank.remember(History.ISSUER_FAILED)
    else:
        settled = History.NONE if issuer_proof_mandatory(bank) else History.ONLINE_OPEN
        bank.remember(History.ISSUER_MISSING, forget=settled)
    if transaction.script_refused:
        bank.remember(History.SCRIPT_FAILED)


def _approved(bank: Bank, *, offline: bool) -> None:
    if offline:
        bank.write(places.OFFLINE, min(bank.offline_count + 1, 0xFF))
        amount = min(bank.offline_amount + _amount(bank.transaction), places.MAX_AMOUNT)
        bank.write(places.AMOUNT, amount, places.AMOUNT_LENGTH)
    cell = bank.profile.files.get(LOG_SFI)
    if cell is not None:
        values = bank.transaction.values | {0x9F36: bank.transaction.counter}
        bank.memory.push(cell, fill(bank.profile.log, values), LOG_CAPACITY)


def _declined(bank: Bank) -> None:
    """A transaction refused after the terminal found forged data leaves a mark."""
    found = bank.transaction.values.get(0x95, b"")
    marks = History.NONE
    if TVR_SDA_FAILED.in_(found):
        marks |= History.SDA_FAILED
    if TVR_DDA_FAILED.in_(found):
        marks |= History.DDA_FAILED
    bank.remember(marks)


def _amount(transaction: Transaction) -> int:
    """The amount in fen; digits that are none count as nothing."""
    digits = transaction.values.get(AMOUNT, b"").hex()
    return int(digits) if digits.isdecimal() else 0


def external_authenticate(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Check the issuer's proof (ARPC and response code), once, between the two cryptograms; wrong: 6300."""
    bank = current(card)
    transaction = bank.transaction
    if p1 or p2:
        return status.PARAMETERS
    if len(data) not in PROOF_LENGTHS:
        return status.LENGTH
    online = transaction.first is Cryptogram.ARQC or (transaction.asked_online and bank.application_blocked)
    if bank.stage is not Stage.FIRST or not online or transaction.proof is not Proof.NONE:
        return CONDITIONS
    code = data[8 : 8 + CODE_LENGTH]
    right = len(code) == CODE_LENGTH and data[:8] == pboc.response_cryptogram(
        transaction.algorithm, bank.keys.cryptogram, transaction.request, code
    )
    transaction.proof = Proof.RIGHT if right else Proof.WRONG
    if right:
        return status.OK
    bank.remember(History.ISSUER_FAILED)
    return b"\x63\x00"
