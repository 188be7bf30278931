"""`ssc card`: make, show and compare virtual cards."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from terminal.cli.card_insert import insert
from terminal.cli.decode import decode
from terminal.cli.options import ALL_KINDS, DAY, SOCIAL_KINDS, json_option, profile_option
from terminal.cli.value_types import CARD_FILE, YAML_FILE
from terminal.exit_codes import ExitCode
from virtual_card.applications.pboc.options import Activation, OfflineData
from virtual_card.card_kinds import CardState

PLAIN = "iso7816"
"""The kind that no issuer makes: its contents are a file tree."""

_WHAT = {
    "--pki": "PKI application",
    "--contactless": "contactless interface",
    "--financial": "bank's side",
    "--offline-data": "bank's side",
    "--purse": "medical purse",
    "--all-files": "files to choose from",
}
"""What an option of social security cards is about."""


@click.group()
def card() -> None:
    """Make, show and compare virtual cards."""


card.add_command(decode, "explain")
card.add_command(insert)


@card.command()
@click.option("--kind", type=click.Choice((*ALL_KINDS, PLAIN)), required=True, help="What kind of card.")
@click.option("--seed", type=click.IntRange(0), help="Holder and serial number come from it.")
@click.option(
    "--tree",
    type=YAML_FILE,
    metavar="FILE",
    help=f"YAML file tree of a plain {PLAIN} card, which has no seed.",
)
@click.option(
    "--holder",
    type=YAML_FILE,
    metavar="FILE",
    help="YAML file that says who the holder is, in place of the seed.",
)
@click.option(
    "--state", type=click.Choice([state.value for state in CardState]), help="Of a social security card."
)
@click.option(
    "--financial",
    type=click.Choice([activation.value for activation in Activation]),
    help="How the bank's side is before activation.  [default: host-inactive]",
)
@click.option(
    "--offline-data",
    type=click.Choice([entry.value for entry in OfflineData]),
    help="Certificates of the bank's side; those with SM2 need the extra sm2.  [default: dynamic]",
)
@click.option("--pki", is_flag=True, help="With the PKI application; ssc-3.0, needs the extra sm2.")
@click.option("--contactless", is_flag=True, help="As it lies on a contactless reader; ssc-3.0.")
@click.option(
    "--purse", type=click.IntRange(0, 0xFFFFFFFF), metavar="FEN", help="With a medical purse and its balance."
)
@click.option("--all-files", is_flag=True, help="With every file a card of its version may have or lack.")
@profile_option
@click.option("--today", type=DAY, help="The day the card's dates count from.  [default: 2030-01-01]")
@click.option(
    "--pin-env", metavar="VAR", help="Environment variable that holds the PIN to issue the card with."
)
@click.option(
    "--keys", type=YAML_FILE, metavar="FILE", help="YAML file of root keys in place of the test roots."
)
@click.option("-o", "--output", metavar="FILE", help="The image.  [default: KIND-SEED.card]")
@click.option("--force", is_flag=True, help="Replace the file where there is one.")
def new(
    *,
    kind: str,
    seed: int | None,
    tree: str | None,
    holder: str | None,
    state: str | None,
    financial: str | None,
    offline_data: str | None,
    pki: bool,
    contactless: bool,
    purse: int | None,
    all_files: bool,
    profile: str,
    today: date | None,
    pin_env: str | None,
    keys: str | None,
    output: str | None,
    force: bool,
) -> ExitCode:
    """Make a card: the same kind, seed and options give the same card, byte for byte."""
    from terminal.cli.new_card import NewCard, made, planted
    from terminal.cli.output import say
    from terminal.trace.names import card_name
    from virtual_card.image import save

    _refuse_wrong_source(kind, seed, tree)
    path = Path(output or (f"{kind}-{seed}.card" if tree is None else f"{kind}.card"))
    if path.exists() and not force:
        raise click.ClickException(f"{path} exists; name another file with -o, or give --force to replace it")
    given = {
        "--pki": pki,
        "--contactless": contactless,
        "--financial": financial is not None,
        "--offline-data": offline_data is not None,
        "--purse": purse is not None,
        "--all-files": all_files,
    }
    _refuse_social_options(kind, [name for name, there in given.items() if there])
    if tree is not None or seed is None:
        save(planted(str(tree)), path)
        say(f"{path}: {card_name(kind)}, tree {tree}")
        return ExitCode.DONE
    order = NewCard(
        kind,
        seed,
        holder,
        state,
        financial,
        offline_data,
        pki,
        contactless,
        purse,
        all_files,
        profile,
        today,
        _pin(pin_env),
        keys,
    )
    save(made(order), path)
    told = [option for option in (state, financial, offline_data) if option] + order.extras
    say(f"{path}: {card_name(kind)}, seed {seed}{''.join(f', {option}' for option in told)}")
    return ExitCode.DONE


def _refuse_wrong_source(kind: str, seed: int | None, tree: str | None) -> None:
    """A plain card is made from a file tree alone, every other kind from a seed alone."""
    if kind == PLAIN:
        if tree is None:
            raise click.ClickException(f"an {PLAIN} card is made from a YAML file tree; give --tree FILE")
        if seed is not None:
            raise click.ClickException(f"an {PLAIN} card has no seed; leave --seed out")
    elif tree is not None:
        raise click.ClickException(f"only an {PLAIN} card is made from a file tree; leave --tree out")
    elif seed is None:
        raise click.ClickException("holder and serial number come from a seed; give --seed NUMBER")


def _refuse_social_options(kind: str, given: list[str]) -> None:
    """Options of social security cards are none of any other kind's."""
    if given and kind not in SOCIAL_KINDS:
        raise click.ClickException(f"{given[0]}: a {kind} card has no {_WHAT[given[0]]}; leave it out")


def _pin(variable: str | None) -> str | None:
    if variable is None:
        return None
    if variable not in os.environ:
        raise click.ClickException(
            f"--pin-env: the environment has no variable {variable}; set it to the PIN"
        )
    return os.environ[variable]


@card.command()
@click.argument("file", type=CARD_FILE)
@click.option("--show-secrets", is_flag=True, help="Show PINs, keys and identity numbers in full.")
@json_option
def show(file: str, show_secrets: bool, as_json: bool) -> ExitCode:
    """Show what is on a card: files, access rules, decoded items, keys, counters, both applications.

    PINs and keys are hidden and identity numbers masked unless --show-secrets is given.
    """
    from terminal.cli.card_facts import sections
    from terminal.cli.card_text import section_line, section_lines
    from terminal.cli.output import say
    from terminal.cli.output import show as show_lines
    from virtual_card.image import load

    for section in sections(load(file), masked=not show_secrets):
        if as_json:
            say(section_line(section))
        else:
            show_lines(section_lines(section))
    return ExitCode.DONE


@card.command()
@click.argument("a", type=CARD_FILE)
@click.argument("b", type=CARD_FILE)
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
