"""What a payment does with the card's medical purse in each state: read, debit, recover, prove.

The till's book says what was agreed on before the card is told to debit; the card's own proof says afterwards whether
it did (LD/T 32.7 sections 12 and 14). A proof that is found wrong is reported, and nothing is reversed for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from apdu.purse import FULL_RECORD, Amounts, TransactionKind, transaction_record
from terminal.backoffice.debit_ports import DebitChecked, PurseUse, ReportDebit
from terminal.backoffice.ports import CardKey, Place, RefusedError, UnreachableError
from terminal.errors import CardError, CardRefusedError, PsamUnfitError
from terminal.flow import dual_insert, payment_texts
from terminal.flow.authentication import Means, fall_back
from terminal.flow.new_card_actions import identify_new
from terminal.flow.payment import Payment
from terminal.flow.payment_messages import is_standing, local, print_sale, reverse_sale
from terminal.flow.purchase import Event
from terminal.flow.sales import DebitPhase, KeepSale, Phase, PurseDebit, ReadBook, Sale, SalesBook
from terminal.flow.steps import Flow, InsertCard, ReadClock, Role, Show, on
from terminal.procedures import psam, purse
from terminal.procedures.files import declared_file, select_directory
from terminal.procedures.social import read_issuer_data
from terminal.transport.base import TransportError

NO_PURSE = 0x6A81
SEQUENCE_DIGITS = 8
TRANSACTIONS = 0xEF08


def uses_purse(payment: Payment) -> bool:
    """Whether this till goes to the card's purse: the key machine debits no account on a card."""
    use = payment.settings.purse
    return use is PurseUse.RECORD or (use is PurseUse.ACCOUNT and payment.visit.access.means is Means.PSAM)


def read_purse(payment: Payment) -> Flow[Event]:
    """Has the card a medical purse, and what is in it? A card without one is served as if the region had none."""
    if not uses_purse(payment):
        return Event.DONE
    yield from _select_medical(payment)
    try:
        payment.purse_fen = yield from on(payment.visit.role, purse.read_balance())
    except CardRefusedError as error:
        if error.sw != NO_PURSE:
            raise
    return Event.DONE


def debit_due(payment: Payment) -> PurseDebit | None:
    """The debit that the settlement to come will need."""
    card = payment.visit.social
    if payment.purse_fen is None:
        return None
    return PurseDebit(DebitPhase.DUE, card.card_id, int(card.algorithm))


def begin_debit(payment: Payment) -> Flow[Event]:
    """Card and PSAM (else the key machine) agree on the debit; the till's book holds it before the card is told."""
    sale = payment.current
    amounts = payment.debited(sale)
    assert amounts is not None, "only a settlement with a debit gets here"
    moment = local(payment, (yield ReadClock()))
    yield from _select_medical(payment)
    payment.intent = intent = yield from _begun(payment, amounts, moment)
    payment.sale = sale.with_debit(
        phase=DebitPhase.SENT,
        account_fen=amounts.account,
        self_paid_fen=amounts.self_paid,
        pool_fen=amounts.pool,
        number=intent.number,
        terminal=payment.visit.access.terminal_number,
        sequence=intent.sequence.hex(),
        time=intent.time.hex(),
    )
    yield KeepSale(payment.sale)
    return Event.DONE


def debit_card(payment: Payment) -> Flow[Event]:
    """The card debits its purse, or says why not."""
    assert payment.intent is not None, "the debit was begun"
    proof = yield from on(payment.visit.role, purse.debit(payment.intent))
    yield from _proven(payment, proof)
    return Event.DONE


def reinsert_card(payment: Payment) -> Flow[Event]:
    """The card left while it was debited: ask for it again, and make sure that it is the same one."""
    visit, before = payment.visit, payment.visit.social
    yield InsertCard(Role.NEW, payment_texts.INSERT_AGAIN)
    visit.access.granted.clear()
    if (yield from identify_new(visit)) is not dual_insert.Event.SOCIAL_CARD:
        return Event.OTHER_CARD
    yield from on(visit.role, select_directory(visit.layout["SSSE"]))
    found = yield from on(visit.role, read_issuer_data(visit.atr, visit.fci))
    same = (found.card_id, found.number) == (before.card_id, before.number)
    return Event.DONE if same else Event.OTHER_CARD


