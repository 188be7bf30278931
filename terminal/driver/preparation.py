"""What every function does first: power the card, see what it is, and whether it is the one the caller means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from terminal.driver.base_strings import CardInfo
from terminal.driver.codes import CallError, ReturnCode, refuse
from terminal.driver.profile import Profile
from terminal.driver.strings import NO_TERMINAL
from terminal.errors import CardRefusedError, PsamUnfitError
from terminal.flow.authentication import Access, Means, start_psam
from terminal.flow.steps import Flow, PowerOn, Role, on
from terminal.procedures.files import select_directory
from terminal.procedures.identify import memory_card_of
from terminal.procedures.social import ENVIRONMENT, CardIdentity, read_identity

FILE_NOT_FOUND = 0x6A82
CARD = Role.NEW


@dataclass(frozen=True, slots=True)
class Setting:
    """What a function knows of the driver it runs in; `next_sequence` numbers debits where no PSAM does."""

    profile: Profile
    device_number: str
    next_sequence: Callable[[], bytes]


def power_card() -> Flow[bytes]:
    """Power the card; its answer to reset. Raises CallError -1 for a memory card, what powering raises."""
    atr: bytes = yield PowerOn(CARD)
    memory = memory_card_of(atr)
    if memory:
        raise refuse(ReturnCode.CARD_TYPE, "不是CPU卡", f"a memory card ({memory})")
    return atr


def enter_environment() -> Flow[None]:
    """Select the social security environment; raises CallError -1 for a card that has none, CardRefusedError."""
    try:
        yield from on(CARD, select_directory(ENVIRONMENT))
    except CardRefusedError as error:
        if error.sw != FILE_NOT_FOUND:
            raise
        raise refuse(
            ReturnCode.CARD_TYPE, "不是社会保障卡", "the card has no social security environment"
        ) from None


def identify_card() -> Flow[CardIdentity]:
    """Power the card and read which one it is; the environment is current afterwards."""
    atr = yield from power_card()
    yield from enter_environment()
    return (yield from on(CARD, read_identity(atr)))


def compare_card(card_info: str) -> Flow[CardIdentity]:
    """The card, if it is the one of pCardInfo; of a longer card number nine characters count here too.

    Raises CallError -20, -22, -23, and what `identify_card` raises.
    """
    meant = CardInfo.parse(card_info)
    card = yield from identify_card()
    if (card.card_id, card.number) != (meant.card_id, meant.number[: len(card.number)]):
        raise CallError(ReturnCode.OTHER_CARD)
    return card


def psam_access() -> Flow[Access]:
    """A PSAM that answers, with its terminal number; raises PsamUnfitError -2201."""
    access = Access(Means.PSAM, psam_only=True)
    yield from start_psam(access)
    return access


def terminal_number() -> Flow[str]:
    """The terminal number of the PSAM, twelve zeros where none answers."""
    try:
        return (yield from psam_access()).terminal_number
    except PsamUnfitError:
        return NO_TERMINAL
