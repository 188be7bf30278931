"""DF04, social insurance 2: medical base data, offline settlement, transactions, special settlements.

Sources: LD/T 32.6 table 7, sections 8.5.1 to 8.5.4, annex C for what 1.0 cards hold under the same tags.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache

from apdu import fields
from apdu.layout.access import NEVER, Access
from apdu.layout.codes import (
    CardUseMode,
    MedicalInsuranceKind,
    MedicalPersonKind,
    SettlementKind,
    TransactionKind,
    YesNo,
)
from apdu.layout.declaration import Structure, Vector
from apdu.layout.item import Item
from apdu.layout.rows import UNPUBLISHED, file
from apdu.layout.spec import DirectorySpec, FileSpec

NAME = "DF04"
AID = bytes.fromhex("D15600000503")
FID = 0xDF04
UPDATE_BASE = Access.parse("UK1DF04")
UPDATE_SETTLEMENT = Access.parse("UK2DF04")

_KIND_CODES = (MedicalInsuranceKind, *(YesNo,) * 5)
_KIND = Item(
    0x81,
    "Medical insurance kind and flags",
    "医疗保险险种类型及标识",
    fields.ascii_text(8),
    codes=_KIND_CODES,
)
_REGION = Item(0x84, "Medical insurance region", "医疗保险参保地所属行政区划代码", fields.region())
_HEALTH_RECORD = Item(0x87, "Health record number", "健康档案编号", fields.ascii_text(17))
_PERSON_KIND = Item(
    0x8C, "Insured person class", "医疗保险参保人员类别", fields.digits(1), codes=(MedicalPersonKind,)
)
_OPENED = Item(0x80, "Medical account opened on", "基本医疗保险个人账户建立日期", fields.day())
_CERTIFICATE = Item(0x8A, "Medical certificate number", "医疗证号", fields.ascii_text(15))
_HOSPITALS = (
    Item(0x83, "Designated hospital 1", "定点医疗机构代码1", fields.ascii_text(9)),
    Item(0x86, "Designated hospital 2", "定点医疗机构代码2", fields.ascii_text(9)),
    Item(0x89, "Designated hospital 3", "定点医疗机构代码3", fields.ascii_text(9)),
)
_USE_MODE = Item(0x8F, "Card use mode", "医疗保险用卡方式", fields.ascii_text(1), codes=(CardUseMode,))


def _account(length: int) -> Item:
    return Item(0x8B, "Medical account number", "基本医疗保险个人账号", fields.ascii_text(length))


_BASE_ITEMS = (
    _KIND,
    _REGION,
    _HEALTH_RECORD,
    _PERSON_KIND,
    _OPENED,
    _account(29),
    _CERTIFICATE,
    *_HOSPITALS,
    Item(0x7D, "Work injury hospital 1", "工伤协议医疗机构代码1", fields.ascii_text(9)),
    Item(0x7E, "Work injury hospital 2", "工伤协议医疗机构代码2", fields.ascii_text(9)),
    Item(0x7F, "Work injury hospital 3", "工伤协议医疗机构代码3", fields.ascii_text(9)),
    Item(0x8D, "Maternity hospital 1", "生育定点医疗机构代码1", fields.ascii_text(9)),
    Item(0x8E, "Maternity hospital 2", "生育定点医疗机构代码2", fields.ascii_text(9)),
    _USE_MODE,
)
_BASE_ITEMS_1 = (
    Item(0x81, "Designated hospital name 1", "定点医疗机构名称1", fields.text(70), reused_as=_KIND),
    Item(0x84, "Designated hospital name 2", "定点医疗机构名称2", fields.text(70), reused_as=_REGION),
    Item(0x87, "Designated hospital name 3", "定点医疗机构名称3", fields.text(70), reused_as=_HEALTH_RECORD),
    _PERSON_KIND,
    _OPENED,
    _account(10),
    _CERTIFICATE,
    *_HOSPITALS,
    _USE_MODE,
)

_ALLOWED = Item(
    0x90, "Offline settlement allowed", "准许脱网医保结算标识", fields.ascii_text(1), codes=(YesNo,)
)
_OFFLINE_COUNT = Item(
    0x93, "Offline settlements, running count", "脱网医保结算累计次数", fields.ascii_text(2)
)
_OFFLINE_TOTAL = Item(
    0x92, "Offline settlements, running total", "脱网医保结算累计金额", fields.amount_digits()
)
_SETTLEMENT_ITEMS = (
    _ALLOWED,
    _OFFLINE_TOTAL,
    _OFFLINE_COUNT,
)
_ACCOUNT_ITEMS_1 = (
    Item(
        0x90,
        "Medical account balance",
        "基本医疗保险个人账户余额",
        fields.amount_digits(),
        reused_as=_ALLOWED,
    ),
    Item(
        0x92,
        "Self-paid total of the year",
        "年度个人自付累计金额",
        fields.amount_digits(),
        reused_as=_OFFLINE_TOTAL,
        follows=0x90,
    ),
    Item(
        0x93,
        "Pooled-fund total of the year",
        "年度统筹基金支付累计金额",
        fields.amount_digits(),
        reused_as=_OFFLINE_COUNT,
    ),
)

TRANSACTION = Item(
    None,
    "Medical transaction",
    "医疗交易明细",
    also=(20,),  # the account-only mode leaves out the last two amounts (LD/T 32.7 section 12)
    children=(
        Item(None, "Transaction number", "交易序号", fields.unsigned(2), offset=0),
        Item(None, "Transaction kind", "交易类型", fields.ascii_text(1), offset=2, codes=(TransactionKind,)),
        Item(None, "Terminal number", "终端机编号", fields.digits(6), offset=3),
        Item(None, "Transaction time", "交易时间", fields.timestamp(), offset=9),
        Item(None, "Personal account amount", "个人账户交易金额", fields.amount(), offset=16),
        Item(None, "Self-paid amount", "个人自付金额", fields.amount(), offset=20),
        Item(None, "Pooled-fund amount", "统筹基金支付金额", fields.amount(), offset=24),
    ),
)
SPECIAL_SETTLEMENT = Item(
    None,
    "Special settlement",
    "特殊医疗结算记录",
    children=(
        Item(None, "Transaction number", "交易序号", fields.unsigned(2), offset=0),
        Item(None, "Settlement kind", "结算类别", fields.ascii_text(1), offset=2, codes=(SettlementKind,)),
    ),
)


def _ascii_hex(value: str, length: int) -> str:
    return value.encode("ascii").ljust(length, b"\0").hex()


def _record_hex(tag: int, value_hex: str) -> str:
    return f"{tag:02X}{len(value_hex) // 2:02X}{value_hex}"


_ORGANISATION = "D2143569X"
_BASE_VECTORS = (
    Vector(
        _record_hex(0x81, _ascii_hex("31000000", 8))
        + "8403990100"
        + _record_hex(0x87, _ascii_hex("99010000000000001", 17))
        + "8C0111 800420240102"
        + _record_hex(0x8B, _ascii_hex("9901000000000001", 29))
        + _record_hex(0x8A, _ascii_hex("YZ0000001", 15))
        + _record_hex(0x83, _ascii_hex(_ORGANISATION, 9))
        + "".join(_record_hex(tag, "00" * 9) for tag in (0x86, 0x89, 0x7D, 0x7E, 0x7F, 0x8D, 0x8E))
        + "8F0131",
        (
            (0x81, "31000000"),
            (0x84, "990100"),
            (0x87, "99010000000000001"),
            (0x8C, "11"),
            (0x80, date(2024, 1, 2)),
            (0x8B, "9901000000000001"),
            (0x8A, "YZ0000001"),
            (0x83, _ORGANISATION),
            *((tag, "") for tag in (0x86, 0x89, 0x7D, 0x7E, 0x7F, 0x8D, 0x8E)),
            (0x8F, "1"),
        ),
    ),
    # Records that are missing or in another order are met on cards and read as they stand.
    Vector("8C01FF 8403FFFFFF 8004FFFFFFFF", ((0x8C, ""), (0x84, ""), (0x80, None))),
)
_BASE_VECTORS_1 = (
    Vector(
        _record_hex(0x81, "测试医院".encode("gbk").ljust(70, b"\0").hex())
        + "8C0121"
        + "8B0A"
        + _ascii_hex("9901", 10),
        ((0x81, "测试医院"), (0x8C, "21"), (0x8B, "9901")),
    ),
    Vector(  # 1.0 records written with their 2.0 meaning
        _record_hex(0x81, b"39100000".ljust(70, b"\xee").hex()) + _record_hex(0x84, "990100" + "EE" * 67),
        ((0x81, "39100000"), (0x84, "990100")),
    ),
)
_SETTLEMENT_VECTORS = (
    Vector("900131 920400012345 93023032", ((0x90, "1"), (0x92, 12345), (0x93, "02"))),
    Vector("900130 9204FFFFFFFF 93020000", ((0x90, "0"), (0x92, None), (0x93, ""))),
)
_ACCOUNT_VECTORS_1 = (
    Vector("900400123456 920400000000 930400001000", ((0x90, 123456), (0x92, 0), (0x93, 1000))),
    Vector("900431EEEEEE 920400000500 93043031EEEE", ((0x90, "1"), (0x92, 500), (0x93, "01"))),
)
_TRANSACTION_VECTORS = (
    Vector(
        "0001 32 990100000001 20240102030405 00000FA0 00000000 00000000",
        (("Medical transaction", (1, "2", "990100000001", datetime(2024, 1, 2, 3, 4, 5), 4000, 0, 0)),),
    ),
    Vector(
        "0002 31 990100000001 20240203101112 00002710 00000000 00000000"
        "0001 32 990100000002 20240102030405 00000064 000000C8 FFFFFFFF",
        (
            ("Medical transaction", (2, "1", "990100000001", datetime(2024, 2, 3, 10, 11, 12), 10000, 0, 0)),
            (
                "Medical transaction",
                (1, "2", "990100000002", datetime(2024, 1, 2, 3, 4, 5), 100, 200, 4294967295),
            ),
        ),
    ),
)
_SPECIAL_VECTORS = (
    Vector("000131", (("Special settlement", (1, "1")),)),
    Vector("000239 000132", (("Special settlement", (2, "9")), ("Special settlement", (1, "2")))),
)


def _cyclic(
    fid: int,
    names: tuple[str, str],
    record: Item,
    minimum: int,
    *,
    read: str,
    update: Access,
    vectors: tuple[Vector, ...],
) -> FileSpec:
    return FileSpec(
        NAME,
        fid,
        *names,
        Structure.CYCLIC,
        Access.parse(read),
        update,
        (record,),
        "LD/T 32.6 table 7, sections 8.5.3 and 8.5.4",
        record_length=record.length,
        min_records=minimum,
        vectors=vectors,
    )


@cache
def directory(version: str) -> DirectorySpec:
    """DF04 of a "1.0", "2.0" or "3.0" card; 1.0 keeps the account in EF06 and has no EF15."""
    if version == "1.0":
        return DirectorySpec(NAME, AID, FID, "社会保险信息区2", _files_1(), (AMOUNTS,))
    base = FileSpec(
        NAME,
        0xEF05,
        "Medical insurance, basic data",
        "医疗保险基本信息文件",
        Structure.VARIABLE,
        Access.parse("PIN or RK1DF04"),
        UPDATE_BASE,
        _BASE_ITEMS,
        "LD/T 32.6 table 7, section 8.5.1",
        vectors=_BASE_VECTORS,
    )
    settlement = FileSpec(
        NAME,
        0xEF06,
        "Temporary offline settlement",
        "医疗保险临时脱网结算信息文件",
        Structure.VARIABLE,
        Access.parse("PIN and RK1DF04"),
        UPDATE_SETTLEMENT,
        _SETTLEMENT_ITEMS,
        "LD/T 32.6 table 7, section 8.5.2",
        vectors=_SETTLEMENT_VECTORS,
    )
    special = _cyclic(
        0xEF15,
        ("Special settlements", "特殊医疗结算记录文件"),
        SPECIAL_SETTLEMENT,
        8,
        read="PIN or RK1DF04",
        update=UPDATE_SETTLEMENT,
        vectors=_SPECIAL_VECTORS,
    )
    files = base, settlement, _TRANSACTIONS, special
    return DirectorySpec(NAME, AID, FID, "社会保险信息区2", files, (AMOUNTS,))


_TRANSACTIONS = _cyclic(
    0xEF08,
    ("Medical transactions", "医疗交易明细文件"),
    TRANSACTION,
    30,
    read="PIN",
    update=NEVER,
    vectors=_TRANSACTION_VECTORS,
)


def _files_1() -> tuple[FileSpec, ...]:
    base = FileSpec(
        NAME,
        0xEF05,
        "Medical insurance of urban employees, basic data",
        "城镇职工医疗保险基本信息文件",
        Structure.VARIABLE,
        Access.parse("PIN"),
        UPDATE_BASE,
        _BASE_ITEMS_1,
        "LD/T 32.6 (1.0) table 8; LD/T 32.6 annex C",
        vectors=_BASE_VECTORS_1,
    )
    account = FileSpec(
        NAME,
        0xEF06,
        "Medical account (online mode)",
        "医疗保险账户信息文件",
        Structure.FIXED,
        Access.parse("PIN and RK1DF04"),
        UPDATE_SETTLEMENT,
        _ACCOUNT_ITEMS_1,
        "LD/T 32.6 (1.0) table 8; LD/T 32.6 annex C",
        record_length=6,
        vectors=_ACCOUNT_VECTORS_1,
    )
    transactions = replace(
        _TRANSACTIONS, name="Medical transactions (offline mode)", name_zh="医疗保险交易明细文件"
    )
    residents = file(
        "DF04/EF09",
        ("Medical insurance of urban residents", "城镇居民医疗保险信息文件"),
        (),
        ("PIN", "UK3DF04"),
        "(1.0) table 8",
        optional=True,
        opaque_records=True,
        vectors=UNPUBLISHED,
    )
    return base, account, transactions, residents


AMOUNTS = FileSpec(
    NAME,
    0,
    "Medical amounts (offline mode)",
    "医疗保险金额文件",
    Structure.INTERNAL,
    NEVER,
    NEVER,
    (
        Item(None, "Online transaction counter", "基本医疗保险个人账户联网交易计数器", fields.unsigned(2)),
        Item(None, "Offline transaction counter", "基本医疗保险个人账户脱网交易计数器", fields.unsigned(2)),
        Item(None, "Account balance", "基本医疗保险个人账户余额", fields.amount()),
        Item(None, "Self-paid total of the year", "年度个人自付累计金额", fields.amount()),
        Item(None, "Pooled-fund total of the year", "年度统筹基金支付累计金额", fields.amount()),
        Item(None, "Payment year", "支付年度", fields.digits(2)),
        Item(None, "Start of the payment year", "年度起始日期", fields.digits(2)),
    ),
    "LD/T 32.6 section 7",
)
"""What the card keeps for payments; seen through the balance and starting-day commands only."""
