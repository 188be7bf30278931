"""Where a channel's requests arrive: activating, looking, catching up, the bank's notice, the electronic card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from apdu.layout.states import Channel, FinancialState, SocialState
from apdu.redact import mask_id
from terminal.backoffice.activation import Commit, take_over
from terminal.backoffice.bank_ports import BankNotice, NoticeAnswer
from terminal.backoffice.card_ports import (
    Authorise,
    Authorised,
    CardView,
    ElectronicCard,
    Enable,
    Enabled,
    PresentCard,
    QueryCard,
    SignElectronicCard,
)
from terminal.backoffice.channel_ports import PlaceKind
from terminal.backoffice.clock import Clock
from terminal.backoffice.desk import Desk
from terminal.backoffice.ports import CardStanding
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import OldCard, SocialCard
from terminal.backoffice.rule import Rules, Situation
from terminal.backoffice.rules_cards import may_be_used
from terminal.backoffice.rules_clock import last_day
from terminal.backoffice.store import Store

CHANNEL = {
    PlaceKind.PHARMACY: Channel.PHARMACY,
    PlaceKind.HOSPITAL: Channel.HOSPITAL,
    PlaceKind.BANK: Channel.BANK,
    PlaceKind.COUNTER: Channel.COUNTER,
    PlaceKind.PHONE: Channel.PHONE,
    PlaceKind.ONLINE: Channel.ONLINE,
}


class ChannelDesk(Desk):
    """Activations and questions of every channel. `random` draws the electronic card's token."""

    def __init__(
        self,
        store: Store,
        profile: Profile,
        now: Callable[[], datetime],
        rules: Rules,
        clock: Clock,
        *,
        commit: Commit,
        random: Callable[[int], bytes],
    ) -> None:
        super().__init__(store, profile, now, rules, clock)
        self._commit = commit
        self._random = random

    def enable(self, request: Enable) -> Enabled:
        """Activate the social application at once (R10 to R12, R15 to R17); an active card is told so (R19)."""
        with self._store.transaction():
            found = self._clock.contact(request.number)
            card = self._decided(request, Situation(card=found, old=self._troubled_old_card(found)))
            active = card.social is SocialState.NORMAL
            if not active:
                kind = self._profile.kind_of(request.place)
                assert kind is not None, "a rule refuses places that do not take part"
                card = take_over(self._store, card, self._now(), CHANNEL[kind], self._commit)
            self._note("enable-again" if active else "enable", request, card.number)
            return Enabled(card.number, not active, card.standing, self._store.balance(card.account))

    def query(self, request: QueryCard) -> CardView:
        """State and balance for the holder (R42), the ID number masked unless the centre itself asks."""
        with self._store.transaction():
            card = self._card(request)
            self._note("query", request, card.number)
            holder, waits = card.holder, card.financial is FinancialState.INACTIVE and card.received_at
            if self._profile.kind_of(request.place) is not PlaceKind.CENTRE:
                holder = replace(holder, id_number=mask_id(holder.id_number))
            return CardView(
                number=card.number,
                holder=holder,
                social=card.social,
                financial=card.financial,
                usable=may_be_used(card.social),
                balance_fen=self._store.balance(card.account),
                received_at=card.received_at,
                bank_until=last_day(waits, self._profile) if waits else None,
                enabled_by=card.enabled_by,
                enabled_at=card.enabled_at,
                old_cards=tuple(old.number for old in self._store.old_cards_of(card.holder.id_number)),
            )

    def present(self, request: PresentCard) -> CardStanding:
        """What a card in a reader is to say of itself."""
        with self._store.transaction():
            return self._card(request).standing

    def authorise(self, request: Authorise) -> Authorised:
        """Whether this place may do that for the holder (R40); the audit says what was allowed."""
        with self._store.transaction():
            card = self._card(request)
            self._note("authorise", request, card.number, request.service.value)
            return Authorised(card.number, request.service)

    def sign_electronic(self, request: SignElectronicCard) -> ElectronicCard:
        """Issue the electronic card once (R22); asked again, the same token is answered."""
        with self._store.transaction():
            card = self._card(request)
            signed = self._store.electronic_card(card.number)
            if signed is not None:
                return ElectronicCard(card.number, *signed, issued=False)
            token, at = self._random(16).hex().upper(), self._now()
            self._store.add_electronic_card(card.number, token, at)
            self._note("electronic-card", request, card.number)
            return ElectronicCard(card.number, token, at, issued=True)

    def bank_activated(self, notice: BankNotice) -> NoticeAnswer:
        """The bank's application is active, and so is the social one from now on, unless lost or locked (R14, R21).

        What a pharmacy has begun with the card is carried out. Raises RefusedError for a card that is unknown,
        another person's, or cancelled.
        """
        with self._store.transaction():
            card = self._decided(notice, Situation(card=self._clock.contact(notice.card)))
            self._store.set_financial(card.number, FinancialState.ACTIVE)
            if card.bank_activated_at is None:
                self._store.set_bank_activated_at(card.number, self._now())
            self._store.set_bank_number(card.number, notice.bank_card)
            self._store.note(self._now(), "bank-notice", card.number, detail="R14")
            if card.social is not SocialState.SEALED:
                return NoticeAnswer(card.social, activated=False)
            take_over(self._store, card, self._now(), Channel.BANK, self._commit)
            return NoticeAnswer(SocialState.NORMAL, activated=True)

    def _troubled_old_card(self, card: SocialCard | None) -> OldCard | None:
        """An old card of the holder that is not in order, if there is one (R13)."""
        held = self._store.old_cards_of(card.holder.id_number) if card else []
        return next((old for old in held if old.state is not SocialState.NORMAL), None)
