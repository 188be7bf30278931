"""A centre's key machine written from the formulas alone, on bare DES and SM4: it shares no code with the product.

Names as in the specification: DIV, SESS, AUTH, MAC, ENC; roots are the published test roots.
"""

from __future__ import annotations

import hashlib

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

NAMES = {"0170": "IRK/1", "004C": "RKSSSE/1", "0090": "PUK/1", "0173": "STKSSSE/1", "0094": "UKSSSE/1",
         "004F": "RK1DF01/1", "0097": "UK1DF01/1", "009A": "UK2DF01/1", "009D": "UK5DF01/1", "0182": "RK1DF04/1",
         "00AC": "UK1DF04/1", "017C": "UK2DF04/1", "017F": "DPK/1", "00B5": "DTK/1"}  # fmt: skip


class KeyMachine:
    """Computes for one card, known by the first two fields and the algorithm of a step-1 string."""

    def __init__(self, region: str, reset_information: str, algorithm: str) -> None:
        self.des = algorithm == "01"
        self.size = 8 if self.des else 16
        self.factors = (
            region[:2].encode() + b"0000sh",
            region.encode() + b"sx",
            bytes.fromhex(reset_information)[-8:],
        )

    def base(self, step1: str) -> str:
        """pKey of the base read."""
        fields = step1.split("|")
        inner = self.authentication("0170", *fields[4:6])
        return f"{inner}|{self.authentication('004C', *fields[6:8])}|" if fields[6] else f"{inner}||"

    def answer(self, step1: str) -> str:
        """pKey of the second step of everything else."""
        _, address, process, raw, _ = step1.split("|")
        return self.authentication(address, process, raw)

    def authentication(self, address: str, process: str, raw: str) -> str:
        """AUTH(SESS(K, process), raw) and raw again, 32 digits."""
        session = self.session(address, bytes.fromhex(process))
        done = self._ecb(session, bytes.fromhex(raw).ljust(self.size, b"\0"))
        return (done if self.des else _xor(done[:8], done[8:])).hex().upper() + raw

    def secure_message(self, step2: str) -> str:
        """pKey of the third step: header, cipher of the PIN and MAC."""
        _, address, process, header, pin, _ = step2.split("|")
        session = self.session(address, bytes.fromhex(process))
        cipher = b""
        if pin:
            plain = bytes.fromhex(pin + "F" * (len(pin) % 2))
            block = bytes([len(plain)]) + plain
            if len(block) % self.size:
                block += b"\x80"
            cipher = self._ecb(session, block + bytes(-len(block) % self.size))
        head = bytes.fromhex(header)
        return (head + cipher + self.mac(session, head + cipher)).hex().upper()

    def debit(self, step1: str, sequence: str) -> tuple[str, str, str]:
        """MAC1, MAC2 and TAC for the eight fields of debit step 1 and a terminal sequence."""
        _, address, random, number, amounts, kind, terminal, time, _ = step1.split("|")
        session = self.session(address, bytes.fromhex(random + number + sequence[-4:]))
        three = "00000000" + amounts
        mac1 = self.mac(session, bytes.fromhex(three + kind + terminal + time))
        mac2 = self.mac(session, bytes.fromhex(three))
        return mac1.hex().upper(), mac2.hex().upper(), self.tac(amounts, terminal, sequence, time)

    def tac(self, amounts: str, terminal: str, sequence: str, time: str) -> str:
        """TAC over the three amounts, type, terminal, terminal sequence and time."""
        key = self.key("00B5")
        tac_key = _xor(key[:8], key[8:]) if self.des else key
        return (
            self.mac(tac_key, bytes.fromhex(f"00000000{amounts}32{terminal}{sequence}{time}")).hex().upper()
        )

    def key(self, address: str) -> bytes:
        """The card's key at an address of version 1."""
        name = NAMES[address]
        key = hashlib.sha256(f"ssc-test-root:{name}".encode()).digest()[:16]
        if self.des and name.startswith("STK"):
            key = key[:8]
        for factor in self.factors:
            if self.des:
                inverse = b"" if len(key) == 8 else self._ecb(key, bytes(byte ^ 0xFF for byte in factor))
                key = self._ecb(key, factor) + inverse
            else:
                key = self._ecb(key, factor + bytes(byte ^ 0xFF for byte in factor))
        return key

    def session(self, address: str, factor: bytes) -> bytes:
        """SESS(K, factor)."""
        return self._ecb(self.key(address), factor.ljust(self.size, b"\0"))

    def mac(self, key: bytes, data: bytes) -> bytes:
        """Four bytes over data padded with 80 00..., from zeros."""
        padded = data + b"\x80"
        padded += bytes(-len(padded) % self.size)
        block = bytes(self.size)
        for start in range(0, len(padded), self.size):
            block = self._ecb(key, _xor(block, padded[start : start + self.size]))
        if self.des:
            return block[:4]
        return _xor(_xor(block[:4], block[4:8]), _xor(block[8:12], block[12:]))

    def _ecb(self, key: bytes, data: bytes) -> bytes:
        cipher = TripleDES(key * 3 if len(key) == 8 else key + key[:8]) if self.des else SM4(key)
        encryptor = Cipher(cipher, modes.ECB()).encryptor()
        return encryptor.update(data) + encryptor.finalize()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
