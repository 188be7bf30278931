"""Sends APDUs to a card and shows each exchange, secrets in commands masked."""

from __future__ import annotations

from collections.abc import Iterable

import click

from apdu.command import Command, MalformedApduError
from apdu.explain import Explainer
from apdu.instructions import find, secret_data
from apdu.redact import masked_hex
from terminal.cli.output import say
from terminal.exchange import exchange
from terminal.procedures.identify import memory_card_of
from terminal.trace.as_json import entry_line
from terminal.trace.entries import ExchangeEntry
from terminal.transport.base import Connection

HEX_DIGITS = frozenset("0123456789abcdefABCDEF")


def parse_hex(text: str, place: str, raw: bool) -> bytes:
    """The bytes of one APDU; raises ClickException naming place and byte of what is no hex, or no APDU."""
    digits = "".join(text.split())
    for offset, digit in enumerate(digits):
        if digit not in HEX_DIGITS:
            raise click.ClickException(
                f"{place}, byte {offset // 2}: {digit!r} is no hex digit; nothing of it was sent"
            )
    if len(digits) % 2:
        raise click.ClickException(f"{place}, byte {len(digits) // 2}: half a byte; nothing of it was sent")
    apdu = bytes.fromhex(digits)
    if not raw:
        try:
            Command.parse(apdu)
        except MalformedApduError as error:
            raise click.ClickException(
                f"{place}, {error}; nothing of it was sent, --raw sends it as it is"
            ) from None
    return apdu


def send_all(connection: Connection, apdus: Iterable[bytes], raw: bool) -> None:
    """Send everything to a powered card and show each exchange; raises TransportError, CompletionError."""
    for apdu in apdus:
        say(f"> {masked_command(apdu)}")
        answer = (
            connection.transmit(apdu) if raw else exchange(connection.transmit, Command.parse(apdu)).encode()
        )
        say(f"< {answer.hex().upper()}")


def tell_all(connection: Connection, apdus: Iterable[bytes]) -> None:
    """Send everything to a powered card and print each exchange as JSON, explained and masked; raises as `send_all`."""
    explainer = Explainer(memory_card_of(connection.atr))
    for number, apdu in enumerate(apdus, 1):
        command = Command.parse(apdu)
        told = explainer.explain(command, exchange(connection.transmit, command))
        say(entry_line(ExchangeEntry(number, "card", told)))


def masked_command(apdu: bytes) -> str:
    """The APDU in hex, secret data as `**`; in a malformed one all that follows Lc counts as data."""
    try:
        command = Command.parse(apdu)
    except MalformedApduError:
        known = find(apdu[0], apdu[1]) if len(apdu) >= 2 else None
        hidden = range(5, len(apdu)) if known is None or known.secret else range(0)
        return masked_hex(apdu, hidden)
    if not secret_data(command.cla, command.ins, command.data):
        return masked_hex(apdu, ())
    start = 7 if command.extended else 5
    return masked_hex(apdu, range(start, start + len(command.data)))
