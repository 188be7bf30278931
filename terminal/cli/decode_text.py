"""Pasted hex to bytes, and decoded bytes to lines and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apdu.decoding import Decoded, DecodingError, Reading, decode
from apdu.decoding_card import Context
from apdu.decoding_forms import Form
from apdu.explain_fields import Field
from terminal.cli.output import say, show
from terminal.trace.as_json import field_values, json_line
from terminal.trace.as_text import UNSET, Line, labelled, line

HEX_DIGITS = frozenset("0123456789abcdefABCDEF")
SEPARATORS = frozenset(" \t\r\n:-,")


def pasted_hex(text: str, place: str) -> bytes:
    """Bytes from hex as it is pasted: spaces, colons and 0x left out; raises DecodingError naming the byte."""
    digits = "".join(digit for digit in text.replace("0x", " ").replace("0X", " ") if digit not in SEPARATORS)
    for offset, digit in enumerate(digits):
        if digit not in HEX_DIGITS:
            raise DecodingError(f"{place}, byte {offset // 2}: {digit!r} is no hex digit; paste hex alone")
    if len(digits) % 2:
        raise DecodingError(f"{place}, byte {len(digits) // 2}: half a byte; paste whole bytes")
    return bytes.fromhex(digits)


def present(raw: bytes, place: str, known: Context, form: Form | None, as_json: bool) -> None:
    """Decode and show; raises DecodingError naming where it was pasted."""
    try:
        decoded = decode(raw, known, form)
    except DecodingError as error:
        raise DecodingError(f"{place}: {error}") from None
    if as_json:
        say(decoded_line(decoded))
    else:
        show(decoded_lines(decoded))


def decoded_lines(decoded: Decoded) -> Iterator[Line]:
    """What it was taken for, what it could be as well, and the fields."""
    yield line((f"{_name(decoded.reading)}", "bold"))
    if decoded.others:
        others = ", ".join(f"{_name(other)} (--as {other.form.value})" for other in decoded.others)
        yield line((f"could also be 也可能是: {others}", "dim"))
    yield from field_lines(decoded.reading.fields)


def field_lines(fields: Iterable[Field], margin: int = 2) -> Iterator[Line]:
    """Fields, one a line: place and names, then the value."""
    for field in fields:
        yield from labelled(_label(field), _value(field), "green", margin=margin, column=46 - margin)


def _name(reading: Reading) -> str:
    return f"{reading.form.en} {reading.form.zh}{f' {reading.path}' if reading.path else ''}"


def _label(field: Field) -> str:
    return f"{field.path} {field.name} {field.name_zh}".strip()


def _value(field: Field) -> str:
    if field.value and field.raw:
        return f"{field.raw} = {field.value}" if len(field.raw) <= 4 else field.value
    return field.value or field.raw or UNSET


def decoded_line(decoded: Decoded) -> str:
    """The same as one line of JSON."""
    values = {
        "form": decoded.reading.form.value,
        "path": decoded.reading.path,
        "others": [{"form": other.form.value, "path": other.path} for other in decoded.others],
        "fields": [field_values(field) for field in decoded.reading.fields],
    }
    return json_line("decoded", values)
