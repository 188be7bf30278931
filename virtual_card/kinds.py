"""From stored state to a card of its kind: the one list of kinds that an image may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from virtual_card.applications.memory import CHIPS, MemoryCard
from virtual_card.applications.old_cpu import old_cpu_card
from virtual_card.applications.psam import psam_card
from virtual_card.applications.social import KINDS, social_card
from virtual_card.card import Random, VirtualCard
from virtual_card.description import read_contents, read_face
from virtual_card.description_reader import DescriptionError, Reader

State = Mapping[str, Any]


def _social(state: State, random: Random) -> VirtualCard:
    face = read_face(Reader(state))
    return social_card(state["kind"], read_contents(state), random=random, face=face)


def _psam(state: State, random: Random) -> VirtualCard:
    return psam_card(read_contents(state), random=random, face=read_face(Reader(state)))


def _old_cpu(state: State, random: Random) -> VirtualCard:
    return old_cpu_card(read_contents(state), random=random, face=read_face(Reader(state)))


def _iso7816(state: State, random: Random) -> VirtualCard:
    from virtual_card.applications.iso7816 import revived

    return revived(state, random)


def _memory(state: State, random: Random) -> VirtualCard:
    return MemoryCard.from_state(state)


_MAKERS: Mapping[str, Callable[[State, Random], VirtualCard]] = {
    **dict.fromkeys(KINDS, _social),
    **dict.fromkeys(CHIPS, _memory),
    "psam": _psam,
    "old-cpu": _old_cpu,
    "iso7816": _iso7816,
}


def from_state(state: State, random: Random) -> VirtualCard:
    """The card whose `state()` this is, powered off; raises DescriptionError naming the wrong entry."""
    kind = state.get("kind")
    if not isinstance(kind, str) or kind not in _MAKERS:
        raise DescriptionError("kind", f"{kind!r} is none of {', '.join(_MAKERS)}")
    try:
        return _MAKERS[kind](state, random)
    except DescriptionError:
        raise
    except KeyError as error:
        raise DescriptionError(str(error.args[0]), "is missing") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise DescriptionError("card", f"contradicts itself: {error}") from None
