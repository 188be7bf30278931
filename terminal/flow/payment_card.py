"""What a payment does with the card before any money moves: read it, prove it, whose is it, the PIN."""

from __future__ import annotations

from apdu.layout.states import SocialState
from terminal.backoffice import national_ports as national
from terminal.backoffice.card_ports import Enable, Enabled
from terminal.flow import dual_insert, payment_texts, texts
from terminal.flow.authentication import prove_genuine, start_psam
from terminal.flow.catching_up import catch_up, is_anothers, standing, write_standing
from terminal.flow.new_card_actions import identify_new, read_holder_data, read_new
from terminal.flow.payment import Payment
from terminal.flow.payment_messages import node, transact
from terminal.flow.payment_purse import uses_purse
from terminal.flow.purchase import Event
from terminal.flow.sales import ReadBook, SalesBook
from terminal.flow.steps import Confirm, EnterPin, Flow, InsertCard, Role, Show, on
from terminal.procedures.files import select_directory
from terminal.procedures.pin import query_tries, verify_pin

IN_FORCE = "1"


def insert_card(payment: Payment) -> Flow[Event]:
    """Ask for the social security card."""
    payment.visit.role = Role.NEW
    yield from start_psam(payment.visit.access)
    yield InsertCard(Role.NEW, payment_texts.INSERT_CARD)
    payment.card_used = True
    return Event.DONE


def identify_card(payment: Payment) -> Flow[Event]:
    """Is it a social security card?"""
    found = yield from identify_new(payment.visit)
    return Event.DONE if found is dual_insert.Event.SOCIAL_CARD else Event.NOT_SOCIAL


def read_card(payment: Payment) -> Flow[Event]:
    """What the card says of itself: issuer data, validity, application status."""
    found = yield from read_new(payment.visit)
    return Event.EXPIRED if found is dual_insert.Event.EXPIRED else Event.DONE


def prove_card(payment: Payment) -> Flow[Event]:
    """Is the card genuine? Before anything personal is read or shown."""
    visit = payment.visit
    yield from prove_genuine(visit.access, visit.role, visit.social)
    book: SalesBook = yield ReadBook()
    return Event.DEBIT_OPEN if book.waiting_for(visit.social.card_id) else Event.DONE


def read_person(payment: Payment) -> Flow[Event]:
    """Whose card is it?"""
    yield from read_holder_data(payment.visit)
    return Event.DONE


def catch_up_card(payment: Payment) -> Flow[Event]:
    """Card and centre say the same afterwards, where they can; what differs is explained. Is this its first use?"""
    visit = payment.visit
    centre = yield from standing(visit)
    if is_anothers(visit, centre):
        return Event.OTHER_HOLDER
    yield from catch_up(visit, centre)
    sealed = centre.social is SocialState.SEALED
    return Event.NOT_ACTIVE if sealed and payment.activates else Event.DONE


def activate_card(payment: Payment) -> Flow[Event]:
    """R11, R12: a first registration activates, a first purchase where the region says so: centre first, then card."""
    visit = payment.visit
    enabled: Enabled = yield Enable(visit.place, visit.social.number, visit.social.card_id, visit.papers)
    first = payment_texts.ACTIVATED if payment.form is None else payment_texts.REGISTERED_FIRST
    yield Show(first if enabled.activated else payment_texts.ACTIVATED_BEFORE)
    yield from write_standing(visit, enabled.standing)
    return Event.DONE


def ask_person(payment: Payment) -> Flow[Event]:
    """The person and the insurances (1101, by card number and identification code); the first usable one counts."""
    visit, card = payment.visit, payment.visit.social
    asked = {
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": card.number,
        "card_sn": card.card_id,
        "psn_cert_type": "01",
    }
    output = yield from transact(national.PERSON, {"data": asked})
    base = node(output, "baseinfo")
    if visit.holder is not None and str(base.get("certno")).upper() != visit.holder.id_number.upper():
        return Event.OTHER_HOLDER
    in_force = {
        str(row.get("insutype")): row
        for row in reversed(output.get("insuinfo") or [])
        if str(row.get("psn_insu_stas")) == IN_FORCE
    }
    attended = payment.attended
    if attended is not None and str(base.get("psn_no")) != attended.person:
        return Event.OTHER_HOLDER
    kinds = payment.settings.kinds if attended is None else (attended.kind,)
    kind = next((kind for kind in kinds if kind in in_force), None)
    if kind is None:
        return Event.NOT_INSURED
    payment.person, payment.kind = str(base["psn_no"]), kind
    payment.insured_in = str(in_force[kind].get("insuplc_admdvs") or "")
    return Event.DONE if payment.settings.verify_pin else Event.WITHOUT_PIN


def check_pin(payment: Payment) -> Flow[Event]:
    """Tries left on the card; the last one is never spent silently."""
    visit = payment.visit
    yield from on(visit.role, select_directory(visit.layout["SSSE"]))
    left = yield from on(visit.role, query_tries(visit.settings.pin_limit))
    if left == 0:
        return Event.PIN_BLOCKED
    if left == 1 and not (yield Confirm(texts.LAST_TRY)):
        return Event.LAST_TRY_DECLINED
    return Event.DONE


def verify_card_pin(payment: Payment) -> Flow[Event]:
    """The holder types the card's PIN, the card checks it."""
    visit = payment.visit
    before = yield from on(visit.role, query_tries(visit.settings.pin_limit))
    pin = yield EnterPin(payment_texts.ENTER_PIN, before)
    left = yield from on(visit.role, verify_pin(pin))
    if left is None:
        if payment.waiting is not None:
            return Event.NO_PROOF
        return Event.WITH_PURSE if uses_purse(payment) else Event.DONE
    if left == 0:
        return Event.PIN_BLOCKED
    yield Show(texts.wrong_pin(left))
    return Event.PIN_WRONG
