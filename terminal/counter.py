"""A pharmacy counter: readers, a back office, and the terminal between them.

`Terminal` takes any readers; `Counter` is one on the desk, with virtual slots. The composition point that CLI,
scenarios and pytest plugin share.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from terminal.backoffice.channel_ports import NO_PAPERS, Papers, PlaceKind
from terminal.backoffice.national_line import InsuranceLine, MessageIds, National, PayingOffice
from terminal.backoffice.office_ports import OpenOffice
from terminal.backoffice.ports import BackOffice, Place
from terminal.backoffice.profile import Profile
from terminal.flow.authentication import Means
from terminal.flow.bill import PHARMACY_PURCHASE, Bill
from terminal.flow.channel import Errand, Finished, at_card
from terminal.flow.clinic import IN_PATIENT, OUT_PATIENT, ClinicBill, VisitForm
from terminal.flow.dual_insert_run import Ended, activation
from terminal.flow.operator import Operator
from terminal.flow.payment import PaymentSettings
from terminal.flow.payment_run import (
    PaymentEnded,
    clinic_settlement,
    giving_up,
    purchase,
    reconciliation,
    refund,
    registration,
)
from terminal.flow.sales import KeepSale, NewMessageId, ReadBook, SalesBook
from terminal.flow.steps import Flow, Role
from terminal.flow.visit import Settings
from terminal.session import Disturbance, Listener, Session
from terminal.transport.base import Reader
from terminal.transport.virtual import VirtualReader
from virtual_card.card import VirtualCard
from virtual_card.faults import FaultPlan
from virtual_card.slot import Slot

DEFAULT_PHARMACY = "990100000001"


def settings_of(profile: Profile, means: Means, pharmacy: str = DEFAULT_PHARMACY) -> Settings:
    """What a region's profile says to a terminal at this pharmacy."""
    return Settings(
        pharmacy=pharmacy,
        means=means,
        initial_pin=profile.initial_pin,
        zone=profile.zone,
        status_fid=profile.status_fid,
        pharmacy_way=profile.pharmacy_way,
        equal_dates_mean_no_limit=profile.equal_dates_mean_no_limit,
        pin_limit=profile.pin_tries,
        initial_pin_refused=profile.initial_pin_refused,
    )


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a session needs: readers by role (`old`, `new`, `psam`), a back office, settings, clock and randomness.

    With one reader, `old` and `new` are the same object.
    """

    readers: Mapping[Role, Reader]
    back_office: BackOffice
    settings: Settings
    now: Callable[[], datetime]
    random: Callable[[int], bytes] = os.urandom

    def dual_insert(
        self,
        operator: Operator,
        listener: Listener | None = None,
        disturbance: Disturbance | None = None,
        papers: Papers = NO_PAPERS,
    ) -> Ended:
        """One visit of a holder who activates a card; raises TerminalPowerLossError if the disturbance says so.

        Regions that need no old card have a shorter table; `papers`: what of the holder is shown there.
        """
        return self.session(operator, listener, disturbance).run(activation(self.settings, papers))

    def visit(
        self,
        errand: Errand,
        operator: Operator,
        listener: Listener | None = None,
        disturbance: Disturbance | None = None,
    ) -> Finished:
        """One visit with the social security card in the reader, whatever it is for; raises as `dual_insert`."""
        return self.session(operator, listener, disturbance).run(at_card(self.settings, errand))

    def session(
        self,
        operator: Operator,
        listener: Listener | None = None,
        disturbance: Disturbance | None = None,
    ) -> Session:
        """What drives a flow at this terminal."""
        return Session(
            self.readers,
            operator,
            self.back_office,
            now=self.now,
            random=self.random,
            listener=listener,
            disturbance=disturbance,
        )


@dataclass(slots=True)
class Counter:
    """Slots by role (`old`, `new`, `psam`), the back office they talk to, and the terminal's settings.

    With one reader, `old` and `new` are the same slot.
    """

    slots: Mapping[Role, Slot]
    back_office: BackOffice
    settings: Settings
    now: Callable[[], datetime]
    random: Callable[[int], bytes] = os.urandom

    @classmethod
    def set_up(
        cls,
        office: OpenOffice,
        means: Means,
        *,
        psam: VirtualCard | None = None,
        one_reader: bool = False,
        pharmacy: str = DEFAULT_PHARMACY,
        now: Callable[[], datetime],
        random: Callable[[int], bytes] = os.urandom,
        faults: Mapping[Role, FaultPlan] | None = None,
    ) -> Counter:
        """A counter for the office's region; `psam` sits in its own slot for good."""
        plans = faults or {}
        old = Slot("old card", plans.get(Role.OLD))
        new = old if one_reader else Slot("new card", plans.get(Role.NEW))
        slots = {Role.OLD: old, Role.NEW: new, Role.PSAM: Slot("PSAM", plans.get(Role.PSAM))}
        if psam is not None:
            slots[Role.PSAM].insert(psam)
        return cls(slots, office, settings_of(office.profile, means, pharmacy), now, random)

    def dual_insert(
        self,
        operator: Operator,
        listener: Listener | None = None,
        disturbance: Disturbance | None = None,
        papers: Papers = NO_PAPERS,
    ) -> Ended:
        """One visit of a holder who activates a card, as `Terminal.dual_insert`."""
        return self.terminal().dual_insert(operator, listener, disturbance, papers)

    def terminal(self) -> Terminal:
        """The terminal at this counter."""
        shared = {id(slot): VirtualReader(slot) for slot in self.slots.values()}
        readers = {role: shared[id(slot)] for role, slot in self.slots.items()}
        return Terminal(readers, self.back_office, self.settings, self.now, self.random)

    def at_pharmacy(self, pharmacy: str) -> Counter:
        """The same counter in another place."""
        return replace(self, settings=replace(self.settings, pharmacy=pharmacy))

    def clear(self) -> None:
        """Take the holder's cards out of the slots; the PSAM stays."""
        for role in (Role.OLD, Role.NEW):
            self.slots[role].remove()


