"""The strings of the functions, both ways: base data, steps, authentication data (reader specification section 10).

`render` writes the canonical form (upper case, every separator); `parse` takes either case of hex and a string with
or without its last separators. What cannot be read raises CallError -23, a malformed card identification code -20.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from apdu.crypto import Algorithm
from terminal.driver.codes import CallError, ReturnCode
from terminal.driver.lists import fields_of, invalid, joined, octets
from terminal.driver.profile import STRICT, BaseOutput, CentreAnswer, Profile

NO_TERMINAL = "0" * 12
"""The terminal number where there is no PSAM."""

NO_TERMINAL_CODE = "0" * 32
SECURE_MESSAGE_ADDRESS = 0x0173


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
class Numbers:
    """The two numbers a card gave for one authentication, 8 bytes each: process factor and original data."""

    process: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class BaseRequest:
    """Base read, step 1; `external` only for cards that ask for it (3.0)."""

    card_id: str
    reset_information: str
    algorithm: Algorithm
    internal: Numbers
    external: Numbers | None = None

    def render(self, profile: Profile = STRICT, device_number: str = "") -> str:
        """Eight fields; many builds have a ninth, the terminal code."""
        ninth = (terminal_code(device_number),) if profile.step1_ninth_field else ()
        outer = (self.external.process.hex(), self.external.raw.hex()) if self.external else ("", "")
        return joined(
            self.card_id[:6],
            self.reset_information,
            f"{self.algorithm:02d}",
            self.card_id,
            self.internal.process.hex().upper(),
            self.internal.raw.hex().upper(),
            *(field.upper() for field in outer),
            *ninth,
        )


@dataclass(frozen=True, slots=True)
class Authentication:
    """What the centre computed for one authentication, 8 bytes each: authentication data, and the original data."""

    data: bytes
    raw: bytes

    @classmethod
    def parse(cls, text: str) -> Authentication:
        """pKey of the second steps: exactly 32 digits, a separator after them or not."""
        both = octets(fields_of(text, 1, "pKey")[0], 16, "pKey")
        return cls(both[:8], both[8:])

    def render(self) -> str:
        """32 digits."""
        return (self.data + self.raw).hex().upper()


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


@dataclass(frozen=True, slots=True)
class AuthenticationRequest:
    """Step 1 of read, write, reload and unblock: `algorithm|key address|process|raw|`."""

    algorithm: Algorithm
    address: int
    numbers: Numbers

    def render(self) -> str:
        """As the caller sends it to the centre."""
        return joined(
            f"{self.algorithm:02d}",
            f"{self.address:04X}",
            self.numbers.process.hex().upper(),
            self.numbers.raw.hex().upper(),
        )


@dataclass(frozen=True, slots=True, repr=False)
class SecureMessageRequest:
    """Step 2 of reload and unblock: `algorithm|0173|process|header|new PIN|`; "" for the PIN of an unblock."""

    algorithm: Algorithm
    process: bytes
    header: bytes
    pin: str = ""

    def render(self) -> str:
        """As the caller sends it to the centre: the PIN stands there in digits."""
        return joined(
            f"{self.algorithm:02d}",
            f"{SECURE_MESSAGE_ADDRESS:04X}",
            self.process.hex().upper(),
            self.header.hex().upper(),
            self.pin,
        )


def sealed_command(text: str, header: bytes, profile: Profile = STRICT) -> bytes:
    """pKey of step 3: the command header, cipher and MAC as one command; the header announces their length.

    `profile` says whether a message without header is taken too, and given the one that was sent.
    """
    digits = fields_of(text, 1, "pKey")[0]
    body = header[-1]
    if len(digits) == 2 * body and profile.centre_answer is CentreAnswer.ANY:
        return header + octets(digits, body, "pKey")
    whole = octets(digits, len(header) + body, "pKey")
    if whole[: len(header)] != header:
        raise invalid("pKey", "the command header is not the one that step 2 gave")
    return whole


def terminal_code(device_number: str) -> str:
    """The 32-character terminal code that some builds add: the device's number, zeros if it has none."""
    return device_number or NO_TERMINAL_CODE
