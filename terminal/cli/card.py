"""`ssc card`: make, show and compare virtual cards."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from terminal.cli.options import ALL_KINDS, DAY, json_option
from terminal.exit_codes import ExitCode


@click.group()
def card() -> None:
    """Make, show and compare virtual cards."""


@card.command()
@click.option("--kind", type=click.Choice(ALL_KINDS), required=True, help="What kind of card.")
@click.option("--seed", type=click.IntRange(0), required=True, help="Holder and serial number come from it.")
@click.option("--state", type=click.Choice(("expired", "pin-blocked")), help="Of a social security card.")
@click.option("--today", type=DAY, help="The day the card's dates count from.  [default: 2030-01-01]")
@click.option(
    "--pin-env", metavar="VAR", help="Environment variable that holds the PIN to issue the card with."
)
@click.option("--keys", metavar="FILE", help="YAML file of root keys in place of the test roots.")
@click.option("-o", "--output", metavar="FILE", help="The image.  [default: KIND-SEED.card]")
@click.option("--force", is_flag=True, help="Replace the file where there is one.")
def new(
    *,
    kind: str,
    seed: int,
    state: str | None,
    today: date | None,
    pin_env: str | None,
    keys: str | None,
    output: str | None,
    force: bool,
) -> ExitCode:
    """Make a card: the same kind, seed and options give the same card, byte for byte."""
    from terminal.cli.files import root_keys
    from terminal.cli.output import say
    from terminal.trace.names import card_name
    from virtual_card.image import save
    from virtual_card.issuer import issue
    from virtual_card.persona import DEFAULT_TODAY

    path = Path(output or f"{kind}-{seed}.card")
    if path.exists() and not force:
        raise click.ClickException(f"{path} exists; name another file with -o, or give --force to replace it")
    made = issue(
        kind,
        seed,
        state=state,
        today=today or DEFAULT_TODAY,
        root_keys=root_keys(keys),
        pin=_pin(pin_env),
    )
    save(made, path)
    say(f"{path}: {card_name(kind)}, seed {seed}{f', {state}' if state else ''}")
    return ExitCode.DONE


def _pin(variable: str | None) -> str | None:
    if variable is None:
        return None
    if variable not in os.environ:
        raise click.ClickException(
            f"--pin-env: the environment has no variable {variable}; set it to the PIN"
        )
    return os.environ[variable]


@card.command()
@click.argument("file")
@json_option
def show(file: str, as_json: bool) -> ExitCode:
    """Show what is on a card: files, access rules, decoded items, counters; never a PIN or a key.

    Identity numbers are masked.
    """
    from terminal.cli.card_facts import sections
    from terminal.cli.card_text import section_line, section_lines
    from terminal.cli.output import say
    from terminal.cli.output import show as show_lines
    from virtual_card.image import load

    for section in sections(load(file)):
        if as_json:
            say(section_line(section))
        else:
            show_lines(section_lines(section))
    return ExitCode.DONE


@card.command()
@click.argument("a")
@click.argument("b")
@json_option
def diff(a: str, b: str, as_json: bool) -> ExitCode:
    """Compare two cards: exit code 0 where they are the same, 1 where they differ.

    Values are masked as in `show`.
    """
    from terminal.cli.before_after import compare_images
    from terminal.cli.output import say
    from terminal.cli.presenter import View, present
    from virtual_card.image import load

    found = compare_images(a, load(a), b, load(b))
    if found is None:
        if not as_json:
            say(f"{a} and {b} hold the same card")
        return ExitCode.DONE
    present(View.JSON if as_json else View.FULL, found)
    return ExitCode.CHECK_FAILED
