"""The strings around base data, both ways: what is read, the steps by HSM, pCardInfo (reader specification section 10).

Canonical form and tolerance are those of `strings`; a malformed card identification code in pCardInfo is -20.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from apdu.crypto import Algorithm
from terminal.driver.codes import CallError, ReturnCode
from terminal.driver.lists import algorithm_of, fields_of, invalid, joined
from terminal.driver.profile import STRICT, BaseOutput, Profile
from terminal.driver.strings import NO_TERMINAL, Authentication, Numbers

NO_TERMINAL_CODE = "0" * 32


@dataclass(frozen=True, slots=True)
class CardInfo:
    """pCardInfo: `卡识别码|卡号|`."""

    card_id: str
    number: str

    @classmethod
    def parse(cls, text: str) -> CardInfo:
        """Raises CallError -20 where the first field is no 32 hex digits, -23 for another shape."""
        card_id, number = fields_of(text, 2, "pCardInfo")
        if not re.fullmatch(r"[0-9A-Fa-f]{32}", card_id):
            raise CallError(ReturnCode.CARD_ID)
        return cls(card_id.upper(), number)

    def render(self) -> str:
        """As a caller passes it."""
        return joined(self.card_id, self.number)


@dataclass(frozen=True, slots=True, repr=False)
class BaseData:
    """What iReadCardBas answers; the region is the first six digits of the card identification code."""

    social_number: str
    number: str
    card_id: str
    name: str
    reset_information: str
    version: str
    issued: str
    valid_until: str
    terminal_number: str = NO_TERMINAL
    device_number: str = ""

    @property
    def card_info(self) -> CardInfo:
        """What a caller keeps for the pCardInfo of later calls."""
        return CardInfo(self.card_id, self.number)

    @classmethod
    def parse(cls, text: str) -> BaseData:
        """From eleven fields, or twelve as in Jiangsu; raises CallError -23."""
        count = 12 if text.count("|") >= 12 else 11
        region, number, card, card_id, name, reset, *rest = fields_of(text, count, "pOutInfo")
        if region != card_id[:6]:
            raise invalid("pOutInfo", "the region is that of the card identification code")
        return cls(number, card, card_id, name, reset, *rest[:5])

    def render(self, profile: Profile = STRICT) -> str:
        """Eleven fields; a build of Jiangsu has the terminal code as a twelfth."""
        extra = (terminal_code(self.device_number),) if profile.base_output is BaseOutput.TWELVE else ()
        return joined(
            self.card_id[:6],
            self.social_number,
            self.number[:9],
            self.card_id,
            self.name,
            self.reset_information,
            self.version,
            self.issued,
            self.valid_until,
            self.terminal_number,
            self.device_number,
            *extra,
        )


@dataclass(frozen=True, slots=True)
class BaseRequest:
    """Base read, step 1; `external` only for cards that ask for it (3.0)."""

    card_id: str
    reset_information: str
    algorithm: Algorithm
    internal: Numbers
    external: Numbers | None = None

    @classmethod
    def parse(cls, text: str) -> BaseRequest:
        """From eight fields, or nine with a terminal code; raises CallError -23."""
        count = 9 if text.count("|") >= 9 else 8
        _, reset, algorithm, card_id, *found = fields_of(text, count, "pOutInfo")
        process, raw, outer_process, outer_raw = found[:4]
        outer = Numbers.parse(outer_process, outer_raw, "pOutInfo") if outer_process or outer_raw else None
        inner = Numbers.parse(process, raw, "pOutInfo")
        return cls(card_id, reset, algorithm_of(algorithm), inner, outer)

    def render(self, profile: Profile = STRICT, device_number: str = "") -> str:
        """Eight fields; many builds have a ninth, the terminal code."""
        ninth = (terminal_code(device_number),) if profile.step1_ninth_field else ()
        outer = self.external.fields() if self.external else ("", "")
        return joined(
            self.card_id[:6],
            self.reset_information,
            f"{self.algorithm:02d}",
            self.card_id,
            *self.internal.fields(),
            *outer,
            *ninth,
        )


@dataclass(frozen=True, slots=True)
class BaseKey:
    """pKey of base read, step 2: the internal and, for 3.0 cards, the external authentication."""

    internal: Authentication
    external: Authentication | None

    @classmethod
    def parse(cls, text: str) -> BaseKey:
        """`32 digits|32 digits|` or `32 digits||`, last separators optional."""
        inner, outer = fields_of(text, 2, "pKey", optional=1)
        return cls(Authentication.parse(inner), Authentication.parse(outer) if outer else None)

    def render(self) -> str:
        """As the centre answers."""
        return joined(self.internal.render(), self.external.render() if self.external else "")


def terminal_code(device_number: str) -> str:
    """The 32-character terminal code that some builds add: the device's number, zeros if it has none."""
    return device_number or NO_TERMINAL_CODE
