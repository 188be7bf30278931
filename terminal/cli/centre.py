"""`ssc centre`: the back office in its file or database, or behind its service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from terminal.cli.card_state_commands import cancel_at_centre, lock, unlock
from terminal.cli.centre_clock import query, tick
from terminal.cli.centre_failures import fail
from terminal.cli.centre_insurance import people, receipt, reconcile
from terminal.cli.options import centre_option, json_option, profile_option
from terminal.cli.value_types import CARD_FILE, YAML_FILE
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from terminal.backoffice.ports import Holder
    from terminal.backoffice.records import CardStatus
    from terminal.trace.as_text import Line

HOLDER_HINT = 'a holder file has two lines: `id_number: "..."` and `name: ...`'


@click.group()
def centre() -> None:
    """The back office: bring cards in, look at them."""


for _command in (fail, people, reconcile, receipt, tick, query, cancel_at_centre, lock, unlock):
    centre.add_command(_command)


@centre.command()
@click.argument("cards", type=CARD_FILE, nargs=-1, required=True, metavar="CARD...")
@centre_option
@profile_option
@click.option(
    "--holder",
    type=YAML_FILE,
    metavar="FILE",
    help="YAML file (id_number, name): whose card it is where the card is silent.",
)
def enrol(cards: tuple[str, ...], centre: str, profile: str, holder: str | None) -> ExitCode:
    """Bring cards into the back office, as their issuer reports them; its file is made on first use.

    Bringing a card in again changes nothing.
    """
    from datetime import UTC, datetime

    from terminal.cli.files import open_office, region_profile
    from terminal.cli.output import say
    from terminal.enrol import enrol_card
    from virtual_card.image import load

    region = region_profile(profile)
    person = _holder(holder)
    loaded = [(path, load(path)) for path in cards]
    office = open_office(centre, region, lambda: datetime.now(UTC))
    try:
        for path, card in loaded:
            say(f"{path}: {card.kind} card {enrol_card(office, card, person)} is on record in {centre}")
    finally:
        office.close()
    return ExitCode.DONE


def _holder(path: str | None) -> Holder | None:
    from terminal.backoffice.ports import Holder
    from terminal.cli.input_files import InputFileError, read_shape

    if path is None:
        return None
    person = read_shape(path, dict[str, str], HOLDER_HINT, all_text=True)
    if set(person) != {"id_number", "name"} or not all(person.values()):
        raise InputFileError(f"{path}: {HOLDER_HINT}")
    return Holder(person["id_number"], person["name"])


@centre.command()
@centre_option
@json_option
def show(centre: str, as_json: bool) -> ExitCode:
    """Show every card the back office knows: its state, whether it may be used, its account."""
    from datetime import UTC, datetime

    from terminal.cli.files import look_into, region_profile
    from terminal.cli.output import say
    from terminal.cli.output import show as show_lines
    from terminal.trace.as_json import json_line

    office = look_into(centre, region_profile("default"), lambda: datetime.now(UTC))
    try:
        cards = office.cards()
    finally:
        office.close()
    if as_json:
        for card in cards:
            say(json_line("card", _values(card)))
    elif cards:
        show_lines(_table(cards))
    else:
        say("no cards; bring some in with `ssc centre enrol`")
    return ExitCode.DONE


def _values(card: CardStatus) -> dict[str, object]:
    from apdu.redact import mask_id

    return {
        "role": card.role,
        "kind": card.kind,
        "number": card.number,
        "holder": card.holder.name,
        "id_number": mask_id(card.holder.id_number),
        "state": card.state.name,
        "state_zh": card.state.zh,
        "usable": card.usable,
        "balance_fen": card.balance_fen,
        "reservation": card.reservation.value if card.reservation else None,
        "financial": card.financial.name if card.financial is not None else None,
        "replaced_by": card.replaced_by,
    }


COLUMNS = (("number", 16), ("kind", 9), ("state", 27), ("usable", 8), ("balance", 12))


def _table(cards: Iterable[CardStatus]) -> Iterator[Line]:
    """Two lines a card: what it is and may do; whose it is and what is under way."""
    from apdu.redact import mask_id
    from terminal.flow.texts import yuan
    from terminal.trace.as_text import line
    from terminal.trace.centre import state_text
    from terminal.trace.columns import pad

    yield line(("".join(pad(name, width) for name, width in COLUMNS), "bold"))
    for card in cards:
        cells = (
            card.number,
            card.kind,
            state_text(card.state),
            "yes" if card.usable else "no",
            yuan(card.balance_fen),
        )
        widths = [width for _, width in COLUMNS]
        yield line("".join(pad(text, width) for text, width in zip(cells, widths, strict=True)))
        under_way = [f"reservation {card.reservation.value}"] if card.reservation else []
        if card.financial is not None:
            under_way.append(f"bank {state_text(card.financial)}")
        if card.replaced_by:
            under_way.append(f"replaced by {card.replaced_by}")
        whose = f"{card.holder.name} {mask_id(card.holder.id_number)}"
        yield line((f"  {whose}, {', '.join(under_way)}".rstrip(", "), "dim"))
