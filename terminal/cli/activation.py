"""`ssc pharmacy activate`: a dual insert on card images, with a person or a script as the operator."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from apdu.layout import LayoutError
from terminal.backoffice.channel_ports import NO_PAPERS, Papers
from terminal.backoffice.office_ports import OpenOffice
from terminal.backoffice.profile import Profile
from terminal.cli.console import ConsoleOperator
from terminal.cli.deck import current_deck
from terminal.cli.files import IN_MEMORY, OfficeOverFile, open_office, region_profile, root_keys
from terminal.cli.input_files import read_shape
from terminal.cli.output import say
from terminal.cli.presenter import View
from terminal.cli.visit import occupied, visit
from terminal.counter import DEFAULT_PHARMACY, Counter, Terminal
from terminal.enrol import enrol_card
from terminal.exit_codes import ExitCode
from terminal.flow.authentication import Means
from terminal.flow.dual_insert_run import Ended
from terminal.flow.operator import Operator
from terminal.flow.outcomes import Outcome
from terminal.scenario.script import ScriptOperator, ScriptStep
from terminal.trace.entries import Slots
from virtual_card.card import VirtualCard
from virtual_card.image import open_journalled
from virtual_card.issue_record import NoIssueRecordError, OldIssueRecord, issue_record

WITHOUT_RECEIPT = (Outcome.ALREADY_ACTIVE, Outcome.CAUGHT_UP)
SCRIPT_HINT = (
    "a script is a list such as `- {do: insert, card: old}`; do: insert, remove, pin, answer, cancel, wait"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the command line asks for; files by name."""

    psam: str | None
    centre: str | None
    profile: str
    pharmacy: str | None
    keys: str | None
    now: datetime | None
    papers: Papers = NO_PAPERS

    def clock(self) -> datetime:
        """The time of this visit."""
        return self.now or datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOrder(Order):
    """A visit with card images: a person or a script puts them into virtual slots; None where no old card is needed."""

    old_card: str | None
    new_card: str
    one_reader: bool
    script: str | None


def run(order: CardOrder, view: View) -> ExitCode:
    """Carry out the visit; card images are saved whatever happens."""
    if current_deck().on_tape:
        raise click.ClickException(
            "a tape records readers: give --old-reader virtual:FILE and --new-reader virtual:FILE in place of "
            "--old-card and --new-card"
        )
    profile = region_profile(order.profile)
    script = scripted(order)
    with ExitStack() as stack:
        cards, psam = cards_of_visit(order, lambda path: stack.enter_context(open_journalled(path)))
        office = open_office(order.centre or IN_MEMORY, profile, order.clock, root_keys(order.keys))
        stack.callback(office.close)
        if order.centre is None:
            _enrol_for_now(office, cards)
        counter = Counter.set_up(
            office,
            Means.PSAM if psam else Means.HSM,
            psam=psam,
            one_reader=order.one_reader,
            pharmacy=order.pharmacy or DEFAULT_PHARMACY,
            now=order.clock,
        )
        at_file = replace(counter, back_office=OfficeOverFile(office))
        return _visit(at_file, cards, script, pins_of(cards.get("old"), profile), view, papers=order.papers)


def scripted(order: CardOrder) -> list[ScriptStep] | None:
    """What the operator does, None where a person is asked; raises InputFileError, MalformedFileError."""
    if order.script is None:
        return None
    script: list[ScriptStep] = read_shape(order.script, list[ScriptStep], SCRIPT_HINT)
    return script


def cards_of_visit(
    order: CardOrder, open_card: Callable[[str], VirtualCard]
) -> tuple[dict[str, VirtualCard], VirtualCard | None]:
    """The cards `old` (if there is one) and `new`, and the PSAM; raises ClickException for what cannot be one."""
    _check_different(order)
    files = {"old": order.old_card, "new": order.new_card}
    cards = {name: open_card(path) for name, path in files.items() if path is not None}
    return cards, None if order.psam is None else _psam(open_card(order.psam), order.psam)


def _check_different(order: CardOrder) -> None:
    """One file cannot be two cards."""
    options = {"--old-card": order.old_card, "--new-card": order.new_card, "--psam": order.psam}
    seen: dict[Path, str] = {}
    for option, name in options.items():
        if name is not None and (other := seen.setdefault(Path(name).resolve(), option)) != option:
            raise click.ClickException(f"{other} and {option} name the same file; name two cards")


def _psam(card: VirtualCard, path: str) -> VirtualCard:
    if card.kind != "psam":
        raise click.ClickException(
            f"{path} is an image of a {card.kind} card, not of a PSAM; make one: ssc card new --kind psam"
        )
    return card


def _enrol_for_now(office: OpenOffice, cards: dict[str, VirtualCard]) -> None:
    """A centre that lives as long as this command knows the two cards, as their issuer reports them."""
    say("no --centre: a temporary one that knows these two cards, and forgets them at the end", err=True)
    for card in cards.values():
        try:
            enrol_card(office, card)
        except (NoIssueRecordError, LayoutError) as error:
            say(f"not brought into the temporary centre: {error}", err=True)


def _visit(
    counter: Counter,
    cards: dict[str, VirtualCard],
    script: list[ScriptStep] | None,
    pins: dict[str, str],
    view: View,
    *,
    papers: Papers,
) -> ExitCode:
    terminal, slots = counter.terminal(), partial(occupied, counter)
    if script is None:
        person = ConsoleOperator(cards, counter.slots)
        return shown(terminal, person, slots, at_console(view), papers).outcome.exit_code
    operator = ScriptOperator(script, cards, counter.slots, pins, strict=False)
    ended = shown(terminal, operator, slots, view, papers)
    if operator.leftover():
        left = "; ".join(operator.leftover())
        say(f"ssc: the visit ended {ended.outcome.label}; not reached in the script: {left}", err=True)
    return ended.outcome.exit_code


def at_console(view: View) -> View:
    """What is shown to a person whom the console has prompted: not the prompts again."""
    return View.ANSWERED if view is View.SPOKEN and sys.stdout.isatty() else view


def shown(
    terminal: Terminal,
    operator: Operator,
    slots: Callable[[], Slots],
    view: View,
    papers: Papers = NO_PAPERS,
) -> Ended:
    """One visit, shown as it happens, with what a receipt alone would not tell."""
    ended = visit(terminal, operator, slots, view, papers)
    if ended.outcome in WITHOUT_RECEIPT and view is View.RECEIPT:
        say(str(ended.text))  # no receipt is printed for it
    if ended.outcome.exit_code:
        if view is View.RECEIPT:
            say(f"ssc: {ended.text}", err=True)
        if ended.detail:
            say(f"ssc: {ended.outcome.label}: {ended.detail}", err=True)
    return ended


def pins_of(old: VirtualCard | None, profile: Profile) -> dict[str, str]:
    """The PINs that a script may name instead of writing them down."""
    pins = {"initial": profile.initial_pin.reveal()}
    if old is None:
        return pins
    try:
        record = issue_record(old)
    except (NoIssueRecordError, LayoutError):
        return pins
    if isinstance(record, OldIssueRecord) and record.old_pin:
        pins["old"] = record.old_pin
    return pins
