"""Card risk management: which cryptogram the card gives, and what it tells its issuer (JR/T 0025.5)."""

from __future__ import annotations

from apdu.pboc import (
    ADA_ISSUER_FAILED_DECLINE,
    ADA_ISSUER_FAILED_ONLINE,
    ADA_NEW_CARD_DECLINE,
    ADA_NEW_CARD_ONLINE,
    ADA_PIN_DECLINE,
    ADA_PIN_ONLINE,
    CVR_BLOCKED_BY_PIN,
    CVR_DDA_DONE,
    CVR_DDA_FAILED_LAST,
    CVR_ISSUER_FAILED,
    CVR_ISSUER_FAILED_LAST,
    CVR_ISSUER_MISSING_LAST,
    CVR_LENGTH,
    CVR_NEW_CARD,
    CVR_NO_ONLINE,
    CVR_ONLINE_OPEN,
    CVR_PIN_DONE,
    CVR_PIN_EXCEEDED,
    CVR_PIN_FAILED,
    CVR_PREFIX,
    CVR_SCRIPT_FAILED,
    CVR_SDA_FAILED_LAST,
    CVR_SECOND_NOT_ASKED,
    CVR_VELOCITY,
    Bit,
    Cryptogram,
)
from virtual_card.applications.pboc.application import Bank, Proof, Transaction
from virtual_card.applications.pboc.contents import History

UNABLE_TO_GO_ONLINE = frozenset({b"Y3", b"Z3"})
MAX_SCRIPTS = 15


def cannot_go_online(transaction: Transaction) -> bool:
    """Whether the terminal says (response code 8A) that it reached no issuer."""
    return transaction.values.get(0x8A) in UNABLE_TO_GO_ONLINE


def issuer_proof_mandatory(bank: Bank) -> bool:
    """Tag 9F56: whether an online approval needs the issuer's proof."""
    return bool((bank.object(0x9F56) or b"\0")[0] & 0x80)


def velocity_exceeded(bank: Bank) -> bool:
    """Whether this transaction would be one offline too many, by number (9F58) or amount (9F54); 0: no limit."""
    return _over(bank, 0x9F58, 0x9F54)


def _over(bank: Bank, count_tag: int, amount_tag: int) -> bool:
    count = int.from_bytes(bank.object(count_tag) or b"", "big")
    amount = _digits(bank.object(amount_tag) or b"")
    current = _digits(bank.transaction.values.get(0x9F02, b""))
    return bool(
        (count and bank.offline_count + 1 > count) or (amount and bank.offline_amount + current > amount)
    )


def _digits(raw: bytes) -> int:
    text = raw.hex()
    return int(text) if text.isdecimal() else 0


def decide_first(bank: Bank, asked: Cryptogram, velocity: bool) -> Cryptogram:
    """What the card gives when the terminal asks first: never higher than asked, unless it misbehaves."""
    if bank.application_blocked:
        return Cryptogram.AAC
    forced = bank.contents.behaviour.first
    if forced is not None:
        return forced
    action = bank.object(0x9F52) or b""
    if asked is Cryptogram.AAC or (bank.pin_exhausted and ADA_PIN_DECLINE.in_(action)):
        return Cryptogram.AAC
    wants_issuer = (
        velocity
        or History.ONLINE_OPEN in bank.transaction.history
        or (not bank.online_counter and ADA_NEW_CARD_ONLINE.in_(action))
        or (History.ISSUER_FAILED in bank.transaction.history and ADA_ISSUER_FAILED_ONLINE.in_(action))
        or (bank.pin_exhausted and ADA_PIN_ONLINE.in_(action))
    )
    return Cryptogram.ARQC if asked is Cryptogram.ARQC or wants_issuer else Cryptogram.TC


def decide_second(bank: Bank, asked: Cryptogram, velocity: bool) -> Cryptogram:
    """What the card gives after its ARQC: approval only with the proof the issuer owes it."""
    if bank.application_blocked:
        return Cryptogram.AAC
    forced = bank.contents.behaviour.second
    if forced is not None:
        return forced
    if asked is Cryptogram.AAC:
        return Cryptogram.AAC
    refuses = _refuses_offline(bank) if cannot_go_online(bank.transaction) else _refuses_online(bank)
    return Cryptogram.AAC if refuses else Cryptogram.TC


def _refuses_offline(bank: Bank) -> bool:
    action = bank.object(0x9F52) or b""
    return _over(bank, 0x9F59, 0x9F5C) or (not bank.online_counter and ADA_NEW_CARD_DECLINE.in_(action))


def _refuses_online(bank: Bank) -> bool:
    proof = bank.transaction.proof
    mandatory = issuer_proof_mandatory(bank)
    if proof is Proof.WRONG:
        return mandatory or ADA_ISSUER_FAILED_DECLINE.in_(bank.object(0x9F52) or b"")
    return proof is Proof.NONE and mandatory


def card_results(bank: Bank, second: Cryptogram | None, velocity: bool) -> bytes:
    """The card verification results (CVR): both cryptograms, this transaction, and what earlier ones left."""
    transaction = bank.transaction
    history = transaction.history | bank.history & History.BLOCKED_BY_PIN
    results = bytearray(CVR_LENGTH)
    results[0] = CVR_PREFIX
    results[1] = (CVR_SECOND_NOT_ASKED if second is None else second) | transaction.first >> 2
    results[3] = min(bank.scripts, MAX_SCRIPTS) << 4
    marks: tuple[tuple[Bit, object], ...] = (
        (CVR_ISSUER_FAILED, transaction.proof is Proof.WRONG),
        (CVR_PIN_DONE, transaction.pin_done),
        (CVR_PIN_FAILED, transaction.pin_failed),
        (CVR_NO_ONLINE, second is not None and cannot_go_online(transaction)),
        (CVR_ONLINE_OPEN, history & History.ONLINE_OPEN),
        (CVR_PIN_EXCEEDED, bank.pin_exhausted),
        (CVR_VELOCITY, velocity),
        (CVR_NEW_CARD, not bank.online_counter),
        (CVR_ISSUER_FAILED_LAST, history & History.ISSUER_FAILED),
        (CVR_ISSUER_MISSING_LAST, history & History.ISSUER_MISSING),
        (CVR_BLOCKED_BY_PIN, history & History.BLOCKED_BY_PIN),
        (CVR_SDA_FAILED_LAST, history & History.SDA_FAILED),
        (CVR_SCRIPT_FAILED, history & History.SCRIPT_FAILED),
        (CVR_DDA_FAILED_LAST, history & History.DDA_FAILED),
        (CVR_DDA_DONE, transaction.dynamic_done),
    )
    for bit, present in marks:
        if present:
            results[bit.byte - 1] |= bit.mask
    return bytes(results)
