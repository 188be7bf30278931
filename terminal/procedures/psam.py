"""The terminal's PSAM: environments, key levels, authentication data (LD/T 32.9 sections 8 and 9)."""

from __future__ import annotations

from apdu.commands import (
    CipherMode,
    cipher_data,
    deliver_session_key,
    read_binary,
    select_file,
    select_name,
)
from apdu.crypto import Algorithm, fold
from apdu.keys import KeySpec
from apdu.layout.psam import APPLICATION_FID, ENVIRONMENT_NAMES
from terminal.errors import CardRefusedError, PsamUnfitError, expect_ok
from terminal.flow.steps import Procedure

NO_PSAM = -2201
NO_ENVIRONMENT = -2202
NO_RKSSSE = -2203
NO_KEY = -27272
NO_LEVEL = -24
PSAM_CODES = (NO_PSAM, NO_ENVIRONMENT, NO_RKSSSE, NO_KEY, NO_LEVEL)

LEVELS = (3, 2, 1)
TERMINAL_INFORMATION_SFI = 0x16


def terminal_number() -> Procedure[str]:
    """The terminal number, 12 digits, of the environment that is current after reset (EF 0016)."""
    command = read_binary(0, sfi=TERMINAL_INFORMATION_SFI, le=6)
    response = yield command
    return expect_ok(command, response, "reading the PSAM's terminal number").hex()


def open_environment(algorithm: Algorithm) -> Procedure[None]:
    """Select the environment of this algorithm and its key application; raises PsamUnfitError -2202."""
    name = ENVIRONMENT_NAMES.get(f"sx{algorithm:d}")
    if name is None:
        raise PsamUnfitError(NO_ENVIRONMENT, f"no PSAM environment is published for {algorithm.name}")
    for command in (select_name(name), select_file(APPLICATION_FID, p1=0x00)):
        response = yield command
        if not response.ok:
            raise PsamUnfitError(NO_ENVIRONMENT, f"it has no environment for {algorithm.name} cards")


def compute_authentication(
    key: KeySpec, algorithm: Algorithm, factors: tuple[bytes, bytes, bytes], challenge: bytes, raw: bytes
) -> Procedure[bytes]:
    """The 8 bytes of authentication data for a card, computed by the PSAM from the root it holds.

    `factors` in the order of use; the PSAM may hold the root of any level, so three, two and one factors are
    tried. Raises PsamUnfitError -27272 (no such key; -2203 for RKSSSE) or -24 (no level fits).
    """
    yield from deliver(key, algorithm, factors, challenge)
    size = algorithm.block
    command = cipher_data(CipherMode.ENCRYPT, raw.ljust(size, b"\0"))
    response = yield command
    answer = expect_ok(command, response, f"computing authentication data with {key.name}")
    return answer if size == 8 else fold(answer)


def deliver(
    key: KeySpec, algorithm: Algorithm, factors: tuple[bytes, bytes, bytes], challenge: bytes
) -> Procedure[None]:
    """Make the session key of `key` and `challenge` inside the PSAM, trying every level."""
    if key.psam_id is None:
        raise PsamUnfitError(NO_KEY, f"no PSAM holds {key.name} ({key.purpose})")
    padded = challenge.ljust(algorithm.block, b"\0")
    for levels in LEVELS:
        supplied = b"".join(reversed(factors[len(factors) - levels :]))
        command = deliver_session_key(levels << 5 | key.psam_type, key.psam_id, supplied + padded)
        response = yield command
        if response.ok:
            return
        if response.sw == 0x6A88:
            code = NO_RKSSSE if key.name == "RKSSSE" else NO_KEY
            raise PsamUnfitError(code, f"it does not hold {key.name} ({key.purpose})")
        if response.sw != 0x6A80:
            raise CardRefusedError(command, response, f"delivering the session key of {key.name}")
    raise PsamUnfitError(NO_LEVEL, f"no diversification level of {key.name} fits")
