"""The cards of a scenario as they are made: from seeds, in the states that it asks for."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime

from apdu.commands import verify
from apdu.crypto import Algorithm
from apdu.keys import KEYS
from apdu.layout.application_status import DEFAULT_FID, RECEIPT_TAG, file
from apdu.layout.states import FinancialState
from terminal.scenario.model import Scenario
from terminal.scenario.setting import CardSpec, PsamSpec
from virtual_card.applications.pboc.options import Activation
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.holder import Holder
from virtual_card.issuer import PsamOptions, SocialOptions, issue
from virtual_card.persona import Persona
from virtual_card.state import Face, Purse

FOREIGN_ROOTS = {f"{key.name}/{version}": bytes(16) for key in KEYS for version in (1, 2, 3)}
"""Roots nobody issues with: a card made from them is not genuine."""

WRONG_PIN = bytes.fromhex("9999999F")
NOT_RECEIVED = next(record for record in file().blank_records() if record[0] == RECEIPT_TAG)


def seeded(scenario: Scenario, purpose: str) -> Callable[[int], bytes]:
    """A source of bytes that gives the same for the same scenario and purpose."""
    return random.Random(f"{scenario.name}/{scenario.seed}/{purpose}").randbytes


def holder_of(spec: CardSpec, cards: Mapping[str, CardSpec], today: date) -> Holder | None:
    """Whose card it is where it is not its own seed's."""
    if spec.holder is None:
        return None
    persona = Persona.from_seed(cards[spec.holder].seed, today)
    return Holder(name=persona.name, id_number=persona.id_number)


def issue_card(
    spec: CardSpec, clock: datetime, draw: Callable[[int], bytes], holder: Holder | None = None
) -> VirtualCard:
    """Issue a card of the scenario, its PIN tries spent by wrong PINs where it says so."""
    active = spec.activation is Activation.ACTIVE
    card = issue(
        spec.kind,
        spec.seed,
        state=spec.state,
        today=clock.date(),
        root_keys=None if spec.genuine else FOREIGN_ROOTS,
        pin=spec.pin,
        holder=holder,
        social=SocialOptions(
            status_fid=DEFAULT_FID if spec.status_file else None,
            contactless=spec.contactless,
            activation=spec.activation,
            financial=FinancialState.ACTIVE if active else FinancialState.INACTIVE,
            purse=None if spec.purse_fen is None else Purse(spec.purse_fen),
        ),
        random=draw,
    )
    if not spec.handed_out:
        card = _unreceived(card, "apdu" if spec.contactless else "T=0", draw)
    if spec.pin_tries is not None:
        _spend_pin_tries(card, spec.pin_tries)
    return card


def _unreceived(card: VirtualCard, face: Face, draw: Callable[[int], bytes]) -> VirtualCard:
    """The card as it lies at the counter: nothing on it says that anybody has received it."""
    assert isinstance(card, ProcessorCard)
    contents = card.contents()
    records = contents.directory("SSSE").file(DEFAULT_FID).records
    records[:] = [NOT_RECEIVED if record[0] == RECEIPT_TAG else record for record in records]
    return social_card(card.kind, contents, random=draw, face=face)


def _spend_pin_tries(card: VirtualCard, left: int) -> None:
    card.power_on()
    for _ in range(16):
        query = card.transmit(bytes.fromhex("0020000000"))
        if query[1] & 0x0F <= left:
            break
        card.transmit(verify(WRONG_PIN).encode())
    card.power_off()


def issue_psam(spec: PsamSpec, draw: Callable[[int], bytes]) -> VirtualCard:
    """Issue the terminal's PSAM as the scenario describes it."""
    options = PsamOptions(
        levels=spec.levels,
        without=frozenset(spec.without),
        environments=tuple(Algorithm[name] for name in spec.environments),
    )
    return issue("psam", 0, psam=options, random=draw)