def ask_proof(payment: Payment) -> Flow[Event]:
    """GET TRANSACTION PROOF: was the card debited?"""
    proof = yield from _proof_of(payment, payment.current)
    if proof is None:
        return Event.NOT_DEBITED
    yield from _proven(payment, proof)
    return Event.DONE


def confirm_debit(payment: Payment) -> Flow[Event]:
    """The PSAM, or what the key machine foretold, checks the card's MAC2; a wrong one is reported, never reversed."""
    debit = payment.current.debit
    assert debit is not None, "the card was debited"
    mac2 = bytes.fromhex(debit.mac2)
    if payment.expected is not None:
        proven: bool | None = mac2 == payment.expected.mac2
    else:
        try:
            proven = yield from on(Role.PSAM, psam.confirm_purchase(mac2))
        except (CardError, TransportError):
            proven = None
    payment.sale = payment.current.with_debit(proven=proven)
    yield KeepSale(payment.sale)
    if proven is False:
        yield Show(payment_texts.PROOF_WRONG)
    return Event.DONE


def undo_settlement(payment: Payment) -> Flow[Event]:
    """The card was not debited: the settlement is reversed (2601), so that both stand or neither."""
    payment.sale = payment.current.with_debit(phase=DebitPhase.DUE)
    yield KeepSale(payment.sale)
    return (yield from reverse_undebited(payment, payment.sale))


def reverse_undebited(payment: Payment, sale: Sale) -> Flow[Event]:
    """Reverse a settlement without a debit; one that both sides have agreed on since stands, and can be cancelled."""
    undone = yield from reverse_sale(payment, sale)
    if undone is Event.DISPUTED:
        yield KeepSale(replace(sale, phase=Phase.CLOSED))
    return undone


def finish_debit(payment: Payment) -> Flow[Event]:
    """A debit of this card is open since an earlier visit: the card's proof and the centre say whether it was made.

    Another terminal's transaction may have the number since; the centre tells by the TAC. A card has the proof of its
    last transaction alone: without one its log is searched, once the PIN is verified.
    """
    book: SalesBook = yield ReadBook()
    sale = book.waiting_for(payment.visit.social.card_id)
    assert sale is not None, "the book was looked into"
    payment.sale = sale
    proof = yield from _proof_of(payment, sale)
    if proof is None:
        payment.waiting = sale
        undone = Event.DONE
    else:
        debited = _with_proof(sale, proof)
        if (yield from _checked(payment, debited)).debit_phase is DebitPhase.VERIFIED:
            return (yield from _finished(payment, debited.with_debit(phase=DebitPhase.VERIFIED)))
        undone = yield from _undone(payment)
    yield from on(payment.visit.role, select_directory(payment.visit.layout["SSSE"]))
    return undone


def search_log(payment: Payment) -> Flow[Event]:
    """The card has no proof of an earlier debit: its log says whether it was made, unless it was overwritten since."""
    sale = payment.waiting
    assert sale is not None, "only a debit without proof gets here"
    assert sale.debit is not None, "a sale waits for its card because of a debit"
    payment.sale = sale
    yield from _select_medical(payment)
    log = declared_file(payment.visit.layout["DF04"], TRANSACTIONS)
    logged = yield from on(payment.visit.role, purse.is_logged(log, _recorded(sale.debit)))
    if logged:
        return (yield from _finished(payment, sale.with_debit(phase=DebitPhase.LOGGED)))
    if logged is None:
        yield Show(payment_texts.waits_for_card(sale))
        return Event.DONE
    return (yield from _undone(payment))


def _finished(payment: Payment, sale: Sale) -> Flow[Event]:
    yield Show(payment_texts.SLIP_OF_EARLIER)
    payment.sale = sale
    yield from print_sale(payment, sale)
    return Event.FINISHED_EARLIER


