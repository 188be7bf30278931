"""The social environment of a card: what it says of itself, and of its holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from apdu import atr as answer_to_reset
from apdu import tlv
from apdu.crypto import Algorithm, factors
from apdu.fields import FieldError
from apdu.layout import VERSIONS, ssse
from terminal.errors import UnexpectedAnswerError
from terminal.flow.steps import Procedure
from terminal.procedures.files import (
    declared_file,
    read_item,
    read_item_bytes,
    select_directory,
    select_ef,
)

ENVIRONMENT = ssse.directory("3.0")
ISSUER_DATA = declared_file(ENVIRONMENT, 0xEF05)
PERSONAL_DATA = declared_file(ENVIRONMENT, 0xEF06)
BEIJING = "11"


@dataclass(frozen=True, slots=True, repr=False)
class CardIdentity:
    """Which social security card this is, and what its keys are derived from."""

    card_id: str
    number: str
    version: str
    algorithm: Algorithm
    historical_bytes: bytes

    @property
    def region(self) -> str:
        """The six digits that steer key diversification."""
        return self.card_id[:6]

    @property
    def factors(self) -> tuple[bytes, bytes, bytes]:
        """Diversification factors in the order of use: province, city, card."""
        return factors(self.region, self.historical_bytes)

    @property
    def generation(self) -> str:
        """The version whose layout the card has: "1.0", "2.0" or "3.0", also for later editions of it such as 3.1."""
        return f"{self.version[:1]}.0"

    @property
    def protects_holder_data(self) -> bool:
        """Version 3.x: RKSSSE must be authenticated before SSSE/EF06 is read."""
        return self.version.startswith("3")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.number} version {self.version} {self.algorithm.name})"


@dataclass(frozen=True, slots=True, repr=False)
class SocialCard(CardIdentity):
    """What a social security card says of itself before anybody is authenticated (SSSE/EF05)."""

    issued: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True, repr=False)
class HolderData:
    """Whose card it is (SSSE/EF06); the ID number shows only its last two characters."""

    id_number: str
    name: str

    def __repr__(self) -> str:
        return f"HolderData({self.name} …{self.id_number[-2:]})"


def read_issuer_data(atr: bytes, fci: bytes) -> Procedure[SocialCard]:
    """Read SSSE/EF05 by tag, the environment being current; `fci` is what its SELECT answered.

    A blank version means 1.0; only three characters of it and nine of the card number count (reader specification
    10.2, 10.4). Raises CardRefusedError, UnexpectedAnswerError.
    """
    yield from select_ef(ISSUER_DATA)
    card_id = yield from read_item(ISSUER_DATA, 0x01)
    version = yield from read_item(ISSUER_DATA, 0x03)
    issued = yield from read_item(ISSUER_DATA, 0x05)
    valid_until = yield from read_item(ISSUER_DATA, 0x06)
    number = yield from read_item(ISSUER_DATA, 0x07)
    identity = _identity(atr, fci, card_id, version, number)
    return SocialCard(
        card_id=identity.card_id,
        number=identity.number,
        version=identity.version,
        algorithm=identity.algorithm,
        historical_bytes=identity.historical_bytes,
        issued=issued,
        valid_until=valid_until,
    )


def read_identity(atr: bytes) -> Procedure[CardIdentity]:
    """Read which card this is in the order deployed drivers use: EF05 first, then the environment once more.

    The environment is current before and after it. Raises as `read_issuer_data`.
    """
    yield from select_ef(ISSUER_DATA)
    card_id = yield from read_item(ISSUER_DATA, 0x01)
    version = yield from read_item(ISSUER_DATA, 0x03)
    number = yield from read_item(ISSUER_DATA, 0x07)
    fci = yield from select_directory(ENVIRONMENT)
    return _identity(atr, fci, card_id, version, number)


def _identity(
    atr: bytes, fci: bytes, card_id: str | None, version: str | None, number: str | None
) -> CardIdentity:
    if not card_id or not number:
        raise UnexpectedAnswerError(
            "SSSE/EF05 holds no card identification code or no card number: the card is blank"
        )
    historical_bytes = answer_to_reset.parse(atr).historical_bytes
    if len(historical_bytes) != 13 or not card_id[:6].isdigit():
        raise UnexpectedAnswerError(
            f"no keys can be derived for card {number}: region {card_id[:6]}, {len(historical_bytes)} historical bytes"
        )
    card = CardIdentity(
        card_id=card_id,
        number=number[:9],
        version=(version or "1.0")[:3],
        algorithm=announced_algorithm(fci, card_id[:6]),
        historical_bytes=historical_bytes,
    )
    if card.generation not in VERSIONS:
        raise UnexpectedAnswerError(
            f"SSSE/EF05 item 03: version {card.version} is unknown; known are {', '.join(VERSIONS)}"
        )
    return card


def announced_algorithm(fci: bytes, region: str) -> Algorithm:
    """The algorithm of tag 86 in 9F0C of the FCI; without it SSF33 for Beijing, DES elsewhere (section 10.1).

    Raises UnexpectedAnswerError on an FCI that is none and on an unknown algorithm.
    """
    try:
        announced = tlv.find(tlv.parse(fci), 0x6F, 0xA5, 0x9F0C, 0x86)
    except tlv.TlvError as error:
        raise UnexpectedAnswerError(f"the FCI of the environment is damaged: {error}") from None
    if announced is None:
        return Algorithm.SSF33 if region.startswith(BEIJING) else Algorithm.DES
    try:
        return Algorithm(int.from_bytes(announced.value, "big"))
    except ValueError:
        shown = announced.value.hex() or "nothing"
        raise UnexpectedAnswerError(
            f"the card announces algorithm {shown}; known are 01, 02 and 03"
        ) from None


def read_holder(card: SocialCard) -> Procedure[HolderData]:
    """Read who the holder is from SSSE/EF06; a missing name extension (1.0 cards) is normal.

    Raises CardRefusedError, UnexpectedAnswerError.
    """
    yield from select_ef(PERSONAL_DATA)
    id_number = yield from read_item(PERSONAL_DATA, 0x08)
    name = yield from read_item_bytes(PERSONAL_DATA, 0x09)
    extension = None if card.version.startswith("1") else (yield from read_item_bytes(PERSONAL_DATA, 0x4E))
    try:
        return HolderData(id_number or "", ssse.join_name(name or b"", extension or b""))
    except FieldError as error:
        raise UnexpectedAnswerError(
            f"{PERSONAL_DATA.path}: the name is no GBK text: {error.reason}"
        ) from None
