"""The terminal's PSAM: environments, key levels, authentication data (LD/T 32.9 sections 8 and 9)."""

from __future__ import annotations

from apdu.commands import (
    CipherMode,
    cipher_data,
    credit_sam_for_purchase,
    deliver_session_key,
    init_sam_for_purchase,
    read_binary,
    select_file,
    select_name,
)
from apdu.crypto import Algorithm, fold
from apdu.crypto.session import mac_tail, message_block, pad
from apdu.keys import KeySpec
from apdu.layout.psam import APPLICATION_FID, ENVIRONMENT_NAMES
from apdu.purse import Amounts, PurchaseOffer
from terminal.errors import CardRefusedError, PsamUnfitError, expect_ok
from terminal.flow.steps import Procedure

NO_PSAM = -2201
NO_ENVIRONMENT = -2202
NO_RKSSSE = -2203
NO_KEY = -27272
NO_LEVEL = -24
NO_DEBIT = -37891
PSAM_CODES = (NO_PSAM, NO_ENVIRONMENT, NO_RKSSSE, NO_KEY, NO_LEVEL)

LEVELS = (3, 2, 1)
TERMINAL_INFORMATION_SFI = 0x16
MAX_BLOCKS = 8
MAC_LENGTH = 4
NO_DEBIT_SW = 0x9403
LEVEL_UNFIT = (0x6A80, 0x6700, 0x6985)
"""Answers of INIT SAM that mean "another number of factors": the text names none."""

MAC2_WRONG = (0x9302, 0x63CF)


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


def compute_mac(
    key: KeySpec, algorithm: Algorithm, factors: tuple[bytes, bytes, bytes], challenge: bytes, message: bytes
) -> Procedure[bytes]:
    """The MAC of a protected command (4 bytes), under the session key of `key` and the card's challenge.

    `message` as `apdu.secure_messaging.mac_input` gives it. PSAMs answer 4 bytes or the whole last block. Raises
    what `deliver` raises.
    """
    yield from deliver(key, algorithm, factors, challenge)
    blocks = bytes(algorithm.block) + pad(message, algorithm.block)
    size = MAX_BLOCKS * algorithm.block
    parts = [blocks[start : start + size] for start in range(0, len(blocks), size)]
    modes = [CipherMode.MAC_FIRST, *[CipherMode.MAC_NEXT] * (len(parts) - 2), CipherMode.MAC_LAST]
    answer = b""
    for mode, part in zip(modes if len(parts) > 1 else [CipherMode.MAC], parts, strict=True):
        answers = mode in (CipherMode.MAC, CipherMode.MAC_LAST)
        command = cipher_data(mode, part) if answers else cipher_data(mode, part, None)
        response = yield command
        answer = expect_ok(command, response, f"computing a MAC with {key.name}")
    return mac_tail(algorithm, answer) if len(answer) == 16 else answer[:MAC_LENGTH]


def encrypt_message(
    key: KeySpec, algorithm: Algorithm, factors: tuple[bytes, bytes, bytes], challenge: bytes, plain: bytes
) -> Procedure[bytes]:
    """Data of a protected command, encrypted with their length byte. Raises what `deliver` raises."""
    yield from deliver(key, algorithm, factors, challenge)
    command = cipher_data(CipherMode.ENCRYPT, message_block(algorithm, plain))
    response = yield command
    return expect_ok(command, response, f"encrypting with {key.name}")


def begin_purchase(
    offer: PurchaseOffer, amounts: Amounts, time: bytes, factors: tuple[bytes, bytes, bytes]
) -> Procedure[tuple[bytes, bytes]]:
    """Terminal sequence and MAC1 (4 bytes each) for what the card offered, trying every level of the purchase key.

    Raises PsamUnfitError -27272 (no purchase key of this version), -24 (no level fits) or -37891 (no purchases at
    all), CardRefusedError.
    """
    for levels in LEVELS:
        supplied = b"".join(reversed(factors[len(factors) - levels :]))
        command = init_sam_for_purchase(offer, amounts, time, supplied)
        response = yield command
        if response.ok:
            return response.data[:4], response.data[4:8]
        if response.sw == NO_DEBIT_SW:
            raise PsamUnfitError(NO_DEBIT, "it has no purchase function")
        if response.sw == 0x6A88:
            raise PsamUnfitError(NO_KEY, f"it holds no purchase key of version {offer.key_version}")
        if response.sw not in LEVEL_UNFIT:
            raise CardRefusedError(command, response, "beginning a purchase in the PSAM")
    raise PsamUnfitError(NO_LEVEL, "no diversification level of the purchase key fits")


def confirm_purchase(mac2: bytes) -> Procedure[bool]:
    """Whether the card proved the debit; False is no reason to reverse it. Raises CardRefusedError."""
    command = credit_sam_for_purchase(mac2)
    response = yield command
    if response.sw in MAC2_WRONG:
        return False
    expect_ok(command, response, "checking the card's MAC2")
    return True
