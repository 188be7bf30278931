"""What an operator does to a card with the PSAM: unblock or reload the PIN, block an application or the card.

Each takes two challenges: one for the authentication that permits it, one for the MAC (LD/T 32.7 section 13).
Blocking is for ever and takes a PSAM. For the PIN the centre's key machine does what the PSAM cannot, where the
state of the card allows it (message 03 of the reader specification).
"""

from __future__ import annotations

from apdu.command import Command
from apdu.commands import application_block, card_block, pin_reload, pin_unblock
from apdu.crypto.session import message_block
from apdu.keys import BY_NAME, KeySpec
from apdu.secure_messaging import mac_input, sealed
from terminal.backoffice.ports import HsmMessage
from terminal.errors import PsamUnfitError, expect_ok
from terminal.flow.authentication import Access, Means, authenticate, fall_back
from terminal.flow.steps import Flow, Procedure, Role, on
from terminal.procedures import hsm, psam
from terminal.procedures.authentication import take_challenge
from terminal.procedures.social import CardIdentity
from terminal.text import Pin

PUK, BK, STKSSSE = BY_NAME["PUK"], BY_NAME["BK"], BY_NAME["STKSSSE"]
BLOCKABLE = ("DF03", "DF04")


def unblock_pin(access: Access, role: Role, card: CardIdentity) -> Flow[None]:
    """Fill the PIN's tries and keep the PIN; the environment or an application below it is current.

    Raises CardRefusedError, what the back office raises, HsmAnswerError. Wrong MACs use up PUK, so nothing is tried
    twice.
    """
    yield from _renew_pin(access, role, card, None, "unblocking the PIN")


def reload_pin(access: Access, role: Role, card: CardIdentity, new: Pin) -> Flow[None]:
    """Give the card a new PIN with all its tries; see `unblock_pin`. The holder verifies it afterwards."""
    yield from _renew_pin(access, role, card, new, "setting a new PIN")


def block_card(access: Access, role: Role, card: CardIdentity) -> Flow[None]:
    """Block the card for ever: it answers 6A81 to everything. Raises CardRefusedError, PsamUnfitError."""
    yield from _permitted(access, role, card, BK)
    challenge = yield from on(role, take_challenge())
    yield from _send(
        access, role, card, STKSSSE, card_block(), challenge=challenge, attempted="blocking the card"
    )


def block_application(access: Access, role: Role, card: CardIdentity, name: str) -> Flow[None]:
    """Block DF03 or DF04, which is current, for ever: it answers 9303. Raises ValueError for any other.

    Raises CardRefusedError, PsamUnfitError.
    """
    if name not in BLOCKABLE:
        raise ValueError(f"{name} has no block key; only {' and '.join(BLOCKABLE)} can be blocked")
    yield from _permitted(access, role, card, BY_NAME[f"LK{name}"])
    challenge = yield from on(role, take_challenge())
    key, attempted = BY_NAME[f"STK{name}"], f"blocking {name}"
    yield from _send(access, role, card, key, application_block(), challenge=challenge, attempted=attempted)


def _renew_pin(access: Access, role: Role, card: CardIdentity, new: Pin | None, attempted: str) -> Flow[None]:
    yield from authenticate(access, role, card, PUK)
    challenge = yield from on(role, take_challenge())
    if access.means is Means.PSAM:
        try:
            command = yield from _by_psam(access, card, challenge, new)
        except PsamUnfitError as error:
            yield from fall_back(access, error)
    if access.means is Means.HSM:
        command = yield from _by_hsm(card, challenge, new)
    yield from on(role, _sealed(command, attempted))


def _by_psam(access: Access, card: CardIdentity, challenge: bytes, new: Pin | None) -> Flow[Command]:
    yield from _open(access, card)
    command = pin_unblock()
    if new is not None:
        encryption = psam.encrypt_message(STKSSSE, card.algorithm, card.factors, challenge, new.bcd())
        command = pin_reload((yield from on(Role.PSAM, encryption)))
        yield from _open(access, card)
    return (yield from _with_mac(card, STKSSSE, command, challenge))


def _by_hsm(card: CardIdentity, challenge: bytes, new: Pin | None) -> Flow[Command]:
    command = pin_unblock()
    if new is not None:
        command = pin_reload(bytes(len(message_block(card.algorithm, new.bcd()))))
    answer = yield HsmMessage(hsm.secure_message(card, STKSSSE, challenge, command), new)
    return hsm.sealed_command(answer, command)


def _permitted(access: Access, role: Role, card: CardIdentity, key: KeySpec) -> Flow[None]:
    if access.means is not Means.PSAM:
        raise PsamUnfitError(psam.NO_PSAM, "blocking is computed by a PSAM, and there is none")
    yield from authenticate(access, role, card, key)


def _open(access: Access, card: CardIdentity) -> Flow[None]:
    yield from on(Role.PSAM, psam.open_environment(card.algorithm))
    access.environment = card.algorithm


def _send(
    access: Access,
    role: Role,
    card: CardIdentity,
    key: KeySpec,
    command: Command,
    *,
    challenge: bytes,
    attempted: str,
) -> Flow[None]:
    yield from _open(access, card)
    yield from on(role, _sealed((yield from _with_mac(card, key, command, challenge)), attempted))


def _with_mac(card: CardIdentity, key: KeySpec, command: Command, challenge: bytes) -> Flow[Command]:
    computation = psam.compute_mac(key, card.algorithm, card.factors, challenge, mac_input(command))
    return sealed(command, (yield from on(Role.PSAM, computation)))


def _sealed(command: Command, attempted: str) -> Procedure[None]:
    response = yield command
    expect_ok(command, response, attempted)
