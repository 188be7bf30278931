"""The medical purse of DF04: load, purchase, balances, proof and starting day (LD/T 32.5 section 7).

States idle, load and purchase are `card.transaction`: None, or what an INITIALIZE fixed. Amounts, counter and
proof change in one write and the record of EF08 follows it, all in one command: done or not at all.
"""

from __future__ import annotations

from dataclasses import replace
from hmac import compare_digest
from typing import TYPE_CHECKING

from apdu import purse
from apdu.purse import Amounts, Balance, LoadOffer, PurchaseOffer, TransactionKind
from virtual_card import status
from virtual_card.access import PIN_BIT
from virtual_card.half_duplex import answer, exact
from virtual_card.purse_memory import purse_cell, read_purse
from virtual_card.state import Purse
from virtual_card.transaction import Transaction

if TYPE_CHECKING:
    from virtual_card.card import Handler, ProcessorCard
    from virtual_card.filesystem import PurseNode

LOAD, PURCHASE = 0x00, 0x01
UPDATE_DAY, GET_DAY = 0x00, 0x01
DEFAULT_VERSION = 1
RANDOM_LENGTH = 4
NO_YEAR = "0000"
DONE = frozenset({0x90, 0x61, 0x6C})
KINDS = {0x01: TransactionKind.LOAD, 0x02: TransactionKind.PURCHASE} | {
    kind: kind for kind in TransactionKind
}
"""What P2 of GET TRANSACTION PROOF may be: the character of the type, or its number (reading A43)."""


