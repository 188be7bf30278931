"""`ssc centre fail`: what goes wrong on purpose at a centre that is a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from terminal.cli.options import json_option
from terminal.exit_codes import ExitCode
from terminal.serve.failures import FailureKind

if TYPE_CHECKING:
    from terminal.backoffice.link import Reply

KINDS = tuple(kind.value for kind in FailureKind)
PATH = "/failures"


@click.command()
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.argument("transaction", required=False)
@click.option("--centre", required=True, metavar="URL", help="The centre's service, http://HOST:PORT.")
@click.option(
    "--nth", type=click.IntRange(min=1), default=1, show_default=True, help="At which call from now."
)
@click.option("--lasting", is_flag=True, help="At every call from then on.")
@click.option(
    "--seconds", type=click.FloatRange(0, 3600), help="How long, where it takes time.  [default: 30]"
)
@click.option("--off", is_flag=True, help="Switch every failure off.")
@json_option
def fail(
    *,
    kind: str | None,
    transaction: str | None,
    centre: str,
    nth: int,
    lasting: bool,
    seconds: float | None,
    off: bool,
    as_json: bool,
) -> ExitCode:
    """Let a transaction of a running centre fail, and show which failures are on.

    TRANSACTION is one of the national interface (2102), of the ports (confirm-activation), or a type of message to the
    HSM (hsm-01); without it, any. From wrong-cryptogram on, KIND is of the HSM alone. Without KIND nothing is changed.
    """
    from terminal.backoffice.wire import encode
    from terminal.cli.files import link_to

    if off and kind:
        raise click.ClickException("--off switches failures off; leave the kind out")
    link = link_to(centre)
    try:
        if kind is None:
            reply = link.send("DELETE" if off else "GET", PATH)
        else:
            values: dict[str, Any] = {"do": kind, "nth": nth, "lasting": lasting, "seconds": seconds}
            if transaction:
                values["transaction"] = transaction
            reply = link.post(PATH, encode(values))
        _show(centre, reply, as_json)
    finally:
        link.close()
    return ExitCode.DONE


def _show(centre: str, reply: Reply, as_json: bool) -> None:
    from terminal.backoffice.ports import UnreachableError
    from terminal.backoffice.remote import DONE, why
    from terminal.backoffice.wire import MalformedError, parse
    from terminal.cli.output import say
    from terminal.trace.as_json import json_line

    if reply.status == 400:
        raise click.ClickException(why(reply))
    try:
        told = parse(reply.body)
    except MalformedError:
        told = None
    if reply.status != DONE or not isinstance(told, dict):
        raise UnreachableError(f"{centre}: {why(reply)}")
    if as_json:
        say(json_line("failures", told))
        return
    for failure in told["armed"]:
        say(f"开启 on      {_words(failure)}")
    for struck in told["struck"]:
        say(f"已发生 struck  {_words(struck['failure'])}: {struck['transaction']}")
    if not told["armed"] and not told["struck"]:
        say("没有故障 no failures are on")


def _words(failure: dict[str, Any]) -> str:
    when = f"call {failure['nth']}{' and later' if failure['lasting'] else ''}"
    where = "any transaction" if failure["transaction"] == "*" else failure["transaction"]
    return f"{failure['do']} at {when} of {where}"
