"""The back office in one process: insurance centre, card management centre and HSM behind `call`."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from apdu.keys import RootKeys
from terminal.backoffice.activation import Commit, commit_activation
from terminal.backoffice.bank_ports import BankNotice, NoticeAnswer
from terminal.backoffice.card_desk import CardDesk
from terminal.backoffice.card_life_ports import (
    CancelCard,
    HandOver,
    HandOverToEmployer,
    LockCard,
    ReleaseLoss,
    ReplaceCard,
    ReportLoss,
    Tick,
    Ticked,
    UnlockCard,
)
from terminal.backoffice.card_ports import Authorise, Enable, PresentCard, QueryCard, SignElectronicCard
from terminal.backoffice.centre import CardCentre
from terminal.backoffice.channel_desk import ChannelDesk
from terminal.backoffice.clock import Clock
from terminal.backoffice.database import LostRaceError
from terminal.backoffice.debit_desk import DebitDesk
from terminal.backoffice.debit_ports import ReportDebit
from terminal.backoffice.enrolment import Enrolment
from terminal.backoffice.hsm import Hsm
from terminal.backoffice.insurance import InsuranceCentre
from terminal.backoffice.insurance_desk import InsuranceDesk
from terminal.backoffice.local_time import told_locally
from terminal.backoffice.office_ports import all_due, snapshot_of
from terminal.backoffice.ports import (
    Answer,
    ConfirmActivation,
    HsmMessage,
    NewCardQuery,
    OldCardQuery,
    ReleaseReservation,
    Request,
    Reserve,
    SignIn,
    VerifyOldPin,
)
from terminal.backoffice.production import Production
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import CardStatus
from terminal.backoffice.rule import Rules
from terminal.backoffice.rules import RULES
from terminal.backoffice.rules_cards import may_be_used
from terminal.backoffice.store import Store

RACES = 8
"""How often a request is tried where other terminals keep coming first."""


class Office:
    """The `BackOffice` of the ports, in process. `now` gives aware datetimes.

    `rules` and `commit` are what decides and what carries out; `hsm_levels`, `root_keys` as `Hsm` takes them.
    """

    def __init__(
        self,
        store: Store,
        profile: Profile,
        now: Callable[[], datetime],
        *,
        random: Callable[[int], bytes] = os.urandom,
        rules: Rules = RULES,
        commit: Commit = commit_activation,
        hsm_levels: int = 3,
        root_keys: RootKeys | None = None,
    ) -> None:
        self.profile = profile
        self.enrolment = Enrolment(store, profile, now, random)
        self.production = Production(store, profile, now, self.enrolment, self.call)
        self._store = store
        self.insurance = InsuranceDesk(store, profile, now)
        insurance = InsuranceCentre(store, profile, now, rules)
        clock = Clock(store, profile, now, commit)
        centre = CardCentre(store, profile, now, rules=rules, commit=commit, clock=clock)
        channels = ChannelDesk(store, profile, now, rules, clock, commit=commit, random=random)
        cards = CardDesk(store, profile, now, rules, clock)
        hsm = Hsm(centre, hsm_levels, profile.region, root_keys)
        self._desks: Mapping[type, Callable[[Any], Answer]] = {
            SignIn: insurance.sign_in,
            OldCardQuery: insurance.old_card,
            NewCardQuery: centre.query,
            VerifyOldPin: centre.verify_pin,
            Reserve: centre.reserve,
            ConfirmActivation: centre.confirm,
            ReleaseReservation: centre.release,
            HsmMessage: hsm.answer,
            BankNotice: channels.bank_activated,
            QueryCard: channels.query,
            PresentCard: channels.present,
            Enable: channels.enable,
            SignElectronicCard: channels.sign_electronic,
            Authorise: channels.authorise,
            ReportLoss: cards.change,
            ReleaseLoss: cards.change,
            ReplaceCard: cards.replace,
            CancelCard: cards.change,
            LockCard: cards.change,
            UnlockCard: cards.change,
            HandOver: cards.hand_over,
            HandOverToEmployer: cards.hand_over_to_employer,
            Tick: clock.tick,
            ReportDebit: DebitDesk(store, profile, now, hsm).report,
        }

    @classmethod
    def open(
        cls,
        path: str | Path,
        profile: Profile,
        now: Callable[[], datetime],
        *,
        read_only: bool = False,
        **options: Any,
    ) -> Office:
        """The back office over the file at `path`, made where there is none unless `read_only`.

        Raises StoreError.
        """
        return cls(Store(path, read_only=read_only), profile, now, **options)

    @property
    def store(self) -> Store:
        """The store beneath, which the insurance centre's interface shares."""
        return self._store

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def call(self, request: Request) -> Answer:
        """Answer a request at the desk it belongs to, times by the region's clock; raises RefusedError, StoreError.

        What another terminal was quicker at is decided anew: nothing of the lost attempt was kept.
        """
        return told_locally(self._answered(request), self.profile.zone)

    def _answered(self, request: Request) -> Answer:
        desk = self._desks[type(request)]
        for _ in range(RACES - 1):
            with suppress(LostRaceError):
                return desk(request)
        return desk(request)

    def with_desk(self, kind: type, desk: Callable[[Any], Answer]) -> Office:
        """The same office with another desk for one kind of request."""
        other = copy.copy(self)
        other._desks = {**self._desks, kind: desk}
        return other

    def bank_activated(self, notice: BankNotice) -> NoticeAnswer:
        """Take the bank's notice that its application is active (R14); raises RefusedError, StoreError."""
        answer = self.call(notice)
        assert isinstance(answer, NoticeAnswer)
        return answer

    def tick(self) -> Ticked:
        """Do all that is due by the clock; raises StoreError."""
        return all_due(self.call)

    def cards(self) -> list[CardStatus]:
        """Every card the back office knows, old ones first: for listings and end-state checks."""
        with self._store.transaction():
            return [*self._old_cards(), *self._new_cards()]

    def snapshot(self) -> dict[str, dict[str, object]]:
        """State, usable, balance_fen, reservation of every card, by `old:NUMBER` or `new:NUMBER`."""
        return snapshot_of(self.cards())

    def _old_cards(self) -> list[CardStatus]:
        return [
            CardStatus(
                role="old",
                kind=card.kind,
                number=card.number,
                holder=card.holder,
                state=card.state,
                usable=may_be_used(card.state),
                balance_fen=self._store.balance(card.account),
                reservation=next((r.status for r in self._store.reservations_with(card.number)), None),
                replaced_by=card.replaced_by,
            )
            for card in self._store.old_cards()
        ]

    def _new_cards(self) -> list[CardStatus]:
        return [
            CardStatus(
                role="new",
                kind="ssc",
                number=card.number,
                holder=card.holder,
                state=card.social,
                usable=may_be_used(card.social),
                balance_fen=self._store.balance(card.account),
                reservation=next((r.status for r in self._store.reservations_of(card.number)), None),
                financial=card.financial,
            )
            for card in self._store.social_cards()
        ]
