"""What a rule of the back office is: a pure function of (situation, request, now, profile) giving a refusal or None.

Which rules a request meets, and in which order, is the table `terminal.backoffice.rules.RULES`; no rule reads a store
or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apdu.layout.states import SocialState
from terminal.backoffice.ports import Refusal
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import OldCard, PinCounter, Reservation, ReservationStatus, SocialCard


@dataclass(frozen=True, slots=True)
class Situation:
    """What the centre knows where a request is decided; None where there is no such thing.

    `reservation`: the open or committed one of the card (or pair), or the one a request names by number.
    `given_up`: the card's own journal names an activation that stands no more. `successor`: the card that is to take
    this one's place.
    """

    card: SocialCard | None = None
    old: OldCard | None = None
    reservation: Reservation | None = None
    counter: PinCounter | None = None
    given_up: bool = False
    successor: SocialCard | None = None


Rule = Callable[[Situation, Any, datetime, Profile], Refusal | None]
Rules = Mapping[type, tuple[Rule, ...]]
Condition = Callable[[Situation], bool]


def first_refusal(
    rules: Rules, situation: Situation, request: object, now: datetime, profile: Profile
) -> Refusal | None:
    """The first refusal among the rules of a request's type, or None where all let it pass."""
    decisions = (rule(situation, request, now, profile) for rule in rules[type(request)])
    return next((refusal for refusal in decisions if refusal is not None), None)


# --- conditions under which a rule does not apply -------------------------------------------------------


def is_reserved(situation: Situation) -> bool:
    """The activation was begun (or even carried out): what was decided then is not asked again."""
    return (
        situation.reservation is not None and situation.reservation.status is not ReservationStatus.RELEASED
    )


def is_committed(situation: Situation) -> bool:
    """The activation was carried out: repeating it is harmless (R19)."""
    return situation.reservation is not None and situation.reservation.status is ReservationStatus.COMMITTED


def is_active(situation: Situation) -> bool:
    """The social application is active already (R16, R19)."""
    return situation.card is not None and situation.card.social is SocialState.NORMAL


def begun_or_active(situation: Situation) -> bool:
    """Nothing of the old card is needed to answer about the new one: it is active, or something is to be finished
    or undone on it."""
    return is_reserved(situation) or is_active(situation) or situation.given_up


def unless(condition: Condition, *rules: Rule) -> tuple[Rule, ...]:
    """The same rules, silent where the condition holds."""

    def guarded(rule: Rule) -> Rule:
        def apply(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
            return None if condition(situation) else rule(situation, request, now, profile)

        return apply

    return tuple(guarded(rule) for rule in rules)