def purse_command(run: Handler) -> Handler:
    """`run` where the current application has a purse, else 6A81; a command that fails ends the transaction."""

    def handle(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
        if card.directory.purse is None:
            return status.NOT_SUPPORTED
        response = run(card, p1, p2, data, le)
        if response[-2] not in DONE:
            card.transaction = None
        return response

    return handle


@purse_command
def initialize(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """INITIALIZE FOR LOAD (P1 00) or PURCHASE (P1 01): fix the transaction, answer what its keys are made from."""
    if p1 not in (LOAD, PURCHASE) or p2 != 0x01:
        return status.PARAMETERS
    if len(data) != (11 if p1 == LOAD else 19):
        return status.LENGTH
    if not card.granted & PIN_BIT:
        return status.SECURITY
    opened = _opened(card, TransactionKind.LOAD if p1 == LOAD else TransactionKind.PURCHASE, data)
    if isinstance(opened, bytes):
        return opened
    card.transaction = opened
    card.unfinished = True
    return answer(card, _load_offer(card, opened) if p1 == LOAD else _purchase_offer(card, opened))


@purse_command
def credit_for_load(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """CREDIT FOR LOAD: the host's time and MAC2 raise the balance; answers the TAC."""
    opened, card.transaction = card.transaction, None
    if p1 or p2:
        return status.PARAMETERS
    if len(data) != 11:
        return status.LENGTH
    if opened is None or opened.kind is not TransactionKind.LOAD:
        return status.STATE
    return _credit(card, opened, time=data[:7], mac2=data[7:])


@purse_command
def debit_for_purchase(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """DEBIT FOR PURCHASE: the PSAM's MAC1 takes the amounts off; answers TAC and MAC2."""
    opened, card.transaction = card.transaction, None
    if p1 != PURCHASE or p2:
        return status.PARAMETERS
    if len(data) != 15:
        return status.LENGTH
    if opened is None or opened.kind is not TransactionKind.PURCHASE:
        return status.STATE
    return _debit(card, opened, sequence=data[:4], time=data[4:11], mac1=data[11:])


@purse_command
def get_balance(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """GET BALANCE: the account, or a yearly total with its year. Le 00: 6Cxx, otherwise wrong: 6700 (reading A12)."""
    if p1 or p2 not in tuple(Balance):
        return status.PARAMETERS
    length = 4 if p2 == Balance.ACCOUNT else 6
    if data or le not in (0, length):
        return status.LENGTH
    if not card.granted & PIN_BIT:
        return status.SECURITY
    held = _held(card)
    total = {Balance.ACCOUNT: held.balance, Balance.SELF_PAID: held.self_paid, Balance.POOL: held.pool}
    year = b"" if p2 == Balance.ACCOUNT else bytes.fromhex(held.year)
    return exact(card, purse.amount(total[Balance(p2)]) + year, le)


@purse_command
def get_transaction_proof(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """GET TRANSACTION PROOF: MAC and TAC of the last transaction, also after power was lost; another one: 9406."""
    if p1 or p2 not in KINDS:
        return status.PARAMETERS
    if len(data) != 2:
        return status.LENGTH
    proof = _held(card).proof
    if proof[:3] != bytes((KINDS[p2],)) + data:
        return status.NO_PROOF
    return answer(card, proof[3:])


@purse_command
def starting_day(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """UPDATE (P1 00, needs DSK authenticated) or GET (P1 01) STARTING DAY of the payment year, mmdd."""
    if p1 not in (UPDATE_DAY, GET_DAY) or p2:
        return status.PARAMETERS
    if len(data) != (2 if p1 == UPDATE_DAY else 0):
        return status.LENGTH
    held = _held(card)
    if p1 == GET_DAY:
        return exact(card, bytes.fromhex(held.starting_day), le)
    key = card.directory.named.get("DSK")
    if key is None or not card.granted & key.bit:
        return status.SECURITY
    month, day = data.hex()[:2], data.hex()[2:]
    if not ("01" <= month <= "12" and "01" <= day <= "31" and data.hex().isdecimal()):
        return status.CONDITIONS
    _store(card, replace(held, starting_day=data.hex()))
    return status.OK


def _node(card: ProcessorCard) -> PurseNode:
    node = card.directory.purse
    assert node is not None, "purse_command has looked"
    return node


def _held(card: ProcessorCard) -> Purse:
    return read_purse(card.memory.cells[_node(card).cell])


def _store(card: ProcessorCard, held: Purse) -> None:
    card.memory.write(_node(card).cell, 0, bytes(purse_cell(held)))


def _opened(card: ProcessorCard, kind: TransactionKind, data: bytes) -> Transaction | bytes:
    """The transaction that INITIALIZE asks for, or the refusal: 9403 key index, 9402 counter, 9401 amount."""
    version, terminal = data[0], data[-6:]
    load = kind is TransactionKind.LOAD
    key = card.directory.named.get("DLK" if load else "DPK")
    if key is None or version not in key.versions:
        return status.KEY_INDEX
    held = _held(card)
    number = held.load_number if load else held.purchase_number
    if number == purse.COUNTER_MAX:
        return status.COUNTER
    amounts = Amounts(int.from_bytes(data[1:5], "big")) if load else Amounts.decode(data[1:13])
    if not load and amounts.account > held.balance:
        return status.AMOUNT
    return Transaction(kind, version, number, amounts, terminal, card.random(RANDOM_LENGTH))


def _load_session(card: ProcessorCard, opened: Transaction) -> bytes:
    key = card.directory.named["DLK"].versions[opened.version]
    return purse.load_session(card.directory.algorithm, key, opened.random, opened.number)


def _load_offer(card: ProcessorCard, opened: Transaction) -> bytes:
    algorithm, balance = card.directory.algorithm, _held(card).balance
    session = _load_session(card, opened)
    mac1 = purse.load_mac1(algorithm, session, balance, opened.amounts.account, opened.terminal)
    code = purse.ALGORITHM_CODES[algorithm]
    return LoadOffer(balance, opened.number, opened.version, code, opened.random, mac1).encode()


def _purchase_offer(card: ProcessorCard, opened: Transaction) -> bytes:
    held = _held(card)
    keeps_totals = _node(card).log.record_length == purse.FULL_RECORD
    return PurchaseOffer(
        balance=held.balance,
        self_paid=held.self_paid if keeps_totals else 0,
        pool=held.pool if keeps_totals else 0,
        year=held.year if keeps_totals else NO_YEAR,
        number=opened.number,
        key_version=opened.version,
        algorithm=purse.ALGORITHM_CODES[card.directory.algorithm],
        random=opened.random,
    ).encode()


def _credit(card: ProcessorCard, opened: Transaction, *, time: bytes, mac2: bytes) -> bytes:
    algorithm, fen, terminal = card.directory.algorithm, opened.amounts.account, opened.terminal
    dtk = _certificate_key(card, opened.version)
    if dtk is None or not time.hex().isdecimal():
        return status.CONDITIONS
    expected = purse.load_mac2(algorithm, _load_session(card, opened), fen, terminal, time)
    if not compare_digest(expected, mac2):
        return status.PURSE_MAC_WRONG
    held = _held(card)
    balance = held.balance + fen
    if balance > purse.AMOUNT_MAX:
        return status.CONDITIONS
    tac = purse.load_tac(
        algorithm, dtk, balance=balance, number=opened.number, fen=fen, terminal=terminal, time=time
    )
    after = replace(held, balance=balance, load_number=opened.number + 1)
    _settle(card, opened, after, time=time, mac=purse.NO_MAC, tac=tac)
    return answer(card, tac)


def _debit(card: ProcessorCard, opened: Transaction, *, sequence: bytes, time: bytes, mac1: bytes) -> bytes:
    algorithm, amounts, terminal = card.directory.algorithm, opened.amounts, opened.terminal
    dtk = _certificate_key(card, opened.version)
    if dtk is None or not time.hex().isdecimal():
        return status.CONDITIONS
    key = card.directory.named["DPK"].versions[opened.version]
    session = purse.purchase_session(algorithm, key, opened.random, opened.number, sequence)
    if not compare_digest(purse.purchase_mac1(algorithm, session, amounts, terminal, time), mac1):
        return status.PURSE_MAC_WRONG
    after = _debited(card, opened, time[:4])
    if max(after.self_paid, after.pool) > purse.AMOUNT_MAX:
        return status.CONDITIONS
    mac2 = purse.purchase_mac2(algorithm, session, amounts)
    tac = purse.purchase_tac(algorithm, dtk, amounts, terminal=terminal, sequence=sequence, time=time)
    _settle(card, opened, after, time=time, mac=mac2, tac=tac)
    return answer(card, tac + mac2)


def _debited(card: ProcessorCard, opened: Transaction, date: bytes) -> Purse:
    """The purse after a purchase; a later settlement year replaces the totals (LD/T 32.5 section 7.2)."""
    held, amounts = _held(card), opened.amounts
    after = replace(held, balance=held.balance - amounts.account, purchase_number=opened.number + 1)
    if _node(card).log.record_length != purse.FULL_RECORD:
        return after
    year, day = bytes.fromhex(held.year), bytes.fromhex(held.starting_day)
    if purse.settles_new_year(date, year, day):
        new_year = purse.settlement_year(date, day).hex()
        return replace(after, self_paid=amounts.self_paid, pool=amounts.pool, year=new_year)
    return replace(after, self_paid=held.self_paid + amounts.self_paid, pool=held.pool + amounts.pool)


def _certificate_key(card: ProcessorCard, version: int) -> bytes | None:
    """DTK in the version of the transaction's key, where it has that one."""
    key = card.directory.named.get("DTK")
    if key is None:
        return None
    return key.versions.get(version, key.versions.get(DEFAULT_VERSION))


def _settle(
    card: ProcessorCard, opened: Transaction, after: Purse, *, time: bytes, mac: bytes, tac: bytes
) -> None:
    """Write amounts, counter and proof, and last of all the record."""
    proof = bytes((opened.kind,)) + purse.counter(opened.number) + mac + tac
    _store(card, replace(after, proof=proof))
    log = _node(card).log
    record = purse.transaction_record(
        opened.kind,
        opened.number,
        opened.amounts,
        terminal=opened.terminal,
        time=time,
        length=log.record_length or purse.FULL_RECORD,
    )
    card.memory.push(log.cell, record, log.max_records)
