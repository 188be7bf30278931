"""`ssc pharmacy purchase`, `refund` and `reconcile`: a till on a card's reader, the centre and a book."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import click

from terminal.backoffice.channel_ports import NO_PAPERS, Papers, PlaceKind
from terminal.backoffice.national_line import MessageIds
from terminal.backoffice.ports import BackOffice
from terminal.backoffice.profile import Profile
from terminal.cli.bill_file import read_bill
from terminal.cli.channel_run import first_place
from terminal.cli.deck import current_deck
from terminal.cli.files import OfficeOverFile, open_national, open_office, region_profile, root_keys
from terminal.cli.input_files import InputFileError
from terminal.cli.output import say
from terminal.cli.presenter import View, present
from terminal.cli.reader_console import ReaderOperator, occupied
from terminal.cli.reader_options import PATIENCE_S, OpenReaders
from terminal.cli.till_book import open_book
from terminal.counter import Terminal, Till, settings_of
from terminal.exit_codes import ExitCode
from terminal.flow.authentication import Means
from terminal.flow.clinic import ClinicBill, VisitForm
from terminal.flow.operator import Operator
from terminal.flow.payment_run import PaymentEnded
from terminal.flow.receipt_page import receipt_page
from terminal.flow.steps import Confirm, Receipt, Role
from terminal.session import Listener
from terminal.trace.entries import EndEntry, Entry, ReceiptEntry
from terminal.trace.recorder import Recorder
from terminal.transport.base import Reader

SEQUENCES = 10_000
NS_A_SEQUENCE = 10**9 // SEQUENCES


@dataclass(frozen=True, slots=True, kw_only=True)
class TillOrder:
    """What the command line asks of a till; files and readers by name, `reader` None where no card is needed.

    `place` None takes the region's first of this kind.
    """

    centre: str
    book: str
    profile: str
    place: str | None
    html: str | None
    keys: str | None
    now: datetime | None
    reader: str | None = None
    psam: str | None = None
    wait_s: float = PATIENCE_S
    yes: bool = False
    papers: Papers = NO_PAPERS
    kind: PlaceKind = PlaceKind.PHARMACY

    def clock(self) -> datetime:
        """The time of this payment."""
        return self.now or datetime.now(UTC)


Act = Callable[[Till, Operator, Listener], PaymentEnded]


class Agreeing(ReaderOperator):
    """A clerk who has agreed beforehand."""

    def confirm(self, request: Confirm) -> bool:
        """Yes."""
        return True


@dataclass(slots=True)
class Shown:
    """Shows entries as they come, and keeps the last slip."""

    view: View
    slip: Receipt | None = None

    def __call__(self, entry: Entry) -> None:
        """Take one entry."""
        present(self.view, entry)
        if isinstance(entry, ReceiptEntry):
            self.slip = entry.receipt


def purchase(order: TillOrder, bill_file: str, view: View) -> ExitCode:
    """Carry out a purchase."""
    bill = read_bill(bill_file)
    return _run(
        order,
        view,
        lambda till, operator, listener: till.purchase(bill, operator, listener, papers=order.papers),
    )


def refund(order: TillOrder, settlement: str, view: View) -> ExitCode:
    """Cancel a settlement of this till."""
    return _run(order, view, lambda till, operator, listener: till.refund(settlement, operator, listener))


def register(order: TillOrder, form: VisitForm, view: View) -> ExitCode:
    """Register or admit a patient."""
    return _run(order, view, lambda till, operator, listener: till.register(form, operator, listener))


def settle_visit(order: TillOrder, visit: str, bill: ClinicBill, view: View) -> ExitCode:
    """Settle a patient's visit."""
    return _run(
        order, view, lambda till, operator, listener: till.settle_visit(visit, bill, operator, listener)
    )


def give_visit_up(order: TillOrder, visit: str, view: View) -> ExitCode:
    """Give a patient's visit up."""
    return _run(order, view, lambda till, operator, listener: till.give_visit_up(visit, operator, listener))


def reconcile(order: TillOrder, day: date | None, view: View) -> ExitCode:
    """Compare a day's totals."""
    return _run(order, view, lambda till, operator, listener: till.reconcile(operator, day, listener))


def _run(order: TillOrder, view: View, act: Act) -> ExitCode:
    if current_deck().on_tape:
        raise click.ClickException("a tape records no line to the insurance centre; run the till without it")
    if order.html is not None:
        _check_writable(Path(order.html))
    profile = region_profile(order.profile)
    with ExitStack() as stack:
        till = _till(order, profile, stack)
        readers = till.terminal.readers
        operator = _operator(order, readers)
        shown = Shown(view)
        recorder = Recorder(shown, partial(_occupied, readers), profile.status_fid)
        ended = act(till, operator, recorder)
        _said(ended, shown)
        if order.html is not None and shown.slip is not None:
            _write_page(Path(order.html), shown.slip)
        return ended.outcome.exit_code


def _check_writable(page: Path) -> None:
    """Before any money moves: afterwards it would be too late to say so. Raises InputFileError."""
    place = page if page.exists() else page.parent
    if page.is_dir() or (place is not page and not place.is_dir()) or not os.access(place, os.W_OK):
        raise InputFileError(f"{page}: cannot be written; name a file in a directory that can")


def _write_page(page: Path, slip: Receipt) -> None:
    """What was done stands whether the page can be written or not, and so does the exit code."""
    try:
        page.write_text(receipt_page(slip), encoding="utf-8")
    except OSError as error:
        say(f"ssc: {page}: {error.strerror}; the slip above stands: do not repeat the command", err=True)


def _till(order: TillOrder, profile: Profile, stack: ExitStack) -> Till:
    readers = _open(order, stack)
    office = stack.enter_context(_office(order, profile))
    national = stack.enter_context(open_national(order.centre, profile, order.clock))
    book = stack.enter_context(open_book(order.book))
    place = order.place or first_place(order.kind, profile)
    means = Means.HSM if order.psam is None else Means.PSAM
    terminal = Terminal(readers, office, settings_of(profile, means, place), order.clock)
    # By chance two commands of one second had the same msgid now and then, and the second got the answer of the first.
    first = time.time_ns() // NS_A_SEQUENCE % SEQUENCES
    return Till(terminal, profile, national, book, MessageIds(place, profile, order.clock, first))


@contextmanager
def _office(order: TillOrder, profile: Profile) -> Iterator[BackOffice]:
    office = open_office(order.centre, profile, order.clock, root_keys(order.keys))
    try:
        yield OfficeOverFile(office)
    finally:
        office.close()


def _open(order: TillOrder, stack: ExitStack) -> dict[Role, Reader]:
    if order.reader is None:
        return {}
    opened = OpenReaders(stack)
    card = opened.open("reader", order.reader)
    readers = {Role.OLD: card, Role.NEW: card}
    if order.psam is not None:
        readers[Role.PSAM] = opened.open_psam(order.psam)
    return readers


def _operator(order: TillOrder, readers: Mapping[Role, Reader]) -> Operator:
    return (Agreeing if order.yes else ReaderOperator)(readers, order.wait_s)


def _occupied(readers: Mapping[Role, Reader]) -> dict[str, str | None]:
    return dict(occupied(readers)) if readers else {}


def _said(ended: PaymentEnded, shown: Shown) -> None:
    outcome = ended.outcome
    shown(EndEntry(outcome.label, int(outcome.exit_code), ended.text, ended.detail))
    if outcome.exit_code:
        if shown.view is View.RECEIPT:
            say(f"ssc: {ended.text}", err=True)
        if ended.detail:
            say(f"ssc: {outcome.label}: {ended.detail}", err=True)
