"""`ssc pcscd`: a PC/SC daemon of one's own, with virtual readers."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from terminal.cli.options import json_option
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    from virtual_card.pcscd import PrivateDaemon

PORTS = click.IntRange(1, 0xFFFF)


@click.command()
@click.option("--slots", type=int, metavar="N", help="How many readers.  [default: 3]")
@click.option("--names", metavar="A,B,...", help="What they are called.  [default: old card,new card,PSAM]")
@click.option(
    "--port", type=PORTS, help="Where the first reader waits for its card, the next one two ports on."
)
@click.option(
    "--card", "cards", multiple=True, metavar="NAME=IMAGE", help="Put a card into a reader at once."
)
@json_option
def pcscd(
    slots: int | None, names: str | None, port: int | None, cards: tuple[str, ...], as_json: bool
) -> ExitCode:
    """A PC/SC daemon of your own, with virtual readers, until Ctrl-C.

    Root is not needed. Prints the environment that programs need to use it, and how cards are put into its readers.
    """
    from terminal.cli.output import say
    from terminal.cli.presented import Address, presented, slot_with
    from terminal.cli.staying import until_interrupted
    from virtual_card.pcscd import EXPOSURE, PrivateDaemon
    from virtual_card.vpcd import LOCALHOST

    chosen = _names(slots, names)
    inserted = _inserted(cards, chosen)
    try:
        daemon = PrivateDaemon(chosen, first_port=port)
    except ValueError as error:
        raise click.ClickException(f"{error}") from None
    with until_interrupted(), ExitStack() as stack:
        slots_with_card = {name: stack.enter_context(slot_with(image)) for name, image in inserted.items()}
        stack.enter_context(daemon)
        _announce(daemon, as_json)
        say(f"{EXPOSURE}; Ctrl-C ends the daemon", err=True)
        for name, slot in slots_with_card.items():
            stack.enter_context(presented(slot, Address(LOCALHOST, daemon.ports[name]), as_json))
        daemon.watch()
    say("the PC/SC daemon has ended, and its cards are saved", err=True)
    return ExitCode.DONE


def _names(slots: int | None, names: str | None) -> tuple[str, ...]:
    from virtual_card.pcscd import NAMES

    if names is None:
        count = len(NAMES) if slots is None else slots
        return (*NAMES, *(f"reader {number}" for number in range(len(NAMES) + 1, count + 1)))[: max(0, count)]
    said = tuple(name.strip() for name in names.split(","))
    if slots not in (None, len(said)):
        raise click.ClickException(f"--slots {slots}, but --names gives {len(said)}; leave one of them out")
    return said


def _inserted(cards: tuple[str, ...], names: tuple[str, ...]) -> dict[str, str]:
    """Name of the reader and image of the card in it, in the order they were given."""
    inserted: dict[str, str] = {}
    for said in cards:
        name, _, image = said.partition("=")
        if name not in names or not image:
            raise click.ClickException(
                f"--card {said!r} is no NAME=IMAGE with a reader's name: {', '.join(names)}"
            )
        if name in inserted:
            raise click.ClickException(f"--card: {name} takes one card")
        inserted[name] = image
    return inserted


def _announce(daemon: PrivateDaemon, as_json: bool) -> None:
    from terminal.cli.output import say
    from terminal.cli.presented import Address
    from terminal.trace.as_json import json_line
    from virtual_card.vpcd import LOCALHOST

    readers = [
        {"name": name, "reader": daemon.readers[name], "vpcd": str(Address(LOCALHOST, port))}
        for name, port in daemon.ports.items()
    ]
    if as_json:
        say(json_line("pcscd", {"environment": daemon.environment, "readers": readers}))
        return
    say("# 程序所需环境 Programs need:")
    for variable, value in daemon.environment.items():
        say(f"export {variable}={shlex.quote(value)}")
    say("# 读卡器 Readers, and how a card is put into each:")
    for reader in readers:
        say(f"#   {reader['reader']}: ssc card insert IMAGE --vpcd {reader['vpcd']}")
