"""The card's side of authentication: challenges, its own proof, the terminal's proof (LD/T 32.7 sections 7 and 8)."""

from __future__ import annotations

from apdu.commands import external_authenticate, get_challenge, internal_authenticate
from apdu.keys import KeySpec
from terminal.errors import CardRefusedError, NotGenuineError, expect_ok
from terminal.flow.steps import Procedure
from terminal.procedures.hsm import Challenges


def take_challenge() -> Procedure[bytes]:
    """Eight random bytes of the card, good for one use. Raises CardRefusedError."""
    command = get_challenge(8)
    response = yield command
    return expect_ok(command, response, "asking the card for a challenge")


def two_challenges() -> Procedure[Challenges]:
    """Original data first, then the process factor, which is the challenge the card keeps. Raises CardRefusedError."""
    raw = yield from take_challenge()
    process = yield from take_challenge()
    return Challenges(raw, process)


def internal_authentication(process: bytes, raw: bytes) -> Procedure[bytes]:
    """The card's proof, 8 bytes, for a process factor and original data of 8 bytes each. Raises CardRefusedError."""
    command = internal_authenticate(process, raw)
    response = yield command
    return expect_ok(command, response, "internal authentication")


def external_authentication(key: KeySpec, data: bytes, raw: bytes) -> Procedure[None]:
    """Show the card authentication data and the original data they cover, 8 bytes each.

    Raises CardRefusedError, ValueError for a key that the card has no reference for.
    """
    if key.reference is None:
        raise ValueError(f"{key.name} has no card reference")
    command = external_authenticate(key.reference, data, raw)
    response = yield command
    if not response.ok:
        raise CardRefusedError(command, response, f"authenticating with {key.name} ({key.purpose})")


def require_genuine(answer: bytes, expected: bytes) -> None:
    """Raise NotGenuineError where the card's proof is not the expected one."""
    if answer != expected:
        raise NotGenuineError(
            "internal authentication failed: the card does not hold the key of a genuine one"
        )
