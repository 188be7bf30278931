"""Applying for cards and making them, as both SOAP forms need it: values read and checked, faults as their codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from apdu.identifiers import plausible_card_number, plausible_social_number
from apdu.layout.states import SocialState
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.ports import CardKey, Holder, RefusedError
from terminal.backoffice.production import Application, Made, OrderError, OrderFault, Production
from terminal.backoffice.records import SocialCard
from terminal.backoffice.stored.orders import Order, OrderStatus
from terminal.serve.desk import repeated
from terminal.serve.pool import Centre
from terminal.serve.soap_cards import DeclinedError

T = TypeVar("T")
NOT_ALLOWED = "4"
CODES: Mapping[OrderFault, str] = {
    OrderFault.NO_PERSON: "1",
    OrderFault.NO_CARD: "1",
    OrderFault.OTHER_NAME: "2",
    OrderFault.HAS_CARD: "3",
    OrderFault.ORDERED: "3",
}
"""errcode of serviceProxy; any other fault is what is not allowed."""

APPLY, BATCH, ORDERS = "card-application", "card-batch", "card-orders"
ISSUE, MADE = "card-issue", "card-made"
"""What failures call these transactions."""

PICKED_UP = "03"
STEPS: Mapping[SocialState, str] = {
    SocialState.NORMAL: "04",
    SocialState.FORMALLY_LOST: "05",
    SocialState.TEMPORARILY_LOST: "06",
    SocialState.CANCELLED: "09",
}
"""The person's step once the card is made; a sealed one is ready, or picked up."""


def carried_out(centre: Centre, act: Callable[[Production], T]) -> T:
    """What an order comes to; raises DeclinedError with the reason."""
    try:
        return repeated(lambda: act(centre.office.production))
    except OrderError as error:
        raise DeclinedError(error.fault.value.zh, CODES.get(error.fault, NOT_ALLOWED)) from None
    except RefusedError as error:
        raise DeclinedError(error.refusal.text.zh, NOT_ALLOWED) from None
    except EnrolmentError:
        raise DeclinedError("卡号或卡识别码已用于其他卡", "3") from None


def application_of(id_number: str, name: str, bank: str, replaces: str = "", reason: str = "") -> Application:
    """An application; raises DeclinedError for what is none."""
    _check(len(bank) <= 40 and bank.isprintable(), "银行编码")
    _check(len(reason) <= 300, "原因")
    return Application(holder_of(id_number, name), bank, replaces or None, reason or None)


def holder_of(id_number: str, name: str) -> Holder:
    """Who a form is about; raises DeclinedError."""
    _check(id_number.isalnum() and plausible_social_number(id_number.upper()), "证件号码")
    _check(0 < len(name) <= 50 and name.isprintable(), "姓名")
    return Holder(id_number.upper(), name)


def made_of(holder: Holder, number: str, card_id: str, reset: str, bank_number: str) -> Made:
    """A card that was made; `reset` is its answer to reset or the 13 historical bytes. Raises DeclinedError."""
    _check(plausible_card_number(number), "卡号")
    _check(len(card_id) == 32 and _is_hex(card_id), "卡识别码")
    _check(len(reset) in (26, 34) and _is_hex(reset), "卡复位码")
    _check(bank_number.isascii() and bank_number.isdigit() and len(bank_number) <= 20, "银行账号")
    return Made(CardKey(card_id.upper(), number), bytes.fromhex(reset[-26:]), holder, bank_number)


def step_of(order: Order, card: SocialCard | None) -> str:
    """How far person and card are, from the application to the cancelled card."""
    if card is None:
        return order.status.value
    received = PICKED_UP if card.received_at else OrderStatus.MADE.value
    return STEPS.get(card.social, received)


def moment(centre: Centre, at: datetime | None) -> str:
    """A time as these forms write it, by the region's clock, or nothing."""
    return f"{at.astimezone(centre.office.profile.zone):%Y%m%d%H%M%S}" if at else ""


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)


def _check(fits: bool, name: str) -> None:
    if not fits:
        raise DeclinedError(f"{name}格式错误", NOT_ALLOWED)
