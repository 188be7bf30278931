"""The insurance centre's part of the dual insert: who takes part, and whose an old medical card is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from terminal.backoffice.ports import OldCardAnswer, OldCardQuery, RefusedError, SignedIn, SignIn
from terminal.backoffice.profile import Profile
from terminal.backoffice.rule import Rules, Situation, first_refusal
from terminal.backoffice.store import Store


class InsuranceCentre:
    """The insurance centre over a store. `now` gives aware datetimes."""

    def __init__(self, store: Store, profile: Profile, now: Callable[[], datetime], rules: Rules) -> None:
        self._store = store
        self._profile = profile
        self._now = now
        self._rules = rules

    def sign_in(self, request: SignIn) -> SignedIn:
        """The name of a designated place; any other is refused (R3)."""
        self._check(Situation(), request)
        return SignedIn(self._profile.pharmacies[request.place.pharmacy])

    def old_card(self, request: OldCardQuery) -> OldCardAnswer:
        """Whose the old card is and what is on its account; a lost or blocked one is refused (R13)."""
        with self._store.transaction():
            old = self._store.old_card(request.number)
            if old is not None and old.kind != request.kind:
                old = None
            self._check(Situation(old=old), request)
            assert old is not None
            return OldCardAnswer(old.holder, old.replaced_by, self._store.balance(old.account))

    def _check(self, situation: Situation, request: SignIn | OldCardQuery) -> None:
        refusal = first_refusal(self._rules, situation, request, self._now(), self._profile)
        if refusal is not None:
            raise RefusedError(refusal)
