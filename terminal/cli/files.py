"""Profiles, key files and back offices that commands name by file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from apdu.keys import BY_NAME, RootKeys
from terminal.backoffice.database import DamagedStoreError, StoreError
from terminal.backoffice.office import Office
from terminal.backoffice.ports import Answer, Request, UnreachableError
from terminal.backoffice.profile import Profile, load_profile
from terminal.cli.input_files import InputFileError, read_shape, read_yaml

KEYS_HINT = "a key file is a list such as `IRK/1: 000102030405060708090A0B0C0D0E0F`"
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
    entries = read_shape(path, dict[str, str], KEYS_HINT, all_text=True)
    return {label: _root_key(path, label, digits) for label, digits in entries.items()}


def _root_key(path: str, label: str, digits: str) -> bytes:
    name, _, version = label.partition("/")
    key = BY_NAME.get(name)
    if key is None or not version.isdecimal() or not 1 <= int(version) <= key.versions:
        known = ", ".join(
            f"{key.name}/1" + (f"..{key.versions}" if key.versions > 1 else "") for key in BY_NAME.values()
        )
        raise InputFileError(f"{path}: {label!r} is no key; known are {known}")
    try:
        value = bytes.fromhex(digits)
    except ValueError:
        value = b""
    if len(value) != 16:
        raise InputFileError(f"{path}: {label}: 32 hex digits are expected; {KEYS_HINT}")
    return value


@dataclass(frozen=True, slots=True)
class OfficeOverFile:
    """A back office whose file another program holds is one that does not answer."""

    office: Office

    def call(self, request: Request) -> Answer:
        """Answer a request; raises UnreachableError in place of StoreError. Damage stays what it is."""
        try:
            return self.office.call(request)
        except DamagedStoreError:
            raise
        except StoreError as error:
            raise UnreachableError(str(error)) from None


def open_office(
    path: str | Path, profile: Profile, now: Callable[[], datetime], keys: RootKeys | None = None
) -> Office:
    """The back office over a file, made on first use; raises StoreError."""
    return Office.open(path, profile, now, root_keys=keys)
