"""Profiles, key files and back offices that commands name by file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from apdu.keys import BY_NAME, RootKeys
from terminal.backoffice.database import DamagedStoreError, StoreError, is_url
from terminal.backoffice.link import Link, is_http
from terminal.backoffice.national.interface import NationalInterface
from terminal.backoffice.national_line import National
from terminal.backoffice.office import Office
from terminal.backoffice.office_ports import OpenOffice
from terminal.backoffice.ports import Answer, Request, UnreachableError
from terminal.backoffice.profile import Profile, load_profile
from terminal.backoffice.remote import TOKEN_VARIABLE, RemoteNational, RemoteOffice
from terminal.backoffice.signing import signer_from_environment
from terminal.backoffice.store import Store
from terminal.cli.input_files import InputFileError, read_yaml

KEYS_HINT = "a key file holds lines such as `IRK/1: 000102030405060708090A0B0C0D0E0F`"
IN_MEMORY = ":memory:"


def region_profile(name: str) -> Profile:
    """A profile by name or file; raises ProfileError, InputFileError, MalformedFileError."""
    if "/" in name or name.endswith((".yaml", ".yml")):
        read_yaml(name)
    return load_profile(name)


def root_keys(path: str | None) -> RootKeys | None:
    """Root keys of a key file, by NAME/VERSION; raises InputFileError naming the entry, not its value."""
    if path is None:
        return None
    entries = read_yaml(path, all_text=True)
    if not isinstance(entries, dict):
        raise InputFileError(f"{path}: these are no keys by their names; {KEYS_HINT}")
    return {label: _root_key(path, label, digits) for label, digits in entries.items()}


def _root_key(path: str, label: str, digits: Any) -> bytes:
    name, _, version = label.partition("/")
    key = BY_NAME.get(name)
    if key is None or not version.isdecimal() or not 1 <= int(version) <= key.versions:
        known = ", ".join(
            f"{key.name}/1" + (f"..{key.versions}" if key.versions > 1 else "") for key in BY_NAME.values()
        )
        raise InputFileError(f"{path}: {label!r} is no key; known are {known}")
    try:
        value = bytes.fromhex(digits)
    except (TypeError, ValueError):  # a list or a mapping, or no hex
        value = b""
    if len(value) != 16:
        raise InputFileError(f"{path}: {label}: 32 hex digits are expected; {KEYS_HINT}")
    return value


@dataclass(frozen=True, slots=True)
class OfficeOverFile:
    """A back office whose file another program holds is one that does not answer."""

    office: OpenOffice

    def call(self, request: Request) -> Answer:
        """Answer a request; raises UnreachableError in place of StoreError. Damage stays what it is."""
        try:
            return self.office.call(request)
        except DamagedStoreError:
            raise
        except StoreError as error:
            raise UnreachableError(str(error)) from None


def open_office(
    where: str | Path, profile: Profile, now: Callable[[], datetime], keys: RootKeys | None = None
) -> Office | RemoteOffice:
    """The back office over a file, made on first use, or behind the service at an address; raises StoreError.

    A service has its own clock and its own root keys.
    """
    if not is_http(where):
        return Office.open(where, profile, now, root_keys=keys)
    if keys is not None:
        raise StoreError(f"{where}: the centre's HSM has its own keys; leave the key file out")
    return RemoteOffice(str(where), profile, _token())


def open_known_office(
    where: str | Path, profile: Profile, now: Callable[[], datetime], *, read_only: bool = False
) -> Office | RemoteOffice:
    """The back office as `open_office` has it, but no new file; raises FileNotFoundError, StoreError."""
    if is_http(where):
        return open_office(where, profile, now)
    if not is_url(where) and not Path(where).exists():
        raise FileNotFoundError(2, "no such file", str(where))
    return Office.open(where, profile, now, read_only=read_only)


def look_into(where: str | Path, profile: Profile, now: Callable[[], datetime]) -> Office | RemoteOffice:
    """The back office as `open_known_office` has it, to be read only; raises FileNotFoundError, StoreError."""
    return open_known_office(where, profile, now, read_only=True)


@dataclass(frozen=True, slots=True)
class NationalOverStore:
    """The national interface over a store; a store another program holds is a centre that does not answer."""

    store: Store
    interface: NationalInterface

    def handle(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one envelope; raises UnreachableError in place of StoreError. Damage stays what it is."""
        try:
            return self.interface.handle(envelope)
        except DamagedStoreError:
            raise
        except StoreError as error:
            raise UnreachableError(str(error)) from None


@contextmanager
def open_national(where: str | Path, profile: Profile, now: Callable[[], datetime]) -> Iterator[National]:
    """The national interface over a file or behind the service at an address, which is signed for; raises StoreError.

    The environment names the account that signs, if any does.
    """
    if is_http(where):
        link = link_to(str(where))
        try:
            yield RemoteNational(link, signer_from_environment(now, os.environ))
        finally:
            link.close()
        return
    store = Store(where)
    try:
        yield NationalOverStore(store, NationalInterface(store, profile, now))
    finally:
        store.close()


def link_to(url: str) -> Link:
    """The line to a service, with the token of the environment; raises StoreError."""
    return Link(url, _token())


def _token() -> str | None:
    return os.environ.get(TOKEN_VARIABLE) or None
