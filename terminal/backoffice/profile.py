"""Region profiles: where one region's rule differs from another's, as validated data.

A profile is a YAML file; the ones that ship lie in `profiles/`. Unknown keys and wrong types are refused with
the file, the path inside it and the next step.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import msgspec

from terminal import yaml_text
from terminal.text import Pin, Text

FileIdentifier = Annotated[str, msgspec.Meta(pattern="^[0-9A-F]{4}$")]
RegionCode = Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")]
UtcOffset = Annotated[str, msgspec.Meta(pattern="^[+-][0-9]{2}:[0-9]{2}$")]
PharmacyCode = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z]{1,12}$")]
PinTries = Annotated[int, msgspec.Meta(ge=2, le=15)]
Days = Annotated[int, msgspec.Meta(ge=1)]


class ProfileError(ValueError):
    """A region profile cannot be found or used; the message names file, path and next step."""


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """One region's answers to what the standards leave open.

    `status_file`: FID of the application status file. `old_card_required`: the pharmacy needs the old
    card itself (R12); otherwise the new card and the old card's PIN suffice. `financial_first`: the bank's
    application must be active before the social one (R2). `deadline_days`: days after receipt that the holder
    has for the bank (R20, R23).
    `equal_dates_mean_no_limit`: issue date equal to validity date in EF05 means no limit.
    """

    name: str
    title: Text
    region: RegionCode
    utc_offset: UtcOffset
    status_file: FileIdentifier
    initial_pin: Pin
    pin_tries: PinTries
    old_card_required: bool
    financial_first: bool
    deadline_days: Days
    equal_dates_mean_no_limit: bool
    pharmacies: dict[PharmacyCode, str]

    @property
    def status_fid(self) -> int:
        """FID of the application status file as a number (0xEF0C)."""
        return int(self.status_file, 16)

    @cached_property
    def zone(self) -> timezone:
        """The region's time zone, in which calendar days begin and end."""
        hours, minutes = int(self.utc_offset[1:3]), int(self.utc_offset[4:])
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if self.utc_offset.startswith("-") else offset)

    def local_date(self, moment: datetime) -> date:
        """The region's calendar day of an instant; raises ValueError on a datetime without zone."""
        if moment.tzinfo is None:
            raise ValueError("the clock gives a time without a zone; pass aware datetimes")
        return moment.astimezone(self.zone).date()


def profile_names() -> tuple[str, ...]:
    """The names of the profiles that ship, sorted."""
    return tuple(sorted(entry.name[:-5] for entry in _shipped().iterdir() if entry.name.endswith(".yaml")))


def load_profile(name_or_path: str | Path) -> Profile:
    """Load a profile by the name of one that ships, or from a file (a name with `/` or ending in `.yaml`).

    Raises ProfileError.
    """
    label = str(name_or_path)
    if "/" in label or label.endswith((".yaml", ".yml")):
        return _load_file(Path(label))
    if label not in profile_names():
        raise ProfileError(
            f"there is no region profile {label!r}; known: {', '.join(profile_names())}, or give a .yaml file"
        )
    return parse_profile((_shipped() / f"{label}.yaml").read_bytes(), f"{label}.yaml")


def parse_profile(text: bytes, source: str) -> Profile:
    """A profile from YAML (UTF-8); `source` is the file named in errors. Raises ProfileError."""
    try:
        document = yaml_text.parse(text.decode("utf-8"))
    except UnicodeDecodeError:
        raise ProfileError(f"{source}: this is not YAML in UTF-8; correct the file") from None
    except yaml_text.YamlError as error:
        place = f", {error.place}" if error.place else ""
        raise ProfileError(f"{source}{place}: this is not YAML ({error.problem}); correct the file") from None
    try:
        return msgspec.convert(document, Profile, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise ProfileError(
            f"{source}: {error}; correct this entry (profiles/default.yaml shows every key)"
        ) from None


def _load_file(path: Path) -> Profile:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ProfileError(
            f"{path}: cannot be read ({error.strerror}); give an existing profile file"
        ) from None
    return parse_profile(text, str(path))


def _decode(kind: type, value: Any) -> Any:
    if kind is Pin and isinstance(value, str):
        return Pin(value)
    raise TypeError(f"expected digits in quotes, got {type(value).__name__}")


def _shipped() -> resources.abc.Traversable:
    return resources.files("terminal.backoffice") / "profiles"
