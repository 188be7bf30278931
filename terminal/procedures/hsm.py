"""The centre's key machine in place of a PSAM: the two-step form and its text messages (reader specification 9.1)."""

from __future__ import annotations

from dataclasses import dataclass

from apdu.keys import KeySpec
from terminal.procedures.social import SocialCard


@dataclass(frozen=True, slots=True)
class Challenges:
    """The two numbers a card gave for one authentication: the original data and the process factor (the last one)."""

    raw: bytes
    process: bytes


class HsmAnswerError(ValueError):
    """What the HSM cannot be asked, or an answer that is not its message form."""


def base_read_message(card: SocialCard, internal: Challenges, external: Challenges | None) -> str:
    """Message 01: internal authentication and, for 3.x cards, the external one that opens SSSE/EF06."""
    outer = f"{external.process.hex()}|{external.raw.hex()}" if external else "|"
    text = (
        f"01|{card.region}|{card.historical_bytes.hex()}|{card.algorithm:02d}|{card.card_id}|"
        f"{internal.process.hex()}|{internal.raw.hex()}|{outer}|"
    )
    return text.upper()


def external_authentication_message(card: SocialCard, key: KeySpec, numbers: Challenges) -> str:
    """Message 02: external authentication with the key at an HSM address.

    Raises HsmAnswerError for a key the HSM has no address for.
    """
    if key.hsm_address is None:
        raise HsmAnswerError(f"{key.name} has no address at the HSM: use a PSAM that holds it")
    text = (
        f"02|{card.region}|{card.historical_bytes.hex()}|{card.algorithm:02d}|{key.hsm_address:04X}|"
        f"{numbers.process.hex()}|{numbers.raw.hex()}|"
    )
    return text.upper()


def read_pairs(answer: str, count: int) -> list[tuple[bytes, bytes] | None]:
    """Authentication data and original data (8 bytes each) from `auth raw|auth raw|`; None for an empty field.

    Raises HsmAnswerError. Lower case and a missing last separator are accepted, as some centres send them.
    """
    fields = answer.split("|")[:count]
    if len(fields) < count:
        raise HsmAnswerError(f"the HSM answered {len(fields)} fields, {count} expected")
    return [_pair(field) for field in fields]


def _pair(field: str) -> tuple[bytes, bytes] | None:
    if not field:
        return None
    try:
        raw = bytes.fromhex(field)
    except ValueError:
        raise HsmAnswerError("a field of the HSM's answer is not hexadecimal") from None
    if len(raw) != 16:
        raise HsmAnswerError(f"a field of the HSM's answer has {len(raw)} bytes, 16 expected")
    return raw[:8], raw[8:]
