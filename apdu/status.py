"""What a status word means in the command it answered, in two languages, and what would satisfy the card."""

from __future__ import annotations

from dataclasses import dataclass

from apdu.instructions import INSTRUCTIONS, find
from apdu.status_bank import BANK
from apdu.status_in_command import IN_COMMAND
from apdu.status_iso import ISO, ISO_SOURCE
from apdu.status_table import GENERAL, ISO_CLASSES, Entry, Kind

__all__ = ["Kind", "StatusMeaning", "is_success", "meaning", "meanings_in_commands", "tries_left"]

_ANY_NEEDS = ("the PIN verified or a key authenticated", "校验密码或外部鉴别")
_NEVER = ("nothing can, the access condition is never", "不允许，任何条件均不可")


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """One status word explained; a remedy is empty where nothing is to be done, `source` where unknown."""

    sw: int
    en: str
    zh: str
    remedy_en: str
    remedy_zh: str
    source: str
    kind: Kind

    def __str__(self) -> str:
        return f"{self.sw:04X} {self.en} {self.zh}"


def _words(pattern: str) -> range:
    """The status words of a pattern; `x` stands only at its end."""
    low = int(pattern.replace("x", "0"), 16)
    return range(low, int(pattern.replace("x", "F"), 16) + 1)


def _index(entries: tuple[Entry, ...]) -> dict[tuple[str, int], Entry]:
    index: dict[tuple[str, int], Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.pattern.count("x")):
        for sw in _words(entry.pattern):
            index.setdefault((entry.instruction, sw), entry)
    return index


_INDEX = _index(GENERAL + ISO + IN_COMMAND + BANK)


def meaning(
    sw: int, cla: int | None = None, ins: int | None = None, needs: str | None = None
) -> StatusMeaning:
    """Explain `sw`, as an answer to the command `cla` `ins` where these are given.

    `needs` names what the file or command asks for ("PIN or RK1DF04", "never") and becomes part of the remedy
    of 6982. A word no table holds is called unknown, with the class ISO/IEC 7816-4 gives its first byte.
    Raises ValueError where `sw` is no two-byte number. Sources: LD/T 32.5 sections 5.4, 6 and 7; LD/T 32.9
    section 9.
    """
    if not 0 <= sw <= 0xFFFF:
        raise ValueError(f"a status word is a number from 0000 to FFFF, not {sw}")
    instruction = find(cla or 0, ins) if ins is not None else None
    entry = _INDEX.get((instruction.name, sw)) if instruction else None
    entry = entry or _INDEX.get(("", sw))
    return _unknown(sw) if entry is None else _fill(entry, sw, needs)


def meanings_in_commands(sw: int) -> tuple[tuple[tuple[str, ...], StatusMeaning], ...]:
    """What `sw` means in particular commands: names of the instructions, and the meaning they share."""
    shared: dict[StatusMeaning, list[str]] = {}
    for name in dict.fromkeys(instruction.name for instruction in INSTRUCTIONS):
        entry = _INDEX.get((name, sw))
        if entry is not None:
            shared.setdefault(_fill(entry, sw, None), []).append(name)
    return tuple((tuple(names), told) for told, names in shared.items())


def _fill(entry: Entry, sw: int, needs: str | None) -> StatusMeaning:
    last = sw & (0x0F if entry.pattern.startswith("63C") else 0xFF)
    needs_en, needs_zh = _needs(needs)
    values = {
        "count": last if last or entry.kind is not Kind.UNFINISHED else 256,
        "hex": f"{last:02X}",
        "tries": "1 try" if last == 1 else f"{last} tries",
        "tries_zh": f"剩余{last}次",
        "needs": needs_en,
        "needs_zh": needs_zh,
    }
    return StatusMeaning(
        sw,
        entry.en.format_map(values),
        entry.zh.format_map(values),
        entry.remedy_en.format_map(values),
        entry.remedy_zh.format_map(values),
        entry.source,
        entry.kind,
    )


def _needs(needs: str | None) -> tuple[str, str]:
    if needs is None:
        return _ANY_NEEDS
    if needs == "never":
        return _NEVER
    return needs, needs.replace(" or ", "或").replace(" and ", "且")


def _unknown(sw: int) -> StatusMeaning:
    sw1 = sw >> 8
    kind = Kind.WARNING if sw1 in (0x62, 0x63) else Kind.ERROR
    remedy = ("look it up in the documentation of this card", "查阅该卡的文档")
    if sw1 in ISO_CLASSES:
        en, zh = ISO_CLASSES[sw1]
        return StatusMeaning(
            sw,
            f"unknown status word, of the class: {en}",
            f"未知状态字，类别：{zh}",
            *remedy,
            ISO_SOURCE,
            kind,
        )
    return StatusMeaning(sw, "unknown status word", "未知状态字", *remedy, "", kind)


def tries_left(sw: int) -> int | None:
    """The tries left that a 63Cx announces, 0 to 15; None for every other status word."""
    return sw & 0x0F if sw & 0xFFF0 == 0x63C0 else None


def is_success(sw: int, cla: int | None = None, ins: int | None = None) -> bool:
    """Whether the command was carried out without reserve: 9000, and what means the same in this command."""
    return meaning(sw, cla, ins).kind is Kind.SUCCESS
