"""`ssc pharmacy activate` on readers: a person moves the cards, the terminal waits for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import click

from terminal.backoffice.ports import BackOffice
from terminal.backoffice.profile import Profile
from terminal.cli.activation import Order, at_console, shown
from terminal.cli.deck import current_deck
from terminal.cli.files import OfficeOverFile, open_office, region_profile, root_keys
from terminal.cli.presenter import View
from terminal.cli.reader_console import ReaderOperator, occupied
from terminal.cli.reader_options import OpenReaders
from terminal.counter import DEFAULT_PHARMACY, Terminal, settings_of
from terminal.exit_codes import ExitCode
from terminal.flow.authentication import Means
from terminal.flow.steps import Role
from terminal.flow.visit import Settings
from terminal.transport.base import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderOrder(Order):
    """A visit at readers, by address; `old` and `new` name the same reader where one serves both cards."""

    old: str
    new: str
    wait_s: float


def run(order: ReaderOrder, view: View) -> ExitCode:
    """Carry out the visit."""
    if order.centre is None:
        raise click.ClickException(
            "--centre is needed with readers: a temporary centre knows no card of theirs"
        )
    profile = region_profile(order.profile)
    deck = current_deck()
    with ExitStack() as stack:
        readers = _open(order, stack)
        office = stack.enter_context(deck.back_office(partial(_office, order.centre, order, profile)))
        clock, random = deck.now(order.clock), deck.random(os.urandom)
        terminal = Terminal(readers, office, _settings(order, profile), clock, random)
        operator = deck.operator(lambda: ReaderOperator(readers, order.wait_s))
        slots = partial(occupied, readers)
        return shown(terminal, operator, slots, at_console(view), order.papers).outcome.exit_code


@contextmanager
def _office(centre: str, order: ReaderOrder, profile: Profile) -> Iterator[BackOffice]:
    office = open_office(centre, profile, order.clock, root_keys(order.keys))
    try:
        yield OfficeOverFile(office)
    finally:
        office.close()


def _open(order: ReaderOrder, stack: ExitStack) -> dict[Role, Reader]:
    """The reader of each role; one slot is opened once. Raises ReaderHintError and other TransportErrors."""
    opened = OpenReaders(stack)
    cards = {Role.OLD: order.old, Role.NEW: order.new}
    readers = {role: opened.open(role.value, address) for role, address in cards.items()}
    if order.psam is not None:
        readers[Role.PSAM] = opened.open_psam(order.psam)
    return readers


def _settings(order: ReaderOrder, profile: Profile) -> Settings:
    means = Means.HSM if order.psam is None else Means.PSAM
    return settings_of(profile, means, order.pharmacy or DEFAULT_PHARMACY)
