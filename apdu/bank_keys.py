"""Test keys of the bank's application: issuer master keys and own chains of RSA and SM2 keys, never real ones.

Everything here is published with the project. The chains (certification authority, issuer, card) were drawn
from fixed seeds; their indexes are private ones, so that no terminal takes them for live chains.
"""

from __future__ import annotations

from dataclasses import dataclass

from apdu.crypto.algorithm import Algorithm
from apdu.crypto.pboc import card_key, derivation_input
from apdu.crypto.rsa import RsaKey
from apdu.crypto.sm2 import Sm2Key, Sm2PublicKey

TEST_CA_INDEX = 0xE1
TEST_SM2_CA_INDEX = 0xE2
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


def _sm2_key(private: str, x: str, y: str) -> Sm2Key:
    return Sm2Key(bytes.fromhex(private), Sm2PublicKey(bytes.fromhex(x + y)))


TEST_SM2_CA = _sm2_key(
    "D87B176BADDE9D0330AB829569BE86710E3399DAD0B6CB98D28EB88FFD14A4E5",
    "155EEB694C71395A6482519303219B6B9E8B5EC5A984A3DDCA6D897D6DBC7385",
    "D038CB24B89107C01944C0BBB3546C87621C3993A088297228305ABA33A044AB",
)

TEST_SM2_ISSUER = _sm2_key(
    "D7DCA7117E0529BFC5E35EB4913B282C0B82E7D077D98E09F878E348E00E8653",
    "D691399389698071CB7660879644355AC87B4AA164543B53F744CF1235F44F98",
    "7F3ADC457A725F7BB4F5EC4658FD8FF5D9658F5AB70EE8CC982B2C10D87569A7",
)

TEST_SM2_CARD = _sm2_key(
    "846A7F64AE55AEED329BBDB0DBD632BBA26DA2F027761F53BFBA037B00CFA0CD",
    "AD6C18F491667373CACB0DA815B29F9ADF0B2E2DC076581DFEA6A171513D832C",
    "4C4936D038D85AD1380BDA9B66AB911EAFA3F43C303FA755B98B9BFC3D05B73A",
)
