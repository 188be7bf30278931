"""What every desk of the back office has: a store, a region, a clock, rules to ask, an audit to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from terminal.backoffice.clock import Clock
from terminal.backoffice.ports import RefusedError
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import SocialCard
from terminal.backoffice.rule import Rules, Situation, first_refusal
from terminal.backoffice.store import Store

T = TypeVar("T")


class Desk:
    """A desk over a store. `now` gives aware datetimes; `clock` does what is due before anything is decided."""

    def __init__(
        self, store: Store, profile: Profile, now: Callable[[], datetime], rules: Rules, clock: Clock
    ) -> None:
        self._store = store
        self._profile = profile
        self._now = now
        self._rules = rules
        self._clock = clock

    def _decided(self, request: Any, situation: Situation) -> SocialCard:
        """The card of the situation, where no rule refuses; the refusal is noted. Inside a transaction."""
        refusal = first_refusal(self._rules, situation, request, self._now(), self._profile)
        if refusal is not None:
            number = situation.card.number if situation.card else None
            self._note("refused", request, number, f"{refusal.rule} {refusal.code.value}")
            raise RefusedError(refusal)
        assert situation.card is not None, "every request about a card has a rule that the card is on record"
        return situation.card

    def _card(self, request: Any) -> SocialCard:
        """The card a request names, brought up to the hour, where no rule refuses."""
        return self._decided(request, Situation(card=self._clock.contact(request.number)))

    def _note(self, event: str, request: Any, card: str | None, detail: str | None = None) -> None:
        place = getattr(request, "place", None)
        self._store.note(self._now(), event, card, place=place and place.pharmacy, detail=detail)
