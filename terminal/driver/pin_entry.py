"""The holder's PIN, entered at the keypad and shown to the card; how the card refuses a PIN has its own codes."""

from __future__ import annotations

from apdu.commands import change_pin, verify
from terminal.driver.codes import CallError, ReturnCode, from_pin_status, refuse
from terminal.driver.ports import Prompt
from terminal.driver.preparation import CARD, Setting, enter_environment, power_card
from terminal.driver.steps import CallFlow, Enter
from terminal.flow.steps import Exchange
from terminal.text import Pin


def verify_pin(setting: Setting) -> CallFlow[str]:
    """iVerifyPIN."""
    yield from power_card()
    yield from enter_environment()
    yield from ask_and_verify()
    return ""


def verify_given_pin(setting: Setting, pin: str) -> CallFlow[str]:
    """iVerifyPINK: the caller has the PIN; raises CallError -33 for one that is none."""
    given = _pin(pin)
    yield from power_card()
    yield from enter_environment()
    yield from _verify(given)
    return ""


def change_pin_at_keypad(setting: Setting) -> CallFlow[str]:
    """iChangePIN: the old PIN, the new one twice; the card checks the old one itself."""
    yield from power_card()
    yield from enter_environment()
    old: Pin = yield Enter(Prompt.OLD_PIN)
    new = yield from ask_new_pin()
    response = yield Exchange(CARD, change_pin(old.bcd(), new.bcd()))
    if not response.ok:
        raise from_pin_status(response.sw)
    return ""


def ask_and_verify() -> CallFlow[None]:
    """Have the PIN entered and verify it; raises CallError -51 with the tries left, -52."""
    pin: Pin = yield Enter(Prompt.PIN)
    yield from _verify(pin)


def ask_new_pin() -> CallFlow[Pin]:
    """A new PIN, entered twice alike; raises CallError -34."""
    first: Pin = yield Enter(Prompt.NEW_PIN)
    again: Pin = yield Enter(Prompt.NEW_PIN_AGAIN)
    if first != again:
        raise CallError(ReturnCode.PINS_DIFFER)
    return first


def _verify(pin: Pin) -> CallFlow[None]:
    response = yield Exchange(CARD, verify(pin.bcd()))
    if not response.ok:
        raise from_pin_status(response.sw)


def _pin(text: str) -> Pin:
    try:
        return Pin(text)
    except ValueError:
        raise refuse(ReturnCode.PIN_LENGTH, "应为4至16位数字", "a PIN is 4 to 16 digits") from None
