"""How the bank's side of a card is made: the profile of activation and everything else an issuer may choose."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from virtual_card.applications.pboc.contents import BankBehaviour


class Activation(StrEnum):
    """What an issued card's chip looks like before and after the outlet activated the financial application.

    Host-inactive: everything answers, only the bank's books know. Chip-blocked: the application is blocked and
    released by script. PIN-locked: an offline PIN without tries. Active: used online before. None: the chip has no
    financial application (6A82).
    """

    HOST_INACTIVE = "host-inactive"
    CHIP_BLOCKED = "chip-blocked"
    PIN_LOCKED = "pin-locked"
    ACTIVE = "active"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class BankOptions:
    """How the bank's side of a card is personalised.

    `number_length` 16 or 19 digits. `offline_pin` gives the card an offline PIN ("" none; a PIN-locked card has one
    in any case). `signed` adds certificates (RSA, the project's test chain), `dynamic` a key of the
    card's own. `sm` gives it the SM algorithms too, `sm2` certificates (and with `dynamic` a key) for them; these
    need the extra `sm2`.
    `proximity` False: the contact interface knows no PPSE. `directory` False: no PSE. `second_number`: card
    number readable in SFI 3 record 1 as well, outside the file locator, for old drivers. `flaws` are named in
    `virtual_card.applications.pboc.flaws`.
    """

    number_length: int = 19
    offline_pin: str = ""
    signed: bool = True
    dynamic: bool = True
    sm: bool = True
    sm2: bool = False
    proximity: bool = True
    directory: bool = True
    second_number: bool = True
    behaviour: BankBehaviour = field(default_factory=BankBehaviour)
    flaws: tuple[str, ...] = ()


DEFAULT_BANK = BankOptions()


class OfflineData(StrEnum):
    """Which offline data authentication a card is made for, as one word: RSA alone, or RSA and SM2 beside it."""

    NONE = "none"
    STATIC = "static"
    DYNAMIC = "dynamic"
    STATIC_SM2 = "static-sm2"
    DYNAMIC_SM2 = "dynamic-sm2"

    def of(self, options: BankOptions) -> BankOptions:
        """The same options with this authentication."""
        return replace(
            options,
            signed=self is not OfflineData.NONE,
            dynamic=self.startswith("dynamic"),
            sm2=self.endswith("sm2"),
        )
