"""What an operator does to a card with the PSAM: unblock or reload the PIN, block an application or the card.

Each takes two challenges: one for the authentication that permits it, one for the MAC (LD/T 32.7 section 13).
Blocking is for ever. The reader's PSAM computes; without one the centre's key machine would have to.
"""

from __future__ import annotations

from apdu.command import Command
from apdu.commands import application_block, card_block, get_challenge, pin_reload, pin_unblock
from apdu.keys import BY_NAME, KeySpec
from apdu.secure_messaging import mac_input, sealed
from terminal.errors import PsamUnfitError, expect_ok
from terminal.flow.authentication import Access, Means, authenticate
from terminal.flow.steps import Flow, Procedure, Role, on
from terminal.procedures import psam
from terminal.procedures.social import SocialCard
from terminal.text import Pin

PUK, BK, STKSSSE = BY_NAME["PUK"], BY_NAME["BK"], BY_NAME["STKSSSE"]
BLOCKABLE = ("DF03", "DF04")


def unblock_pin(access: Access, role: Role, card: SocialCard) -> Flow[None]:
    """Fill the PIN's tries and keep the PIN; the environment or an application below it is current.

    Raises CardRefusedError, PsamUnfitError. Wrong MACs use up PUK, so nothing is tried twice.
    """
    yield from _permitted(access, role, card, PUK)
    challenge = yield from on(role, _challenge())
    yield from _send(
        access, role, card, STKSSSE, pin_unblock(), challenge=challenge, attempted="unblocking the PIN"
    )


def reload_pin(access: Access, role: Role, card: SocialCard, new: Pin) -> Flow[None]:
    """Give the card a new PIN with all its tries; see `unblock_pin`. The holder verifies it afterwards."""
    yield from _permitted(access, role, card, PUK)
    challenge = yield from on(role, _challenge())
    yield from _open(access, card)
    encrypted = yield from on(
        Role.PSAM, psam.encrypt_message(STKSSSE, card.algorithm, card.factors, challenge, new.bcd())
    )
    yield from _send(
        access, role, card, STKSSSE, pin_reload(encrypted), challenge=challenge, attempted="setting a new PIN"
    )


def block_card(access: Access, role: Role, card: SocialCard) -> Flow[None]:
    """Block the card for ever: it answers 6A81 to everything. Raises CardRefusedError, PsamUnfitError."""
    yield from _permitted(access, role, card, BK)
    challenge = yield from on(role, _challenge())
    yield from _send(
        access, role, card, STKSSSE, card_block(), challenge=challenge, attempted="blocking the card"
    )


def block_application(access: Access, role: Role, card: SocialCard, name: str) -> Flow[None]:
    """Block DF03 or DF04, which is current, for ever: it answers 9303. Raises ValueError for any other.

    Raises CardRefusedError, PsamUnfitError.
    """
    if name not in BLOCKABLE:
        raise ValueError(f"{name} has no block key; only {' and '.join(BLOCKABLE)} can be blocked")
    yield from _permitted(access, role, card, BY_NAME[f"LK{name}"])
    challenge = yield from on(role, _challenge())
    key, attempted = BY_NAME[f"STK{name}"], f"blocking {name}"
    yield from _send(access, role, card, key, application_block(), challenge=challenge, attempted=attempted)


def _permitted(access: Access, role: Role, card: SocialCard, key: KeySpec) -> Flow[None]:
    if access.means is not Means.PSAM:
        raise PsamUnfitError(psam.NO_PSAM, "protected commands are computed by a PSAM, and there is none")
    yield from authenticate(access, role, card, key)


def _open(access: Access, card: SocialCard) -> Flow[None]:
    yield from on(Role.PSAM, psam.open_environment(card.algorithm))
    access.environment = card.algorithm


def _send(
    access: Access,
    role: Role,
    card: SocialCard,
    key: KeySpec,
    command: Command,
    *,
    challenge: bytes,
    attempted: str,
) -> Flow[None]:
    yield from _open(access, card)
    computation = psam.compute_mac(key, card.algorithm, card.factors, challenge, mac_input(command))
    mac = yield from on(Role.PSAM, computation)
    yield from on(role, _sealed(sealed(command, mac), attempted))


def _challenge() -> Procedure[bytes]:
    command = get_challenge(8)
    response = yield command
    return expect_ok(command, response, "asking the card for a challenge")


def _sealed(command: Command, attempted: str) -> Procedure[None]:
    response = yield command
    expect_ok(command, response, attempted)
