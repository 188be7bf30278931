"""`ssc slot`: cards, keypad, failures and transcript of a driver service, told while POS programs use it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from terminal.cli.options import ALL_KINDS, json_option
from terminal.cli.value_types import CARD_FILE
from terminal.exit_codes import ExitCode

PLACES = ("contact", "contactless", "sam")

endpoint_option = click.option(
    "--endpoint",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The endpoint file of the service.  [default: where `ssc serve driver` puts it]",
)
place_option = click.option(
    "--slot", "place", type=click.Choice(PLACES), default="contact", show_default=True, help="Which slot."
)


@click.group()
def slot() -> None:
    """Move cards and make things go wrong at a running `ssc serve driver`."""


@slot.command()
@endpoint_option
@json_option
def show(endpoint: Path | None, as_json: bool) -> ExitCode:
    """Show what is in each slot."""
    from terminal.cli.slot_line import open_line, tell_slots

    with open_line(endpoint) as line:
        tell_slots(line.get("/slots"), as_json)
    return ExitCode.DONE


@slot.command()
@click.argument("image", type=CARD_FILE, required=False)
@place_option
@click.option("--kind", type=click.Choice(ALL_KINDS), help="A fresh card of this kind instead of an image.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Whose fresh card.")
@click.option("--state", help="State of the fresh card: expired, pin-blocked.")
@click.option("--purse", "purse_fen", type=click.IntRange(min=0), metavar="FEN", help="Its medical purse.")
@endpoint_option
@json_option
def insert(
    *,
    image: str | None,
    place: str,
    kind: str | None,
    seed: int,
    state: str | None,
    purse_fen: int | None,
    endpoint: Path | None,
    as_json: bool,
) -> ExitCode:
    """Put a card in; a card that is there already comes out first.

    IMAGE is saved as it is written to; a fresh card (--kind) is forgotten when it comes out.
    """
    from terminal.cli.slot_line import open_line, tell_slots

    if (image is None) == (kind is None):
        raise click.ClickException("give an IMAGE or --kind, one of them")
    fresh = {"seed": seed, "state": state, "purse_fen": purse_fen, "contactless": place == "contactless"}
    order = {"image": str(Path(image).resolve())} if image else {"kind": kind, **fresh}
    with open_line(endpoint) as line:
        tell_slots([line.put(f"/slots/{place}", order)], as_json)
    return ExitCode.DONE


@slot.command()
@place_option
@endpoint_option
@json_option
def remove(place: str, endpoint: Path | None, as_json: bool) -> ExitCode:
    """Pull a card, in whatever it is doing."""
    from terminal.cli.slot_line import open_line, tell_slots

    with open_line(endpoint) as line:
        tell_slots([line.delete(f"/slots/{place}")], as_json)
    return ExitCode.DONE


@slot.command()
@click.argument("state", type=click.Choice(["on", "off"]))
@click.option(
    "--level",
    type=click.IntRange(0, 3),
    help="Keys with so many levels to diversify: 3 national, 2 provincial, 1 city, 0 fits none.",
)
@click.option("--without", multiple=True, metavar="KEY", help="A key it lacks, such as RKSSSE. Repeatable.")
@click.option("--only", type=click.Choice(["DES", "SM4"]), help="The one algorithm it has.")
@click.option("--no-debit", is_flag=True, help="It refuses debits (9403).")
@endpoint_option
@json_option
def psam(
    *,
    state: str,
    level: int | None,
    without: tuple[str, ...],
    only: str | None,
    no_debit: bool,
    endpoint: Path | None,
    as_json: bool,
) -> ExitCode:
    """Put a fresh PSAM into its slot, or take it out."""
    from terminal.cli.slot_line import open_line, tell_slots

    spec: dict[str, Any] = {"level": level, "without": without, "refuses_purchase": no_debit}
    if only:
        spec["environments"] = [only]
    with open_line(endpoint) as line:
        path = "/slots/sam"
        told = line.put(path, {"kind": "psam", "psam": spec}) if state == "on" else line.delete(path)
        tell_slots([told], as_json)
    return ExitCode.DONE


@slot.command()
@click.argument("entries", nargs=-1)
@click.option("--always", metavar="ENTRY", help="For every entry after these.")
@click.option(
    "--page", is_flag=True, help="Show the address of the keypad's page instead; it holds the token."
)
@endpoint_option
@json_option
def keypad(
    *, entries: tuple[str, ...], always: str | None, page: bool, endpoint: Path | None, as_json: bool
) -> ExitCode:
    """Prepare the keypad's ENTRIES: digits, CANCEL or TIMEOUT, one for each prompt.

    They replace what was prepared before; without any, nothing is prepared.
    """
    from terminal.cli.output import say
    from terminal.cli.slot_line import open_line, tell_keypad

    with open_line(endpoint) as line:
        if page:
            say(line.keypad_page)
            return ExitCode.DONE
        tell_keypad(line.put("/keypad", {"entries": entries, "always": always}), as_json)
    return ExitCode.DONE


@slot.command()
@click.argument("function", required=False)
@click.argument("code", type=click.IntRange(max=-1), required=False)
@click.option(
    "--nth", type=click.IntRange(min=1), default=1, show_default=True, help="At which call from now."
)
@click.option("--times", type=click.IntRange(min=1), default=1, show_default=True, help="How often.")
@click.option("--text", default="", help="The text of the output buffer.  [default: what the code means]")
@click.option("--off", is_flag=True, help="Switch every injection off.")
@endpoint_option
@json_option
def inject(
    *,
    function: str | None,
    code: int | None,
    nth: int,
    times: int,
    text: str,
    off: bool,
    endpoint: Path | None,
    as_json: bool,
) -> ExitCode:
    """Let FUNCTION answer CODE, and show which injections are on; `*` counts the calls of all functions.

    Negative codes come after `--`: ssc slot inject -- iReadCardBas -2.
    """
    from terminal.cli.slot_line import open_line, tell_injections

    if (function is None) != (code is None) or (off and function):
        raise click.ClickException("give FUNCTION and CODE, or --off, or nothing to see what is on")
    with open_line(endpoint) as line:
        if function:
            order = {"function": function, "code": code, "nth": nth, "times": times, "text": text}
            told = line.post("/injections", order)
        else:
            told = line.delete("/injections") if off else line.get("/injections")
        tell_injections(told, as_json)
    return ExitCode.DONE


@slot.command()
@click.option("--page", is_flag=True, help="As one HTML page.")
@click.option("--clear", is_flag=True, help="Forget it instead of showing it.")
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it to a file."
)
@endpoint_option
@json_option
def transcript(page: bool, clear: bool, to: Path | None, endpoint: Path | None, as_json: bool) -> ExitCode:
    """Show every call so far: arguments, answer, time, commands below it; masked, to go with a bug report."""
    from terminal.cli.output import say
    from terminal.cli.slot_line import open_line

    if page and as_json:
        raise click.ClickException("--page and --json exclude each other; give one of them")
    with open_line(endpoint) as line:
        if clear:
            line.delete("/transcript")
            return ExitCode.DONE
        text = line.text(f"/transcript?form={'page' if page else 'json' if as_json else 'text'}")
    if to is not None:
        to.write_text(text, encoding="utf-8")
    elif text:
        say(text.rstrip("\n"))
    return ExitCode.DONE
