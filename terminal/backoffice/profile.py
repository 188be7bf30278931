"""Region profiles: where one region's rule differs from another's, as validated data.

A profile is a YAML file; the ones that ship lie in `profiles/`. Unknown keys and wrong types are refused with
the file, the path inside it and the next step.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import msgspec

from apdu import yaml_text
from terminal.backoffice.benefits import Insurance
from terminal.backoffice.channel_ports import CENTRE, PharmacyWay, PlaceKind
from terminal.backoffice.debit_ports import PurseUse
from terminal.backoffice.ports import Place
from terminal.text import Pin, Text

FileIdentifier = Annotated[str, msgspec.Meta(pattern="^[0-9A-F]{4}$")]
RegionCode = Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")]
UtcOffset = Annotated[str, msgspec.Meta(pattern="^[+-][0-9]{2}:[0-9]{2}$")]
PlaceCode = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z]{1,12}$")]
Places = dict[PlaceCode, str]
PinTries = Annotated[int, msgspec.Meta(ge=2, le=15)]
Days = Annotated[int, msgspec.Meta(ge=1)]
Hours = Annotated[int, msgspec.Meta(ge=1)]
Months = Annotated[int, msgspec.Meta(ge=1)]


class ProfileError(ValueError):
    """A region profile cannot be found or used; the message names file, path and next step."""


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """One region's answers to what the standards leave open.

    `initial_pin_refused`: a holder who changes the PIN cannot choose the initial one (R40).
    `status_file`: FID of the application status file. `pharmacy_way`: what a pharmacy needs to activate (R12).
    `financial_first`: the bank's application must be active before the social one (R2). `deadline_days`: days after
    receipt that the holder has for the bank (R20, R23). `automatic_hours`: hours after which a card collected by an
    employer is active by itself (R18). `serious_illness_months`: months of contributions without a gap that
    serious-illness benefits take (R53).
    `equal_dates_mean_no_limit`: issue date equal to validity date in EF05 means no limit.

    Places by kind, code to name: `pharmacies`, `hospitals`, outlets of the issuing bank (`banks`), service counters,
    official phone lines (`hotlines`), `apps`. `pin_authorised` and `information_authorised`: pharmacies and hospitals
    that may also change and reset PINs (R40), or tell state and balance (R42). `insurance`: what the funds pay, and how
    the insurance interface speaks. `purse`: what the medical purse on the card is used for.
    """

    name: str
    title: Text
    region: RegionCode
    utc_offset: UtcOffset
    status_file: FileIdentifier
    initial_pin: Pin
    pin_tries: PinTries
    initial_pin_refused: bool = False
    pharmacy_way: PharmacyWay
    financial_first: bool
    deadline_days: Days
    automatic_hours: Hours
    serious_illness_months: Months
    equal_dates_mean_no_limit: bool
    pharmacies: Places
    hospitals: Places = {}
    banks: Places = {}
    counters: Places = {}
    hotlines: Places = {}
    apps: Places = {}
    pin_authorised: frozenset[PlaceCode] = frozenset()
    information_authorised: frozenset[PlaceCode] = frozenset()
    insurance: Insurance = Insurance()
    purse: PurseUse = PurseUse.NONE

    def __post_init__(self) -> None:
        """Raises ValueError where one code names two places, or an authorisation names none that can hold it.

        And where the purse is used without the PIN that opens it.
        """
        codes = [code for places in self._places.values() for code in places]
        if len(codes) != len(set(codes)):
            twice = next(code for code in codes if codes.count(code) > 1)
            raise ValueError(f"code {twice} names two places; give each its own")
        strangers = (self.pin_authorised | self.information_authorised) - {*self.pharmacies, *self.hospitals}
        if strangers:
            raise ValueError(f"{min(strangers)} is authorised, but no pharmacy or hospital of this profile")
        if self.purse is not PurseUse.NONE and not self.insurance.pin_at_purchase:
            raise ValueError(
                "`purse` needs `insurance.pin_at_purchase: true`: the card opens it by its PIN alone"
            )

    @property
    def _places(self) -> Mapping[PlaceKind, Places]:
        return {
            PlaceKind.PHARMACY: self.pharmacies,
            PlaceKind.HOSPITAL: self.hospitals,
            PlaceKind.BANK: self.banks,
            PlaceKind.COUNTER: self.counters,
            PlaceKind.PHONE: self.hotlines,
            PlaceKind.ONLINE: self.apps,
        }

    def kind_of(self, place: Place) -> PlaceKind | None:
        """What kind of place this is; None for one that does not take part (R3)."""
        if place.pharmacy == CENTRE.pharmacy:
            return PlaceKind.CENTRE
        return next((kind for kind, places in self._places.items() if place.pharmacy in places), None)

    def places_of(self, kind: PlaceKind) -> Places:
        """Places of a kind, code to name."""
        return self._places.get(kind, {CENTRE.pharmacy: CENTRE.pharmacy})

    def place_name(self, place: Place) -> str:
        """The name of a place that takes part."""
        return next(places[place.pharmacy] for places in self._places.values() if place.pharmacy in places)

    def place_named(self, code: str) -> str:
        """The name of the place with this code; the code where it takes no part."""
        return next((places[code] for places in self._places.values() if code in places), code)

    @property
    def old_card_required(self) -> bool:
        """The pharmacy needs the old card itself (R12); otherwise at least the new one alone is looked at."""
        return self.pharmacy_way is PharmacyWay.DUAL_INSERT

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
