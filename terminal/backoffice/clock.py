"""What is due by the clock alone: carried out at every contact with a card, and in bulk by `Tick` (R18, R20, R23)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from apdu.layout.states import Channel
from terminal.backoffice.activation import Commit, commit_activation, take_over
from terminal.backoffice.card_life_ports import Tick, Ticked
from terminal.backoffice.card_states import Operation, moved
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import SocialCard
from terminal.backoffice.rules_clock import collected_until, due, received_before
from terminal.backoffice.store import Store


class Clock:
    """Brings cards up to the hour, over a store. `now` gives aware datetimes."""

    def __init__(
        self,
        store: Store,
        profile: Profile,
        now: Callable[[], datetime],
        commit: Commit = commit_activation,
    ) -> None:
        self._store = store
        self._profile = profile
        self._now = now
        self._commit = commit

    def contact(self, number: str) -> SocialCard | None:
        """The card with this number after everything that is due was done to it; inside a transaction."""
        card = self._store.social_card(number)
        return card and self._brought_up(card)[0]

    def tick(self, request: Tick) -> Ticked:
        """Do what is due, in one transaction: only cards that are due are looked at, found by an index."""
        now, limit, profile = self._now(), request.limit, self._profile
        late, collected = received_before(now, profile), collected_until(now, profile)
        with self._store.transaction():
            numbers = self._store.collected_before(collected, limit, bank_first=profile.financial_first)
            numbers += self._store.without_bank_before(late, limit)
            done: list[Operation] = []
            for number in dict.fromkeys(numbers):
                card = self._store.social_card(number)
                if card is not None:
                    done += self._brought_up(card)[1]
            return Ticked(
                activated=done.count(Operation.ENABLE),
                lost=done.count(Operation.RUN_LATE),
                more=len(numbers) >= limit,
            )

    def _brought_up(self, card: SocialCard) -> tuple[SocialCard, list[Operation]]:
        done: list[Operation] = []
        while (operation := due(card, self._now(), self._profile)) is not None:
            card = _STEPS[operation](self, card)
            done.append(operation)
        return card, done

    def _activate(self, card: SocialCard) -> SocialCard:
        """R18; active since the hour at which it was due, whenever that is noticed."""
        assert card.received_at is not None
        since = card.received_at + timedelta(hours=self._profile.automatic_hours)
        self._store.note(self._now(), "automatic", card.number, detail="R18")
        return take_over(self._store, card, since, Channel.AUTOMATIC, self._commit)

    def _report_lost(self, card: SocialCard) -> SocialCard:
        """R20."""
        lost = moved(card, Operation.RUN_LATE)
        self._store.set_state(lost)
        self._store.note(self._now(), Operation.RUN_LATE.value, card.number, detail="R20")
        return lost


_STEPS: dict[Operation, Callable[[Clock, SocialCard], SocialCard]] = {
    Operation.ENABLE: Clock._activate,
    Operation.RUN_LATE: Clock._report_lost,
}
