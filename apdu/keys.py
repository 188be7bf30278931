"""Every key of the social side, declared once: card reference, PSAM usage and id, HSM address.

Issuer, virtual card, PSAM, HSM and terminal all read this table. Sources: LD/T 32.6 table 3, LD/T 32.9 annex B,
reader specification annex B; references of later DFs as deployed drivers use them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apdu.crypto.algorithm import Algorithm


@dataclass(frozen=True, slots=True)
class KeySpec:
    """One key: `reference` is P2 of EXTERNAL AUTHENTICATION (0x SSSE, 8x the current DF; None where it has none).

    `psam_type` and `psam_id` name it in the PSAM, `hsm_address` (version 1) at the HSM, where the address of
    version n follows unless `version_addresses` gives each version its own (whose groups follow it). `counted`:
    wrong authentications use up tries (maintenance keys never lock). `first_name` is what the 1.0 texts call
    it, `since` the first generation of cards that has it; a key `where_named` is on a card only if an access
    rule of that card's files names it. A purchase key is chosen by its version, on the card and in the PSAM.
    """

    name: str
    owner: str
    reference: int | None
    psam_type: int
    psam_id: int | None
    hsm_address: int | None
    purpose: str
    purpose_zh: str
    versions: int = 1
    counted: bool = True
    short_with_des: bool = False
    first_name: str = ""
    since: str = "1.0"
    where_named: bool = False
    version_addresses: tuple[int, ...] = ()

    def length(self, algorithm: Algorithm) -> int:
        """Key length in bytes: STK keys have 8 under DES, everything else 16."""
        return 8 if self.short_with_des and algorithm is Algorithm.DES else 16

    def psam_ids(self) -> dict[int, int]:
        """Identifiers in the PSAM by the key version they stand for; only a purchase key has several."""
        if self.psam_id is None:
            return {}
        count = self.versions if self.psam_type == PURCHASE else 1
        return {version: self.psam_id + version - 1 for version in range(1, count + 1)}

    def version_at(self, address: int) -> int | None:
        """The version at an HSM address; None where the address is that of another key."""
        if address in self.version_addresses:
            return self.version_addresses.index(address) + 1
        if self.hsm_address is None or self.version_addresses:
            return None
        version = address - self.hsm_address + 1
        return version if 1 <= version <= self.versions else None


PURCHASE = 2
"""PSAM type of keys that serve the purchase commands only."""

Row = tuple[str, int | None, int, int | None, int | None, int, str, str]
"""Name, reference, PSAM type, PSAM id, HSM address, versions, purpose in English and Chinese."""

_ROWS: Mapping[str, tuple[Row, ...]] = {
    "SSSE": (
        ("IRK", 0x00, 7, 0x08, 0x0170, 3, "internal authentication", "内部鉴别"),
        ("STKSSSE", 0x02, 8, 0x09, 0x0173, 1, "secure messaging", "安全报文"),
        ("UKSSSE", 0x04, 8, 0x12, 0x0094, 3, "update issuer and personal data", "更新环境文件"),
        ("BK", 0x05, 8, 0x11, 0x0091, 1, "card block", "卡片锁定"),
        ("PUK", 0x06, 8, 0x10, 0x0090, 1, "PIN unblock", "个人密码解锁"),
        ("RKSSSE", 0x0A, 7, 0x0A, 0x004C, 3, "read protected personal data", "读环境文件"),
        (
            "UKEF0D",
            0x0D,
            8,
            0x13,
            None,
            3,
            "update local file SSSE/EF0D",
            "更新EF0D扩展文件",
        ),
    ),
    "DF01": (
        ("STKDF01", 0x82, 8, 0x20, 0x0174, 1, "secure messaging in DF01", "DF01安全报文"),
        ("UK1DF01", 0x83, 8, 0x42, 0x0097, 3, "update household registration", "更新户籍信息"),
        (
            "UK2DF01",
            0x84,
            8,
            0x43,
            0x009A,
            3,
            "update personal state and employer",
            "更新个人状况及就业单位信息",
        ),
        ("UK3DF01", 0x85, 7, 0x24, 0x0176, 3, "update marital status", "更新婚姻状况信息"),
        ("UK4DF01", 0x86, 7, 0x25, 0x0179, 3, "update residence", "更新常住地信息"),
        (
            "UK5DF01",
            0x87,
            8,
            0x44,
            0x009D,
            3,
            "update nationality and political status (1.0: wages)",
            "更新国籍及政治面貌信息",
        ),
        ("RK1DF01", 0x88, 7, 0x2E, 0x004F, 3, "read DF01", "读DF01文件"),
        ("UK6DF01", 0x89, 7, 0x2F, 0x0052, 3, "update education", "更新学历信息"),
        ("UK7DF01", 0x8A, 7, 0x30, 0x0055, 3, "update reserved file 1", "更新预留信息文件1"),
        ("UK8DF01", 0x8B, 7, 0x31, 0x0058, 3, "update reserved file 2", "更新预留信息文件2"),
        ("UK9DF01", 0x8C, 7, 0x32, 0x005B, 3, "update reserved file 3", "更新预留信息文件3"),
        ("UKADF01", 0x8D, 7, 0x33, 0x005E, 3, "update reserved file 4", "更新预留信息文件4"),
        ("UKBDF01", 0x8E, 7, 0x34, 0x0061, 3, "update reserved file 5", "更新预留信息文件5"),
    ),
    "DF02": (
        ("STKDF02", 0x82, 8, 0x21, 0x0185, 1, "secure messaging in DF02", "DF02安全报文"),
        ("UK1DF02", 0x83, 7, 0x26, 0x0187, 3, "update occupation and skills", "更新职业和专业技能信息"),
        ("UK2DF02", 0x84, 8, 0x45, 0x00A0, 3, "update employment state", "更新就业状况信息"),
        ("UK3DF02", 0x85, 8, 0x46, 0x00A3, 3, "update employment records", "更新就业记录信息"),
        ("UK4DF02", 0x86, 7, 0x27, 0x018A, 3, "update employment certificate", "更新就业失业登记证信息"),
        (
            "UK5DF02",
            0x87,
            7,
            0x28,
            0x018D,
            3,
            "update employment aid (1.0: work permit)",
            "更新就业援助对象认定信息",
        ),
        ("RK1DF02", 0x88, 7, 0x35, 0x0064, 3, "read DF02", "读DF02文件"),
        ("UK6DF02", 0x89, 7, 0x36, 0x0067, 3, "update support policies", "更新就业扶持政策享受信息"),
    ),
    "DF03": (
        ("STKDF03", 0x82, 8, 0x22, 0x0186, 1, "secure messaging in DF03", "DF03安全报文"),
        ("LKDF03", 0x83, 8, 0x40, 0x0092, 1, "block DF03", "DF03应用锁定"),
        ("RK1DF03", 0x84, 7, 0x2B, 0x0193, 3, "read DF03 (1.0: pension insurance only)", "读DF03文件"),
        ("RK2DF03", 0x85, 7, 0x2C, 0x0196, 3, "read unemployment insurance", "读失业保险信息"),
        ("UK1DF03", 0x86, 8, 0x47, 0x00A6, 3, "update unemployment insurance", "更新失业保险信息"),
        ("UK2DF03", 0x87, 7, 0x29, 0x0190, 3, "update work ability assessment", "更新劳动能力鉴定信息"),
        ("UK3DF03", 0x88, 8, 0x48, 0x00A9, 3, "update pension insurance", "更新养老保险信息"),
        ("UK4DF03", 0x89, 7, 0x37, 0x006A, 3, "update work injury insurance", "更新工伤保险信息"),
        ("UK5DF03", 0x8A, 7, 0x38, 0x006D, 3, "update maternity insurance", "更新生育保险信息"),
        (
            "UK6DF03",
            0x8B,
            7,
            0x39,
            0x0070,
            3,
            "update work injury recognition (1.0: rural pension)",
            "更新工伤认定信息",
        ),
        ("UK7DF03", 0x8C, 7, 0x3A, 0x0073, 3, "update supported relatives", "更新供养亲属信息"),
        ("UK8DF03", 0x8D, 7, 0x3B, 0x0076, 3, "update insurance certificates", "更新参保凭证信息"),
        ("RK3DF03", None, 7, None, None, 3, "read work injury insurance of 1.0", "读工伤保险信息(1.0)"),
        ("RK4DF03", None, 7, None, None, 3, "read maternity insurance of 1.0", "读生育保险信息(1.0)"),
        ("RK5DF03", None, 7, None, None, 3, "read rural pension insurance of 1.0", "读新农保信息(1.0)"),
    ),
    "DF04": (
        ("STKDF04", 0x82, 8, 0x23, 0x0175, 1, "secure messaging in DF04", "DF04安全报文"),
        ("LKDF04", 0x83, 8, 0x41, 0x0093, 1, "block DF04", "DF04应用锁定"),
        ("RK1DF04", 0x84, 7, 0x2D, 0x0182, 3, "read medical data", "读医疗保险文件"),
        ("UK1DF04", 0x85, 8, 0x49, 0x00AC, 3, "update medical base data", "更新医疗保险基本信息"),
        ("UK2DF04", 0x86, 7, 0x2A, 0x017C, 3, "update offline and special settlement", "更新脱网结算信息"),
        (
            "UK3DF04",
            None,
            7,
            None,
            None,
            3,
            "update residents' medical insurance of 1.0",
            "更新城镇居民医疗保险信息(1.0)",
        ),
        ("DPK", None, 2, 0x01, 0x017F, 3, "medical purchase", "医疗消费"),
        ("DSK", 0x8F, 8, 0x4A, 0x00AF, 3, "set the start of the payment year", "年度起始日期设置"),
        ("DLK", None, 8, 0x4B, 0x00B2, 3, "load the medical account", "账户划入"),
        ("DTK", None, 8, 0x4C, 0x00B5, 3, "transaction code TAC", "交易认证码"),
    ),
    "DF05": (
        ("STKDF05", 0x82, 8, 0xB3, 0x008C, 1, "secure messaging in DF05", "DF05安全报文"),
        ("UK1DF05", 0x83, 7, 0xB4, 0x008D, 3, "update life and health", "更新生命与健康数据"),
    ),
    "DF06": (
        ("RK1DF06", 0x83, 8, 0x52, None, 3, "read relief and preferential care", "读救助与优抚信息"),
        ("UK1DF06", 0x85, 8, 0x53, None, 3, "update social relief", "更新社会救助信息"),
        ("UK2DF06", 0x86, 8, 0x54, None, 3, "update preferential care", "更新优待抚恤信息"),
    ),
    "DF07": (
        ("STKDF07", 0x82, 8, 0x3C, 0x0079, 1, "secure messaging in DF07", "DF07安全报文"),
        ("RK1DF07", 0x83, 7, 0x3D, 0x007A, 3, "read honours", "读荣誉信息"),
        ("RK2DF07", 0x84, 7, 0x3F, 0x0080, 3, "read expert status", "读专家信息"),
        ("RK3DF07", 0x85, 7, 0xB1, 0x0086, 3, "read former officers' data", "读军队转业干部信息"),
        ("UK1DF07", 0x86, 7, 0x3E, 0x007D, 3, "update honours", "更新荣誉信息"),
        ("UK2DF07", 0x87, 7, 0xB0, 0x0083, 3, "update expert status", "更新专家信息"),
        ("UK3DF07", 0x88, 7, 0xB2, 0x0089, 3, "update former officers' data", "更新军队转业干部信息"),
    ),
}
_FIRST_NAMES = {"UKSSSE": "UKMF", "STKSSSE": "STK"}
_UNCOUNTED = frozenset({"BK", "LKDF03", "LKDF04"})
# On 1.0 cards as DF01, DF02 and DF03 have them; DF07 as a whole came with 2.0.
_SINCE_2 = frozenset(
    {"RKSSSE", "RK1DF01", "RK1DF02", "UK6DF02", "UK7DF03", "UK8DF03"}
    | {f"UK{number}DF01" for number in "6789AB"}
)
# Of one province, and of 1.0 files whose items are not published.
_WHERE_NAMED = frozenset({"UKEF0D", "RK3DF03", "RK4DF03", "RK5DF03", "UK3DF04"})
_VERSION_ADDRESSES = {"DPK": (0x017F, 0x0199, 0x019C)}


def _specs() -> Iterator[KeySpec]:
    for owner, rows in _ROWS.items():
        for name, reference, psam_type, psam_id, hsm_address, versions, purpose, purpose_zh in rows:
            yield KeySpec(
                name,
                owner,
                reference,
                psam_type,
                psam_id,
                hsm_address,
                purpose,
                purpose_zh,
                versions,
                counted=name not in _UNCOUNTED,
                short_with_des=name.startswith("STK"),
                first_name=_FIRST_NAMES.get(name, ""),
                since="2.0" if name in _SINCE_2 or owner == "DF07" else "1.0",
                where_named=name in _WHERE_NAMED,
                version_addresses=_VERSION_ADDRESSES.get(name, ()),
            )


KEYS: tuple[KeySpec, ...] = tuple(_specs())
BY_NAME: Mapping[str, KeySpec] = {key.name: key for key in KEYS}
BY_HSM_ADDRESS: Mapping[int, KeySpec] = {key.hsm_address: key for key in KEYS if key.hsm_address is not None}


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
