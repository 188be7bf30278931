"""What a terminal knows during one visit of a holder: its settings, and what was read, asked and promised so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache

from apdu.keys import BY_NAME, KeySpec
from apdu.layout import DirectorySpec, FileSpec, card_layout
from apdu.layout.application_status import StatusFile
from apdu.layout.states import FinancialState, JournalPhase
from terminal.backoffice.card_ports import Enabled
from terminal.backoffice.channel_ports import NO_PAPERS, Papers, PharmacyWay
from terminal.backoffice.ports import (
    CardKey,
    CardStanding,
    Confirmed,
    NewCardAnswer,
    OldCardAnswer,
    Place,
    Refusal,
    ReservationView,
    Reserved,
)
from terminal.flow.authentication import Access, Means, authenticate
from terminal.flow.dual_insert import Event
from terminal.flow.steps import Flow, Role, on
from terminal.procedures.files import (
    declared_file,
    insist_on_record,
    select_directory,
    select_ef,
    update_record_by_tag,
)
from terminal.procedures.old_card import OldCard
from terminal.procedures.social import HolderData, SocialCard
from terminal.text import Pin

UKSSSE = BY_NAME["UKSSSE"]
UK1DF04 = BY_NAME["UK1DF04"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How this terminal is set up: its place, its means, and what its region's profile says to a terminal."""

    pharmacy: str
    means: Means
    initial_pin: Pin
    zone: tzinfo
    status_fid: int | None = 0xEF0C
    pharmacy_way: PharmacyWay = PharmacyWay.DUAL_INSERT
    equal_dates_mean_no_limit: bool = True
    pin_limit: int = 6
    initial_pin_refused: bool = False

    @property
    def old_card_first(self) -> bool:
        """The old medical card is asked for before anything else (R12)."""
        return self.pharmacy_way is PharmacyWay.DUAL_INSERT


@dataclass(slots=True)
class Visit:
    """Everything one visit gathers; lost with the terminal's power, so card and centre keep journals."""

    settings: Settings
    papers: Papers = NO_PAPERS
    access: Access = field(init=False)
    role: Role = Role.OLD
    pharmacy_name: str = ""
    atr: bytes = b""
    old: OldCard | None = None
    old_answer: OldCardAnswer | None = None
    fci: bytes = b""
    card: SocialCard | None = None
    holder: HolderData | None = None
    status: StatusFile | None = None
    answer: NewCardAnswer | None = None
    standing: CardStanding | None = None
    pin: Pin | None = None
    reserved: Reserved | None = None
    confirmed: Confirmed | None = None
    enabled: Enabled | None = None
    refusal: Refusal | None = None
    failure: Exception | None = None
    cause: Event | None = None

    def __post_init__(self) -> None:
        self.access = Access(self.settings.means)

    @property
    def place(self) -> Place:
        """Where requests come from."""
        return Place(self.settings.pharmacy, self.access.terminal_number)

    @property
    def social(self) -> SocialCard:
        """The social security card, once it was read."""
        if self.card is None:
            raise ValueError("no social security card was read yet")
        return self.card

    @property
    def card_key(self) -> CardKey:
        """What names the social security card to the centre."""
        return CardKey(self.social.card_id, self.social.number)

    @property
    def old_number(self) -> str | None:
        """The old card's number, if one was read."""
        return self.old.number if self.old else None

    @property
    def layout(self) -> Mapping[str, DirectorySpec]:
        """The directories of a card of this version, by name; those of 3.0 while none was read yet."""
        version = self.card.generation if self.card else "3.0"
        return _layout(version, self.settings.status_fid)

    @property
    def status_spec(self) -> FileSpec | None:
        """The application status file of this region, if it has one."""
        fid = self.settings.status_fid
        return None if fid is None else self.layout["SSSE"].file(fid)

    @property
    def keeps_status(self) -> bool:
        """Whether the card has a status file of ours; another issuer's under the same FID is left alone."""
        return self.status is not None and not self.status.foreign

    @property
    def journal_number(self) -> str | None:
        """The activation that the card's own journal names as begun and not closed."""
        journal = self.status.journal if self.status else None
        return journal.activation_number if journal and journal.phase is JournalPhase.BEGUN else None

    @property
    def open_reservation(self) -> ReservationView | None:
        """A reservation that was neither committed nor released."""
        found = (
            self.reserved.reservation if self.reserved else self.answer.reservation if self.answer else None
        )
        return found if found and not (found.committed or found.released) else None

    @property
    def number(self) -> str:
        """The activation number of this visit; raises ValueError before there is one."""
        found = (
            self.reserved.reservation if self.reserved else self.answer.reservation if self.answer else None
        )
        if found is None:
            raise ValueError("nothing was reserved yet")
        return found.number

    @property
    def financial(self) -> FinancialState:
        """The state of the bank's application, as the centre says."""
        return self.answer.financial if self.answer else FinancialState.INACTIVE

    def card_time(self, moment: datetime) -> datetime:
        """An instant as a card's record holds it: by the region's clock, in whole seconds, without a zone."""
        return moment.astimezone(self.settings.zone).replace(tzinfo=None, microsecond=0)


@cache
def _layout(version: str, status_fid: int | None) -> Mapping[str, DirectorySpec]:
    return {directory.name: directory for directory in card_layout(version, status_fid)}


def write_records(
    visit: Visit, directory: str, fid: int, key: KeySpec, records: Sequence[bytes]
) -> Flow[None]:
    """Write records of one file by tag: directory, authentication once, file, record by record; 6982 is cured once.

    Raises CardRefusedError, and what authentication raises.
    """
    spec = visit.layout[directory]
    file = declared_file(spec, fid)
    yield from on(visit.role, select_directory(spec))
    visit.access.granted &= {
        name for name in visit.access.granted if BY_NAME[name].owner in ("SSSE", directory)
    }
    if key.name not in visit.access.granted:
        yield from authenticate(visit.access, visit.role, visit.social, key)
    yield from on(visit.role, select_ef(file))
    for record in records:
        if not (yield from on(visit.role, update_record_by_tag(file, record))):
            yield from authenticate(visit.access, visit.role, visit.social, key)
            yield from on(visit.role, insist_on_record(file, record))
