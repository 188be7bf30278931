"""Session keys, authentication data, MACs and message encryption (LD/T 32.4 sections 8 and 9).

DES works on 8-byte blocks under 8-byte session keys, SM4 on 16-byte blocks; a session key is used once, so
its cipher object is not cached.
"""

from __future__ import annotations

from apdu.crypto.algorithm import Algorithm, block_cipher, block_decipher, cached_cipher

_RIGHT_HALF = (1 << 64) - 1


def session_key(algorithm: Algorithm, key: bytes, challenge: bytes) -> bytes:
    """The session key from a card key and a random of 4 or 8 bytes (16 too with SM4), padded right with 00.

    8 bytes long with DES, 16 with SM4. Raises ValueError where the random exceeds a block.
    """
    if len(challenge) > algorithm.block:
        raise ValueError(f"a random of {len(challenge)} bytes does not fit a block of {algorithm.block}")
    return cached_cipher(algorithm, key)(challenge.ljust(algorithm.block, b"\0"))


def fold(block: bytes) -> bytes:
    """A 16-byte block folded to 8: left half XOR right half."""
    value = int.from_bytes(block, "big")
    return (value >> 64 ^ value & _RIGHT_HALF).to_bytes(8, "big")


def authentication_data(algorithm: Algorithm, session: bytes, raw: bytes) -> bytes:
    """The 8 bytes that prove knowledge of the session key: `raw` (8 bytes) encrypted, folded with SM4."""
    if algorithm.block == 8:
        return block_cipher(algorithm, session)(raw)
    return fold(block_cipher(algorithm, session)(raw + bytes(8)))


def pad(data: bytes, block: int) -> bytes:
    """80 and zeros up to whole blocks; a full last block gets a further one."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def mac(algorithm: Algorithm, session: bytes, message: bytes, initial: bytes = b"") -> bytes:
    """The 4-byte MAC of `message` (CBC, padded 80 00...); `initial` is padded right with 00 to a block."""
    return mac_tail(algorithm, cbc_last_block(algorithm, session, pad(message, algorithm.block), initial))


def key_loading_mac(algorithm: Algorithm, master: bytes, challenge: bytes, message: bytes) -> bytes:
    """The 4-byte MAC of key loading into a PSAM: under the master key itself, the challenge as initial value.

    A 16-byte DES master key works as single DES with its left half, and as triple DES on the last block alone
    (LD/T 32.9 sections 7.1.3 and 7.2.3).
    """
    blocks = pad(message, algorithm.block)
    if algorithm.block == 16 or len(master) == 8:
        return mac_tail(algorithm, cbc_last_block(algorithm, master, blocks, challenge))
    before, last = blocks[:-8], blocks[-8:]
    chained = cbc_last_block(algorithm, master[:8], before, challenge)
    return mac_tail(algorithm, cbc_last_block(algorithm, master, last, chained))


def tac_key(algorithm: Algorithm, dtk: bytes) -> bytes:
    """The key of the transaction certificate: DTK folded to 8 bytes under DES, DTK itself under SM4.

    Source: LD/T 32.7 sections 11 and 12.
    """
    return dtk if algorithm.block == 16 else fold(dtk)


def cbc_last_block(algorithm: Algorithm, key: bytes, blocks: bytes, initial: bytes = b"") -> bytes:
    """The last CBC block over whole blocks."""
    size = algorithm.block
    encrypt = block_cipher(algorithm, key)
    state = int.from_bytes(initial.ljust(size, b"\0"), "big")
    for start in range(0, len(blocks), size):
        mixed = state ^ int.from_bytes(blocks[start : start + size], "big")
        state = int.from_bytes(encrypt(mixed.to_bytes(size, "big")), "big")
    return state.to_bytes(size, "big")


def mac_tail(algorithm: Algorithm, last: bytes) -> bytes:
    """The MAC from the last block: its first four bytes (DES), or its four words XORed together (SM4)."""
    if algorithm.block == 8:
        return last[:4]
    folded = fold(last)
    return (int.from_bytes(folded[:4], "big") ^ int.from_bytes(folded[4:], "big")).to_bytes(4, "big")


def message_encrypt(algorithm: Algorithm, session: bytes, plain: bytes) -> bytes:
    """Encrypted data of secure messaging: `message_block` in ECB."""
    return block_cipher(algorithm, session)(message_block(algorithm, plain))


def message_block(algorithm: Algorithm, plain: bytes) -> bytes:
    """What is encrypted in secure messaging: length byte, data, padded only to fill a last block."""
    block = bytes((len(plain),)) + plain
    return pad(block, algorithm.block) if len(block) % algorithm.block else block


def message_decrypt(algorithm: Algorithm, session: bytes, cipher: bytes) -> bytes:
    """The inverse of `message_encrypt`; raises ValueError where the blocks or the length byte do not fit."""
    if not cipher or len(cipher) % algorithm.block:
        raise ValueError(f"{len(cipher)} bytes are not whole blocks of {algorithm.block}")
    block = block_decipher(algorithm, session)(cipher)
    if block[0] >= len(block):
        raise ValueError("the length byte exceeds the block")
    return block[1 : 1 + block[0]]
