"""Issue a social security card: files and keys of its generation, the bank's side, the PKI application."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from apdu import atr
from apdu.crypto.sm2 import Sm2MissingError
from apdu.layout import card_layout
from apdu.layout.application_status import ApplicationStatus, Receipt
from apdu.layout.states import SocialState
from apdu.purse import ACCOUNT_RECORD
from virtual_card.applications.pboc.contents import BankContents
from virtual_card.applications.pboc.options import Activation
from virtual_card.applications.pki import sm2
from virtual_card.applications.pki.contents import PkiContents
from virtual_card.applications.social import social_card, social_contents
from virtual_card.card import VirtualCard
from virtual_card.card_kinds import GENERATIONS, CardKind, CardState
from virtual_card.issue_order import IssueError, Order, packed_pin
from virtual_card.issue_record import medical_notes
from virtual_card.persona import VALIDITY_YEARS, Persona, years_later
from virtual_card.personalisation import blank_files, card_keys, social_files
from virtual_card.purse_memory import PURSE_LOG
from virtual_card.state import PIN_TRIES


def issue_social(order: Order) -> VirtualCard:
    """The card of the order's holder, sealed, or in the state that was asked for. Raises IssueError."""
    generation = GENERATIONS[order.kind]
    expired = order.state is CardState.EXPIRED
    persona = _expired(order.persona, order.today) if expired else order.persona
    historical_bytes = generation.historical_bytes(persona.historical_bytes)
    layout = card_layout(generation.version, order.social.status_fid, order.social.layout)
    status = ApplicationStatus(SocialState.SEALED, order.social.financial)
    receipt = Receipt(order.social.received_at or persona.received_at, order.social.receipt_mode)
    if order.state is CardState.BLANK:
        files = blank_files(layout, persona, generation.version_item)
    else:
        files = social_files(
            layout,
            persona,
            version_item=generation.version_item,
            status_fid=order.social.status_fid,
            status=status,
            receipt=receipt,
        )
    contents = social_contents(
        generation.version,
        algorithm=generation.algorithm,
        atr=_answer_to_reset(order, historical_bytes),
        layout=layout,
        keys=card_keys(generation.algorithm, historical_bytes, layout, generation.version, order.root_keys),
        files=files,
        pin=packed_pin(persona.initial_pin if order.pin is None else order.pin),
        pin_tries=0 if order.state is CardState.PIN_BLOCKED else PIN_TRIES,
    )
    contents.blocked = order.state is CardState.CARD_BLOCKED
    medical = contents.directory("DF04")
    medical.blocked = order.state is CardState.APPLICATION_BLOCKED
    medical.purse = order.social.purse
    if order.social.purse_keeps_account_only:
        medical.file(PURSE_LOG).record_length = ACCOUNT_RECORD
    contents.notes.update(medical_notes(persona))
    if order.state is not CardState.BLANK and order.social.activation is not Activation.NONE:
        contents.bank = _bank(persona, order)
    contents.pki = _pki(order)
    face = "apdu" if order.social.contactless else order.face
    return social_card(order.kind.value, contents, random=order.random, face=face)


def _answer_to_reset(order: Order, historical_bytes: bytes) -> bytes:
    """The contact form, or what PC/SC makes of the card's ATS (PC/SC part 3 section 3.1.3.2.3)."""
    if not order.social.contactless:
        return atr.build(historical_bytes).encode()
    if order.kind is not CardKind.SSC_3:
        raise IssueError(f"a {order.kind} card has contacts only; issue a {CardKind.SSC_3} card")
    return atr.build(historical_bytes, atr.CONTACTLESS).encode()


def _bank(persona: Persona, order: Order) -> BankContents:
    """The bank's side of the holder's card."""
    from virtual_card.applications.pboc.personalisation import Account, bank_contents, card_number

    options = order.social.bank
    try:
        account = Account(
            card_number(persona.seed, options.number_length),
            effective=persona.issued_on,
            expires=persona.valid_until,
            holder=persona.name,
            document=persona.id_number,
        )
        return bank_contents(account, options, order.social.activation)
    except (ValueError, Sm2MissingError) as error:
        raise IssueError(str(error)) from None


def _pki(order: Order) -> PkiContents | None:
    """The PKI application with the published test PINs and master key, before a kiosk was at it."""
    if not order.social.pki:
        return None
    if order.kind is not CardKind.SSC_3:
        raise IssueError(f"a {order.kind} card has no PKI application; issue a {CardKind.SSC_3} card")
    if not sm2.available():
        raise IssueError(f"the PKI application needs SM2, which is not installed: {sm2.INSTALL}")
    return None if order.state is CardState.BLANK else PkiContents()


def _expired(persona: Persona, today: date) -> Persona:
    """The holder with a card that ran out a whole validity ago: expired by the clock on the wall as well."""
    last_day = years_later(today - timedelta(days=1), -VALIDITY_YEARS)
    return replace(persona, issued_on=years_later(last_day, -VALIDITY_YEARS), valid_until=last_day)
