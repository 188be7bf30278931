"""iDoDebit with a PSAM or in two steps by HSM, and iReadDebitRecord (medical purchase, LD/T 32.7 section 12).

The account on the card pays nothing: the two amounts of pPayInfo stand where own payment and pooled fund do.
"""

from __future__ import annotations

from dataclasses import replace

from apdu.keys import BY_NAME
from apdu.layout import df04
from apdu.purse import Amounts, PurchaseOffer, timestamp
from terminal.backoffice.ports import HsmMessage
from terminal.driver.codes import CallError, ReturnCode, refuse
from terminal.driver.debit_strings import DebitKey, DebitOffer, DebitProof, DebitRecord, PayInfo
from terminal.driver.pin_entry import ask_and_verify
from terminal.driver.preparation import (
    CARD,
    Setting,
    compare_card,
    enter_environment,
    power_card,
    psam_access,
    terminal_number,
)
from terminal.driver.steps import CallFlow, HandOver
from terminal.errors import CardRefusedError, PsamUnfitError
from terminal.flow.steps import Flow, Role, on
from terminal.procedures import hsm, psam, purse
from terminal.procedures.file_contents import read_every
from terminal.procedures.files import declared_file, select_directory, select_ef
from terminal.procedures.social import CardIdentity
from terminal.transport.base import TransportError

DPK = BY_NAME["DPK"]
KEY_VERSION = 1
MEDICAL = df04.directory("3.0")
TRANSACTIONS = declared_file(MEDICAL, 0xEF08)
MAC_INVALID = -0x9302


def do_debit(setting: Setting, card_info: str, pay_info: str) -> CallFlow[str]:
    """iDoDebit. Once the card is debited no code leads to the HSM any more, or it would be debited twice."""
    pay = PayInfo.parse(pay_info)
    card = yield from compare_card(card_info)
    access = yield from psam_access()
    yield from on(Role.PSAM, psam.open_environment(card.algorithm))
    offer = yield from _begin(pay, access.terminal_number)
    time = timestamp(pay.moment)
    sequence, mac1 = yield from on(Role.PSAM, psam.begin_purchase(offer, _amounts(pay), time, card.factors))
    given = yield from _debit(purse.Intent(_amounts(pay), offer.number, sequence, time, mac1))
    proof = DebitProof(card.algorithm, _address(offer), pay, access.terminal_number, sequence, given.tac)
    yield from _confirm(given.mac2, proof)
    return proof.render()


def do_debit_by_hsm(setting: Setting, card_info: str, pay_info: str) -> CallFlow[str]:
    """iDoDebit_HSM_Step1 and _Step2: MAC1 comes from the centre, MAC2 and TAC go back to it."""
    pay = PayInfo.parse(pay_info)
    card = yield from compare_card(card_info)
    number = yield from terminal_number()
    offer = yield from _begin(pay, number)
    (given,) = yield HandOver(
        DebitOffer(card.algorithm, _address(offer), offer.random, offer.number, pay, number).render(),
        _message(setting, card, offer, pay, number),
        fields=3,
    )
    key = DebitKey.parse(given)
    intent = purse.Intent(_amounts(pay), offer.number, key.sequence, timestamp(key.moment), key.mac1)
    answer = yield from _debit(intent)
    paid = replace(pay, moment=key.moment)
    return DebitProof(
        card.algorithm, _address(offer), paid, number, key.sequence, answer.tac, answer.mac2
    ).render()


def read_debit_records(setting: Setting) -> CallFlow[str]:
    """iReadDebitRecord: the newest first."""
    yield from power_card()
    yield from enter_environment()
    yield from ask_and_verify()
    yield from on(CARD, select_directory(MEDICAL))
    yield from on(CARD, select_ef(TRANSACTIONS))
    records = yield from on(CARD, read_every(TRANSACTIONS))
    return "".join(_record(raw).render() for raw in records)


def _begin(pay: PayInfo, number: str) -> CallFlow[PurchaseOffer]:
    yield from ask_and_verify()
    yield from on(CARD, select_directory(MEDICAL))
    return (yield from on(CARD, purse.offer_purchase(KEY_VERSION, _amounts(pay), number)))


def _debit(intent: purse.Intent) -> Flow[purse.Proof]:
    try:
        return (yield from on(CARD, purse.debit(intent)))
    except TransportError as error:
        raise type(error)(
            f"{error}; whether the card was debited is not known: compare iReadDebitRecord before trying again"
        ) from error


def _confirm(mac2: bytes, proof: DebitProof) -> Flow[None]:
    """The PSAM's check of MAC2; the card is debited whatever it says, and the caller is told so."""
    try:
        genuine = yield from on(Role.PSAM, psam.confirm_purchase(mac2))
    except (PsamUnfitError, CardRefusedError) as error:
        raise refuse(
            ReturnCode.NOT_CONNECTED,
            f"卡已扣款，MAC2未验证 {proof.render()}",
            f"the card is debited, its MAC2 could not be checked ({error})",
        ) from error
    if not genuine:
        raise CallError(
            MAC_INVALID,
            f"卡已扣款，MAC2错误 the card is debited and its MAC2 is wrong; do not debit again: {proof.render()}",
        )


def _amounts(pay: PayInfo) -> Amounts:
    return Amounts(0, pay.total_fen, pay.covered_fen)


def _address(offer: PurchaseOffer) -> int:
    """The address of the purchase key that the card has taken; raises CallError -27272 for an unknown version."""
    if not 1 <= offer.key_version <= len(DPK.version_addresses):
        raise refuse(
            ReturnCode.KEY_NOT_FOUND,
            f"消费密钥版本{offer.key_version}",
            f"purchase key version {offer.key_version} has no address",
        )
    return DPK.version_addresses[offer.key_version - 1]


def _message(
    setting: Setting, card: CardIdentity, offer: PurchaseOffer, pay: PayInfo, number: str
) -> HsmMessage:
    begun = hsm.PurchaseBegun(offer, _amounts(pay), number, setting.next_sequence(), timestamp(pay.moment))
    return HsmMessage(hsm.debit_message(card, begun))


def _record(raw: bytes) -> DebitRecord:
    """From `number 2, type 1, terminal 6, time 7` and three amounts; a card may keep the first amount only."""
    return DebitRecord(
        int.from_bytes(raw[:2], "big"),
        raw[3:9].hex(),
        raw[9:16].hex(),
        int.from_bytes(raw[20:24], "big"),
        int.from_bytes(raw[24:28], "big"),
    )
