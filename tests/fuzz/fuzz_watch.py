"""What a card may change with each command, kept beside the card and by other means than its own.

The watch knows access rules by name (the card compiles them to bit masks), follows which conditions were met
from the answers alone, and compares the whole memory after every command, whether or not the card says it wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from apdu.instructions import find
from virtual_card.applications.memory import MemoryCard
from virtual_card.applications.pboc.contents import BankContents
from virtual_card.applications.pki.application import PkiSide
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.iso_card import IsoCard
from virtual_card.iso_filesystem import IsoDirectory
from virtual_card.nonvolatile import Cell
from virtual_card.state import AccessRule, CardContents

NOTHING: frozenset[str] = frozenset()
FILE = "a file"
PURSE = "the purse"
PURSE_LOG = "DF04/EF08"
BANK_LOG = "bank/0B"
SOCIAL: Mapping[str, frozenset[str]] = {
    "0020": frozenset({"tries"}),
    "0082": frozenset({"tries"}),
    "805E": frozenset({"tries", "pin"}),
    "8424": frozenset({"tries", "pin"}),
    "841E": frozenset({"blocked"}),
    "8416": frozenset({"blocked"}),
    **dict.fromkeys(("00D6", "00DC", "04D6", "04DC"), frozenset({FILE})),
    "B02A": frozenset({PURSE, PURSE_LOG}),
    "B02C": frozenset({PURSE, PURSE_LOG}),
    "B056": frozenset({PURSE}),
}
"""What each command of the social side may change where it succeeds; the others change nothing."""

PSAM: Mapping[str, frozenset[str]] = {
    "0082": frozenset({"tries"}),
    "8070": frozenset({"the sequence"}),
    "84D4": frozenset({"tries", "keys"}),
}
BANK: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("0020", "0082", "80A8", "841E", "8418"), frozenset({"bank/numbers"})),
    "80AE": frozenset({"bank/numbers", BANK_LOG}),
    "8416": frozenset({"bank/numbers", "blocked"}),
    "8424": frozenset({"bank/numbers", "bank/pin"}),
    "04DA": frozenset({"bank/numbers", "bank/objects"}),
    "04DC": frozenset({"bank/numbers", "bank/file"}),
}
PKI: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("0020", "0082"), frozenset({"pki/tries"})),
    **dict.fromkeys(("84D4", "845E"), frozenset({"pki/secrets"})),
    "8040": frozenset({"pki/key-pair"}),
    "00D6": frozenset({"pki/file"}),
}
MEMORY: Mapping[str, frozenset[str]] = {
    "FF20": frozenset({"tries"}),
    "FFD0": frozenset({"memory"}),
    "FFD6": frozenset({"memory"}),
    "FFD2": frozenset({"code"}),
}
ISO: Mapping[int, frozenset[str]] = {
    0x20: frozenset({"tries"}),
    **dict.fromkeys((0x04, 0x44), frozenset({"life"})),
    **dict.fromkeys(
        (0x0C, 0x0E, 0x0F, 0xD0, 0xD1, 0xD2, 0xD6, 0xD7, 0xDC, 0xDD, 0xE2), frozenset({FILE, "sizes"})
    ),
}
COUNTERS = frozenset({"tries", "bank/numbers", "pki/tries"})
"""What a command that failed may change, where it may change it at all."""

READING = ("00B0", "00B2")
LONGEST_PLAIN = 18


class Watch:
    """Follows one powered card; `judge` says what is wrong with an answer, None where nothing is."""

    def __init__(self, card: VirtualCard) -> None:
        self.card = card
        self.memory = card.memory
        self.before = _copy(self.memory.cells)
        self.kinds = [_part(card, name) for name in self.memory.names]
        self.rules: dict[str, tuple[AccessRule, AccessRule]] = {}
        self.owners: dict[str, str] = {}
        self.references: dict[tuple[str, int], str] = {}
        self.met: set[str] = set()
        self.proved = False
        self.secrets: list[bytes] = []
        self.protected: set[int] = set()
        if isinstance(card, ProcessorCard):
            self._learn(card.contents())
        if isinstance(card, IsoCard):
            self.protected = set(_protected(card.compiled.root))
        self.place = self._place()

    def powered(self) -> None:
        """The card was reset: nothing is met any more."""
        self.met.clear()
        self.proved = False
        self.place = self._place()

    def judge(self, apdu: bytes, answer: bytes) -> str | None:
        """The first thing the card must not do: a malformed or internal answer, a leak, a change."""
        if len(answer) < 2:
            return "the answer has no status word"
        word = int.from_bytes(answer[-2:], "big")
        if word >> 8 & 0xF0 not in (0x60, 0x90):
            return f"{word:04X} is no status word"
        if (
            word == 0x6F00 and apdu[1:2] != b"\xc0"
        ):  # GET RESPONSE with nothing to fetch (LD/T 32.5 section 6.6)
            return "6F00: an error inside the card"
        leaked = len(answer) > LONGEST_PLAIN and any(secret in answer for secret in self.secrets)
        problem = (
            "the answer holds a key" if leaked else self._changes(apdu, word) or self._access(apdu, word)
        )
        self._follow(apdu, word)
        return problem

    def _learn(self, contents: CardContents) -> None:
        for directory in contents.directories:
            for file in directory.files:
                self.rules[f"{directory.name}/{file.fid:04X}"] = (file.read, file.update)
            for key in directory.keys:
                self.owners[key.name] = directory.name
                if key.reference is not None:
                    self.references[directory.name, key.reference] = key.name
                self.secrets += [value for value in key.versions.values() if len(value) == 16]
            self.secrets += [key.value for key in directory.sam_keys if len(key.value) == 16]
        if isinstance(contents.bank, BankContents):
            for keys in contents.bank.keys.values():
                self.secrets += [keys.cryptogram, keys.encryption, keys.mac]
        if contents.pki is not None:
            self.secrets.append(contents.pki.master_key)

    # Changes ------------------------------------------------------------------------------------------

    def _changes(self, apdu: bytes, word: int) -> str | None:
        changed = [
            number
            for number, (now, then) in enumerate(zip(self.memory.cells, self.before, strict=True))
            if now != then
        ]
        if not changed:
            return None
        problem = self._forbidden(apdu, word, changed)
        for number in changed:
            self.before[number] = self.memory.cells[number][:]
        return problem

    def _forbidden(self, apdu: bytes, word: int, changed: list[int]) -> str | None:
        names = [self.memory.names[number] for number in changed]
        allowed = self._allowed(apdu)
        done = (
            word == 0x9000 or word >> 8 == 0x61 or (isinstance(self.card, MemoryCard) and word >> 8 == 0x90)
        )
        if not done:
            allowed &= COUNTERS
        parts = zip(names, changed, strict=True)
        wrong = [name for name, number in parts if name not in allowed and self.kinds[number] not in allowed]
        if wrong:
            return f"answered {word:04X} and changed {', '.join(wrong)}"
        if not self.proved and any(name.startswith("pki/") and name != "pki/tries" for name in names):
            return f"changed {', '.join(names)} though nothing was proved"
        if not self.met and self.protected.intersection(changed):
            return f"changed {', '.join(names)} though no password was verified"
        files = [name for name in names if name in self.rules and FILE in allowed]
        if len(files) > 1:
            return f"one command changed {', '.join(files)}"
        if files and not self._satisfied(self.rules[files[0]][1]):
            return f"changed {files[0]}, which needs {_text(self.rules[files[0]][1])}"
        return None

    def _allowed(self, apdu: bytes) -> frozenset[str]:
        head = apdu[:2].hex().upper()
        if isinstance(self.card, MemoryCard):
            return MEMORY.get(head, NOTHING)
        if isinstance(self.card, IsoCard):
            return ISO.get(apdu[1], NOTHING) if len(apdu) > 1 else NOTHING
        if self.place[0] != "card":
            return {"bank": BANK, "pki": PKI}[self.place[0]].get(head, NOTHING)
        return (PSAM if self.card.kind == "psam" else SOCIAL).get(head, NOTHING)

    # Access -------------------------------------------------------------------------------------------

    def _access(self, apdu: bytes, word: int) -> str | None:
        """A file was read although the conditions for it were not met; 6Cxx, which tells a length, is reading."""
        if not isinstance(self.card, ProcessorCard) or self.place[0] != "card" or self.card.file is None:
            return None
        if apdu[:2].hex().upper() not in READING or word >> 8 not in (0x90, 0x62, 0x6C):
            return None
        read = self.rules[self.card.file.path][0]
        return None if self._satisfied(read) else f"read {self.card.file.path}, which needs {_text(read)}"

    def _satisfied(self, rule: AccessRule) -> bool:
        assert isinstance(self.card, ProcessorCard)
        met = self.met if self.card.pin else self.met | {"PIN"}
        return any(terms <= met for terms in rule)

    def _follow(self, apdu: bytes, word: int) -> None:
        """Learn from the answer which conditions are met now, and where the card stands."""
        if not isinstance(self.card, ProcessorCard):
            if isinstance(self.card, IsoCard) and apdu[1:2] == b"\x20" and word == 0x9000:
                self.met.add("a password")
            return
        head, (side, *path) = apdu[:2].hex().upper(), self.place
        if side == "pki" and head in ("0020", "0082") and word == 0x9000:
            self.proved = True
        if side == "card":
            if head == "0020" and len(apdu) > 5:
                self._met("PIN", word)
            elif head == "0082":
                for owner in path:
                    name = self.references.get((owner, apdu[3] if len(apdu) > 3 else -1))
                    if name is not None:
                        self._met(name, word)
        before, self.place = self.place, self._place()
        if self.place != before:
            kept = {name for name, owner in self.owners.items() if owner in self.place[1:]}
            self.met &= kept | {"PIN"}

    def _met(self, condition: str, word: int) -> None:
        if word == 0x9000:
            self.met.add(condition)
        elif word >> 8 == 0x63:
            self.met.discard(condition)

    def _place(self) -> tuple[str, ...]:
        if not isinstance(self.card, ProcessorCard):
            return ("card",)
        if self.card.foreign:
            return ("pki",) if isinstance(self.card.neighbour, PkiSide) else ("bank",)
        return "card", self.card.directory.name, self.card.directory.environment


def _copy(cells: Iterable[Cell]) -> list[Cell]:
    return [cell[:] for cell in cells]


def _part(card: VirtualCard, name: str) -> str:
    """What a cell is, in the words of the tables above: by its place, or by its own name."""
    area, _, rest = name.partition("/")
    if area == "bank":
        return name if name == BANK_LOG or not _is_hex(rest) else "bank/file"
    if area == "pki":
        return "pki/file" if rest.isdigit() else name
    if card.kind == "psam" and name.endswith("/0019"):
        return "the sequence"
    if name.endswith("/purse"):
        return PURSE
    if name.endswith("/keys"):
        return "keys"
    return FILE if rest else name


def _is_hex(text: str) -> bool:
    return len(text) == 2 and all(digit in "0123456789ABCDEF" for digit in text)


def _protected(directory: IsoDirectory) -> Iterator[int]:
    """The cells of files that are not free to change, in this directory and below."""
    for node in directory.by_fid.values():
        if isinstance(node, IsoDirectory):
            yield from _protected(node)
        elif 0 not in node.update and 0 not in node.write:
            yield node.cell


def _text(rule: AccessRule) -> str:
    return " or ".join(" and ".join(sorted(terms)) or "free" for terms in rule) or "never"


def describe(apdu: bytes) -> str:
    """A command for the report: hex, and the instruction where it is one."""
    known = find(apdu[0], apdu[1]) if len(apdu) > 1 else None
    return f"{apdu.hex().upper()}{f'  {known.name}' if known else ''}"
