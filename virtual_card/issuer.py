"""Issue a virtual card: holder and serial from a seed, keys from the roots, contents from the layout.

The same kind, seed and options give the same card, byte for byte. Social security cards come personalised
and sealed, as they lie in the holder's envelope; all cards of one seed belong to the same holder, and every
PSAM fits every card.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date

from apdu import atr
from apdu.crypto.diversification import factors
from apdu.keys import BY_NAME, RootKeys
from apdu.layout.old_cards import OLD_CARDS, OLD_CPU
from apdu.layout.psam import psam_layout
from virtual_card.applications.memory import CHIPS, MemoryCard
from virtual_card.applications.old_cpu import old_cpu_card, old_cpu_contents
from virtual_card.applications.pboc.options import Activation, BankOptions
from virtual_card.applications.psam import (
    ENVIRONMENTS,
    NATIONAL,
    PROVINCIAL,
    psam_card,
    psam_contents,
    sam_own_keys,
    working_keys,
)
from virtual_card.card import VirtualCard
from virtual_card.card_kinds import GENERATIONS, CardKind, CardState, kinds, states
from virtual_card.holder import Holder
from virtual_card.issue_order import IssueError, Order, PsamOptions, SocialOptions, packed_pin
from virtual_card.issue_record import issuer_notes
from virtual_card.issue_social import issue_social
from virtual_card.persona import DEFAULT_TODAY, REGION, Persona
from virtual_card.personalisation import OLD_CARD_VALUES, file_contents, psam_files
from virtual_card.state import Face

__all__ = [
    "GENERATIONS",
    "Activation",
    "BankOptions",
    "CardKind",
    "CardState",
    "IssueError",
    "PsamOptions",
    "SocialOptions",
    "issue",
    "kinds",
    "states",
]

_SOCIAL_DEFAULTS = SocialOptions()
_PSAM_DEFAULTS = PsamOptions()


def issue(
    kind: str,
    seed: int,
    *,
    state: str | None = None,
    today: date = DEFAULT_TODAY,
    root_keys: RootKeys | None = None,
    pin: str | None = None,
    holder: Holder | None = None,
    social: SocialOptions = _SOCIAL_DEFAULTS,
    psam: PsamOptions = _PSAM_DEFAULTS,
    random: Callable[[int], bytes] = os.urandom,
    face: Face = "T=0",
) -> VirtualCard:
    """Issue a card of `kind` to the holder of `seed`, or to `holder` as far as that says who it is.

    `pin` is the initial PIN of a social security card, or the PIN that belongs to an old card (which a
    memory card does not hold: it stands in the issuer's notes). `root_keys` replace the test roots. `random`
    gives the card's challenges. Raises HolderError for a holder who cannot be, IssueError for an unknown kind,
    a state the kind does not have, a PIN that is none, a seed out of range, or PSAM options that name no key.
    """
    chosen = _kind(kind)
    order = Order(
        chosen,
        _state(chosen, state),
        _persona(seed, today, holder),
        today,
        root_keys,
        pin,
        social,
        psam,
        random,
        face,
    )
    return _ISSUERS[chosen](order)


def _kind(kind: str) -> CardKind:
    try:
        return CardKind(kind)
    except ValueError:
        raise IssueError(f"{kind!r} is no kind of card; choose one of {', '.join(kinds())}") from None


def _state(kind: CardKind, state: str | None) -> CardState | None:
    if state is None:
        return None
    if state not in states(kind):
        known = ", ".join(states(kind)) or "none; leave it out"
        raise IssueError(f"a {kind} card cannot be issued as {state!r}; its states: {known}")
    return CardState(state)


def _persona(seed: int, today: date, holder: Holder | None) -> Persona:
    try:
        persona = Persona.from_seed(seed, today)
    except ValueError as error:
        raise IssueError(str(error)) from None
    return persona if holder is None else holder.applied_to(persona)


def _issue_memory(order: Order) -> VirtualCard:
    (spec,) = OLD_CARDS[order.kind.value].files
    contents = spec.build(OLD_CARD_VALUES[order.kind.value](order.persona))
    pin = order.persona.old_pin if order.pin is None else order.pin
    packed_pin(pin)
    user_size = CHIPS[order.kind.value].user_size
    return MemoryCard(order.kind.value, contents[:user_size], notes=issuer_notes(order.persona, pin))


def _issue_old_cpu(order: Order) -> VirtualCard:
    pin = order.persona.old_pin if order.pin is None else order.pin
    values = OLD_CARD_VALUES[order.kind.value](order.persona)
    contents = old_cpu_contents(
        atr=atr.build(order.persona.old_historical_bytes).encode(),
        layout=OLD_CPU,
        files={spec.path: file_contents(spec, values) for spec in OLD_CPU.files},
        pin=packed_pin(pin),
    )
    contents.notes = issuer_notes(order.persona, pin)
    return old_cpu_card(contents, random=order.random, face=order.face)


def _issue_psam(order: Order) -> VirtualCard:
    options, persona = order.psam, order.persona
    for name in (*options.levels, *options.without):
        if name not in BY_NAME:
            raise IssueError(f"{name!r} is no key; a PSAM has {', '.join(BY_NAME)}")
    if not set(options.levels.values()) <= set(range(NATIONAL + 1)):
        raise IssueError(f"a PSAM key has 0 to {NATIONAL} levels left to diversify")
    levels = {name: NATIONAL if name == "IRK" or name.startswith("RK") else PROVINCIAL for name in BY_NAME}
    path = factors(REGION, persona.historical_bytes)
    keys = {
        environment: [
            key
            for key in working_keys(
                algorithm, levels={**levels, **options.levels}, path=path, replaced=order.root_keys
            )
            if key.name not in options.without
        ]
        for environment, algorithm in ENVIRONMENTS.items()
        if algorithm in options.environments
    }
    layout = psam_layout()
    contents = psam_contents(
        atr=atr.build(persona.historical_bytes).encode(),
        layout=layout,
        keys=keys,
        files=psam_files(layout, persona, options.terminal_number),
        own_keys=sam_own_keys(order.root_keys),
        sm4_face=options.sm4_face,
        level_by_lc=options.level_by_lc,
        accepts_801a=options.accepts_801a,
        refuses_purchase=options.refuses_purchase,
        wrong_mac2_is_63cf=options.wrong_mac2_is_63cf,
    )
    return psam_card(contents, random=order.random, face=order.face)


_ISSUERS: Mapping[CardKind, Callable[[Order], VirtualCard]] = {
    **dict.fromkeys(GENERATIONS, issue_social),
    CardKind.SLE4442: _issue_memory,
    CardKind.SLE4428: _issue_memory,
    CardKind.OLD_CPU: _issue_old_cpu,
    CardKind.PSAM: _issue_psam,
}
