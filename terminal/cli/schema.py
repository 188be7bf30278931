"""`ssc schema`: the published schema of everything that `--json` prints."""

from __future__ import annotations

import click

from terminal.exit_codes import ExitCode


@click.command()
def schema() -> ExitCode:
    """Print the JSON Schema of what --json prints.

    It describes one line of any command; JSON Schema 2020-12. docs/json.md is the same for people.
    """
    from terminal.cli.output import say
    from terminal.trace.schema_page import schema_text

    say(schema_text().rstrip("\n"))
    return ExitCode.DONE
