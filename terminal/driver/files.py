"""iReadCard and iWriteCard with a PSAM: file by file in the order of the address; one that fails ends the call."""

from __future__ import annotations

from collections.abc import Sequence

from apdu.layout import DirectorySpec, FileSpec, Structure, every_file
from terminal.driver.addressing import (
    FileAddress,
    FileValues,
    Target,
    match_values,
    parse_address,
    parse_values,
    render_values,
    resolve,
)
from terminal.driver.codes import CallError, ReturnCode, refuse
from terminal.driver.functions import BY_NAME
from terminal.driver.preparation import CARD, Setting, compare_card
from terminal.driver.profile import Environment
from terminal.driver.rights import Rights, way_to_read, way_to_write
from terminal.driver.steps import CallFlow
from terminal.driver.values import encode_content, encode_record, record_text
from terminal.errors import CardRefusedError
from terminal.flow.steps import Procedure, on
from terminal.procedures.file_contents import (
    append_record,
    read_every,
    read_numbered,
    read_occurrence,
    read_transparent,
    update_occurrence,
    write_transparent,
)
from terminal.procedures.files import select_ef
from terminal.procedures.social import CardIdentity

READ = BY_NAME["iReadCard"]


def read_files(setting: Setting, auth_type: int, card_info: str, address: str) -> CallFlow[str]:
    """iReadCard."""
    wanted = addressed(setting, address)
    card = yield from compare_card(card_info)
    rights = Rights(card)
    answered = []
    for target in resolve(wanted, layout_of(card)):
        way = way_to_read(target.file, auth_type)
        yield from rights.enter(target.directory)
        yield from rights.open_with_psam(way)
        answered.append(FileValues(target.address.name, (yield from on(CARD, read_target(target)))))
    return rendered(setting, answered)


def write_files(setting: Setting, card_info: str, address: str, data: str) -> CallFlow[str]:
    """iWriteCard; what the data hold is seen before the card is asked for any right."""
    wanted = addressed(setting, address)
    given = parse_values(data, fid_alike=fid_alike(setting))
    card = yield from compare_card(card_info)
    targets = resolve(wanted, layout_of(card))
    ways = [way_to_write(target.file) for target in targets]
    bodies = encoded(targets, match_values(targets, given))
    rights = Rights(card)
    for target, way, body in zip(targets, ways, bodies, strict=True):
        yield from rights.enter(target.directory)
        yield from rights.open_with_psam(way)
        yield from on(CARD, write_target(target, body))
    return ""


def rendered(setting: Setting, values: Sequence[FileValues]) -> str:
    """The answer to a read; raises CallError -42 rather than have it cut at the end of the caller's buffer."""
    text = render_values(values)
    if len(text.encode(setting.profile.text.value, "replace")) >= READ.out_size:
        raise refuse(
            ReturnCode.LENGTH,
            "结果超出缓冲区，请分次读取",
            f"more than {READ.out_size} characters: read fewer files in a call",
        )
    return text


def addressed(setting: Setting, address: str) -> tuple[FileAddress, ...]:
    """The files of pFileAddr as this build takes it; raises CallError -23."""
    return parse_address(address, fid_alike=fid_alike(setting))


def fid_alike(setting: Setting) -> bool:
    """Whether `3F00EF05` means `SSSEEF05`."""
    return setting.profile.ssse_in_addresses is Environment.NAME_OR_FID


def layout_of(card: CardIdentity) -> Sequence[DirectorySpec]:
    """Every file that a card of this version may have."""
    return every_file(card.generation)


def read_target(target: Target) -> Procedure[tuple[str, ...]]:
    """The values of one file in the order of the address; a record the card does not have is an empty value."""
    file = target.file
    yield from select_ef(file)
    if file.structure is Structure.TRANSPARENT:
        body = yield from read_transparent(file)
        return (body.hex().upper(),)
    if target.cyclic:
        return (yield from _read_ring(file, target.record))
    values = []
    for item, occurrence in target.items:
        raw = yield from read_occurrence(file, item.tag or 0, occurrence)
        values.append("" if raw is None else record_text(file, raw))
    return tuple(values)


def _read_ring(file: FileSpec, record: int | None) -> Procedure[tuple[str, ...]]:
    if record is None:
        records = yield from read_every(file)
        return tuple(record_text(file, raw) for raw in records)
    raw = yield from read_numbered(file, record)
    return ("" if raw is None else record_text(file, raw),)


def encoded(targets: Sequence[Target], values: Sequence[Sequence[str]]) -> tuple[tuple[bytes, ...], ...]:
    """What is to be written to each file; raises CallError -23, -41, -42."""
    return tuple(
        tuple(encode_record(item, text) for (item, _), text in zip(target.items, texts, strict=True))
        if target.items
        else (encode_content(target.file, texts[0]),)
        for target, texts in zip(targets, values, strict=True)
    )


def write_target(target: Target, bodies: Sequence[bytes]) -> Procedure[None]:
    """Write one file item by item; a refusal says what was written before it."""
    file = target.file
    yield from select_ef(file)
    if not target.items:
        yield from (append_record if target.cyclic else write_transparent)(file, bodies[0])
        return
    for done, ((_, occurrence), record) in enumerate(zip(target.items, bodies, strict=True)):
        try:
            yield from update_occurrence(file, record, occurrence)
        except CardRefusedError as error:
            written = ", ".join(item.text for item in target.address.items[:done]) or "nothing"
            raise CallError(
                -error.sw, f"{error}; written before in {target.address.name.text}: {written}"
            ) from None
