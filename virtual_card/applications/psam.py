"""The PSAM: environments sx1 (DES) and sx3 (SM4) with their files and working keys (LD/T 32.9 sections 6 and
9).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from apdu.crypto.algorithm import Algorithm
from apdu.keys import KEYS, RootKeys, root_key
from virtual_card.card import ProcessorCard, Random
from virtual_card.commands import authentication, sam, sam_keys, sam_purchase
from virtual_card.dispatch import READING, table
from virtual_card.filesystem import compile_card
from virtual_card.sam_memory import key_file
from virtual_card.state import (
    KEY_TRIES,
    PSAM_MASTER_KEY,
    CardContents,
    CardFile,
    Directory,
    Face,
    KeyState,
    SamKey,
)

if TYPE_CHECKING:
    from apdu.layout.spec import DirectorySpec

VERSION = "1.0"
ENVIRONMENTS: Mapping[str, Algorithm] = {"sx1": Algorithm.DES, "sx3": Algorithm.SM4}
DIRECTORY_SFI = 0x01
NATIONAL, PROVINCIAL, CITY = 3, 2, 1
"""Levels still to diversify of a national, provincial and city root."""

OWN_KEYS = (PSAM_MASTER_KEY, *sam_keys.AUTHENTICATION_KEYS.values())
"""The key that loads others, then the authentication keys by number."""

COMMANDS = table(
    {
        **READING,
        "0082": authentication.external_authenticate,
        "0084": authentication.get_challenge,
        "BFEC": sam.initialize_environment,
        "BFDE": sam.delivery_session_key,
        "801A": sam.initialize_for_des,
        "80FA": sam.cipher_data,
        "8070": sam_purchase.init_sam_for_purchase,
        "8072": sam_purchase.credit_sam_for_purchase,
        "84D4": sam_keys.load_key,
    }
)


def psam_contents(
    *,
    atr: bytes,
    layout: Sequence[DirectorySpec],
    keys: Mapping[str, Sequence[SamKey]],
    files: Mapping[str, bytes | Sequence[bytes]],
    own_keys: Mapping[str, bytes] | None = None,
    sm4_face: Face | None = None,
    lenient_type: bool = True,
    level_by_lc: bool = False,
    accepts_801a: bool = False,
    refuses_purchase: bool = False,
    wrong_mac2_is_63cf: bool = False,
) -> CardContents:
    """The contents of a PSAM of this layout (`apdu.layout.psam.psam_layout`).

    `keys` maps environments (`sx1`, `sx3`) to working keys, `files` paths (`sx1/0015`, `sx1/DF01/0019`) to
    bytes or records; environments without keys are left out (6A82). `own_keys` (see `sam_own_keys`) open it for
    the loading of further ones. `sm4_face` "apdu": the SM4 side answers with data and 9000, as some do. The
    switches are those of `CardContents`.
    """
    own = own_keys or {}
    present = [spec for spec in layout if _environment(spec) in keys]
    return CardContents(
        VERSION,
        atr,
        [_directory(spec, keys, files, own, sm4_face) for spec in present],
        lenient_type=lenient_type,
        level_by_lc=level_by_lc,
        accepts_801a=accepts_801a,
        refuses_purchase=refuses_purchase,
        wrong_mac2_is_63cf=wrong_mac2_is_63cf,
    )


def psam_card(contents: CardContents, *, random: Random = os.urandom, face: Face = "T=0") -> ProcessorCard:
    """A PSAM that behaves, powered off."""
    profile, memory = compile_card(contents, face)
    return ProcessorCard("psam", profile, memory, COMMANDS, random=random, face=face)


def _environment(spec: DirectorySpec) -> str:
    return spec.name.partition("/")[0]


def _directory(
    spec: DirectorySpec,
    keys: Mapping[str, Sequence[SamKey]],
    files: Mapping[str, bytes | Sequence[bytes]],
    own_keys: Mapping[str, bytes],
    sm4_face: Face | None,
) -> Directory:
    environment = _environment(spec)
    entry = Directory(
        name=spec.name,
        df_name=spec.df_name,
        fid=spec.fid,
        files=[CardFile.from_spec(file, files[file.path]) for file in spec.files if file.path in files],
    )
    if spec.name != environment:
        entry.parent = environment
        entry.sam_keys = list(keys[environment])
        entry.keys = [_own_key(name, value) for name, value in own_keys.items()]
        return entry
    entry.algorithm = ENVIRONMENTS[environment]
    entry.directory_sfi = DIRECTORY_SFI
    entry.face = sm4_face if entry.algorithm is Algorithm.SM4 else None
    return entry


def _own_key(name: str, value: bytes) -> KeyState:
    """The master key is never proved; each authentication key by its number, which opens the key file alike."""
    if name == PSAM_MASTER_KEY:
        return KeyState(name, None, {1: value}, tries_left=0, limit=0)
    return KeyState(name, OWN_KEYS.index(name), {1: value}, KEY_TRIES, KEY_TRIES)


def sam_own_keys(replaced: RootKeys | None = None) -> dict[str, bytes]:
    """The PSAM's own keys by name: ADFMK and one authentication key for each key file; test roots or `replaced`."""
    return {name: root_key(name, 1, replaced) for name in OWN_KEYS}


def working_keys(
    algorithm: Algorithm,
    *,
    levels: Mapping[str, int] | None = None,
    path: Sequence[bytes] = (),
    replaced: RootKeys | None = None,
) -> list[SamKey]:
    """Working keys of every key of `apdu.keys` at the level asked for by name: version 1, of DPK all versions.

    National roots (3 levels) where `levels` says nothing; a lower level is diversified with the leading
    factors of `path` (province, city, card). Raises ValueError where `path` is too short for it.
    """
    from apdu.crypto import diversify

    chosen = levels or {}
    made = []
    for key in KEYS:
        left = chosen.get(key.name, NATIONAL)
        steps = path[: NATIONAL - left]
        if len(steps) != NATIONAL - left:
            raise ValueError(f"{key.name} at {left} levels needs {NATIONAL - left} diversification factors")
        for version, psam_id in key.psam_ids().items():
            root = root_key(key.name, version, replaced)[: key.length(algorithm)]
            value = diversify(algorithm, root, *steps)
            made.append(SamKey(key.name, key.psam_type, left, psam_id, value, key_file(psam_id)))
    return made
