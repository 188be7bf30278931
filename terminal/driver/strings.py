"""The strings of the steps, both ways: authentication data, secure messages (reader specification section 10).

`render` writes the canonical form (upper case, every separator); `parse` takes either case of hex and a string with
or without its last separators. What cannot be read raises CallError -23.
"""

from __future__ import annotations

from dataclasses import dataclass

from apdu.crypto import Algorithm
from terminal.driver.lists import algorithm_of, fields_of, invalid, joined, octets
from terminal.driver.profile import STRICT, CentreAnswer, Profile

NO_TERMINAL = "0" * 12
"""The terminal number where there is no PSAM."""

SECURE_MESSAGE_ADDRESS = 0x0173


@dataclass(frozen=True, slots=True)
class Numbers:
    """The two numbers a card gave for one authentication, 8 bytes each: process factor and original data."""

    process: bytes
    raw: bytes

    @classmethod
    def parse(cls, process: str, raw: str, label: str) -> Numbers:
        """From two fields of 16 hex digits; raises CallError -23, naming `label`."""
        return cls(octets(process, 8, label), octets(raw, 8, label))

    def fields(self) -> tuple[str, str]:
        """Both as strings carry them: process factor, original data."""
        return self.process.hex().upper(), self.raw.hex().upper()


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
            *self.numbers.fields(),
        )

    @classmethod
    def parse(cls, text: str) -> AuthenticationRequest:
        """What step 1 gave; raises CallError -23."""
        algorithm, address, process, raw = fields_of(text, 4, "pOutInfo")
        return cls(
            algorithm_of(algorithm),
            int.from_bytes(octets(address, 2, "pOutInfo"), "big"),
            Numbers.parse(process, raw, "pOutInfo"),
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

    @classmethod
    def parse(cls, text: str) -> SecureMessageRequest:
        """What step 2 gave; raises CallError -23."""
        algorithm, address, process, header, pin = fields_of(text, 5, "pOutInfo")
        if octets(address, 2, "pOutInfo") != SECURE_MESSAGE_ADDRESS.to_bytes(2, "big"):
            raise invalid("pOutInfo", "a secure message is made with the key at 0173")
        return cls(
            algorithm_of(algorithm), octets(process, 8, "pOutInfo"), octets(header, 5, "pOutInfo"), pin
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
