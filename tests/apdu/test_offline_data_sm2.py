"""The chain of SM2 signatures: the published one, our own, and our own with every field spoilt."""

from __future__ import annotations

from datetime import date

import pytest

from apdu.bank_keys import TEST_ISSUER_ID, TEST_SM2_CA, TEST_SM2_CARD, TEST_SM2_ISSUER
from apdu.crypto.offline_data_sm2 import (
    card_certificate,
    dynamic_signature,
    issuer_certificate,
    open_card_certificate,
    open_dynamic_signature,
    open_issuer_certificate,
    open_static_signature,
    static_signature,
)
from apdu.crypto.rsa import RecoveryError
from apdu.crypto.sm2 import Sm2Key, Sm2PublicKey

x = bytes.fromhex
PUBLISHED_CA = Sm2PublicKey(
    x(
        "37710FEB7CC3617767874E85509C268E8F931D68773E93A89F39A4247DFE2D28"
        "0FC5BC838353885B6DAD447C8F90116BD9D314047591989F67F319544D42A48B"
    )
)
PUBLISHED_CERTIFICATE = x(
    "1262354897123000125804001140C9DAD9AC482C02D489E24EEDFCE7C2F0EA4450D208E8E3847FDDCE6B9D55EDC8C97154E019C9"
    "E5C1419629587C9C923529D5A18D1715E6EF9DAEB057987FEDFAE1F1F48346B2E90A4443CB7DD42748236C2264FCE4A47B68EF50"
    "5F2E2FCE4736BA8EC9B67611DB07E31FA90E245300BA278EBDD345508FACE2485E242CE09363"
)
PUBLISHED_ISSUER = x(
    "C9DAD9AC482C02D489E24EEDFCE7C2F0EA4450D208E8E3847FDDCE6B9D55EDC8"
    "C97154E019C9E5C1419629587C9C923529D5A18D1715E6EF9DAEB057987FEDFA"
)
PUBLISHED_CARD = Sm2PublicKey(
    x(
        "82AD9A9B202664A203F2570130EA8946DFC9F870BC487F48EA537FB3B20E1106"
        "6DD0133F8D1CC4DE488278C03AC253D7EE2E1BB9D577B5E8DB7443FEDCC4CF34"
    )
)
COMBINED = x(
    "152C0200D1409ACA6FCE2FE13FA04081628B52CAFBFDEB092F23735FAB5E584C052DDD4528B538D2EC5C6443E71D11223344"
)
COMBINED_SIGNATURE = x(
    "6D28D8CD27A8A9C2C5CDA83929D380926D628D69E512BA03ECC5BD59A13A2B3A"
    "62A675F8493483BFFE07C8D8EA7E89B5D54933FD30EA1F34CC8F5EE53ECFC33C"
)
NUMBER = "6212345678900000003"
EXPIRES, TODAY = date(2030, 12, 31), date(2030, 1, 1)
STATIC = b"signed records\x7c\x00"
ISSUER = issuer_certificate(TEST_SM2_CA, TEST_SM2_ISSUER.public, TEST_ISSUER_ID, EXPIRES)
CARD = card_certificate(TEST_SM2_ISSUER, TEST_SM2_CARD.public, NUMBER, EXPIRES, STATIC)
SIGNED = static_signature(TEST_SM2_ISSUER, b"\xda\xc0", STATIC)
DYNAMIC = dynamic_signature(TEST_SM2_CARD, b"\x08ABCDEFGH", b"\1\2\3\4")
SIGNATURE = {"r": range(-64, -32), "s": range(-32, 0)}


def spoilt(raw: bytes, at: int) -> bytes:
    """One bit changed."""
    changed = bytearray(raw)
    changed[at] ^= 1
    return bytes(changed)


def signed_again(key: Sm2Key, raw: bytes, rest: bytes = b"") -> bytes:
    """The same bytes under a right signature."""
    return raw[:-64] + key.sign(raw[:-64] + rest)


def test_published_issuer_certificate_opens_under_the_published_authority() -> None:
    key = open_issuer_certificate(PUBLISHED_CA, PUBLISHED_CERTIFICATE, "6235489700000000", TODAY)
    assert key.point == PUBLISHED_ISSUER


def test_published_combined_signature_opens_under_the_published_card_key() -> None:
    signed = COMBINED[:-4] + COMBINED_SIGNATURE
    dynamic = open_dynamic_signature(PUBLISHED_CARD, signed, COMBINED[-4:])
    assert dynamic == COMBINED[2:-4]
    assert dynamic[:3] == x("0200D1") and dynamic[3] == 0x40
    with pytest.raises(RecoveryError, match="not over these data"):
        open_dynamic_signature(PUBLISHED_CARD, signed, x("11223345"))


def test_our_objects_have_the_published_form() -> None:
    assert len(ISSUER) == len(PUBLISHED_CERTIFICATE)
    assert ISSUER[:14].hex().upper() == "12" + TEST_ISSUER_ID + "1230" + "000000" + "04001140"
    assert ISSUER[10:14] == PUBLISHED_CERTIFICATE[10:14]
    assert CARD[:20].hex().upper() == "14" + NUMBER + "F" + "1230" + "000000" + "04001140"
    assert SIGNED[:3] == b"\x13\xda\xc0" and len(SIGNED) == 67
    assert DYNAMIC[:11] == b"\x15\x09\x08ABCDEFGH" and len(DYNAMIC) == 75


