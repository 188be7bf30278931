"""Card and application states, shared by the card's status file and the card management centre."""

from __future__ import annotations

from enum import IntEnum


class SocialState(IntEnum):
    """State of the social application, field AAZ502 of the card-holder database.

    VOID stands in some centres' records alone: it is never written to a card.
    """

    SEALED = 0
    NORMAL = 1
    FORMALLY_LOST = 2
    APPLICATION_LOCKED = 3
    TEMPORARILY_LOST = 4
    VOID = 6
    CANCELLED = 9

    @property
    def zh(self) -> str:
        """The field's Chinese term."""
        return _SOCIAL_ZH[self]


class FinancialState(IntEnum):
    """State of the bank's application as the application status file records it."""

    INACTIVE = 0
    ACTIVE = 1
    BLOCKED = 3
    CLOSED = 9

    @property
    def zh(self) -> str:
        """The field's Chinese term."""
        return _FINANCIAL_ZH[self]


class Channel(IntEnum):
    """Through which channel an application was activated (this product's own code)."""

    NONE = 0
    PHARMACY = 1
    HOSPITAL = 2
    BANK = 3
    COUNTER = 4
    PHONE = 5
    ONLINE = 6
    AUTOMATIC = 7


class ReceiptMode(IntEnum):
    """How the holder received the card: in person, or collected by the employer (R18)."""

    IN_PERSON = 1
    EMPLOYER = 2


class JournalPhase(IntEnum):
    """The journal of an activation on the card: closed, or begun and not yet closed."""

    CLOSED = 0
    BEGUN = 1


_SOCIAL_ZH = {
    SocialState.SEALED: "封存",
    SocialState.NORMAL: "正常",
    SocialState.FORMALLY_LOST: "正式挂失",
    SocialState.APPLICATION_LOCKED: "应用锁定",
    SocialState.TEMPORARILY_LOST: "临时挂失",
    SocialState.VOID: "特殊卡作废",
    SocialState.CANCELLED: "注销",
}
_FINANCIAL_ZH = {
    FinancialState.INACTIVE: "未激活",
    FinancialState.ACTIVE: "已激活",
    FinancialState.BLOCKED: "锁定",
    FinancialState.CLOSED: "销户",
}
