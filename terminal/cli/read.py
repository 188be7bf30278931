"""`ssc read`: what card is this, and what is on it?"""

from __future__ import annotations

import os
from contextlib import ExitStack

import click

from terminal.cli.options import ALL_KINDS, dry_run_option, json_option, pin_options, profile_option
from terminal.cli.pin_source import pin_source
from terminal.cli.reader_options import ADDRESS, OpenReaders, powered, reader_argument, wait_option
from terminal.exit_codes import ExitCode


@click.command()
@reader_argument
@click.option(
    "--psam", type=ADDRESS, metavar="ADDRESS", help="The reader of a PSAM, to authenticate the card with."
)
@pin_options
@wait_option
@dry_run_option
@click.option(
    "--specimen",
    type=click.Choice(ALL_KINDS),
    default="ssc-3.0",
    show_default=True,
    help="With --dry-run: the kind of card the plan is for.",
)
@profile_option
@click.option("--show-secrets", is_flag=True, help="Identity numbers in full; otherwise by their ends.")
@json_option
def read(
    *,
    address: str,
    psam: str | None,
    pin: bool,
    pin_stdin: bool,
    pin_env: str | None,
    force: bool,
    wait_s: float | None,
    dry_run: bool,
    specimen: str,
    profile: str,
    show_secrets: bool,
    as_json: bool,
) -> ExitCode:
    """Tell what card is in a reader, and read all that may be read of it.

    Social security cards: what is free, and with the holder's PIN or a PSAM the rest. Old medical cards, PSAMs
    and banks' applications: whole. ADDRESS is pcsc:NAME-PART, virtual:IMAGE, vpcd:HOST:PORT, tape:FILE, or the
    name of a card image. Reading a bank's application begins a transaction: its counter goes up by one.
    """
    from terminal.cli.card_text import section_line, section_lines
    from terminal.cli.deck import current_deck
    from terminal.cli.files import region_profile
    from terminal.cli.output import say, show
    from terminal.cli.reading import Reading, ReadOrder
    from terminal.desk import Desk
    from terminal.flow.steps import Role

    source = pin_source(pin=pin, pin_stdin=pin_stdin, pin_env=pin_env, force=force)
    fid = region_profile(profile).status_fid
    order = ReadOrder(masked=not show_secrets, pin=source, psam=psam is not None, status_fid=fid)
    if dry_run:
        from terminal.cli.dry_read import planned_read

        return planned_read(specimen, pin=source is not None, psam=psam is not None, as_json=as_json)
    with ExitStack() as stack:
        opened = OpenReaders(stack)
        readers = {Role.NEW: opened.open("reader", address)}
        if psam is not None:
            readers[Role.PSAM] = opened.open_psam(psam)
        connections = {role: powered(reader, stack, wait_s) for role, reader in readers.items()}
        desk = Desk(connections, current_deck().random(os.urandom))
        reading = Reading(desk, order)
        for section in reading.sections():
            if as_json:
                say(section_line(section))
            else:
                show(section_lines(section))
        return reading.code
