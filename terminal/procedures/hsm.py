"""The centre's key machine in place of a PSAM: the two-step form and its text messages (reader specification 9.1)."""

from __future__ import annotations

from dataclasses import dataclass

from apdu.command import Command
from apdu.keys import BY_NAME, KeySpec
from apdu.purse import Amounts, PurchaseOffer, TransactionKind
from apdu.secure_messaging import mac_input
from terminal.procedures.social import CardIdentity

DPK = BY_NAME["DPK"]
HEADER_LENGTH = 5
"""CLA INS P1 P2 Lc."""


@dataclass(frozen=True, slots=True)
class Challenges:
    """The two numbers a card gave for one authentication: the original data and the process factor (the last one)."""

    raw: bytes
    process: bytes


class HsmAnswerError(ValueError):
    """What the HSM cannot be asked, or an answer that is not its message form."""


def base_read_message(card: CardIdentity, internal: Challenges, external: Challenges | None) -> str:
    """Message 01: internal authentication and, for 3.x cards, the external one that opens SSSE/EF06."""
    outer = f"{external.process.hex()}|{external.raw.hex()}" if external else "|"
    text = (
        f"01|{card.region}|{card.historical_bytes.hex()}|{card.algorithm:02d}|{card.card_id}|"
        f"{internal.process.hex()}|{internal.raw.hex()}|{outer}|"
    )
    return text.upper()


def external_authentication_message(card: CardIdentity, key: KeySpec, numbers: Challenges) -> str:
    """Message 02: external authentication with the key at an HSM address.

    Raises HsmAnswerError for a key the HSM has no address for.
    """
    text = (
        f"02|{card.region}|{card.historical_bytes.hex()}|{card.algorithm:02d}|{_address(key):04X}|"
        f"{numbers.process.hex()}|{numbers.raw.hex()}|"
    )
    return text.upper()


def secure_message(card: CardIdentity, key: KeySpec, challenge: bytes, command: Command) -> str:
    """Message 03 with an empty PIN field: the command as the HSM is to complete it, by its header with the final Lc.

    Raises HsmAnswerError for a key the HSM has no address for.
    """
    text = (
        f"03|{card.region}|{card.historical_bytes.hex()}|{card.algorithm:02d}|{_address(key):04X}|"
        f"{challenge.hex()}|{mac_input(command)[:HEADER_LENGTH].hex()}||"
    )
    return text.upper()


def sealed_command(answer: str, command: Command) -> Command:
    """The command that the HSM completed: header, data and MAC, or as some centres send it without the header.

    `command` has its data by length only. Raises HsmAnswerError for anything that is not that command.
    """
    header = mac_input(command)[:HEADER_LENGTH]
    body = _octets(answer.split("|", maxsplit=1)[0])
    whole = body if body[:HEADER_LENGTH] == header else header + body
    if len(whole) != HEADER_LENGTH + header[-1]:
        raise HsmAnswerError("the HSM answered another command than it was asked to complete")
    return Command.parse(whole)


@dataclass(frozen=True, slots=True)
class PurchaseBegun:
    """What a card and a terminal bring to a debit that the key machine is to certify; `time` is 7 bytes BCD."""

    offer: PurchaseOffer
    amounts: Amounts
    terminal: str
    sequence: bytes
    time: bytes


def debit_message(card: CardIdentity, begun: PurchaseBegun) -> str:
    """Message 04: a purchase that the card has begun; raises HsmAnswerError where the account on the card is to pay."""
    offer, amounts = begun.offer, begun.amounts
    version = offer.key_version - 1
    if amounts.account or not 0 <= version < len(DPK.version_addresses):
        raise HsmAnswerError(
            "the HSM certifies no debit of the personal account on the card: use a PSAM that can"
        )
    text = (
        f"04|{card.region}|{card.historical_bytes.hex()}|{begun.sequence.hex()}|{card.algorithm:02d}|"
        f"{DPK.version_addresses[version]:04X}|{offer.random.hex()}|{offer.number:04X}|"
        f"{amounts.encode()[4:].hex()}|{TransactionKind.PURCHASE:02X}|{begun.terminal}|{begun.time.hex()}|"
    )
    return text.upper()


def read_debit(answer: str, begun: PurchaseBegun) -> tuple[bytes, bytes, bytes]:
    """MAC1, MAC2 and TAC (4 bytes each) of what was sent; raises HsmAnswerError."""
    fields = [_octets(field) for field in answer.split("|")[:5]]
    if len(fields) < 5:
        raise HsmAnswerError(f"the HSM answered {len(fields)} fields, 5 expected")
    sequence, time, *proofs = fields
    if (sequence, time) != (begun.sequence, begun.time) or [len(proof) for proof in proofs] != [4, 4, 4]:
        raise HsmAnswerError("the HSM certified another debit than it was asked for")
    mac1, mac2, tac = proofs
    return mac1, mac2, tac


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
    raw = _octets(field)
    if len(raw) != 16:
        raise HsmAnswerError(f"a field of the HSM's answer has {len(raw)} bytes, 16 expected")
    return raw[:8], raw[8:]


def _octets(field: str) -> bytes:
    try:
        return bytes.fromhex(field)
    except ValueError:
        raise HsmAnswerError("a field of the HSM's answer is not hexadecimal") from None


def _address(key: KeySpec) -> int:
    if key.hsm_address is None:
        raise HsmAnswerError(f"{key.name} has no address at the HSM: use a PSAM that holds it")
    return key.hsm_address
