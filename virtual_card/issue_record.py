"""What the issuer reports to the centre about a card, read back from the card's own contents.

A memory card may hold a number and nothing else; whose it is, its PIN and its account then come from the
issuer's notes, which stand in the image and never on the card.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from apdu import atr
from apdu.layout import ItemValue, card_layout
from apdu.layout.application_status import StatusFile, read_status_records
from apdu.layout.old_cards import OLD_CARDS
from apdu.layout.ssse import join_name
from apdu.layout.states import FinancialState, ReceiptMode, SocialState
from virtual_card.applications.memory import MemoryCard
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.persona import Persona
from virtual_card.personalisation import medical_base
from virtual_card.state import CardContents, Directory

HOLDER_ID, HOLDER_NAME, OLD_PIN, BALANCE = "holder_id", "holder_name", "old_pin", "balance_fen"
MEDICAL_PREFIX = "medical."
_NEEDED = (0x01, 0x07, 0x08, 0x09)
_NUMBER_OF_OLD_CARD: Mapping[str, int | str] = {
    "sle4442": "Personal number",
    "sle4428": "Card number",
    "old-cpu": 0x01,
}
_HOLDER_ID_OF_OLD_CARD: Mapping[str, int | str] = {"sle4428": "ID number", "old-cpu": 0x03}
_HOLDER_NAME_OF_OLD_CARD: Mapping[str, int | str] = {"sle4428": "Name", "old-cpu": 0x02}


class NoIssueRecordError(ValueError):
    """The card is none that a centre keeps: a PSAM, or one that was never personalised."""


@dataclass(frozen=True, slots=True, repr=False)
class SocialIssueRecord:
    """A social security card as the centre gets to know it.

    `card_id` is 16 bytes in hex. `valid_until` None means no limit. States and receipt are None where the
    card has no application status file.
    """

    kind: str
    number: str
    card_id: str
    historical_bytes: bytes
    holder_id: str
    holder_name: str
    valid_until: date | None
    social: SocialState | None
    financial: FinancialState | None
    received_at: datetime | None
    receipt_mode: ReceiptMode | None
    medical: Mapping[int, str]

    def __repr__(self) -> str:
        return f"SocialIssueRecord({self.kind} {self.number})"


@dataclass(frozen=True, slots=True, repr=False)
class OldIssueRecord:
    """An old medical card as the centre gets to know it; None where neither card nor notes tell.

    `medical` is the holder's medical base data, text by tag of DF04/EF05.
    """

    kind: str
    number: str
    holder_id: str | None
    holder_name: str | None
    old_pin: str | None
    balance_fen: int | None
    medical: Mapping[int, str]

    def __repr__(self) -> str:
        return f"OldIssueRecord({self.kind})"


IssueRecord = SocialIssueRecord | OldIssueRecord


def issuer_notes(persona: Persona, pin: str | None = None) -> dict[str, str]:
    """What the issuer notes beside an old card: holder, PIN, account and medical base data."""
    return {
        HOLDER_ID: persona.id_number,
        HOLDER_NAME: persona.name,
        OLD_PIN: persona.old_pin if pin is None else pin,
        BALANCE: str(persona.opening_balance_fen),
        **medical_notes(persona),
    }


def medical_notes(persona: Persona) -> dict[str, str]:
    """The medical base data the centre keeps of a holder, as notes beside any card of theirs."""
    return {f"{MEDICAL_PREFIX}{tag:02X}": text for tag, text in medical_base(persona).items()}


def issue_record(card: VirtualCard) -> IssueRecord:
    """Read the record off a card.

    Raises NoIssueRecordError for a PSAM and for a card that lacks its number or holder, LayoutError for
    contents that are unreadable.
    """
    if isinstance(card, MemoryCard):
        (spec,) = OLD_CARDS[card.kind].files
        return _old_record(card.kind, spec.parse(card.contents()), card.notes)
    assert isinstance(card, ProcessorCard)
    contents = card.contents()
    if card.kind in OLD_CARDS:
        layout = OLD_CARDS[card.kind]
        directory = contents.directory(layout.name)
        values = [
            spec.decode_record(record) for spec in layout.files for record in directory.file(spec.fid).records
        ]
        return _old_record(card.kind, values, contents.notes)
    if card.kind.startswith("ssc-"):
        return _social_record(card.kind, contents)
    raise NoIssueRecordError(
        f"a {card.kind} card belongs to a terminal, not to a holder; the centre keeps no record"
    )


def _social_record(kind: str, contents: CardContents) -> SocialIssueRecord:
    environment = contents.directory("SSSE")
    found = _records_by_tag(environment, contents.version)
    missing = [f"{tag:02X}" for tag in _NEEDED if tag not in found or not found[tag].value]
    if missing:
        raise NoIssueRecordError(
            f"this {kind} card is not personalised: record {', '.join(missing)} is empty"
        )
    status = _status_file(environment)
    extension = found[0x4E].raw if 0x4E in found else b""
    return SocialIssueRecord(
        kind=kind,
        number=found[0x07].value,
        card_id=found[0x01].value,
        historical_bytes=atr.parse(contents.atr).historical_bytes,
        holder_id=found[0x08].value,
        holder_name=join_name(found[0x09].raw, extension),
        valid_until=found[0x06].value if 0x06 in found else None,
        social=status.status.social if status.status else None,
        financial=status.status.financial if status.status else None,
        received_at=status.receipt.time if status.receipt else None,
        receipt_mode=status.receipt.mode if status.receipt else None,
        medical=_medical(contents.notes),
    )


def _records_by_tag(environment: Directory, version: str) -> dict[int | None, ItemValue]:
    layout = card_layout(version, status_fid=None)[0]
    values = (
        spec.decode_record(record)
        for spec in layout.files
        for file in environment.files
        if file.fid == spec.fid
        for record in file.records
    )
    return {value.tag: value for value in values}


def _status_file(environment: Directory) -> StatusFile:
    """The status file, whatever FID the issuer gave it; an empty one where the card has none of ours."""
    for file in environment.files:
        found = read_status_records(file.records)
        if found.status is not None:
            return found
    return StatusFile()


def _old_record(kind: str, values: Iterable[ItemValue], notes: Mapping[str, str]) -> OldIssueRecord:
    on_card: dict[int | str, Any] = {value.item.key: value.value for value in values}
    balance = notes.get(BALANCE)
    return OldIssueRecord(
        kind=kind,
        number=on_card[_NUMBER_OF_OLD_CARD[kind]],
        holder_id=on_card.get(_HOLDER_ID_OF_OLD_CARD.get(kind, "")) or notes.get(HOLDER_ID),
        holder_name=on_card.get(_HOLDER_NAME_OF_OLD_CARD.get(kind, "")) or notes.get(HOLDER_NAME),
        old_pin=notes.get(OLD_PIN),
        balance_fen=None if balance is None else int(balance),
        medical=_medical(notes),
    )


def _medical(notes: Mapping[str, str]) -> dict[int, str]:
    prefix = len(MEDICAL_PREFIX)
    return {int(key[prefix:], 16): text for key, text in notes.items() if key.startswith(MEDICAL_PREFIX)}