def payment_settings(profile: Profile, settings: Settings) -> PaymentSettings:
    """What a region's profile says to a till, which is this terminal."""
    at_hospital = profile.kind_of(Place(settings.pharmacy)) is PlaceKind.HOSPITAL
    return PaymentSettings(
        terminal=settings,
        place_name=profile.place_named(settings.pharmacy),
        verify_pin=profile.insurance.pin_at_purchase,
        purse=profile.purse,
        clearings=(OUT_PATIENT, IN_PATIENT) if at_hospital else (PHARMACY_PURCHASE,),
        region=profile.region,
    )


@dataclass(frozen=True, slots=True)
class Till:
    """A terminal that takes payments: with a line to the insurance centre, and a book that outlives its power."""

    terminal: Terminal
    profile: Profile
    national: National
    book: SalesBook
    new_msgid: MessageIds

    def purchase(
        self,
        bill: Bill,
        operator: Operator,
        listener: Listener | None = None,
        disturbance: Disturbance | None = None,
        papers: Papers = NO_PAPERS,
    ) -> PaymentEnded:
        """One purchase by card; raises TerminalPowerLossError if the disturbance says so.

        `papers`: what of the holder is shown, where a first purchase activates the card.
        """
        return self._run(purchase(self._settings, bill, papers), operator, listener, disturbance)

    def refund(
        self,
        settlement: str,
        operator: Operator,
        listener: Listener | None = None,
        disturbance: Disturbance | None = None,
    ) -> PaymentEnded:
        """The cancellation of a settlement of this till; raises as `purchase`."""
        return self._run(refund(self._settings, settlement), operator, listener, disturbance)

    def register(
        self,
        form: VisitForm,
        operator: Operator,
        listener: Listener | None = None,
        disturbance: Disturbance | None = None,
    ) -> PaymentEnded:
        """A patient's registration or admission, by card, at a hospital; raises as `purchase`."""
        return self._run(registration(self._settings, form), operator, listener, disturbance)

    def settle_visit(
        self,
        visit: str,
        bill: ClinicBill,
        operator: Operator,
        listener: Listener | None = None,
        disturbance: Disturbance | None = None,
    ) -> PaymentEnded:
        """The settlement of a patient's visit, by card; raises as `purchase`."""
        return self._run(clinic_settlement(self._settings, visit, bill), operator, listener, disturbance)

    def give_visit_up(
        self,
        visit: str,
        operator: Operator,
        listener: Listener | None = None,
        disturbance: Disturbance | None = None,
    ) -> PaymentEnded:
        """A patient's visit given up; raises as `purchase`."""
        return self._run(giving_up(self._settings, visit), operator, listener, disturbance)

    def reconcile(
        self,
        operator: Operator,
        day: date | None = None,
        listener: Listener | None = None,
        disturbance: Disturbance | None = None,
    ) -> PaymentEnded:
        """A day's totals compared with the centre's; raises as `purchase`."""
        return self._run(reconciliation(self._settings, day), operator, listener, disturbance)

    @property
    def _settings(self) -> PaymentSettings:
        return payment_settings(self.profile, self.terminal.settings)

    def _run(
        self,
        flow: Flow[PaymentEnded],
        operator: Operator,
        listener: Listener | None,
        disturbance: Disturbance | None,
    ) -> PaymentEnded:
        terminal, place = self.terminal, self.terminal.settings.pharmacy
        line = InsuranceLine(self.national, place, self.profile, terminal.now, self.new_msgid)
        session = Session(
            terminal.readers,
            operator,
            PayingOffice(terminal.back_office, line),
            now=terminal.now,
            random=terminal.random,
            listener=listener,
            disturbance=disturbance,
            till={
                KeepSale: lambda step: self.book.keep(step.sale),
                ReadBook: lambda step: self.book,
                NewMessageId: lambda step: self.new_msgid(),
            },
        )
        return session.run(flow)
