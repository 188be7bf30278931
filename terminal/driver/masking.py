"""What of a call may be written down: arguments and answers without PIN, numbers, name and card contents.

Everything keeps its separators and its length, so that the shape of a string can still be judged. Card values are shown
where their item is a code of a table or stands in the issuer's file; `pKey` never is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import zip_longest

from apdu.layout import VERSIONS, Item, Secrecy, every_file
from apdu.redact import citizen_numbers, mask_id
from terminal.driver.addressing import FileAddress, FileValues, parse_address, parse_values, render_values
from terminal.driver.codes import CallError
from terminal.driver.functions import FILE_ADDRESS, PIN_TEXT, WRITE_DATA, Function
from terminal.driver.ports import Answer, Argument

ISSUER_FILE = "SSSE", 0xEF05
Mask = Callable[[str], str]


def masked_arguments(function: Function, arguments: Sequence[Argument]) -> tuple[str, ...]:
    """Each argument as a transcript may show it; arguments beyond those of the function are hidden."""
    names = [parameter.name for parameter in function.parameters]
    given = dict(zip(names, map(str, arguments), strict=False))
    address = given.get(FILE_ADDRESS.name, "")
    shown = [_argument(name, text, address) for name, text in given.items()]
    return (*shown, *(hidden(str(argument)) for argument in arguments[len(names) :]))


def masked_answer(function: Function, answer: Answer, address: str = "") -> str:
    """The text of an answer as a transcript may show it; `address` is what the values of a step 2 answer to."""
    if answer.code:
        return _without_citizen_numbers(answer.text)
    if function.name in _VALUES:
        return masked_values(answer.text, address)
    fields = answer.text.split("|")
    for place, mask in _FIELDS.get(function.name, {}).items():
        if place < len(fields):
            fields[place] = mask(fields[place])
    return _without_citizen_numbers("|".join(fields))


def masked_values(text: str, address: str = "") -> str:
    """A data string with the values hidden that identify or concern a person; all of them without their address."""
    try:
        files, asked = parse_values(text), parse_address(address) if address else ()
    except CallError:
        return hidden(text)
    return render_values(
        [_masked_file(file, question) for file, question in zip_longest(files, asked) if file]
    )


def hidden(text: str) -> str:
    """Every character as `*`, but for the separators of the strings."""
    return re.sub(r"[^|$^\n]", "*", text)


def _masked_file(file: FileValues, asked: FileAddress | None) -> FileValues:
    tags = [item.tag for item in asked.items] if asked else []
    if len(tags) != len(file.values) or asked is None or asked.name.place != file.name.place:
        return FileValues(file.name, tuple(map(hidden, file.values)))
    return FileValues(
        file.name,
        tuple(
            value if _may_be_shown(*file.name.place, tag) else hidden(value)
            for tag, value in zip(tags, file.values, strict=True)
        ),
    )


@cache
def _may_be_shown(directory: str, fid: int, tag: int) -> bool:
    """Whether the item identifies and concerns nobody on a card of any version that has it."""
    items = [
        item
        for version in VERSIONS
        for entry in every_file(version)
        if entry.name == directory
        for file in entry.files
        if file.fid == fid
        for item in file.items
        if item.tag == tag
    ]
    return bool(items) and all(_open(item) or (directory, fid) == ISSUER_FILE for item in items)


def _open(item: Item) -> bool:
    return item.secrecy is Secrecy.OPEN and bool(item.codes)


def _argument(name: str, text: str, address: str) -> str:
    if name == WRITE_DATA.name:
        return masked_values(text, address)
    return hidden(text) if name in _HIDDEN_ARGUMENTS else _without_citizen_numbers(text)


def _without_citizen_numbers(text: str) -> str:
    raw = text.encode("utf-8", "replace")
    numbers = citizen_numbers(raw)
    return bytes(ord("*") if at in numbers else byte for at, byte in enumerate(raw)).decode("utf-8")


_HIDDEN_ARGUMENTS = {"pKey", PIN_TEXT.name}
_BASE: Mapping[int, Mask] = {1: mask_id, 4: hidden}
_NEW_PIN: Mapping[int, Mask] = {4: hidden}
_FIELDS: Mapping[str, Mapping[int, Mask]] = {
    "iReadCardBas": _BASE,
    "iReadCardBas_HSM_Step2": _BASE,
    "iReadCardBas_HSM_Step1To2": _BASE,
    "iReloadPIN_HSM_Step2": _NEW_PIN,
    "iReloadPIN_HSM_Step1To2": _NEW_PIN,
    "iReadICCardNum": {0: hidden},
}
_VALUES = {"iReadCard", "iReadCard_HSM_Step2", "iReadCard_HSM_Step1To2"}
