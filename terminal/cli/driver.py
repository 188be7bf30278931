"""`ssc driver`: the native libraries, built from the sources that come with the package."""

from __future__ import annotations

from pathlib import Path

import click

from terminal.driver.native.build import TARGETS
from terminal.exit_codes import ExitCode

ALL = "all"


@click.group()
def driver() -> None:
    """The native libraries that POS software loads."""


@driver.command()
@click.option(
    "--target",
    type=click.Choice([*TARGETS, ALL]),
    default="linux",
    show_default=True,
    help="The machine that loads them; Windows needs mingw-w64.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("ssc-driver"),
    show_default=True,
    metavar="DIR",
    help="Where they go, by target, with the headers in include.",
)
def build(target: str, out: Path) -> ExitCode:
    """Build SSCardDriver and SSSE32 with the C compiler of this machine.

    What they are called finds the cards at `ssc serve driver`, which has to run on the same machine.
    """
    from terminal.cli.output import say
    from terminal.driver.native.build import build as build_libraries

    names = TARGETS if target == ALL else (target,)
    for path in dict.fromkeys(path for name in names for path in build_libraries(TARGETS[name], out)):
        say(str(path))
    return ExitCode.DONE
