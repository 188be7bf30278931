"""Cards and a PSAM that hold the keys of published and of our own test vectors, with the challenges they name."""

from __future__ import annotations

from collections.abc import Mapping

from card_samples import send

from apdu.crypto import Algorithm, authentication_data, factors, session_key
from apdu.layout import card_layout
from apdu.layout.psam import psam_layout
from virtual_card.applications.psam import NATIONAL, psam_card, psam_contents, sam_own_keys, working_keys
from virtual_card.applications.social import social_card, social_contents
from virtual_card.card import ProcessorCard
from virtual_card.personalisation import card_keys
from virtual_card.state import Purse

DES, SM4 = Algorithm.DES, Algorithm.SM4
VERSIONS = {DES: "2.0", SM4: "3.0"}
KINDS = {DES: "ssc-2.0", SM4: "ssc-3.0"}

R = "1122334455667788"
RAW = "A1A2A3A4A5A6A7A8"
CARD_KEY = {DES: "D2ADD4092BD0D7A9CDCF3AE37A13E748", SM4: "0B035D41FB58267D701CF996DB3CD603"}
MESSAGE_KEY = {DES: "E20F7793F673CAC6", SM4: CARD_KEY[SM4]}
AUTHENTICATION = {DES: "5AD53E781B5DD161", SM4: "CB57BA5CA5EE7311"}
ONE_KEY_ATR = bytes.fromhex("3B6D0000009953494D8699990100000001")

ROOTS_ATR = bytes.fromhex("3B6D00000081544B318660990100A1B2C3")
PATH = factors("990100", ROOTS_ATR[4:])
L1, L2, L3 = (factor.hex().upper() for factor in PATH)
TERMINAL = "990100000001"

SELECT_DF04 = "00A4040006D15600000503"
SELECT_DF03 = "00A4040006D15600000502"
VERIFY = "0020000003123456"
SX1, SX3 = ("00A404000F73783" + digit + "2E73682EC9E7BBE1B1A3D5CF" for digit in "13")
PSAM_DF01 = "00A4040006D15600000590"


def one_key_card(algorithm: Algorithm, purse: Purse | None = None) -> ProcessorCard:
    """A card whose keys are all the same (STK shorter with DES), in one version."""
    names = ("IRK", "UKSSSE", "BK", "PUK", "LKDF04", "LKDF03", "UK1DF04", "DPK", "DLK", "DTK", "DSK")
    keys = {name: {1: bytes.fromhex(CARD_KEY[algorithm])} for name in names}
    for name in ("STKSSSE", "STKDF03", "STKDF04"):
        keys[name] = {1: bytes.fromhex(MESSAGE_KEY[algorithm])}
    return _card(algorithm, ONE_KEY_ATR, keys, purse)


def roots_card(algorithm: Algorithm, purse: Purse | None = None) -> ProcessorCard:
    """A card with keys from the project's test roots."""
    layout = card_layout(VERSIONS[algorithm])
    keys = card_keys(algorithm, ROOTS_ATR[4:], layout, VERSIONS[algorithm])
    return _card(algorithm, ROOTS_ATR, keys, purse)


def _card(
    algorithm: Algorithm, atr: bytes, keys: Mapping[str, Mapping[int, bytes]], purse: Purse | None
) -> ProcessorCard:
    layout = card_layout(VERSIONS[algorithm])
    contents = social_contents(
        VERSIONS[algorithm],
        algorithm=algorithm,
        atr=atr,
        layout=layout,
        keys=keys,
        files={
            spec.path: spec.blank() if spec.structure.name == "TRANSPARENT" else spec.blank_records()
            for entry in layout
            for spec in entry.files
        },
        pin=bytes.fromhex("123456"),
    )
    contents.directory("DF04").purse = purse
    card = social_card(KINDS[algorithm], contents)
    card.strict = True
    card.power_on()
    draws(card, R)
    return card


def draws(card: ProcessorCard, random: str) -> None:
    """Let the card draw this random from now on."""
    card.random = lambda length: bytes.fromhex(random)[:length]


def proves(card: ProcessorCard, name: str, random: str | None = None) -> str:
    """GET CHALLENGE and EXTERNAL AUTHENTICATION with a key the card holds; the status word."""
    if random is not None:
        draws(card, random)
    key = card.directory.named[name]
    challenge = card.transmit(bytes.fromhex("0084000008"))[:8]
    session = session_key(key.algorithm, key.versions[1], challenge)
    proof = authentication_data(key.algorithm, session, bytes.fromhex(RAW)).hex()
    return send(card, f"008200{key.reference:02X}10{proof}{RAW}")


def root_psam(
    sequence: str = "00000000", level: int = NATIONAL, without: tuple[str, ...] = (), **options: bool
) -> ProcessorCard:
    """A PSAM with every working key at one level, its own keys, and this terminal sequence."""
    files = {"0016": bytes.fromhex(TERMINAL), "0019": bytes.fromhex(sequence)}
    keys = {}
    for name, algorithm in (("sx1", DES), ("sx3", SM4)):
        held = working_keys(algorithm, levels={}, path=PATH)
        if level != NATIONAL:
            names = {key.name for key in held}
            held = working_keys(algorithm, levels=dict.fromkeys(names, level), path=PATH)
        keys[name] = [key for key in held if key.name not in without]
    layout = psam_layout()
    contents = psam_contents(
        atr=ROOTS_ATR,
        layout=layout,
        keys=keys,
        files={
            spec.path: files[spec.path[-4:]]
            for entry in layout
            for spec in entry.files
            if spec.path[-4:] in files
        },
        own_keys=sam_own_keys(),
        **options,
    )
    card = psam_card(contents)
    card.strict = True
    card.power_on()
    return card
