"""What an issuer puts on a card: the values of its files for one holder, and its keys from the roots.

Values only; where they stand and how they are coded is the layout's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apdu.crypto.algorithm import Algorithm
from apdu.crypto.diversification import diversify, factors
from apdu.keys import KEYS, KeySpec, RootKeys, root_key
from apdu.layout import DirectorySpec, FileSpec, Structure, application_status, psam, ssse
from apdu.layout.application_status import JOURNAL_TAG, ApplicationStatus, Receipt
from apdu.layout.old_cards import SLE4428_ATR, SLE4442_ATR
from apdu.layout.ssse import split_name
from virtual_card.persona import REGION, Persona

INSTITUTION = f"9156000002{REGION}{REGION}01"
ADULT_OR_ANY = "3"
ONLINE_MODE = "1"
BLANK_CARD_ITEMS = (0x01, 0x03, 0x04)
NATIONALITY = "CHN"
_WORK_STATES = {"11": "1", "21": "3"}
"""Employment state (tag 29) of an insured person class (tag 8C): in work, retired."""

Values = Mapping[int | str, Any]


def card_keys(
    algorithm: Algorithm,
    historical_bytes: bytes,
    layout: Sequence[DirectorySpec],
    version: str,
    root_keys: RootKeys | None = None,
) -> dict[str, dict[int, bytes]]:
    """The card's own keys by name and version: what a card of this `version` with these directories has."""
    path = factors(REGION, historical_bytes)
    directories = {entry.name for entry in layout}
    named = {term for entry in layout for file in entry.files for term in file.read.terms | file.update.terms}
    return {
        key.name: {
            number: diversify(algorithm, root_of(key, number, algorithm, root_keys), *path)
            for number in range(1, key.versions + 1)
        }
        for key in KEYS
        if key.owner in directories and key.since <= version and (not key.where_named or key.name in named)
    }


def root_of(key: KeySpec, version: int, algorithm: Algorithm, root_keys: RootKeys | None) -> bytes:
    """The root of a key in the length this algorithm uses."""
    return root_key(key.name, version, root_keys)[: key.length(algorithm)]


def social_files(
    layout: Sequence[DirectorySpec],
    persona: Persona,
    *,
    version_item: str,
    status_fid: int | None,
    status: ApplicationStatus,
    receipt: Receipt,
) -> dict[str, bytes | Sequence[bytes]]:
    """Contents of every file by path: what the issuer knows of the holder, the status file, the rest blank."""
    values = {
        "SSSE/EF05": _issuer_data(version_item, persona),
        "SSSE/EF06": _holder_data(persona),
        f"SSSE/EF{ssse.DIRECTORY_FID & 0xFF:02X}": _application_entries(layout),
        **_public_data(version_item, persona),
    }
    files = {
        spec.path: file_contents(spec, values.get(spec.path, {})) for part in layout for spec in part.files
    }
    if status_fid is not None:
        declared = application_status.file(status_fid)
        blank = {record[0]: record for record in declared.blank_records()}
        files[declared.path] = (status.to_record(), receipt.to_record(), blank[JOURNAL_TAG])
    return files


def blank_files(
    layout: Sequence[DirectorySpec], persona: Persona, version_item: str
) -> dict[str, bytes | Sequence[bytes]]:
    """Contents of a card not yet issued: identification code, version and institution, everything else blank."""
    known = _issuer_data(version_item, persona)
    values: dict[str, Values] = {"SSSE/EF05": {tag: known[tag] for tag in BLANK_CARD_ITEMS}}
    return {
        spec.path: file_contents(spec, values.get(spec.path, {})) for part in layout for spec in part.files
    }


def file_contents(spec: FileSpec, values: Values) -> bytes | Sequence[bytes]:
    """The contents of one file from those values that its declaration has; the rest stays blank."""
    if spec.structure is Structure.TRANSPARENT:
        return spec.build(values)
    declared = {item.key for item in spec.items}
    return spec.records({key: value for key, value in values.items() if key in declared})


