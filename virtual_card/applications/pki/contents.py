"""What the PKI application holds, as a plain description: the issuer fills, the engine compiles."""

from __future__ import annotations

from dataclasses import dataclass, field

from apdu.layout.pki import PKI_APPLICATION
from apdu.pki import TRIES, Secret

TEST_USER_PIN = bytes.fromhex("123456")
TEST_ADMINISTRATOR_PIN = bytes.fromhex("12345678")
TEST_MASTER_KEY = b"PKI TEST MASTER."
"""What every issued test card has; a kiosk replaces them."""


@dataclass(frozen=True, slots=True, repr=False)
class KeyPair:
    """An SM2 key pair: the private number in 32 bytes, the public point as X and Y, 32 bytes each."""

    private: bytes
    public: bytes


def _blank_certificates() -> dict[int, bytes]:
    return {spec.fid: spec.blank() for spec in PKI_APPLICATION.files}


@dataclass(slots=True, repr=False)
class PkiContents:
    """The PKI application of one card. PINs are packed digits; `tries` left, of `TRIES`, for each secret.

    `certificates` are the files by identifier, each of its full size.
    """

    user_pin: bytes = TEST_USER_PIN
    administrator_pin: bytes = TEST_ADMINISTRATOR_PIN
    master_key: bytes = TEST_MASTER_KEY
    tries: dict[Secret, int] = field(default_factory=lambda: dict.fromkeys(Secret, TRIES))
    key_pair: KeyPair | None = None
    certificates: dict[int, bytes] = field(default_factory=_blank_certificates)

    def __repr__(self) -> str:
        has = "a" if self.key_pair else "no"
        return f"PkiContents({has} key pair, tries {list(self.tries.values())})"
