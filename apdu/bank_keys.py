"""Test keys of the bank's application: issuer master keys and an own chain of RSA keys, never real ones.

Everything here is published with the project. The chain (certification authority, issuer, card) was drawn
from fixed seeds; its index is a private one, so that no terminal takes it for a live chain.
"""

from __future__ import annotations

from dataclasses import dataclass

from apdu.crypto.algorithm import Algorithm
from apdu.crypto.pboc import card_key, derivation_input
from apdu.crypto.rsa import RsaKey

TEST_CA_INDEX = 0xE1
TEST_ISSUER_ID = "62123456"


@dataclass(frozen=True, slots=True, repr=False)
class BankKeys:
    """The three keys of an issuer or of a card: cryptograms, confidential data, script MACs; 16 bytes each."""

    cryptogram: bytes
    encryption: bytes
    mac: bytes

    def of_card(self, algorithm: Algorithm, number: str, sequence: str) -> BankKeys:
        """The card's keys from the issuer's, by card number and sequence number."""
        factor = derivation_input(number, sequence)
        return BankKeys(
            card_key(algorithm, self.cryptogram, factor),
            card_key(algorithm, self.encryption, factor),
            card_key(algorithm, self.mac, factor),
        )

    def __repr__(self) -> str:
        return "BankKeys(****)"


TEST_MASTER_KEYS = BankKeys(
    bytes.fromhex("10111213141516171819101112131415"),
    bytes.fromhex("20212223242526272829202122232425"),
    bytes.fromhex("30313233343536373839303132333435"),
)

TEST_CA = RsaKey.of_primes(
    int(
        "CFA3A827B0EFBD7A449EB1F49F08F6C89D38B67CE1F9D4E3812B7D7215AECB1388CC4588A50D2BBECB07583D"
        "F96D6BF56FAF3C6B3F8184FE8A6B79B78D9ADDBA305D07FD3E4D8EA239A7F7059CB110EB1C9C82DDAAAACE79",
        16,
    ),
    int(
        "F77C8361B21AF39224B5CA486BF8563397A2A75A5C2B2CD45AEBA0DFC07F3847147F2767311A3FA585EB7850"
        "C87EA8FBC630462AE3CF56CD81644E8921D94AAB9F24C46B3EE5AC2EEE5C8D8C22F0A6AE1C46C81821BD9709",
        16,
    ),
)

TEST_ISSUER = RsaKey.of_primes(
    int(
        "D4A50C201F46E1047BFE93E9ACE6D93F75A530135049E615135D643EA8AC5733E48DA04F6B0FAAB9CE521F35"
        "351F870A15986301EFF6B6DF6C609A18BF52414BB65E176E017FE1CD",
        16,
    ),
    int(
        "E7710857D8B7A92FC788BD43905B4538F4D6D6805B57C4333FCCCB8D67B894F20F4AEB6A151048C977821EDC"
        "3621ADCF1F47BB5D808EA8A05A30D977D672E866B581AEE73EFCF851",
        16,
    ),
)

TEST_CARD = RsaKey.of_primes(
    int(
        "EE7A231DD9FEDA69B13E5E1AA30620E70CFA996BDFDD6AF15BCF9EB1BDDA1C7CF251864B3FE0B23D227C4E5F"
        "318E12B95755CD64396B84DF464C8E7502835089",
        16,
    ),
    int(
        "E0EF4C3A41C51B618AB37066F22074D6AE7430BABDFCC4784B6D13B1A87DEEF69CF550C09A67DD5167CD9762"
        "2F99B389E36F44AA4E34452BA82BAA7E19DE6593",
        16,
    ),
)