def _issuer_data(version_item: str, persona: Persona) -> Values:
    return {
        0x01: persona.card_id.hex().upper(),
        0x02: ADULT_OR_ANY,
        0x03: version_item,
        0x04: INSTITUTION,
        0x05: persona.issued_on,
        0x06: persona.valid_until,
        0x07: persona.card_number,
    }


def _holder_data(persona: Persona) -> Values:
    name, extension = split_name(persona.name)
    return {
        0x08: persona.id_number,
        0x09: name,
        0x4E: extension,
        0x0A: persona.sex,
        0x0B: persona.nation,
        0x0C: REGION,
        0x0D: persona.birth_date,
    }


def _application_entries(layout: Sequence[DirectorySpec]) -> Values:
    """One entry of the directory file for each application with an AID."""
    entries = [(entry.df_name, entry.label_zh) for entry in layout if len(entry.df_name) == ssse.AID_LENGTH]
    return {0x61: sorted(entries)}


def _public_data(version_item: str, persona: Persona) -> dict[str, Values]:
    """Household, residence, work and nationality, as far as the issuer knows them; tag 37 is written on 3.x."""
    nationality: Values = {0x37: NATIONALITY} if version_item.startswith("3") else {}
    return {
        "DF01/EF05": {0x0E: REGION},
        "DF01/EF06": {0x24: REGION},
        "DF01/EF07": {0x29: _WORK_STATES.get(persona.person_class, "")},
        "DF01/EF09": {0x2E: persona.employer},
        "DF01/EF0A": nationality,
    }


def psam_files(
    layout: Sequence[DirectorySpec], persona: Persona, terminal_number: str
) -> dict[str, bytes | Sequence[bytes]]:
    """Contents of a PSAM's files by path, the same in every environment; keys stand elsewhere."""
    section: Values = {
        "Purchase key index": 1,
        "Authentication key version": 1,
        "Valid from": persona.issued_on,
        "Valid until": persona.valid_until,
    }
    values: Mapping[int, Values] = {
        0x0001: {0x61: (psam.AID,)},
        0x0015: {
            "Issuer": 0x99,
            "PSAM serial number": f"{REGION}2030{persona.seed:010d}",
            "PSAM version": 5,
            "Key card type": 0x44,
            "Issuer FCI data": bytes(2),
        },
        0x0016: {"Terminal number": terminal_number},
        0x0019: {"Transaction sequence": 0},
        **dict.fromkeys((0x001A, 0x001B, 0x001C), section),
    }
    specs = [spec for directory in layout for spec in directory.files]
    return {spec.path: file_contents(spec, values[spec.fid]) for spec in specs if spec.fid in values}


def _sle4442(persona: Persona) -> Values:
    return {"Answer to reset": SLE4442_ATR, "Personal number": persona.old_number_digits}


def _sle4428(persona: Persona) -> Values:
    return {
        "Answer to reset": SLE4428_ATR,
        "Card number": persona.old_number,
        "ID number": persona.id_number,
        "Issue date": persona.old_issued_on,
        "Name": persona.name,
        "Employer": persona.employer,
    }


def _old_cpu(persona: Persona) -> Values:
    return {0x01: persona.old_number_digits, 0x02: persona.name, 0x03: persona.id_number}


OLD_CARD_VALUES: Mapping[str, Callable[[Persona], Values]] = {
    "sle4442": _sle4442,
    "sle4428": _sle4428,
    "old-cpu": _old_cpu,
}
"""What each kind of old card holds of its holder."""


def medical_base(persona: Persona) -> dict[int, str]:
    """The medical base data of a holder, text by tag of DF04/EF05: what the centre has written on cards."""
    first, second, third = persona.hospitals
    return {
        0x81: f"{persona.insurance_kind}00000",
        0x84: REGION,
        0x8C: persona.person_class,
        0x80: f"{persona.old_issued_on:%Y%m%d}",
        0x8B: persona.account_number,
        0x8A: persona.certificate_number,
        0x83: first,
        0x86: second,
        0x89: third,
        0x8F: ONLINE_MODE,
    }
