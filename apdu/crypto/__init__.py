"""The card's cryptography over `cryptography`: block ciphers, diversification, session keys, MACs.

Every formula exists once, parametrised by the block cipher (LD/T 32.4 sections 8 and 9, LD/T 32.9 section 7).
"""

from apdu.crypto.algorithm import Algorithm, UnpublishedAlgorithmError, block_cipher
from apdu.crypto.diversification import diversify, factors
from apdu.crypto.session import (
    authentication_data,
    fold,
    key_loading_mac,
    mac,
    message_decrypt,
    message_encrypt,
    session_key,
    tac_key,
)

__all__ = [
    "Algorithm",
    "UnpublishedAlgorithmError",
    "authentication_data",
    "block_cipher",
    "diversify",
    "factors",
    "fold",
    "key_loading_mac",
    "mac",
    "message_decrypt",
    "message_encrypt",
    "session_key",
    "tac_key",
]
