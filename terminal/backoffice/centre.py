"""The card management centre: knows the true state of every card, and carries activations out.

Each request is answered in one transaction: look up the situation, do what the clock demands (R18, R20),
ask the rules, act. The rules and the committing transition are parameters: a test may break one on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from terminal.backoffice.activation import Commit
from terminal.backoffice.clock import Clock
from terminal.backoffice.ports import (
    CardKey,
    ConfirmActivation,
    Confirmed,
    NewCardAnswer,
    NewCardQuery,
    PinAnswer,
    RefusedError,
    ReleaseReservation,
    ReservationView,
    Reserve,
    Reserved,
    VerifyOldPin,
)
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import (
    OldCard,
    PinCounter,
    Reservation,
    ReservationStatus,
    SocialCard,
)
from terminal.backoffice.rule import Rules, Situation, first_refusal
from terminal.backoffice.store import Store

CentreRequest = NewCardQuery | VerifyOldPin | Reserve | ConfirmActivation | ReleaseReservation


class CardCentre:
    """The centre over a store. `now` gives aware datetimes."""

    def __init__(
        self,
        store: Store,
        profile: Profile,
        now: Callable[[], datetime],
        *,
        rules: Rules,
        commit: Commit,
        clock: Clock,
    ) -> None:
        self._store = store
        self._profile = profile
        self._now = now
        self._rules = rules
        self._commit = commit
        self._clock = clock

    # --- requests ------------------------------------------------------------------------------------------

    def query(self, request: NewCardQuery) -> NewCardAnswer:
        """State of a card and of its activation; refused where a rule forbids activating it."""
        with self._store.transaction():
            card = self.contact(request.card.number)
            reservation = self._current(request.card)
            old = self._old_card(card, request.old_number, reservation)
            given_up = reservation is None and request.journal is not None
            self._check(Situation(card, old, reservation, given_up=given_up), request)
            assert card is not None
            view = reservation.view() if reservation else _journal_view(request.journal)
            counter = self._store.pin_counter(old.number) if old else None
            tries = counter.tries_left if counter else self._profile.pin_tries
            return NewCardAnswer.of(card.standing, view, tries)

    def verify_pin(self, request: VerifyOldPin) -> PinAnswer:
        """Check the old card's PIN; a wrong one uses up a try, the right one restores them all."""
        with self._store.transaction():
            card = self.contact(request.card.number)
            old = self._pin_holder(card, request, self._current(request.card))
            counter = self._store.pin_counter(old.number) if old else None
            self._check(Situation(card, old, None, counter), request)
            assert old is not None
            assert counter is not None
            verifier = self._store.verifier(old.number)
            correct = verifier is not None and verifier.accepts(request.pin)
            if correct:
                after = PinCounter(self._profile.pin_tries, request.card.number, request.place.pharmacy)
            else:
                after = PinCounter(counter.tries_left - 1)
            self._store.set_pin_counter(old.number, after)
            self._note("pin-right" if correct else "pin-wrong", request, request.card.number)
            return PinAnswer(correct, after.tries_left)

    def reserve(self, request: Reserve) -> Reserved:
        """Reserve a pair: the number it has already, or a new one that takes the place of other open ones."""
        with self._store.transaction():
            card = self.contact(request.card.number)
            reservation = self._of_pair(request)
            old = self._old_card(card, request.old_number, reservation)
            counter = self._store.pin_counter(old.number) if old else None
            self._check(Situation(card, old, reservation, counter), request)
            assert card is not None
            assert old is not None
            if reservation is None:
                reservation = self._open(request, card, old, counter)
            return Reserved(reservation.view(), card.medical, card.financial)

    def confirm(self, request: ConfirmActivation) -> Confirmed:
        """Carry the activation out, once: a repeated number is answered as the first time."""
        with self._store.transaction():
            named = self._store.reservation(request.number)
            card = self.contact(named.card) if named else None
            reservation = self._store.reservation(request.number)  # the clock may have carried it out
            old = self._store.old_card(reservation.old_card) if reservation else None
            self._check(Situation(card, old, reservation), request)
            assert reservation is not None
            assert card is not None
            assert old is not None
            if reservation.status is ReservationStatus.OPEN:
                reservation = self._commit(self._store, reservation, card, old, self._now())
                self._note("confirm", request, card.number, reservation.number)
            assert reservation.committed_at is not None
            assert reservation.balance_fen is not None
            return Confirmed(reservation.number, reservation.committed_at, reservation.balance_fen)

    def release(self, request: ReleaseReservation) -> ReservationView:
        """Undo a reservation that was not committed; releasing it again changes nothing."""
        with self._store.transaction():
            reservation = self._store.reservation(request.number)
            self._check(Situation(reservation=reservation), request)
            assert reservation is not None
            return self._release(reservation, request).view()

    # --- what the HSM asks ---------------------------------------------------------------------------------

    def card_by_id(self, card_id: str) -> SocialCard | None:
        """The card with this identification code, its deadline evaluated."""
        with self._store.transaction():
            card = self._store.social_card_by_id(card_id)
            return self.contact(card.number) if card else None

    def cards_by_atr(
        self, region: str, historical_bytes: bytes
    ) -> list[tuple[SocialCard, ReservationStatus | None]]:
        """The cards with these historical bytes, each with how its latest activation stands, if there was any."""
        with self._store.transaction():
            found = self._store.social_cards_by_atr(region, historical_bytes)
            contacts = [card for card in (self.contact(card.number) for card in found) if card]
            return [(card, self._latest(card.key)) for card in contacts]

    # --- looking up ----------------------------------------------------------------------------------------

    def contact(self, number: str) -> SocialCard | None:
        """The card after everything that the clock demands was done to it (R18, R20, R23)."""
        return self._clock.contact(number)

    def _current(self, key: CardKey) -> Reservation | None:
        """The open reservation of a card, else the committed one."""
        return _standing(self._store.reservations_of(key.number))

    def _latest(self, key: CardKey) -> ReservationStatus | None:
        """How the latest activation of a card stands: the open one counts, then the committed, then the released."""
        standing = self._current(key)
        if standing is not None:
            return standing.status
        return ReservationStatus.RELEASED if self._store.reservations_of(key.number) else None

    def _of_pair(self, request: Reserve) -> Reservation | None:
        mine = self._store.reservations_of(request.card.number)
        if request.old_number is None:
            return _standing(mine)
        return _standing([each for each in mine if each.old_card == request.old_number])

    def _old_card(
        self, card: SocialCard | None, number: str | None, reservation: Reservation | None
    ) -> OldCard | None:
        """The old card meant: the one named, else the reserved, else the only one if none need be shown."""
        if number is not None:
            return self._store.old_card(number)
        if reservation is not None:
            return self._store.old_card(reservation.old_card)
        return None if self._profile.old_card_required else self._only_old_card(card)

    def _pin_holder(
        self, card: SocialCard | None, request: VerifyOldPin, reservation: Reservation | None
    ) -> OldCard | None:
        """The old card whose PIN is asked: the reserved one, else the named, else the holder's only one."""
        number = reservation.old_card if reservation else request.old_number
        return self._only_old_card(card) if number is None else self._store.old_card(number)

    def _only_old_card(self, card: SocialCard | None) -> OldCard | None:
        candidates = self._store.old_cards_of(card.holder.id_number) if card else []
        return candidates[0] if len(candidates) == 1 else None

    @staticmethod
    def _is_open(reservation: Reservation | None) -> bool:
        return reservation is not None and reservation.status is ReservationStatus.OPEN

    # --- acting --------------------------------------------------------------------------------------------

    def _check(self, situation: Situation, request: CentreRequest) -> None:
        refusal = first_refusal(self._rules, situation, request, self._now(), self._profile)
        if refusal is None:
            return
        number = situation.card.number if situation.card else None
        self._note("refused", request, number, detail=f"{refusal.rule} {refusal.code.value}")
        raise RefusedError(refusal)

    def _open(
        self, request: Reserve, card: SocialCard, old: OldCard, counter: PinCounter | None
    ) -> Reservation:
        """A new reservation of the pair: uses up the PIN's proof, releases other open ones of either card."""
        rivals = self._store.reservations_of(card.number) + self._store.reservations_with(old.number)
        for rival in rivals:
            if self._is_open(rival):
                self._release(rival, request)
        if counter is not None:
            self._store.set_pin_counter(old.number, PinCounter(counter.tries_left))
        day = self._profile.local_date(self._now())
        reservation = self._store.add_reservation(day, card.number, old.number)
        self._note("reserve", request, card.number, reservation.number)
        return reservation

    def _release(self, reservation: Reservation, request: Reserve | ReleaseReservation) -> Reservation:
        if reservation.status is ReservationStatus.RELEASED:
            return reservation
        released = replace(reservation, status=ReservationStatus.RELEASED)
        self._store.set_reservation(released)
        self._note("release", request, reservation.card, reservation.number)
        return released

    def _note(
        self,
        event: str,
        request: CentreRequest,
        card: str | None,
        reservation: str | None = None,
        detail: str | None = None,
    ) -> None:
        place = request.place.pharmacy
        self._store.note(self._now(), event, card, reservation=reservation, place=place, detail=detail)


def _standing(reservations: list[Reservation]) -> Reservation | None:
    """The open one, else the latest committed one, of reservations listed latest first."""
    for status in (ReservationStatus.OPEN, ReservationStatus.COMMITTED):
        for reservation in reservations:
            if reservation.status is status:
                return reservation
    return None


def _journal_view(journal: str | None) -> ReservationView | None:
    """What a card's journal entry is worth where no reservation stands: nothing, it was undone."""
    return ReservationView(journal, released=True) if journal else None