def test_chain_leads_to_the_cards_key() -> None:
    issuer = open_issuer_certificate(TEST_SM2_CA.public, ISSUER, NUMBER, TODAY)
    assert issuer == TEST_SM2_ISSUER.public
    assert open_static_signature(issuer, SIGNED, STATIC) == b"\xda\xc0"
    card = open_card_certificate(issuer, CARD, NUMBER, TODAY, STATIC)
    assert card == TEST_SM2_CARD.public
    assert open_dynamic_signature(card, DYNAMIC, b"\1\2\3\4") == b"\x08ABCDEFGH"


ISSUER_FIELDS = {"kind": 0, "issuer": 3, "month": 6, "serial": 8, "algorithm": 10, "key": 11, "curve": 12}
ISSUER_FIELDS |= {"length": 13, "x": 20, "y": 60, "r": -40, "s": -1}
CARD_FIELDS = {"kind": 0, "number": 5, "month": 12, "serial": 14, "algorithm": 16, "key": 17, "curve": 18}
CARD_FIELDS |= {"length": 19, "x": 30, "y": 60, "r": -40, "s": -1}


@pytest.mark.parametrize("field", ISSUER_FIELDS)
def test_issuer_certificate_with_a_changed_field_is_refused(field: str) -> None:
    with pytest.raises(RecoveryError, match="issuer certificate"):
        open_issuer_certificate(TEST_SM2_CA.public, spoilt(ISSUER, ISSUER_FIELDS[field]), NUMBER, TODAY)


@pytest.mark.parametrize("field", CARD_FIELDS)
def test_card_certificate_with_a_changed_field_is_refused(field: str) -> None:
    forged = spoilt(CARD, CARD_FIELDS[field])
    with pytest.raises(RecoveryError, match="card certificate"):
        open_card_certificate(TEST_SM2_ISSUER.public, forged, NUMBER, TODAY, STATIC)


@pytest.mark.parametrize("at", [0, 1, 2, 3, -33, -1])
def test_static_signature_with_a_changed_byte_is_refused(at: int) -> None:
    with pytest.raises(RecoveryError, match="static data"):
        open_static_signature(TEST_SM2_ISSUER.public, spoilt(SIGNED, at), STATIC)


@pytest.mark.parametrize("at", [0, 1, 2, 10, 11, -33, -1])
def test_dynamic_signature_with_a_changed_byte_is_refused(at: int) -> None:
    with pytest.raises(RecoveryError, match="dynamic signature"):
        open_dynamic_signature(TEST_SM2_CARD.public, spoilt(DYNAMIC, at), b"\1\2\3\4")


def test_other_static_or_terminal_data_are_refused() -> None:
    for static in (STATIC[:-1], STATIC + b"\0", spoilt(STATIC, 0), b""):
        with pytest.raises(RecoveryError):
            open_card_certificate(TEST_SM2_ISSUER.public, CARD, NUMBER, TODAY, static)
        with pytest.raises(RecoveryError):
            open_static_signature(TEST_SM2_ISSUER.public, SIGNED, static)
    with pytest.raises(RecoveryError):
        open_dynamic_signature(TEST_SM2_CARD.public, DYNAMIC, b"\1\2\3\5")


@pytest.mark.parametrize(
    ("number", "today", "why"),
    [("5212345678900000003", TODAY, "another issuer"), (NUMBER, date(2031, 1, 1), "expired in 12/2030")],
)
def test_issuer_certificate_of_another_issuer_or_time(number: str, today: date, why: str) -> None:
    with pytest.raises(RecoveryError, match=why):
        open_issuer_certificate(TEST_SM2_CA.public, ISSUER, number, today)


@pytest.mark.parametrize(
    ("number", "today", "why"),
    [("6212345678900000011", TODAY, "another card"), (NUMBER, date(2031, 1, 1), "expired in 12/2030")],
)
def test_card_certificate_of_another_card_or_time(number: str, today: date, why: str) -> None:
    with pytest.raises(RecoveryError, match=why):
        open_card_certificate(TEST_SM2_ISSUER.public, CARD, number, today, STATIC)


def test_rightly_signed_objects_of_a_wrong_form_are_refused() -> None:
    other_curve = signed_again(TEST_SM2_CA, spoilt(ISSUER, 12))
    with pytest.raises(RecoveryError, match="no SM2 key"):
        open_issuer_certificate(TEST_SM2_CA.public, other_curve, NUMBER, TODAY)
    short_key = signed_again(TEST_SM2_ISSUER, CARD[:-65] + CARD[-64:], STATIC)
    with pytest.raises(RecoveryError, match="no SM2 key"):
        open_card_certificate(TEST_SM2_ISSUER.public, short_key, NUMBER, TODAY, STATIC)
    long_code = signed_again(TEST_SM2_ISSUER, SIGNED[:3] + b"\0" + SIGNED[3:], STATIC)
    with pytest.raises(RecoveryError, match="68 bytes"):
        open_static_signature(TEST_SM2_ISSUER.public, long_code, STATIC)
    wrong_length = signed_again(TEST_SM2_CARD, spoilt(DYNAMIC, 1))
    with pytest.raises(RecoveryError, match="another length"):
        open_dynamic_signature(TEST_SM2_CARD.public, wrong_length, b"")


@pytest.mark.parametrize("raw", [b"", b"\x12", bytes(64), PUBLISHED_CERTIFICATE[:64]])
def test_what_is_too_short_is_refused(raw: bytes) -> None:
    with pytest.raises(RecoveryError):
        open_issuer_certificate(TEST_SM2_CA.public, raw, NUMBER, TODAY)
