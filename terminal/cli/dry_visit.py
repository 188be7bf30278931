"""A dual insert as a dry run: on copies of the images, or on specimens where the cards are in readers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from terminal.backoffice.channel_ports import PharmacyWay
from terminal.backoffice.database import copy_file, is_url
from terminal.backoffice.link import is_http
from terminal.backoffice.office_ports import OpenOffice
from terminal.cli.activation import CardOrder, Order, cards_of_visit, pins_of, scripted
from terminal.cli.dry_run import SPECIMEN_SEED, Basis, announce
from terminal.cli.files import IN_MEMORY, open_office, region_profile, root_keys
from terminal.cli.presenter import View
from terminal.cli.visit import occupied, visit
from terminal.counter import DEFAULT_PHARMACY, Counter
from terminal.enrol import enrol_card
from terminal.exit_codes import ExitCode
from terminal.flow.authentication import Means
from terminal.scenario.script import EnterPinStep, Insert, Remove, ScriptOperator, ScriptStep
from virtual_card.card import VirtualCard
from virtual_card.image import load
from virtual_card.issuer import issue

SPECIMENS = {"old": "sle4442", "new": "ssc-3.0"}


def on_copies(order: CardOrder, view: View) -> ExitCode:
    """The visit on the cards as they are now, and on a copy of the centre's file; nothing is written."""
    with ExitStack() as stack:
        cards, psam = cards_of_visit(order, load)
        office = _office(order, stack, None if order.centre else cards)
        announce(Basis.COPIES, as_json=view is View.JSON)
        return _visit(order, office, cards, psam, view)


def on_specimens(order: Order, view: View) -> ExitCode:
    """The visit on made-up cards, with a centre in memory that knows them."""
    with ExitStack() as stack:
        cards = {name: issue(kind, SPECIMEN_SEED) for name, kind in SPECIMENS.items()}
        psam = None if order.psam is None else issue("psam", SPECIMEN_SEED)
        office = _office(order, stack, cards)
        announce(Basis.SPECIMEN, as_json=view is View.JSON)
        return _visit(order, office, cards, psam, view)


def _office(order: Order, stack: ExitStack, known: dict[str, VirtualCard] | None) -> OpenOffice:
    """A back office nobody keeps: in memory with these cards, or a copy of the centre's file."""
    path = IN_MEMORY
    if known is None and order.centre is not None and (is_http(order.centre) or is_url(order.centre)):
        raise click.ClickException(
            f"{order.centre}: a dry run plays on a copy of the centre's file; leave --centre out or name a file"
        )
    if known is None and order.centre is not None and Path(order.centre).exists():
        path = str(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "centre.db")
        copy_file(order.centre, path)
    office = open_office(path, region_profile(order.profile), order.clock, root_keys(order.keys))
    stack.callback(office.close)
    for card in (known or {}).values():
        enrol_card(office, card)
    return office


def _visit(
    order: Order, office: OpenOffice, cards: dict[str, VirtualCard], psam: VirtualCard | None, view: View
) -> ExitCode:
    counter = Counter.set_up(
        office,
        Means.PSAM if psam else Means.HSM,
        psam=psam,
        one_reader=isinstance(order, CardOrder) and order.one_reader,
        pharmacy=order.pharmacy or DEFAULT_PHARMACY,
        now=order.clock,
    )
    pins = pins_of(cards.get("old"), office.profile)
    way = office.profile.pharmacy_way
    operator = ScriptOperator(_steps(order, way, pins), cards, counter.slots, pins, strict=False)
    slots = partial(occupied, counter)
    return visit(counter.terminal(), operator, slots, view, order.papers).outcome.exit_code


def _steps(order: Order, way: PharmacyWay, pins: dict[str, str]) -> Sequence[ScriptStep]:
    """What the operator does: the script, or else what the region asks for, with the PIN of the old card as issued."""
    script = scripted(order) if isinstance(order, CardOrder) else None
    old_card = (Insert("old"), Remove()) if way is PharmacyWay.DUAL_INSERT else ()
    pin = () if way.card_alone else (EnterPinStep("old" if "old" in pins else "initial"),)
    return script or (*old_card, Insert("new"), *pin, Remove())
