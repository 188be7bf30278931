"""What a reading found, as sections: card, directories and files, what may not be read, and what would help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apdu.atr import AtrError
from apdu.decoding_card import Context, atr_fields
from apdu.layout import FileSpec, Structure
from apdu.layout.access import NEVER
from apdu.purse import Balance
from apdu.status import meaning
from terminal.cli.card_sections import Fact, Section, fact
from terminal.cli.file_facts import body_facts, record_facts
from terminal.flow.texts import yuan
from terminal.procedures.survey import DirectoryFound, FileFound, NameTried, Refusal
from terminal.procedures.survey_social import PIN, PurseFound
from terminal.text import Text

BALANCES = {
    Balance.ACCOUNT: ("Account balance", "个人账户余额"),
    Balance.SELF_PAID: ("Self-paid in the year", "年度个人自付累计"),
    Balance.POOL: ("Pool in the year", "年度统筹基金支付累计"),
}
INTERFACE_BYTE = "Interface byte"
"""Of these there are several; each is told by its own name, such as TB1."""

UNREAD = ("Not read", "未读取")


def atr_facts(atr: bytes) -> Iterator[Fact]:
    """The answer to reset and what its bytes say."""
    yield fact("card/atr", "Answer to reset", "复位应答", atr.hex().upper())
    try:
        fields = list(atr_fields(atr, Context()))
    except AtrError as error:
        yield fact("card/atr/error", "Not well formed", "格式错误", str(error))
        return
    for field in fields:
        name = f"{field.name} {field.path}" if field.name == INTERFACE_BYTE else field.name
        yield Fact(f"card/atr/{field.path}", Text(name, field.name_zh), field.value or field.raw, field.raw)


def directory_sections(
    found: DirectoryFound, held: frozenset[str], *, masked: bool, more: Sequence[Fact] = ()
) -> Iterator[Section]:
    """A directory and each file in it; nothing of one that the card does not have."""
    if found.absent:
        return
    text = Text("Directory", found.spec.label_zh)
    path = found.spec.name
    if found.refused is not None:
        yield Section(path, text, "", (_unread(path, found.refused, None, held),))
        return
    whole = sum(file.refused is None and file.spec.read != NEVER for file in found.files)
    count = fact(f"{path}/files", "Files read", "已读文件", f"{whole} of {len(found.files)}")
    yield Section(path, text, "", (count, *more))
    for file in found.files:
        yield file_section(file, held, masked=masked)


def file_section(file: FileFound, held: frozenset[str], *, masked: bool) -> Section:
    """A file: its structure and rights, its items, and why there are no more of them."""
    spec = file.spec
    transparent = spec.structure is Structure.TRANSPARENT
    number = len(file.records)
    count = f" ({number} record{'s' * (number != 1)})" if number else ""
    sfi = f"SFI {spec.sfi:02X}, " if spec.sfi not in (0, 0x1F) else ""
    note = f"{sfi}{spec.structure.value}{count}, read {spec.read}, update {spec.update}"
    return Section(
        spec.path,
        Text(spec.name, spec.name_zh),
        note,
        tuple(_file_facts(file, held, transparent, masked)),
    )


def _file_facts(file: FileFound, held: frozenset[str], transparent: bool, masked: bool) -> Iterator[Fact]:
    spec = file.spec
    if spec.read == NEVER:
        yield fact(spec.path, *UNREAD, "no command reads it 不可读")
        return
    if transparent and file.body and file.refused is None:
        yield from body_facts(spec, file.body, masked)
    elif not transparent and (file.records or file.refused is None):
        yield from record_facts(spec, file.records, masked)
    if file.refused is not None:
        yield _unread(spec.path, file.refused, spec, held)


def _unread(path: str, refused: Refusal, spec: FileSpec | None, held: frozenset[str]) -> Fact:
    told = meaning(refused.sw, refused.command.cla, refused.command.ins, str(spec.read) if spec else None)
    parts = [f"{refused.sw:04X} {told.en} {told.zh}"]
    if spec is not None and not spec.read.allows(held):
        parts += [f"needs {spec.read}", *_helps(spec, held)]
    elif told.remedy_en:
        parts.append(told.remedy_en)
    return fact(path, *UNREAD, "; ".join(parts))


def _helps(spec: FileSpec, held: frozenset[str]) -> Iterator[str]:
    """Which options would open a file: those of the alternative that lacks the fewest terms."""
    lacking: frozenset[str] = min((terms - held for terms in spec.read.alternatives), key=len)
    options = ["--pin"] if PIN in lacking else []
    options += ["--psam ADDRESS"] if lacking - {PIN} else []
    yield f"{' and '.join(options)} would help"


def purse_facts(purse: PurseFound) -> Iterator[Fact]:
    """Balances of the medical account."""
    for which, fen, year in purse.balances:
        of = f" ({year})" if year else ""
        yield fact(f"DF04/purse/{which.name.lower()}", *BALANCES[which], f"{yuan(fen)}{of}")
    if purse.starting_day:
        yield fact("DF04/purse/starting_day", "Year begins", "年度起始日", purse.starting_day)


def tried_section(tried: Sequence[NameTried]) -> Section:
    """Which application names a card knows."""
    facts = []
    for entry in tried:
        told = meaning(entry.response.sw, 0x00, 0xA4)
        value = f"{entry.response.sw:04X} {told.en} {told.zh}"
        facts.append(fact(f"tried/{entry.name.hex().upper()}", entry.label, entry.name.hex().upper(), value))
    return Section("tried", Text("Applications tried", "已尝试的应用"), "", tuple(facts))
