"""Certificates and signatures of SM2 as fields: they stand in clear, those of RSA only their signer's key opens."""

from __future__ import annotations

from collections.abc import Iterator

from apdu.crypto.offline_data_sm2 import DYNAMIC_DATA, ISSUER_CERTIFICATE, STATIC_DATA
from apdu.crypto.sm2 import HALF, POINT_LENGTH, SIGNATURE_LENGTH
from apdu.explain_fields import Field

SM2 = "JR/T 0025.17"
CERTIFICATE_LENGTH = 14 + POINT_LENGTH + SIGNATURE_LENGTH


def issuer_certificate_fields(raw: bytes, path: str = "90") -> Iterator[Field]:
    """The issuer's certificate of SM2; nothing for one of RSA. (A card's certificate is hidden with its number.)"""
    if len(raw) != CERTIFICATE_LENGTH or raw[0] != ISSUER_CERTIFICATE:
        return
    month = raw[5:7].hex()
    yield Field(f"{path}/issuer", "Issuer identifier", "发卡行标识", "", raw[1:5].hex().upper(), SM2)
    yield Field(
        f"{path}/month", "Certificate expires", "证书失效日期", f"20{month[2:]}-{month[:2]}", month, SM2
    )
    yield Field(f"{path}/serial", "Certificate serial", "证书序列号", "", raw[7:10].hex().upper(), SM2)
    yield Field(f"{path}/algorithms", "Algorithms", "算法标识", "SM2, SM3", raw[10:14].hex().upper(), SM2)
    yield Field(f"{path}/key", "Public key", "公钥", "SM2", raw[14:-SIGNATURE_LENGTH].hex().upper(), SM2)
    yield from _signature(raw, path)


def _signature(raw: bytes, path: str) -> Iterator[Field]:
    for name, part in (("r", raw[-SIGNATURE_LENGTH:-HALF]), ("s", raw[-HALF:])):
        yield Field(f"{path}/{name}", f"Signature {name}", "签名", "SM2", part.hex().upper(), SM2)


def static_fields(raw: bytes, path: str) -> Iterator[Field]:
    """Signed static data of SM2; nothing for those of RSA."""
    if len(raw) == 3 + SIGNATURE_LENGTH and raw[0] == STATIC_DATA:
        yield Field(f"{path}/code", "Data authentication code", "数据认证码", "", raw[1:3].hex().upper(), SM2)
        yield from _signature(raw, path)


def dynamic_fields(raw: bytes, path: str = "9F4B") -> Iterator[Field]:
    """Signed dynamic data of SM2; nothing for those of RSA, which only the card's public key opens."""
    if (
        len(raw) > 2 + SIGNATURE_LENGTH
        and raw[0] == DYNAMIC_DATA
        and len(raw) == 2 + raw[1] + SIGNATURE_LENGTH
    ):
        number = raw[2:-SIGNATURE_LENGTH]
        yield Field(f"{path}/data", "Card's dynamic data", "IC卡动态数据", "", number.hex().upper(), SM2)
        yield from _signature(raw, path)
