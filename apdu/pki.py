"""The PKI application of third-generation cards as declared: its names, key references and fixed bytes.

Published is what card-issuing kiosks send, not a standard: what no source tells is marked "our reading".
"""

from __future__ import annotations

from enum import IntEnum

ENVIRONMENT_NAME = bytes.fromhex("504B492EC9E7BBE1B1A3D5CF")
"""PKI.社会保障 in GBK."""

APPLICATION_NAME = b"SS.CERT.ADF1"
APPLICATION_FID = 0xDF01

SIGNING_CERTIFICATE, ENCRYPTION_CERTIFICATE = 0x0018, 0x0019
CERTIFICATE_LENGTH = 1020

TRIES = 6
CHALLENGE_LENGTHS = (8, 16)
PROOF_LENGTH = 16

KEY_PAIR_FILES = bytes.fromhex("C0020012C2020013")
"""Data of GENERATE KEY PAIR: the key files of the signing pair."""

PUBLIC_KEY_LENGTH = 64
PUBLIC_KEY_HEAD = bytes.fromhex("0100")
"""The two bytes before X and Y, which kiosks skip; the key's length in bits is our reading."""


class Secret(IntEnum):
    """What opens the application: two PINs and the master key, each with its own try counter."""

    USER_PIN = 0
    ADMINISTRATOR_PIN = 1
    MASTER_KEY = 2


PIN_REFERENCES = {(0x01, 0x81): Secret.USER_PIN, (0x01, 0x00): Secret.ADMINISTRATOR_PIN}
"""The PIN that P1 and P2 of VERIFY mean."""
