"""`ssc decode`, also `ssc card explain`: what pasted hex means, to the field, in English and Chinese."""

from __future__ import annotations

import sys

import click

from terminal.cli.options import ALL_KINDS, json_option
from terminal.cli.value_types import CARD_PATH
from terminal.exit_codes import ExitCode

FORMS = ("atr", "command", "response", "tlv", "record", "file", "sw", "afl", "tvr", "cvr", "aip")


@click.command()
@click.argument("texts", nargs=-1, required=True, metavar="HEX...")
@click.option("--as", "form", type=click.Choice(FORMS), help="What it is, where the bytes do not tell.")
@click.option("--kind", type=click.Choice(ALL_KINDS), help="The card it comes from.")
@click.option(
    "--file", "file", type=CARD_PATH, metavar="SSSE/EF05", help="The file a record or contents come from."
)
@click.option("--command", "command", metavar="HEX", help="The command an answer or status word answers.")
@click.option("--ins", "instruction", metavar="HEX", help="Only its INS, or CLA and INS.")
@click.option("--show-secrets", is_flag=True, help="Show PINs and identity numbers in full.")
@json_option
def decode(
    *,
    texts: tuple[str, ...],
    form: str | None,
    kind: str | None,
    file: str | None,
    command: str | None,
    instruction: str | None,
    show_secrets: bool,
    as_json: bool,
) -> ExitCode:
    """Decode whatever is pasted.

    An answer to reset, a command, an answer, BER-TLV, a record, the contents of a file, a status word. HEX
    may hold spaces and colons; a single - reads stdin, one thing a line. What it was taken for is said
    first, with the other things it could be; --as decides. Identity numbers and PINs are masked.
    """
    from apdu.decoding import context
    from apdu.decoding_forms import Form
    from terminal.cli.decode_text import pasted_hex, present

    known = context(
        kind,
        file,
        None if command is None else pasted_hex(command, "--command"),
        None if instruction is None else pasted_hex(instruction, "--ins"),
        masked=not show_secrets,
    )
    if texts == ("-",):
        pasted = [(text, f"line {number}") for number, text in enumerate(sys.stdin, 1) if text.strip()]
    else:
        pasted = [(" ".join(texts), "the input")]
    for text, place in pasted:
        present(pasted_hex(text, place), place, known, None if form is None else Form(form), as_json)
    return ExitCode.DONE
