"""What every command says about readers: the address, how long to wait for a card, and how both are used."""

from __future__ import annotations

from contextlib import ExitStack, suppress

import click
from click.shell_completion import CompletionItem

from terminal.cli.output import say
from terminal.cli.value_types import IMAGE, files_ending
from terminal.readers import SCHEMES, VIRTUAL, open_reader, slot_of, spelled
from terminal.transport.base import Connection, NoCardError, Reader


class ReaderAddress(click.ParamType[str]):
    """An address of a reader; the shell completes schemes, live PC/SC readers and card images."""

    name = "address"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Schemes and images until a scheme is typed, then what it leads to."""
        scheme, colon, rest = incomplete.partition(":")
        if not colon:
            schemes = [
                CompletionItem(f"{name}:", help=scheme.meaning)
                for name, scheme in SCHEMES.items()
                if name.startswith(incomplete)
            ]
            return schemes + [CompletionItem(path) for path in files_ending(IMAGE, incomplete)]
        if scheme == VIRTUAL:
            return [CompletionItem(f"{VIRTUAL}:{path}") for path in files_ending(IMAGE, rest)]
        if scheme == "pcsc":
            return [
                CompletionItem(f"pcsc:{name}")
                for name in live_readers()
                if rest.casefold() in name.casefold()
            ]
        return [CompletionItem(rest, type="file")] if scheme in SCHEMES else []


PSAM = "psam"
ADDRESS = ReaderAddress()

reader_option = click.option(
    "--reader", "address", type=ADDRESS, required=True, metavar="ADDRESS", help="The card's reader."
)
reader_argument = click.argument("address", type=ADDRESS, metavar="ADDRESS")
wait_option = click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Wait so long for a card.  [default: not at all]",
)

PATIENCE_S = 60.0
patience_option = click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(min=0),
    default=PATIENCE_S,
    show_default=True,
    metavar="SECONDS",
    help="At a reader: how long to wait for a card to come or go.",
)


def live_readers() -> list[str]:
    """The PC/SC readers there are now; none where PC/SC cannot be asked. Never raises: a shell is waiting."""
    with suppress(Exception):
        from terminal.transport.pcsc.choice import offered
        from terminal.transport.pcsc.readers import reader_names
        from terminal.transport.pcsc.scard import system_scard

        return list(offered(reader_names(system_scard())))
    return []


def open_for(stack: ExitStack, role: str, address: str) -> Reader:
    """The reader at an address, open until the stack ends; recorded or replayed where the command runs on a tape.

    `role` is what a tape calls it: `old`, `new`, `psam`, `reader`.
    """
    from terminal.cli.deck import current_deck

    return stack.enter_context(current_deck().reader(role, address, lambda: open_reader(address, _tell)))


class OpenReaders:
    """The readers of one command, open until the stack ends; one slot under two spellings is one reader."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._opened: dict[tuple[str, str], Reader] = {}

    def open(self, role: str, address: str) -> Reader:
        """The reader of a role, the one that is open already where it is the same; raises TransportError."""
        return self._open(role, address)[0]

    def open_psam(self, address: str) -> Reader:
        """The reader of the PSAM; raises ClickException where it holds the card, and TransportError."""
        reader, fresh = self._open(PSAM, address)
        if not fresh:
            raise click.ClickException(
                f"{address} cannot hold the PSAM and the holder's card; name another reader"
            )
        return reader

    def _open(self, role: str, address: str) -> tuple[Reader, bool]:
        if known := self._opened.get(spelled(address)):
            return known, False
        with ExitStack() as opening:
            reader = open_for(opening, role, address)
            slot = slot_of(address, reader.name)
            if known := self._opened.get(slot):
                return known, False
            self._opened[slot] = self._opened[spelled(address)] = reader
            self._stack.push(opening.pop_all())
        return reader, True


def _tell(sentence: str) -> None:
    say(sentence, err=True)


def powered(reader: Reader, stack: ExitStack, wait_s: float | None) -> Connection:
    """The card in a reader, powered until the stack ends.

    Without a card, waits for one so many seconds. Raises NoCardError, CardMuteError, ReaderError.
    """
    if not reader.card_present():
        if wait_s is None:
            raise NoCardError(f"no card in {reader.name}; insert one, or give --wait SECONDS to wait for it")
        say(f"请插卡 Insert the card ({reader.name})", err=True)
        if not reader.wait(True, wait_s):
            raise NoCardError(f"no card was inserted into {reader.name} within {wait_s:g} s")
    connection = reader.connect()
    stack.callback(connection.close)
    return connection
