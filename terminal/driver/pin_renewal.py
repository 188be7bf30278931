"""iReloadPIN and iUnblockPIN, with a PSAM or in three steps by HSM: PUK permits it, a secure message does it."""

from __future__ import annotations

from apdu.command import Command
from apdu.commands import pin_reload, pin_unblock
from apdu.crypto.session import message_block
from apdu.keys import BY_NAME
from apdu.secure_messaging import mac_input
from terminal.backoffice.ports import HsmMessage
from terminal.driver.files_by_hsm import ask_centre, show_authentication
from terminal.driver.pin_entry import ask_new_pin
from terminal.driver.preparation import CARD, Setting, compare_card, psam_access
from terminal.driver.steps import CallFlow, HandOver
from terminal.driver.strings import SecureMessageRequest, sealed_command
from terminal.errors import expect_ok
from terminal.flow.steps import Exchange, on
from terminal.procedures import hsm, maintenance
from terminal.procedures.authentication import take_challenge
from terminal.procedures.social import CardIdentity
from terminal.text import Pin

PUK, STKSSSE = BY_NAME["PUK"], BY_NAME["STKSSSE"]


def reload_pin(setting: Setting, card_info: str) -> CallFlow[str]:
    """iReloadPIN: the new PIN twice at the keypad, once card and PSAM are there."""
    card = yield from compare_card(card_info)
    access = yield from psam_access()
    new = yield from ask_new_pin()
    yield from maintenance.reload_pin(access, CARD, card, new)
    return ""


def unblock_pin(setting: Setting, card_info: str) -> CallFlow[str]:
    """iUnblockPIN: the tries are filled, the PIN stays."""
    card = yield from compare_card(card_info)
    access = yield from psam_access()
    yield from maintenance.unblock_pin(access, CARD, card)
    return ""


def reload_pin_by_hsm(setting: Setting, card_info: str) -> CallFlow[str]:
    """iReloadPIN_HSM_Step1 to _Step3: the new PIN is asked for in step 2."""
    card = yield from compare_card(card_info)
    (key,) = yield from ask_centre(card, PUK)
    yield from show_authentication(PUK, key)
    new = yield from ask_new_pin()
    yield from _send_sealed(setting, card, new)
    return ""


def unblock_pin_by_hsm(setting: Setting, card_info: str) -> CallFlow[str]:
    """iUnblockPIN_HSM_Step1 to _Step3."""
    card = yield from compare_card(card_info)
    (key,) = yield from ask_centre(card, PUK)
    yield from show_authentication(PUK, key)
    yield from _send_sealed(setting, card, None)
    return ""


def _send_sealed(setting: Setting, card: CardIdentity, new: Pin | None) -> CallFlow[None]:
    """Step 2's end and step 3: the command that the centre completed goes to the card as it is."""
    command = (
        pin_unblock() if new is None else pin_reload(bytes(len(message_block(card.algorithm, new.bcd()))))
    )
    challenge = yield from on(CARD, take_challenge())
    header = mac_input(command)[: hsm.HEADER_LENGTH]
    request = SecureMessageRequest(card.algorithm, challenge, header, new.reveal() if new else "")
    message = HsmMessage(hsm.secure_message(card, STKSSSE, challenge, command), new)
    (key,) = yield HandOver(request.render(), message)
    sealed = Command.parse(sealed_command(key, header, setting.profile))
    response = yield Exchange(CARD, sealed)
    expect_ok(sealed, response, "unblocking the PIN" if new is None else "setting a new PIN")
