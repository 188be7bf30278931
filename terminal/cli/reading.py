"""Reading a card of any kind: tells what it is, then all it lets itself be read of, section by section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from apdu.atr import AtrError
from apdu.commands import select_name
from apdu.crypto import Algorithm
from apdu.layout import LayoutError, every_file, ssse
from apdu.layout.application_status import DEFAULT_FID
from apdu.layout.old_cards import OLD_CARDS
from apdu.layout.pki import PKI_DIRECTORIES
from apdu.layout.psam import ENVIRONMENT_NAMES
from apdu.pboc import DEBIT_AID, PPSE_NAME, PSE_NAME
from apdu.pki import ENVIRONMENT_NAME
from terminal.cli.card_sections import Fact, Section, fact, yes_or_no
from terminal.cli.output import say
from terminal.cli.pin_source import NOT_SET, PinSource, tries_of, tries_text, verify_holder
from terminal.cli.reading_facts import (
    atr_facts,
    directory_sections,
    file_section,
    purse_facts,
    tried_section,
)
from terminal.desk import Desk
from terminal.errors import CardBlockedError, CardError, expect_ok
from terminal.exit_codes import ExitCode
from terminal.flow.steps import Procedure, Role
from terminal.procedures.identify import CardKind, Identified, identify
from terminal.procedures.social import SocialCard, announced_algorithm, read_issuer_data
from terminal.procedures.survey import code_tries, read_directory, read_memory, try_names
from terminal.procedures.survey_bank import read_bank
from terminal.procedures.survey_psam import is_psam, read_psam
from terminal.procedures.survey_social import PURSE_DIRECTORY, Rights, prove, read_purse, read_with_rights
from terminal.text import Text
from terminal.trace.names import CARD_NAMES, card_name
from terminal.transport.base import ReaderError

NOTHING: frozenset[str] = frozenset()
UNKNOWN_CARD = Text("unknown card", "未知卡片")
BANK_CARD = Text("bank card", "银行卡")
TRIED = (
    ("Social security environment", ssse.DF_NAME),
    *((f"PSAM environment {name}", raw) for name, raw in ENVIRONMENT_NAMES.items() if raw != ssse.DF_NAME),
    ("Payment system environment", PSE_NAME),
    ("Contactless payment environment", PPSE_NAME),
    ("Bank's debit application", DEBIT_AID),
    ("PKI application", ENVIRONMENT_NAME),
)
"""Names asked for on a card that nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOrder:
    """What may be shown, where the PIN comes from, whether a PSAM is on the desk, where the status file is."""

    masked: bool = True
    pin: PinSource | None = None
    psam: bool = False
    status_fid: int = DEFAULT_FID


