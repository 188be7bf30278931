"""Proving card and terminal to each other, with the PSAM while it can, else through the HSM.

The five PSAM codes of the reader interface make the terminal fall back to the HSM, once, for the rest of the session.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from apdu.crypto import Algorithm
from apdu.keys import BY_NAME, KeySpec
from terminal.backoffice.ports import HsmMessage
from terminal.errors import CardRefusedError, PsamUnfitError
from terminal.flow.steps import Draw, Flow, PowerOn, Role, Show, on
from terminal.procedures import hsm, psam
from terminal.procedures.authentication import (
    external_authentication,
    internal_authentication,
    require_genuine,
    take_challenge,
    two_challenges,
)
from terminal.procedures.social import CardIdentity
from terminal.text import Text
from terminal.transport.base import TransportError

IRK = BY_NAME["IRK"]
RKSSSE = BY_NAME["RKSSSE"]


class Means(Enum):
    """What authenticates this terminal."""

    PSAM = "psam"
    HSM = "hsm"


@dataclass(slots=True)
class Access:
    """How this terminal authenticates, and what the card in `role` has granted it since power-on.

    `psam_only`: this terminal has no HSM to fall back to, and PsamUnfitError ends what it attempts.
    """

    means: Means
    terminal_number: str = "000000000000"
    environment: Algorithm | None = None
    granted: set[str] = field(default_factory=set)
    psam_only: bool = False


def start_psam(access: Access) -> Flow[None]:
    """Power the PSAM and read the terminal number; a terminal without a working PSAM goes on with the HSM."""
    if access.means is not Means.PSAM:
        return
    try:
        yield PowerOn(Role.PSAM)
        access.terminal_number = yield from on(Role.PSAM, psam.terminal_number())
    except (TransportError, CardRefusedError):
        yield from fall_back(access, PsamUnfitError(psam.NO_PSAM, "no PSAM answers in its slot"))


def prove_genuine(access: Access, role: Role, card: CardIdentity) -> Flow[None]:
    """Internal authentication, and for 3.x cards the external one that opens SSSE/EF06.

    Raises NotGenuineError, CardRefusedError, and what the back office raises.
    """
    if access.means is Means.PSAM:
        try:
            yield from _internal_by_psam(access, role, card)
            if card.protects_holder_data:
                yield from _external_by_psam(access, role, card, RKSSSE)
            return
        except PsamUnfitError as error:
            yield from fall_back(access, error)
    yield from _base_read_by_hsm(access, role, card)


def authenticate(access: Access, role: Role, card: CardIdentity, key: KeySpec) -> Flow[None]:
    """External authentication with `key`, whose directory is current. Raises CardRefusedError."""
    if access.means is Means.PSAM:
        try:
            yield from _external_by_psam(access, role, card, key)
            return
        except PsamUnfitError as error:
            yield from fall_back(access, error)
    yield from _external_by_hsm(access, role, card, key)


def fall_back(access: Access, error: PsamUnfitError) -> Flow[None]:
    """Let the HSM do for the rest of the session what the PSAM cannot, and tell the person.

    Raises `error` where the terminal has no HSM.
    """
    if access.psam_only:
        raise error
    access.means = Means.HSM
    yield Show(
        Text(
            f"The PSAM cannot serve this card ({error.code}: {error.reason}); the centre's HSM takes over.",
            f"终端安全模块不适用（{error.code}），改用加密机。",
        )
    )


def _internal_by_psam(access: Access, role: Role, card: CardIdentity) -> Flow[None]:
    process = yield Draw(8)
    raw = yield Draw(8)
    answer = yield from on(role, internal_authentication(process, raw))
    expected = yield from _compute(access, IRK, card, process, raw)
    require_genuine(answer, expected)


def _external_by_psam(access: Access, role: Role, card: CardIdentity, key: KeySpec) -> Flow[None]:
    process = yield from on(role, take_challenge())
    raw = yield Draw(8)
    data = yield from _compute(access, key, card, process, raw)
    yield from on(role, external_authentication(key, data, raw))
    access.granted.add(key.name)


def _compute(access: Access, key: KeySpec, card: CardIdentity, process: bytes, raw: bytes) -> Flow[bytes]:
    try:
        if access.environment is not card.algorithm:
            yield from on(Role.PSAM, psam.open_environment(card.algorithm))
            access.environment = card.algorithm
        computation = psam.compute_authentication(key, card.algorithm, card.factors, process, raw)
        return (yield from on(Role.PSAM, computation))
    except TransportError:
        raise PsamUnfitError(psam.NO_PSAM, "it stopped answering") from None


def _base_read_by_hsm(access: Access, role: Role, card: CardIdentity) -> Flow[None]:
    """The two-step form: numbers from the card, one message, the result back to the still powered card."""
    numbers = yield from on(role, two_challenges())
    answer = yield from on(role, internal_authentication(numbers.process, numbers.raw))
    outer = (yield from on(role, two_challenges())) if card.protects_holder_data else None
    text = yield HsmMessage(hsm.base_read_message(card, numbers, outer))
    inner_pair, outer_pair = hsm.read_pairs(text, 2)
    if inner_pair is None:
        raise hsm.HsmAnswerError("the HSM answered no internal authentication data")
    require_genuine(answer, inner_pair[0])
    if outer_pair is not None:
        yield from on(role, external_authentication(RKSSSE, *outer_pair))
        access.granted.add(RKSSSE.name)


def _external_by_hsm(access: Access, role: Role, card: CardIdentity, key: KeySpec) -> Flow[None]:
    numbers = yield from on(role, two_challenges())
    text = yield HsmMessage(hsm.external_authentication_message(card, key, numbers))
    (pair,) = hsm.read_pairs(text, 1)
    if pair is None:
        raise hsm.HsmAnswerError("the HSM answered no authentication data")
    yield from on(role, external_authentication(key, *pair))
    access.granted.add(key.name)
