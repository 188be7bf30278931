"""`ssc readers`: which readers are there, and what is in them?"""

from __future__ import annotations

from collections.abc import Iterator

import click

from terminal.cli.options import json_option
from terminal.cli.output import say, show
from terminal.exit_codes import ExitCode


@click.command()
@click.option("--watch", is_flag=True, help="Go on, and tell of every card and reader that comes or goes.")
@json_option
def readers(watch: bool, as_json: bool) -> ExitCode:
    """List PC/SC readers with the card in each, and card images in this directory.

    Cards are not disturbed: what card it is comes from the answer to reset alone; `ssc read` asks the card.
    --watch ends with Ctrl-C.
    """
    return _watch(as_json) if watch else _list(as_json)


def _list(as_json: bool) -> ExitCode:
    from terminal.cli.reader_list import ListedReader, images_here, pcsc_readers, reader_json, reader_lines
    from terminal.transport.base import ReaderError
    from terminal.transport.pcsc.scard import system_scard

    def present(found: Iterator[ListedReader]) -> int:
        count = 0
        for reader in found:
            count += 1
            if as_json:
                say(reader_json(reader))
            else:
                show(reader_lines(reader))
        return count

    missing = "no PC/SC reader 没有读卡器; `ssc doctor` looks for the cause"
    try:
        real = present(pcsc_readers(system_scard()))
    except ReaderError as error:
        real, missing = 0, str(error)
    virtual = present(images_here())
    if not real:
        say(f"ssc: {missing}", err=True)
    return ExitCode.DONE if real or virtual else ExitCode.READER


def _watch(as_json: bool) -> ExitCode:
    """Tell what happens until Ctrl-C, which is how a watch ends."""
    from terminal.cli.reader_watch import event_json, event_lines
    from terminal.transport.pcsc.scard import system_scard
    from terminal.transport.pcsc.watching import watch

    try:
        for event in watch(system_scard()):
            if as_json:
                say(event_json(event))
            else:
                show(event_lines(event))
    except KeyboardInterrupt:
        pass
    return ExitCode.DONE
