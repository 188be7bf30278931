"""Reading a social security card's directories, opening each with the keys its files ask for.

Wrong authentications use up a key's tries for good. So nothing is authenticated before the internal authentication
has shown that card and PSAM are of one family, and the first refusal ends every further attempt.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from apdu.commands import get_balance, get_starting_day
from apdu.keys import BY_NAME, KeySpec
from apdu.layout import DirectorySpec
from apdu.purse import Balance
from terminal.errors import CardError, NotGenuineError, PsamUnfitError
from terminal.flow.authentication import Access, Means, authenticate, prove_genuine, start_psam
from terminal.flow.steps import Flow, Procedure, Role, on
from terminal.procedures.social import SocialCard
from terminal.procedures.survey import DirectoryFound, enter, read_files

PIN = "PIN"
PURSE_DIRECTORY = "DF04"


@dataclass(slots=True)
class Rights:
    """What opens files: the PIN, if it was verified, and a PSAM until a key is refused."""

    pin: bool = False
    access: Access | None = None
    card: SocialCard | None = None
    genuine: bool | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def held(self) -> frozenset[str]:
        """The terms of access rules that are fulfilled now."""
        keys = self.access.granted if self.access else set()
        return frozenset({PIN} if self.pin else ()) | keys


@dataclass(frozen=True, slots=True)
class PurseFound:
    """The medical account: balances in fen by kind, and the day its year begins (mmdd)."""

    balances: tuple[tuple[Balance, int, str], ...]
    starting_day: str


def prove(rights: Rights, role: Role, card: SocialCard) -> Flow[None]:
    """Have PSAM and card prove themselves to each other; the environment is current.

    `genuine` is False afterwards where the card failed, None where the PSAM could not tell; either way no key is
    tried any more.
    """
    access = Access(Means.PSAM, psam_only=True)
    try:
        yield from start_psam(access)
        yield from prove_genuine(access, role, card)
    except NotGenuineError:
        rights.genuine = False
        return
    except CardError as error:
        rights.notes.append(str(error))
        return
    rights.genuine, rights.access, rights.card = True, access, card


def read_with_rights(rights: Rights, role: Role, spec: DirectorySpec) -> Flow[DirectoryFound]:
    """Select a directory, authenticate with the keys its files need, and read them."""
    refused = yield from on(role, enter(spec))
    if refused is not None:
        return DirectoryFound(spec, refused=refused)
    if rights.access is not None:
        rights.access.granted &= {key for key in rights.access.granted if BY_NAME[key].owner == "SSSE"}
        for key in wanted_keys(spec, rights.held):
            yield from _authenticate(rights, role, key)
    files = yield from on(role, read_files(spec.files))
    return DirectoryFound(spec, files)


def _authenticate(rights: Rights, role: Role, key: KeySpec) -> Flow[None]:
    """One authentication; a key the PSAM does not hold is noted, a key the card refuses ends all of them."""
    access, card = rights.access, rights.card
    if access is None or card is None:
        return
    try:
        yield from authenticate(access, role, card, key)
    except PsamUnfitError as error:
        rights.notes.append(str(error))
    except CardError as error:
        rights.notes.append(str(error))
        rights.access = None


def wanted_keys(spec: DirectorySpec, held: frozenset[str]) -> tuple[KeySpec, ...]:
    """The keys to authenticate with so that every file opens that can: as few as possible, reading keys first."""
    wanted: dict[str, KeySpec] = {}
    for file in spec.files:
        if file.read.allows(held | wanted.keys()):
            continue
        choices = [tuple(sorted(terms - held)) for terms in file.read.alternatives]
        possible = [names for names in choices if all(_can_be_shown(name) for name in names)]
        if possible:
            best = min(possible, key=lambda names: (len(names), sum(name.startswith("U") for name in names)))
            wanted |= {name: BY_NAME[name] for name in best}
    return tuple(wanted.values())


def _can_be_shown(name: str) -> bool:
    key = BY_NAME.get(name)
    return key is not None and key.reference is not None and key.psam_id is not None


def read_purse() -> Procedure[PurseFound | None]:
    """Balances of the medical account, DF04 being current and the PIN verified; None where the card has none."""
    balances = tuple((yield from _balances()))
    response = yield get_starting_day()
    day = response.data.hex() if response.ok else ""
    return PurseFound(balances, day) if balances else None


def _balances() -> Procedure[list[tuple[Balance, int, str]]]:
    found = []
    for which in Balance:
        response = yield get_balance(which)
        if response.ok:
            found.append((which, int.from_bytes(response.data[:4], "big"), response.data[4:6].hex()))
    return found
