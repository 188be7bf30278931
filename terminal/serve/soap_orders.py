"""Applying for cards and making them, as both SOAP forms need it: values read and checked, faults as their codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
ISSUE, MADE, PHOTOGRAPH = "card-issue", "card-made", "photograph"
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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Applied:
    """An application as a form has it; what it leaves out is empty."""

    id_number: str
    name: str
    bank: str
    branch: str = ""
    replaces: str = ""
    reason: str = ""


def application_of(applied: Applied, photograph: bytes | None) -> Application:
    """An application; raises DeclinedError for what is none."""
    check(len(applied.bank) <= 40 and applied.bank.isprintable(), "银行编码")
    check(not applied.branch or (len(applied.branch) == 12 and is_digits(applied.branch)), "开户行行号")
    check(len(applied.reason) <= 300, "原因")
    return Application(
        holder_of(applied.id_number, applied.name),
        applied.bank,
        applied.replaces or None,
        applied.reason or None,
        applied.branch or None,
        photograph,
    )


def holder_of(id_number: str, name: str) -> Holder:
    """Who a form is about; raises DeclinedError."""
    check(id_number.isalnum() and plausible_social_number(id_number.upper()), "证件号码")
    check(0 < len(name) <= 50 and name.isprintable(), "姓名")
    return Holder(id_number.upper(), name)


def made_of(holder: Holder, values: Mapping[str, str]) -> Made:
    """A card that was made, from saveCardCompleted's parameters; raises DeclinedError.

    `kfwm` is its answer to reset or the 13 historical bytes, `kctzh` the bank card number.
    """
    for name, called, fits in _MADE:
        check(fits(values[name]), called)
    key = CardKey(values["ksbm"].upper(), values["kh"])
    return Made(key, bytes.fromhex(values["kfwm"][-26:]), holder, values["kctzh"], values["kxpzh"])


def step_of(order: Order, card: SocialCard | None) -> str:
    """How far person and card are, from the application to the cancelled card."""
    if card is None:
        return order.status.value
    received = PICKED_UP if card.received_at else OrderStatus.MADE.value
    return STEPS.get(card.social, received)


def moment(centre: Centre, at: datetime | None) -> str:
    """A time as these forms write it, by the region's clock, or nothing."""
    return f"{at.astimezone(centre.office.profile.zone):%Y%m%d%H%M%S}" if at else ""


def masked(account: str | None) -> str:
    """A bank number by its last four digits: the whole is told to nobody."""
    return "*" * (len(account) - 4) + account[-4:] if account else ""


def is_digits(text: str) -> bool:
    """Whether these are digits, and at least one."""
    return text.isascii() and text.isdigit()


def check(fits: bool, name: str) -> None:
    """Raises DeclinedError, with the field's name, for what does not fit."""
    if not fits:
        raise DeclinedError(f"{name}格式错误", NOT_ALLOWED)


_MADE: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("kh", "卡号", plausible_card_number),
    ("ksbm", "卡识别码", lambda text: len(text) == 32 and _is_hex(text)),
    ("kfwm", "卡复位码", lambda text: len(text) in (26, 34) and _is_hex(text)),
    ("kctzh", "银行账号", lambda text: is_digits(text) and len(text) <= 20),
    ("kxpzh", "芯片账号", lambda text: is_digits(text) and len(text) <= 40),
    ("kgfbb", "卡规范版本", lambda text: re.fullmatch(r"[0-9A-Za-z.]{1,5}", text) is not None),
    ("xplx", "芯片类型", lambda text: text in ("16", "32", "80")),
)
"""Parameters that describe a card: what a reason calls each, and whether it can be one. `xplx`: the chip's KB."""


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)