def _undone(payment: Payment) -> Flow[Event]:
    undone = yield from undo_settlement(payment)
    yield Show(payment_texts.REVERSED_EARLIER)
    return undone


def _recorded(debit: PurseDebit) -> bytes:
    """The record that the card's log has of a debit."""
    return transaction_record(
        TransactionKind.PURCHASE,
        debit.number,
        Amounts(debit.account_fen, debit.self_paid_fen, debit.pool_fen),
        terminal=bytes.fromhex(debit.terminal),
        time=bytes.fromhex(debit.time),
        length=FULL_RECORD,
    )


def look_after_waiting(book: SalesBook, sale: Sale) -> Flow[None]:
    """A sale that waits for its card is told; one that was cancelled or reversed in the meantime waits no longer."""
    if (yield from is_standing(sale)):
        yield Show(payment_texts.waits_for_card(sale))
    else:
        phase = Phase.CLOSED if book.cancelled(sale.settlement) else Phase.REVERSED
        yield KeepSale(replace(sale, phase=phase))


def report_debits(payment: Payment, book: SalesBook) -> Flow[None]:
    """Have the centre verify the proofs of debits made since; while it does not answer, they wait."""
    try:
        for sale in book.unverified():
            checked = yield from _checked(payment, sale)
            yield KeepSale(checked)
            if checked.debit_phase is DebitPhase.DOUBTED:
                yield Show(payment_texts.proof_doubted(sale))
    except UnreachableError:
        return


def _select_medical(payment: Payment) -> Flow[None]:
    yield from on(payment.visit.role, select_directory(payment.visit.layout["DF04"]))


def _begun(payment: Payment, amounts: Amounts, moment: datetime) -> Flow[purse.Intent]:
    visit = payment.visit
    card, access = visit.social, visit.access
    if access.means is Means.PSAM:
        try:
            return (yield from purse.begin_purchase(access, visit.role, card, amounts, moment))
        except PsamUnfitError as error:
            yield from fall_back(access, error)
    sequence = bytes.fromhex(payment.current.msgid[-SEQUENCE_DIGITS:])
    asked = purse.begin_purchase_by_hsm(access, visit.role, card, amounts, moment, sequence=sequence)
    intent, payment.expected = yield from asked
    return intent


def _proof_of(payment: Payment, sale: Sale) -> Flow[purse.Proof | None]:
    yield from _select_medical(payment)
    assert sale.debit is not None, "only a debit has a proof"
    return (yield from on(payment.visit.role, purse.recover(TransactionKind.PURCHASE, sale.debit.number)))


def _proven(payment: Payment, proof: purse.Proof) -> Flow[None]:
    payment.sale = _with_proof(payment.current, proof)
    yield KeepSale(payment.sale)


def _with_proof(sale: Sale, proof: purse.Proof) -> Sale:
    return sale.with_debit(phase=DebitPhase.DONE, mac2=proof.mac2.hex(), tac=proof.tac.hex())


def _checked(payment: Payment, sale: Sale) -> Flow[Sale]:
    """The sale with what the centre finds of its proof; raises UnreachableError."""
    debit = sale.debit
    assert debit is not None, "only a debit has a proof"
    try:
        answer: DebitChecked = yield ReportDebit(
            place=Place(payment.settings.terminal.pharmacy, debit.terminal),
            card=CardKey(debit.card_id, sale.card),
            msgid=sale.msgid,
            algorithm=debit.algorithm,
            account_fen=debit.account_fen,
            self_paid_fen=debit.self_paid_fen,
            pool_fen=debit.pool_fen,
            number=debit.number,
            sequence=debit.sequence,
            time=debit.time,
            tac=debit.tac,
        )
        genuine = answer.genuine
    except RefusedError:
        genuine = False
    return sale.with_debit(phase=DebitPhase.VERIFIED if genuine else DebitPhase.DOUBTED)
