"""Looking around on a card: `ls`, `cd`, `select`, `cat`, `info`, `atr`, `state`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apdu.addressing import BLOCKED_APPLICATION
from apdu.atr import parse
from apdu.commands import read_record, select_file, select_name
from apdu.layout import Access, DirectorySpec, FileSpec, Structure
from apdu.layout.old_cards import OLD_CARDS
from apdu.response import Response
from apdu.status import meaning
from terminal.cli.card_sections import Fact
from terminal.cli.decode_text import field_lines
from terminal.cli.file_facts import body_facts, record_facts
from terminal.cli.shell_core import Shell
from terminal.cli.shell_tree import NoSuchNameError, find_directory, find_file, find_target, item_name
from terminal.errors import CardRefusedError, expect_ok
from terminal.flow.steps import Procedure
from terminal.procedures.identify import CardKind
from terminal.procedures.survey import FileFound, Refusal, enter, read_files, read_memory
from terminal.text import Text
from terminal.trace.as_text import UNSET, Line, labelled, line, name_of
from terminal.trace.names import card_name

BANK_SFIS = range(1, 31)
LAST_RECORD = 255
HEX = frozenset("0123456789abcdefABCDEF")


def ls(shell: Shell, words: list[str]) -> None:
    """The directories of the card, or the files of one: those that answer to SELECT."""
    card = shell.card
    if words and words[0] == "/":
        shell.show(_directories(card.present))
        return
    directory = go(shell, words[0]) if words else card.directory
    if directory is None:
        raise NoSuchNameError("nothing is declared here; `select` and `apdu` go on without a layout")
    if not directory.files:
        shell.show(_record_files(card.ask(_answering_sfis())))
    elif card.kind in OLD_CARDS and not directory.files[0].fid:
        shell.show(_files(directory.files, card.granted))
    else:
        shell.show(_files(card.ask(_present_files(directory)), card.granted))
    if card.present and directory is card.present[0]:
        shell.show(_directories(card.present[1:]))


def cd(shell: Shell, words: list[str]) -> None:
    """Make a directory current; without a name, that of the environment."""
    here = shell.card.directories[0].name if shell.card.directories else "/"
    go(shell, here if not words or words[0] in ("/", "..", "~") else words[0])


def go(shell: Shell, name: str) -> DirectorySpec:
    """Select a directory by its name; raises NoSuchNameError, CardRefusedError."""
    card = shell.card
    directory = find_directory(card.directories, name)
    if directory is None:
        known = ", ".join(entry.name for entry in card.directories)
        raise NoSuchNameError(
            f"{name}: no such directory; known are {known or 'none'}, others by `select AID`"
        )
    if directory is not card.directory:
        parent = find_directory(card.directories, name.rpartition("/")[0])
        for entry in (
            (parent, directory) if parent else (directory,)
        ):  # below a PSAM's environment names repeat
            _accept(card.ask(enter(entry)), f"selecting {entry.name}")
    return directory


def select(shell: Shell, words: list[str]) -> None:
    """SELECT by name of the layout, AID or FID, and what the card says about it."""
    name = words[0]
    known = find_directory(shell.card.directories, name)
    if known is None and not (len(name) % 2 == 0 and set(name) <= HEX):
        raise NoSuchNameError(f"{name}: neither a name on this card nor an AID or FID in hex")
    if known is not None:
        command = select_name(known.df_name) if known.df_name else select_file(known.fid or 0, p1=0x00)
    elif len(name) == 4:
        command = select_file(int(name, 16), p1=0x00)
    else:
        command = select_name(bytes.fromhex(name))
    response, told = shell.card.explained(command)
    if not (response.ok or response.sw == BLOCKED_APPLICATION):
        raise CardRefusedError(command, response, f"selecting {name}")
    shell.show(field_lines(told.fields))


def cat(shell: Shell, words: list[str]) -> None:
    """A file, decoded; or the items of it whose tag or name is given."""
    card = shell.card
    directory = card.directory
    if directory is not None and not directory.files and "/" not in words[0]:
        _cat_records(shell, words[0])
        return
    directory, spec = find_file(card.directories, directory, words[0])
    if directory is not card.directory:
        go(shell, directory.name)
    found = read(shell, spec)
    facts = list(
        body_facts(spec, found.body, True)
        if spec.structure is Structure.TRANSPARENT
        else record_facts(spec, found.records, True)
    )
    if len(words) > 1:
        wanted = item_name(find_target(spec, words[1]).item).lstrip("+")
        facts = [fact for fact in facts if _is_of(fact, spec, wanted, words[1])]
    if found.refused is None or found.records or found.body:
        shell.show(_facts(spec, facts))
    if found.refused is not None:
        _accept(found.refused, f"reading {spec.path}", str(spec.read))


def read(shell: Shell, spec: FileSpec) -> FileFound:
    """What of a file of the current directory the card lets be read; raises NoSuchNameError where it has none."""
    if not spec.fid:
        return shell.card.ask(read_memory(CardKind(str(shell.card.kind))))
    files = shell.card.ask(read_files((spec,)))
    if not files:
        raise NoSuchNameError(f"this card has no {spec.path}; `ls` shows what it has")
    return files[0]


def info(shell: Shell, words: list[str]) -> None:
    """What card this is."""
    card = shell.card
    rows = [(Text("Kind", "卡种"), name_of(card_name(card.kind or "card")))]
    rows += [
        (Text("Reader", "读卡器"), card.reader.name),
        (Text("Protocol", "协议"), card.connection.protocol),
    ]
    social = card.social
    if social is not None:
        rows += [
            (Text("Card number", "卡号"), social.number),
            (Text("Specification version", "规范版本"), social.version),
            (Text("Region", "行政区划"), social.region),
            (Text("Algorithm", "算法"), social.algorithm.name),
            (Text("Issued", "发卡日期"), str(social.issued or UNSET)),
            (Text("Valid until", "卡有效期"), str(social.valid_until or "no limit 无期限")),
        ]
    shell.show(_rows(rows))


def atr(shell: Shell, words: list[str]) -> None:
    """The answer to reset and its historical bytes."""
    raw = shell.card.connection.atr
    shell.show(
        _rows(
            [
                (Text("Answer to reset", "复位应答"), raw.hex().upper()),
                (Text("Historical bytes", "历史字节"), parse(raw).historical_bytes.hex().upper()),
            ]
        )
    )


def state(shell: Shell, words: list[str]) -> None:
    """Where the card stands and what it has granted since it got power."""
    card = shell.card
    place = card.explainer.place
    shell.show(
        _rows(
            [
                (
                    Text("Directory", "当前目录"),
                    place.directory.name if place.directory else place.path or "-",
                ),
                (Text("File", "当前文件"), place.file.path if place.file else "-"),
                (Text("Granted", "已获权限"), ", ".join(sorted(card.granted)) or "nothing 无"),
                (Text("PSAM", "终端安全模块"), "yes 有" if card.has_psam else "none 无"),
            ]
        )
    )


def _accept(refused: Refusal | None, attempted: str, needs: str | None = None) -> None:
    """Nothing where nothing was refused; else raises CardRefusedError."""
    if refused is not None:
        raise CardRefusedError(refused.command, Response(b"", refused.sw), attempted, needs)


def _present_files(directory: DirectorySpec) -> Procedure[tuple[FileSpec, ...]]:
    found = []
    for spec in directory.files:
        response = yield select_file(spec.fid)
        if response.ok:
            found.append(spec)
    return tuple(found)


def _answering_sfis() -> Procedure[tuple[tuple[int, int], ...]]:
    """Short file identifiers whose first record answers, each with the status word."""
    found = []
    for sfi in BANK_SFIS:
        response = yield read_record(1, sfi)
        if response.ok or response.sw == 0x6982:
            found.append((sfi, response.sw))
    return tuple(found)


def _cat_records(shell: Shell, name: str) -> None:
    """Every record of a file that is known by its SFI alone, to its data objects."""
    if not name.isdecimal() or int(name) not in BANK_SFIS:
        raise NoSuchNameError(
            f"{name}: files here are known by their SFI, 1 to 30; `ls` shows those that answer"
        )
    sfi, number = int(name), 0
    while number < LAST_RECORD:
        number += 1
        command = read_record(number, sfi)
        response, told = shell.card.explained(command)
        if not response.ok and number > 1:
            return
        expect_ok(command, response, f"reading SFI {sfi}, record {number}")
        shell.say(f"SFI {sfi}, record {number}")
        shell.show(field_lines(told.fields))


def _is_of(fact: Fact, spec: FileSpec, wanted: str, typed: str) -> bool:
    """Whether a fact is of the item that was asked for: its tag, its occurrence or its part."""
    inside = fact.path.removeprefix(spec.path).lstrip("/+")
    tag, _, part = typed.partition("/")
    occurrence = tag.partition(".")[2]
    first, _, inner = inside.partition("/")
    if spec.structure is Structure.TRANSPARENT:
        return int(inside, 16) == int(wanted, 16)
    own, _, again = first.partition(".")
    if own != wanted or (occurrence and (again or "1") != occurrence):
        return False
    return not part or inner.casefold() == part.casefold()


def _directories(found: Iterable[DirectorySpec]) -> Iterator[Line]:
    for entry in found:
        yield line((f"{entry.name + '/':<8}", "bold"), entry.label_zh)


def _files(found: Iterable[FileSpec], granted: set[str]) -> Iterator[Line]:
    for spec in found:
        short = spec.path.rpartition("/")[2]
        read, update = (f"{word} {rule}{'' if rule.allows(granted) else ' ✗'}" for word, rule in _rules(spec))
        yield line((f"{short:<8}", "magenta"), f"{spec.name} {spec.name_zh}")
        yield line(" " * 8, (f"{spec.structure.value}; {read}; {update}", "dim"))


def _rules(spec: FileSpec) -> tuple[tuple[str, Access], ...]:
    return ("read", spec.read), ("update", spec.update)


def _record_files(found: Iterable[tuple[int, int]]) -> Iterator[Line]:
    for sfi, sw in found:
        yield line(
            (f"{sfi:<8}", "magenta"), "records 记录", "" if sw == 0x9000 else f" ({meaning(sw, 0, 0xB2).en})"
        )


def _facts(spec: FileSpec, facts: Iterable[Fact]) -> Iterator[Line]:
    for fact in facts:
        inside = fact.path.removeprefix(spec.path).lstrip("/")
        label = f"{inside} {name_of(fact.text)}".lstrip()
        yield from labelled(label, fact.value or UNSET, "green", margin=2, column=44)


def _rows(rows: Iterable[tuple[Text, str]]) -> Iterator[Line]:
    for text, value in rows:
        yield from labelled(name_of(text), value, margin=2, column=34)
