"""Every key of the social side, declared once: card reference, PSAM usage and id, HSM address.

Issuer, virtual card, PSAM, HSM and terminal all read this table. Sources: LD/T 32.6 table 3, LD/T 32.9 annex B,
reader specification annex B; references of later DFs as deployed drivers use them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from apdu.crypto.algorithm import Algorithm


@dataclass(frozen=True, slots=True)
class KeySpec:
    """One key: `reference` is P2 of EXTERNAL AUTHENTICATION (0x SSSE, 8x the current DF; None where it has none).

    `psam_type` and `psam_id` name it in the PSAM, `hsm_address` (version 1) at the HSM. `counted`: wrong
    authentications use up tries (maintenance keys never lock).
    """

    name: str
    owner: str
    reference: int | None
    psam_type: int
    psam_id: int
    hsm_address: int
    purpose: str
    purpose_zh: str
    versions: int = 1
    counted: bool = True
    short_with_des: bool = False

    def length(self, algorithm: Algorithm) -> int:
        """Key length in bytes: STK keys have 8 under DES, everything else 16."""
        return 8 if self.short_with_des and algorithm is Algorithm.DES else 16


KEYS: tuple[KeySpec, ...] = (
    KeySpec("IRK", "SSSE", 0x00, 7, 0x08, 0x0170, "internal authentication", "内部鉴别", versions=3),
    KeySpec("STKSSSE", "SSSE", 0x02, 8, 0x09, 0x0173, "secure messaging", "安全报文", short_with_des=True),
    KeySpec(
        "UKSSSE", "SSSE", 0x04, 8, 0x12, 0x0094, "update issuer and personal data", "更新环境文件", versions=3
    ),
    KeySpec("BK", "SSSE", 0x05, 8, 0x11, 0x0091, "card block", "卡片锁定", counted=False),
    KeySpec("PUK", "SSSE", 0x06, 8, 0x10, 0x0090, "PIN unblock", "个人密码解锁"),
    KeySpec(
        "RKSSSE", "SSSE", 0x0A, 7, 0x0A, 0x004C, "read protected personal data", "读环境文件", versions=3
    ),
    KeySpec(
        "STKDF04",
        "DF04",
        0x82,
        8,
        0x23,
        0x0175,
        "secure messaging in DF04",
        "DF04安全报文",
        short_with_des=True,
    ),
    KeySpec("LKDF04", "DF04", 0x83, 8, 0x41, 0x0093, "block DF04", "DF04应用锁定", counted=False),
    KeySpec("RK1DF04", "DF04", 0x84, 7, 0x2D, 0x0182, "read medical data", "读医疗保险文件", versions=3),
    KeySpec(
        "UK1DF04",
        "DF04",
        0x85,
        8,
        0x49,
        0x00AC,
        "update medical base data",
        "更新医疗保险基本信息",
        versions=3,
    ),
    KeySpec(
        "UK2DF04",
        "DF04",
        0x86,
        7,
        0x2A,
        0x017C,
        "update offline and special settlement",
        "更新脱网结算信息",
        versions=3,
    ),
)

BY_NAME: Mapping[str, KeySpec] = {key.name: key for key in KEYS}
BY_HSM_ADDRESS: Mapping[int, KeySpec] = {key.hsm_address: key for key in KEYS}


def by_reference(owner: str, reference: int) -> KeySpec | None:
    """The key that `reference` names while `owner` is the current directory; None where there is none."""
    level = owner if reference & 0x80 else "SSSE"
    return next((key for key in KEYS if key.owner == level and key.reference == reference), None)


RootKeys = Mapping[str, bytes]
"""Root keys by `NAME/VERSION`, as a key file gives them in place of the test roots."""


def root_key(name: str, version: int = 1, replaced: RootKeys | None = None) -> bytes:
    """The 16-byte root of a key: from `replaced` where it is there, else the project's fixed test root.

    Test roots are the first 16 bytes of SHA-256 of `ssc-test-root:NAME/VERSION`; they protect nothing.
    """
    label = f"{name}/{version}"
    if replaced and label in replaced:
        return replaced[label]
    return hashlib.sha256(f"ssc-test-root:{label}".encode("ascii")).digest()[:16]