@dataclass(slots=True)
class Reading:
    """One card on the desk; `code` is how the reading went once `sections` has ended."""

    desk: Desk
    order: ReadOrder
    code: ExitCode = ExitCode.DONE
    rights: Rights = field(default_factory=Rights)

    def sections(self) -> Iterator[Section]:
        """What the card is and holds, as it is read. Raises CardBlockedError, TransportError, LastTryError."""
        try:
            found = self.desk.ask(identify(self._atr))
        except CardBlockedError:
            yield self._card(UNKNOWN_CARD, fact("card/blocked", "Card blocked", "卡片锁定", yes_or_no(True)))
            raise
        if found.kind is CardKind.SOCIAL:
            yield from self._social(found)
            return
        if self.order.pin is not None or self.order.psam:
            say(
                "ssc: PIN and PSAM open social security cards alone; this is none, and they are not used",
                err=True,
            )
        if found.kind is CardKind.OLD_CPU:
            yield from self._old_cpu(found)
        elif found.kind is CardKind.UNKNOWN:
            yield from self._another()
        else:
            yield from self._memory(found)

    @property
    def _atr(self) -> bytes:
        return self.desk.connections[Role.NEW].atr

    def _card(self, name: Text, *more: Fact) -> Section:
        """The first section: what it is, what it answered to the reset, and what is known of it beside."""
        kind = fact("card/kind", "Kind", "卡种", f"{name.en} {name.zh}")
        return Section("card", Text("Card", "卡片"), "", (kind, *atr_facts(self._atr), *more))

    # The social security card ----------------------------------------------------------------------------

    def _social(self, found: Identified) -> Iterator[Section]:
        card, why = self._issuer_data(found)
        version = card.generation if card else _likely_version(found)
        tries = tries_of(self.desk)
        if card is not None and self.order.psam:
            self.desk.run(prove(self.rights, Role.NEW, card))
        yield self._card(card_name(f"ssc-{version}"), *self._social_facts(card, why, tries))
        if self.rights.genuine is False:
            self.code = ExitCode.REFUSED_BY_TERMINAL
        self._verify(tries)
        for spec in every_file(version, self.order.status_fid):
            directory = self.desk.run(read_with_rights(self.rights, Role.NEW, spec))
            purse = None
            if spec.name == PURSE_DIRECTORY and self.rights.pin and directory.refused is None:
                purse = self.desk.ask(read_purse())
            held, more = self.rights.held, tuple(purse_facts(purse)) if purse else ()
            yield from directory_sections(directory, held, masked=self.order.masked, more=more)
        yield from self._bank()
        for spec in PKI_DIRECTORIES:
            directory = self.desk.ask(read_directory(spec))
            yield from directory_sections(directory, self.rights.held, masked=self.order.masked)
            if directory.refused is not None:
                break
        yield from self._notes()

    def _issuer_data(self, found: Identified) -> tuple[SocialCard | None, str]:
        try:
            return self.desk.ask(read_issuer_data(self._atr, found.fci)), ""
        except (CardError, LayoutError, AtrError) as error:
            self.desk.ask(_environment())
            return None, str(error)

    def _social_facts(self, card: SocialCard | None, why: str, tries: int | None) -> Iterator[Fact]:
        if card is None:
            yield fact("card/unfit", "Not usable", "不可用", why)
        else:
            yield fact("card/version", "Version", "规范版本", card.version)
            yield fact("card/algorithm", "Algorithm", "算法", card.algorithm.name)
        yield fact("card/pin_tries", "PIN tries left", "密码剩余次数", tries_text(tries))
        if self.order.psam:
            genuine = self.rights.genuine
            shown = "not known 未知" if genuine is None else yes_or_no(genuine)
            yield fact("card/genuine", "Genuine, by the PSAM", "内部鉴别", shown)

    def _verify(self, tries: int | None) -> None:
        """Verify the PIN that was given; a wrong one ends nothing but is said, and is in the exit code."""
        if self.order.pin is None:
            return
        if tries == NOT_SET:
            say("ssc: no PIN is set on this card; none was sent", err=True)
            return
        left = verify_holder(self.desk, self.order.pin, tries)
        self.rights.pin = left is None
        if left is not None:
            self.code = ExitCode.REFUSED_BY_CARD
            told = (
                f"the PIN is wrong; tries left: {left}"
                if left
                else "the PIN is blocked; the issuer unblocks it"
            )
            say(f"ssc: {told}; reading on without it", err=True)

    def _notes(self) -> Iterator[Section]:
        """What went wrong with keys, where anything did."""
        said = self.rights.notes
        if said:
            facts = tuple(
                fact(f"notes/{number}", "Note", "说明", text) for number, text in enumerate(said, 1)
            )
            yield Section("notes", Text("Authentication", "鉴别说明"), "", facts)

    # Every other card ------------------------------------------------------------------------------------

    def _memory(self, found: Identified) -> Iterator[Section]:
        file = self.desk.ask(read_memory(found.kind))
        try:
            tries = self.desk.ask(code_tries(found.kind))
        except ReaderError:  # not every reader has a word for it
            tries = None
        left = fact("card/tries", "Tries left for the code", "安全码剩余次数", tries_text(tries))
        yield self._card(card_name(found.kind.value), left)
        yield file_section(file, NOTHING, masked=self.order.masked)

    def _old_cpu(self, found: Identified) -> Iterator[Section]:
        yield self._card(card_name(found.kind.value))
        directory = self.desk.ask(read_directory(OLD_CARDS[found.kind.value]))
        yield from directory_sections(directory, NOTHING, masked=self.order.masked)

    def _another(self) -> Iterator[Section]:
        if self.desk.ask(is_psam()):
            yield self._card(CARD_NAMES["psam"])
            for directory in self.desk.ask(read_psam()):
                yield from directory_sections(directory, NOTHING, masked=self.order.masked)
            return
        bank = list(self._bank())
        yield self._card(BANK_CARD if bank else UNKNOWN_CARD)
        yield from bank
        yield tried_section(self.desk.ask(try_names(TRIED)))

    def _bank(self) -> Iterator[Section]:
        bank = self.desk.ask(read_bank())
        if bank.present:
            from terminal.cli.reading_bank import bank_sections

            yield from bank_sections(bank, masked=self.order.masked)


def _environment() -> Procedure[bytes]:
    command = select_name(ssse.DF_NAME)
    response = yield command
    return expect_ok(command, response, "selecting the environment")


def _likely_version(found: Identified) -> str:
    """The generation of a card that does not tell its own: SM4 came with the third."""
    try:
        return "3.0" if announced_algorithm(found.fci, "") is Algorithm.SM4 else "2.0"
    except CardError:
        return "2.0"
