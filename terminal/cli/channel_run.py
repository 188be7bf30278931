"""Carries out what a channel's command asks: with the card in a reader, or by a request to the centre alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import click

from terminal.backoffice.channel_ports import Agent, Papers, PlaceKind
from terminal.backoffice.ports import BackOffice, BackOfficeError, Place, Request
from terminal.backoffice.profile import Profile
from terminal.cli.deck import current_deck
from terminal.cli.files import OfficeOverFile, open_office, region_profile, root_keys
from terminal.cli.input_files import InputFileError, read_shape
from terminal.cli.output import say
from terminal.cli.presenter import View, present
from terminal.cli.reader_console import ReaderOperator, occupied
from terminal.cli.reader_options import PATIENCE_S, OpenReaders
from terminal.counter import settings_of
from terminal.exit_codes import ExitCode
from terminal.flow.authentication import Means
from terminal.flow.channel import Errand, Finished, at_card, failed
from terminal.flow.steps import Role
from terminal.flow.told import told
from terminal.session import Session
from terminal.trace.centre import centre_entry
from terminal.trace.entries import EndEntry
from terminal.trace.recorder import Recorder
from terminal.transport.base import Reader

ID_CARD_HINT = 'an ID card is a file of two lines: `id_number: "..."` and `name: ...`'
ErrandOf = Callable[[BackOffice], Errand]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOrder:
    """What the command line says: files, readers and places by name; `place` None takes the region's first."""

    centre: str
    profile: str
    kind: PlaceKind
    place: str | None
    now: datetime | None
    view: View
    reader: str | None = None
    psam: str | None = None
    keys: str | None = None
    wait_s: float = PATIENCE_S

    def clock(self) -> datetime:
        """The time of this visit."""
        return self.now or datetime.now(UTC)


def papers(id_card: str | None, agent_card: str | None, power_of_attorney: bool) -> Papers:
    """What was shown, from files that stand for ID cards; raises InputFileError."""
    comes = agent_card is not None or power_of_attorney
    agent = Agent(_id_number(agent_card), power_of_attorney) if comes else None
    return Papers(_id_number(id_card), agent)


def _id_number(path: str | None) -> str | None:
    if path is None:
        return None
    shown = read_shape(path, dict[str, str], ID_CARD_HINT, all_text=True)
    if not shown.get("id_number"):
        raise InputFileError(f"{path}: {ID_CARD_HINT}")
    return str(shown["id_number"])


def place_of(order: ChannelOrder, profile: Profile) -> Place:
    """The place named, else the first of this kind in the region."""
    return Place(order.place or first_place(order.kind, profile))


def first_place(kind: PlaceKind, profile: Profile) -> str:
    """The code of the region's first place of a kind; raises ClickException where it has none."""
    first = next(iter(profile.places_of(kind)), None)
    if first is None:
        raise click.ClickException(f"profile {profile.name} has no {kind.value}; give --place CODE")
    return first


def with_card(order: ChannelOrder, errand_of: ErrandOf) -> ExitCode:
    """Carry out an errand with the card in the reader, shown as it happens."""
    assert order.reader is not None
    profile = region_profile(order.profile)
    deck = current_deck()
    with ExitStack() as stack:
        readers = _open(order, stack)
        office = stack.enter_context(deck.back_office(partial(_office, order, profile)))
        operator = deck.operator(lambda: ReaderOperator(readers, order.wait_s))
        show = partial(present, order.view)
        session = Session(
            readers,
            operator,
            office,
            now=deck.now(order.clock),
            random=deck.random(os.urandom),
            listener=Recorder(show, partial(occupied, readers), profile.status_fid),
        )
        means = Means.HSM if order.psam is None else Means.PSAM
        settings = settings_of(profile, means, place_of(order, profile).pharmacy)
        return _shown(session.run(at_card(settings, errand_of(office))), order.view)


def without_card(order: ChannelOrder, request_at: Callable[[Place], Request]) -> ExitCode:
    """Send one request to the centre, and show what it answers, value by value: no dialogue at a counter says it."""
    view = View.FULL if order.view is View.SPOKEN else order.view
    profile = region_profile(order.profile)
    request = request_at(place_of(order, profile))
    with current_deck().back_office(partial(_office, order, profile)) as office:
        try:
            answer = office.call(request)
        except BackOfficeError as error:
            present(view, centre_entry(request, error))
            return _shown(failed(error), view)
    present(view, centre_entry(request, answer))
    return _shown(told(request, answer), view)


def _shown(finished: Finished, view: View) -> ExitCode:
    code = finished.exit_code
    detail = finished.detail if view is View.JSON else finished.detail or str(finished.text)
    present(view, EndEntry(finished.label, int(code), finished.text, detail))
    if view is View.RECEIPT:
        say(f"ssc: {finished.text}" if code else str(finished.text), err=bool(code))
    elif code and finished.detail and view is not View.JSON:
        say(f"ssc: {finished.label}: {finished.detail}", err=True)
    return code


@contextmanager
def _office(order: ChannelOrder, profile: Profile) -> Iterator[BackOffice]:
    office = open_office(order.centre, profile, order.clock, root_keys(order.keys))
    try:
        yield OfficeOverFile(office)
    finally:
        office.close()


def _open(order: ChannelOrder, stack: ExitStack) -> Mapping[Role, Reader]:
    assert order.reader is not None
    opened = OpenReaders(stack)
    card = opened.open(Role.NEW.value, order.reader)
    readers = {Role.OLD: card, Role.NEW: card}
    if order.psam is not None:
        readers[Role.PSAM] = opened.open_psam(order.psam)
    return readers
