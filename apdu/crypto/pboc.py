"""The cryptography of the bank's application, PBOC debit: card and session keys, cryptograms, scripts.

Algorithm DES means triple DES with 16-byte keys K1 K2 K1. Session keys and MACs are not those of the social
side, whose formulas look alike and differ in every input. Sources: JR/T 0025.7 (PBOC part 7), EMV Book 2
section 8 and annex A1.
"""

from __future__ import annotations

from apdu.crypto.algorithm import Algorithm, block_cipher, cached_cipher
from apdu.crypto.session import cbc_last_block, message_decrypt, message_encrypt, pad

CRYPTOGRAM_LENGTH = 8
MAC_LENGTH = 4
KEY_LENGTH = 16


def _complement(value: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in value)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def derivation_input(number: str, sequence: str) -> bytes:
    """The 8 bytes a card's keys are derived from: the last 16 digits of card number and sequence number.

    EMV option A, for numbers of 19 digits too: PBOC knows no option B (EMV Book 2 annex A1.4.1).
    """
    return bytes.fromhex((number + sequence).rjust(16, "0")[-16:])


def card_key(algorithm: Algorithm, master: bytes, factor: bytes) -> bytes:
    """A card's own master key (UDK, 16 bytes) from the issuer's; `factor`: see `derivation_input`."""
    return cached_cipher(algorithm, master)(factor + _complement(factor))


def transaction_key(algorithm: Algorithm, key: bytes, counter: bytes) -> bytes:
    """The session key (16 bytes) of one transaction from a card key and the two bytes of the ATC.

    Neither the common session key of EMV nor Visa's: counter and complement stand at the end of each half.
    """
    return cached_cipher(algorithm, key)(bytes(6) + counter + bytes(6) + _complement(counter))


def cryptogram(algorithm: Algorithm, session: bytes, message: bytes) -> bytes:
    """The 8-byte application cryptogram over `message` (terminal data, AIP, ATC, CVR), padded 80 00...

    Triple DES: ISO/IEC 9797-1 algorithm 3. SM4: CBC-MAC, its left half.
    """
    blocks = pad(message, algorithm.block)
    if algorithm.block == CRYPTOGRAM_LENGTH:
        return _retail_mac(session, blocks)
    return cbc_last_block(algorithm, session, blocks)[:CRYPTOGRAM_LENGTH]


def _retail_mac(key: bytes, blocks: bytes) -> bytes:
    """Single DES in a chain, triple DES on its last block (ISO/IEC 9797-1 algorithm 3)."""
    chained = cbc_last_block(Algorithm.DES, key[:8], blocks[:-8]) if len(blocks) > CRYPTOGRAM_LENGTH else b""
    return cbc_last_block(Algorithm.DES, key, blocks[-8:], chained)


def response_cryptogram(algorithm: Algorithm, session: bytes, request: bytes, code: bytes) -> bytes:
    """The ARPC (8 bytes) that answers the cryptogram `request` with a two-character response code.

    Method 1 of EMV Book 2 section 8.2.1; under SM4 the block is filled with 00 and the left half counts.
    """
    block = _xor(request, code + bytes(6)).ljust(algorithm.block, b"\0")
    return block_cipher(algorithm, session)(block)[:CRYPTOGRAM_LENGTH]


def script_mac(
    algorithm: Algorithm,
    session: bytes,
    *,
    header: bytes,
    length: int,
    counter: bytes,
    request: bytes,
    data: bytes,
) -> bytes:
    """The 8-byte MAC of a script command, of which 4 to 8 are sent.

    `header` CLA INS P1 P2, `length` the Lc that is sent, MAC included, `request` the cryptogram this
    transaction asked its issuer with, `data` as sent. Commands of one transaction are not chained.
    """
    return cryptogram(algorithm, session, header + bytes((length,)) + counter + request + data)


def data_mac(algorithm: Algorithm, session: bytes, counter: bytes, value: bytes) -> bytes:
    """The 4-byte MAC over issuer discretionary data in tag 9F10: counter, value and a byte 00."""
    return cryptogram(algorithm, session, counter + value + b"\0")[:MAC_LENGTH]


def encrypt_script(algorithm: Algorithm, session: bytes, plain: bytes) -> bytes:
    """Confidential script data: length byte and data, padded 80 00... only to fill a last block, ECB."""
    return message_encrypt(algorithm, session, plain)


def decrypt_script(algorithm: Algorithm, session: bytes, cipher: bytes) -> bytes:
    """The inverse of `encrypt_script`; raises ValueError where blocks or length byte do not fit."""
    return message_decrypt(algorithm, session, cipher)


def pin_block(pin: str) -> bytes:
    """The plain PIN block of VERIFY: 2, length, digits, filled with F (ISO 9564-1 format 2)."""
    return bytes.fromhex(f"2{len(pin):X}{pin}".ljust(16, "F"))


def read_pin_block(block: bytes) -> str | None:
    """The digits of a plain PIN block, None where it is none."""
    text = block.hex().upper()
    if len(text) != 16 or text[0] != "2":
        return None
    length = int(text[1], 16)
    digits, fill = text[2 : 2 + length], text[2 + length :]
    return digits if 4 <= length <= 12 and digits.isdecimal() and fill == "F" * len(fill) else None


def change_block(key: bytes, new: str, current: str | None = None) -> bytes:
    """The 8 bytes that PIN CHANGE carries, encrypted: the new PIN masked with bytes of a card key.

    With the current PIN (P2 = 01) it is mixed in. The block is its own inverse: see `read_change_block`.
    """
    block = _xor(_mask(key), bytes.fromhex(f"0{len(new):X}{new}".ljust(16, "F")))
    return block if current is None else _xor(block, _left(current))


def read_change_block(key: bytes, block: bytes, current: str | None = None) -> str | None:
    """The new PIN from a PIN CHANGE block; None where it holds none (wrong key or wrong current PIN)."""
    if len(block) != CRYPTOGRAM_LENGTH:
        return None
    plain = _xor(_mask(key), block)
    if current is not None:
        plain = _xor(plain, _left(current))
    return read_pin_block(bytes((plain[0] | 0x20,)) + plain[1:]) if plain[0] < 0x10 else None


def _mask(key: bytes) -> bytes:
    return bytes(4) + key[4:8]


def _left(pin: str) -> bytes:
    return bytes.fromhex(pin.ljust(16, "0"))
