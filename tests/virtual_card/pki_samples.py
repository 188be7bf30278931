"""A third-generation card with the PKI application, and a kiosk that computes everything by another library."""

from __future__ import annotations

import random

import gmalg
import pytest
from card_samples import SELECT_SSSE, sample_contents

from virtual_card.applications.pki import sm2
from virtual_card.applications.pki.contents import TEST_MASTER_KEY, KeyPair, PkiContents
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard
from virtual_card.state import Face

__all__ = ["SELECT_SSSE", "Kiosk", "fixed_pairs", "kiosk", "pki_card"]

ENVIRONMENT = "00A404000C504B492EC9E7BBE1B1A3D5CF"
BY_NAME = "00A404000C53532E434552542E41444631"
BY_FID = "00A4000002DF01"
USER, ADMINISTRATOR = "00200181", "00200100"
GENERATE = "8040000008C0020012C2020013"
ASK, FETCH = "80C9820002C200", "80C9828042"
USER_PIN, ADMINISTRATOR_PIN = "123456", "12345678"
x = bytes.fromhex
PAIR = KeyPair(
    x("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"),
    x(
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    ),
)
"""The key pair of the examples in GM/T 0003.5."""


def fixed_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the card make one and the same key pair, on every machine."""
    monkeypatch.setattr(sm2, "available", lambda: True)
    monkeypatch.setattr(sm2, "new_key_pair", lambda random: PAIR)


def pki_card(contents: PkiContents | None = None, face: Face = "T=0") -> ProcessorCard:
    """The sample social side with a PKI application, powered."""
    whole = sample_contents()
    whole.pki = contents or PkiContents()
    card = social_card("ssc-3.0", whole, random=random.Random(9).randbytes, face=face)
    card.strict = True
    card.power_on()
    return card


def pin_key(pin: str) -> bytes:
    """The key of a PIN."""
    digest = gmalg.SM3()
    digest.update(x(pin))
    return digest.value()[:16]


def encrypted(key: bytes, blocks: bytes) -> bytes:
    """Whole blocks in ECB."""
    cipher = gmalg.SM4(key)
    return b"".join(cipher.encrypt(blocks[start : start + 16]) for start in range(0, len(blocks), 16))


def chained_mac(key: bytes, challenge: bytes, message: bytes) -> bytes:
    """SM4 in CBC from the challenge on, the last block folded to 4 bytes."""
    padded = message + b"\x80" + bytes(-(len(message) + 1) % 16)
    state = challenge.ljust(16, b"\0")
    for start in range(0, len(padded), 16):
        block = padded[start : start + 16]
        state = encrypted(key, bytes(one ^ other for one, other in zip(state, block, strict=True)))
    words = [int.from_bytes(state[start : start + 4], "big") for start in (0, 4, 8, 12)]
    return (words[0] ^ words[1] ^ words[2] ^ words[3]).to_bytes(4, "big")


class Kiosk:
    """Sends commands in hex and finishes them over T=0; proofs and MACs by what it knows."""

    def __init__(self, card: ProcessorCard) -> None:
        self.card = card

    def __call__(self, command: str) -> str:
        """One command; data and status word in hex."""
        answer = self.card.transmit(x(command))
        if answer[-2] == 0x61:
            answer = answer[:-2] + self.card.transmit(b"\x00\xc0\0\0" + answer[-1:])
        return answer.hex().upper()

    def enter(self) -> None:
        """Select the environment, then its application."""
        assert self(ENVIRONMENT)[-4:] == self(BY_FID)[-4:] == "9000"

    def challenge(self) -> bytes:
        """A fresh challenge of 8 bytes."""
        return x(self("0084000008"))[:8]

    def prove(self, header: str, key: bytes) -> str:
        """A fresh challenge encrypted under the key; the status word."""
        return self(f"{header}10{encrypted(key, self.challenge() + bytes(8)).hex()}")

    def user(self, pin: str = USER_PIN) -> str:
        """VERIFY the user's PIN."""
        return self.prove(USER, pin_key(pin))

    def administrator(self, pin: str = ADMINISTRATOR_PIN) -> str:
        """VERIFY the administrator's PIN."""
        return self.prove(ADMINISTRATOR, pin_key(pin))

    def master(self, key: bytes = TEST_MASTER_KEY) -> str:
        """EXTERNAL AUTHENTICATE with the master key."""
        return self.prove("00820000", key)

    def sealed(self, header: str, key: bytes, plain: bytes, *, wrong: bool = False) -> str:
        """A fresh challenge, then `plain` with length and padding under `key`, and the MAC; the status word."""
        block = bytes((len(plain),)) + plain
        if len(block) % 16:
            block += b"\x80" + bytes(-(len(block) + 1) % 16)
        return self.wrapped(header, key, encrypted(key, block), wrong=wrong)

    def wrapped(self, header: str, key: bytes, cipher: bytes, *, wrong: bool = False) -> str:
        """The same with the cipher text as it is."""
        challenge = self.challenge()
        head = x(header) + bytes((len(cipher) + 4,))
        mac = chained_mac(key, challenge, head + cipher)
        if wrong:
            mac = bytes((mac[0] ^ 1,)) + mac[1:]
        return self((head + cipher + mac).hex())


def kiosk(contents: PkiContents | None = None, face: Face = "T=0") -> Kiosk:
    """A kiosk that stands in the application of a fresh card."""
    desk = Kiosk(pki_card(contents, face))
    desk.enter()
    return desk
