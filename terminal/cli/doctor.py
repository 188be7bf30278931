"""`ssc doctor`: what keeps real readers from working on this machine, and how to mend it."""

from __future__ import annotations

import click

from terminal.cli.options import json_option
from terminal.exit_codes import ExitCode


@click.command()
@json_option
def doctor(as_json: bool) -> ExitCode:
    """Look for what keeps readers from working, and say how to mend it.

    Looks at versions, pyscard, the PC/SC daemon and its socket, permissions, drivers, USB devices, kernel modules
    and the readers that PC/SC shows. Each line is ok, a warning or a problem, with what to do about it. Ends with 0
    where readers work or would once they are plugged in, and with 3 where none can. Virtual readers need none of
    this.
    """
    from terminal.cli.doctor_checks import examine, usable
    from terminal.cli.doctor_text import finding_json, finding_lines
    from terminal.cli.machine import Machine
    from terminal.cli.output import say, show

    machine = click.get_current_context().find_object(Machine) or Machine()
    findings = []
    for finding in examine(machine):
        findings.append(finding)
        if as_json:
            say(finding_json(finding))
        else:
            show(finding_lines(finding))
    return ExitCode.DONE if usable(findings) else ExitCode.READER
