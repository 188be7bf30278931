"""The cards that are fuzzed: every kind in every state an issuer makes, and every profile of the bank's side.

The PKI application takes its key pairs from a short list (`fixed_key_pairs`): making one costs as much as a thousand
commands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import yaml

from apdu.crypto import Algorithm
from apdu.layout import EVERYTHING
from virtual_card.applications.iso7816 import iso7816_card, read_tree
from virtual_card.applications.pboc.options import Activation, BankOptions
from virtual_card.applications.pki import sm2
from virtual_card.applications.pki.contents import KeyPair
from virtual_card.card import VirtualCard
from virtual_card.issuer import PsamOptions, SocialOptions, issue, kinds, states
from virtual_card.state import Face, Purse

SEED = 7
PAIRS = 3
OFFLINE_PIN = "135790"
PURSE = Purse(balance=100_000, year="2030")
FACES: tuple[Face, ...] = ("T=0", "apdu")
LENIENT_PSAM = PsamOptions(level_by_lc=True, accepts_801a=True, sm4_face="apdu")
RICH = SocialOptions(layout=EVERYTHING, purse=PURSE)
PAGE = Path(__file__).parents[2] / "docs" / "iso7816-card.md"

Maker = Callable[[], VirtualCard]


def subjects() -> dict[str, Maker]:
    """A maker for each card to fuzz, by a name that says kind and state."""
    made: dict[str, Maker] = {}
    for kind in kinds():
        made[kind] = partial(issue, kind, SEED)
        for state in states(kind):
            made[f"{kind} {state}"] = partial(issue, kind, SEED, state=state)
    for kind in ("ssc-1.0", "ssc-2.0", "ssc-3.0"):
        made[f"{kind} everything, purse"] = partial(issue, kind, SEED, social=RICH)
    made["ssc-3.0 purse, answers at once"] = partial(issue, "ssc-3.0", SEED, social=RICH, face="apdu")
    for activation in Activation:
        if activation is not Activation.NONE:
            made[f"ssc-3.0 bank {activation}"] = partial(_with_bank, activation)
    made["ssc-3.0 pki"] = partial(issue, "ssc-3.0", SEED, social=SocialOptions(pki=True))
    made["ssc-3.0 contactless"] = partial(issue, "ssc-3.0", SEED, social=SocialOptions(contactless=True))
    made["psam DES alone"] = partial(issue, "psam", SEED, psam=PsamOptions(environments=(Algorithm.DES,)))
    made["psam lenient"] = partial(issue, "psam", SEED, psam=LENIENT_PSAM)
    for face in FACES:
        made[f"iso7816 {face}"] = partial(_plain_card, face)
    return made


def fixed_key_pairs() -> AbstractContextManager[object]:
    """While this lasts, cards draw one of a few key pairs, and which one, from their own random source."""
    pairs = _key_pairs()
    return patch.object(sm2, "new_key_pair", lambda random: pairs[random(1)[0] % PAIRS])


@cache
def _key_pairs() -> list[KeyPair]:
    return [sm2.new_key_pair(Random(number).randbytes) for number in range(PAIRS)]


def _with_bank(activation: Activation) -> VirtualCard:
    """A card with both applications; an offline PIN, so that everything on the bank's side can be reached."""
    options = SocialOptions(purse=PURSE, activation=activation, bank=BankOptions(offline_pin=OFFLINE_PIN))
    return issue("ssc-3.0", SEED, social=options)


def _plain_card(face: Face) -> VirtualCard:
    return iso7816_card(read_tree(_tree()), face=face)


def _tree() -> Mapping[str, Any]:
    (block,) = (part.split("```")[0] for part in PAGE.read_text(encoding="utf-8").split("```yaml\n")[1:])
    tree: Mapping[str, Any] = yaml.load(block, yaml.BaseLoader)
    return tree
