"""How a file is opened: which way of its access rule, in which order, and what was granted since power-on.

The rules are the layout's (`FileSpec.read`, `update`); a way of it is a set of keys, the PIN, or both.
"""

from __future__ import annotations

from dataclasses import dataclass

from apdu.keys import BY_NAME, KeySpec
from apdu.layout import Access as AccessRule
from apdu.layout import DirectorySpec, FileSpec
from terminal.driver.codes import CallError, ReturnCode, refuse
from terminal.driver.pin_entry import ask_and_verify
from terminal.driver.preparation import CARD, psam_access
from terminal.driver.steps import CallFlow
from terminal.flow.authentication import Access, authenticate
from terminal.flow.steps import on
from terminal.procedures.files import select_directory
from terminal.procedures.social import CardIdentity

PIN = "PIN"
ENVIRONMENT = "SSSE"
BY_PIN, BY_KEY = 1, 2
"""iAuthType, for files that are read with the PIN or with a key."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to fulfil an access rule: the PIN, keys, both or (a free file) neither."""

    pin: bool
    keys: tuple[KeySpec, ...]

    @property
    def key(self) -> KeySpec:
        """The one key of a way by HSM; raises CallError -27272 for a key that no HSM has an address for."""
        (key,) = self.keys
        if key.hsm_address is None or key.reference is None:
            raise refuse(
                ReturnCode.KEY_NOT_FOUND, f"{key.name}无加密机地址", f"{key.name} has no address at an HSM"
            )
        return key


def ways(rule: AccessRule) -> list[Way]:
    """The ways of a rule, the shortest first; none where nobody may."""
    found = [
        Way(PIN in terms, tuple(BY_NAME[name] for name in sorted(terms - {PIN})))
        for terms in rule.alternatives
    ]
    return sorted(found, key=lambda way: len(way.keys))


def way_to_read(file: FileSpec, auth_type: int) -> Way:
    """How iReadCard opens a file: iAuthType decides only between a PIN and a key, and is ignored otherwise.

    Raises CallError -23 for a file that nobody may read, -14 for an iAuthType that is none where it decides.
    """
    possible = ways(file.read)
    if not possible:
        raise refuse(ReturnCode.BAD_DATA, f"{file.path}不可读", f"{file.path} is never read")
    with_pin = [way for way in possible if way.pin]
    without = [way for way in possible if not way.pin]
    if not with_pin or not without:
        return possible[0]
    if auth_type not in (BY_PIN, BY_KEY):
        raise refuse(ReturnCode.PARAMETER, "iAuthType为1或2", "iAuthType is 1 (PIN) or 2 (key) for this file")
    return with_pin[0] if auth_type == BY_PIN else without[0]


def way_to_read_by_hsm(file: FileSpec) -> Way:
    """How iReadCard_HSM_Step1 opens a file; raises CallError -2204 where no key would help, -23 for an unreadable."""
    possible = ways(file.read)
    if not possible:
        raise refuse(ReturnCode.BAD_DATA, f"{file.path}不可读", f"{file.path} is never read")
    by_key = sorted((way for way in possible if len(way.keys) == 1), key=lambda way: way.pin)
    if not by_key or (not possible[0].keys and not possible[0].pin):
        raise CallError(ReturnCode.NO_HSM_NEEDED)
    return by_key[0]


def way_to_write(file: FileSpec) -> Way:
    """How a file is written; raises CallError -23 for one that the card alone writes."""
    possible = ways(file.update)
    if not possible:
        raise refuse(ReturnCode.BAD_DATA, f"{file.path}不可写", f"{file.path} is never written from outside")
    return min(possible, key=lambda way: (way.pin, len(way.keys)))


@dataclass(slots=True)
class Rights:
    """What the card of one call has granted; `access` is the PSAM once a key has been needed."""

    card: CardIdentity
    directory: str = ENVIRONMENT
    pin: bool = False
    access: Access | None = None

    def enter(self, directory: DirectorySpec) -> CallFlow[None]:
        """Select a directory unless it is current; the keys of the one that is left count no more."""
        if directory.name == self.directory:
            return
        yield from on(CARD, select_directory(directory))
        self.directory = directory.name
        if self.access is not None:
            self.access.granted = {name for name in self.access.granted if BY_NAME[name].owner == ENVIRONMENT}

    def open_with_psam(self, way: Way) -> CallFlow[None]:
        """Keys first, then the PIN (the order of PSAM drivers); what is granted already is not asked for again."""
        for key in way.keys:
            yield from self._authenticate(key)
        if way.pin:
            yield from self.enter_pin()

    def enter_pin(self) -> CallFlow[None]:
        """Have the PIN entered and verified, once in a call: it holds until the card is powered off."""
        if not self.pin:
            yield from ask_and_verify()
            self.pin = True

    def _authenticate(self, key: KeySpec) -> CallFlow[None]:
        if key.reference is None:
            raise refuse(ReturnCode.KEY_NOT_FOUND, key.name, f"the reference of {key.name} is not published")
        if self.access is None:
            self.access = yield from psam_access()
        if key.name not in self.access.granted:
            yield from authenticate(self.access, CARD, self.card, key)
