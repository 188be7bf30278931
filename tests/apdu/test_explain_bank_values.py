"""A whole transaction told by the card's own lists, and every value of parts taken apart; identity stays masked."""

from __future__ import annotations

from datetime import date

import pytest

from apdu.bank_keys import TEST_ISSUER_ID, TEST_SM2_CA, TEST_SM2_CARD, TEST_SM2_ISSUER
from apdu.command import Command
from apdu.crypto.offline_data_sm2 import (
    card_certificate,
    dynamic_signature,
    issuer_certificate,
    static_signature,
)
from apdu.decoding import context, decode
from apdu.decoding_bank import tlv_fields
from apdu.explain import Explainer, Explanation
from apdu.response import Response
from apdu.tlv import Tlv, encode

SELECT = "00A4040008A000000333010101"
NUMBER = "6212345678900000003"
TERMINAL = "000000001234000000000000015600000080000156261121001A2B3C4D"
EXPIRES = date(2030, 12, 31)
x = bytes.fromhex


def told(explainer: Explainer, command: str, answer: str) -> Explanation:
    return explainer.explain(Command.parse(x(command)), Response.parse(x(answer)))


def selected(*objects: Tlv) -> Explainer:
    explainer = Explainer("ssc-3.0")
    inside = Tlv.of(0x6F, Tlv(0x84, x("A000000333010101")), Tlv.of(0xA5, *objects))
    told(explainer, SELECT, inside.encode().hex() + "9000")
    return explainer


def values(explanation: Explanation) -> dict[str, str]:
    return {field.name: field.value for field in explanation.fields}


def value_of(tag: int, raw: str | bytes, *, masked: bool = True) -> dict[str, str]:
    data = x(raw) if isinstance(raw, str) else raw
    return {
        field.name: field.value or field.raw for field in tlv_fields(Tlv(tag, data).encode(), masked=masked)
    }


def test_options_are_told_by_the_list_of_this_card() -> None:
    explainer = selected(Tlv(0x9F38, x("9F66049F02069F3704")))
    shown = values(told(explainer, "80A8000010830E" + "36000000" + "000000012345" + "1A2B3C4D", "6985"))
    assert shown["Amount, authorised"] == "123.45"
    assert "Terminal transaction qualifiers" in shown and "Unpredictable number" in shown
    assert "SM algorithms supported by the terminal" not in shown


def test_cryptogram_is_told_by_the_lists_of_the_records() -> None:
    explainer = selected()
    record = Tlv.of(0x70, Tlv(0x8C, x("9A039C019F3704")), Tlv(0x8D, x("8A029F3704"))).encode()
    told(explainer, "00B2011C00", record.hex() + "9000")
    shown = values(told(explainer, "80AE800008" + "261121" + "30" + "1A2B3C4D", "6985"))
    assert shown["Transaction date"] == "2026-11-21"
    shown = values(told(explainer, "80AE400006" + "3030" + "1A2B3C4D", "6985"))
    assert shown["Authorisation response code"] == "00"
    shown = values(told(explainer, "80AE800005" + "0102030405", "6985"))
    assert shown["Terminal data"] == "5 bytes"


def test_lists_come_over_get_response_too_and_a_new_selection_forgets_them() -> None:
    explainer = Explainer("ssc-3.0")
    told(explainer, SELECT, "6114")
    fci = Tlv.of(0x6F, Tlv(0x84, x("A000000333010101")), Tlv.of(0xA5, Tlv(0x9F38, x("9F3704"))))
    told(explainer, "00C0000014", fci.encode().hex() + "9000")
    assert "Unpredictable number" in values(told(explainer, "80A80000068304" + "1A2B3C4D", "6985"))
    told(explainer, SELECT, "6F0A8408A0000003330101019000")
    assert "Terminal data" in values(told(explainer, "80A80000068304" + "1A2B3C4D", "6985"))


def test_damaged_lists_change_nothing() -> None:
    explainer = selected(Tlv(0x9F38, x("9F")))
    shown = values(told(explainer, "80A800000C830A" + "00" + "000000001234" + "0156" + "01", "6985"))
    assert shown["SM algorithms supported by the terminal"] == "yes 是"


LOG = (
    "261121"
    + "120000"
    + "000000001234"
    + "000000000000"
    + "0156"
    + "0156"
    + b"SHOP".ljust(20).hex()
    + "000001"
)


def test_log_record_is_told_by_the_log_format() -> None:
    shown = values(told(selected(), "00B2015C00", LOG + "9000"))
    assert shown["Transaction date"] == "2026-11-21"
    assert shown["Amount, authorised"] == "12.34"
    assert shown["Merchant name"] == "SHOP"
    assert shown["Application transaction counter"] == "1"


def test_log_of_another_file_and_format_is_told_as_the_card_says() -> None:
    explainer = selected(Tlv.of(0xBF0C, Tlv(0x9F4D, x("140A"))))
    told(explainer, "80CA9F4F00", "9F4F059A039F3602" + "9000")
    shown = values(told(explainer, "00B201A400", "2611210007" + "9000"))
    assert shown == {"Transaction date": "2026-11-21", "Application transaction counter": "7"}


def test_pin_change_scripts_are_named_and_stay_hidden() -> None:
    for command, script, secret in (
        ("842400000451A4E649", "PIN UNBLOCK 密码解锁", False),
        ("842400021467E9CDE728CC295DC48BAFEFD63D7B4ED3126104", "unknown 修改密码（未知原密码）", True),
        ("8424000114DF4B5D834EC5E2FBC48BAFEFD63D7B4E64E63600", "known 修改密码（已知原密码）", True),
    ):
        explanation = told(selected(), command, "9000")
        shown = values(explanation)
        assert shown["Script"].endswith(script)
        assert ("Enciphered PIN block" in shown) is secret
        assert command[10:18] not in explanation.command_hex + str(explanation.fields)


def test_recorded_cryptogram_of_a_real_card() -> None:
    answer = "801E8000019576389A2C9E753407000103A03002010A010000000000B0992D819000"
    shown = values(told(selected(), "80AE800034" + TERMINAL + "120000" + "20" * 20, answer))
    assert shown["Cryptogram"] == "ARQC online authorisation asked 请求联机"
    assert shown["Application transaction counter"] == "1"
    assert shown["Algorithm"] == "01 3DES"
    assert shown["Issuer discretionary data"] == "electronic cash balance 电子现金余额"
    assert {"velocity counters exceeded", "new card", "dynamic data authentication performed"} <= set(shown)


def test_declined_is_a_cryptogram_too() -> None:
    shown = value_of(0x9F10, "07010103200000" + "04")
    assert shown["Second cryptogram"].startswith("AAC declined")
    assert shown["Algorithm"] == "04 SM4"
    assert value_of(0x9F27, "00")["Cryptogram"].startswith("AAC")


@pytest.mark.parametrize(
    ("tag", "raw", "name", "value"),
    [
        (0x9F10, "07010103A00000040A010000123456CF387A02", "Discretionary value", "0000123456"),
        (0x9F10, "07010103A00000040A010000123456CF387A02", "MAC", "CF387A02"),
        (0x8E, "000000000000000002031F00", "Rule 1", "enciphered PIN verified online 联机验证加密PIN; "),
        (0x8E, "0000000000000000410302031F00", "Rule 1", "plain PIN verified by the card"),
        (0x8E, "000000000000000002031F00", "Rule 2", "no verification 无需CVM; always 总是"),
        (0x8E, "00", "Not well formed", "8 bytes"),
        (0x9F07, "FF00", "domestic goods", "set 是"),
        (0x9F0D, "D8609CA800", "offline data authentication not performed", "set 是"),
        (0x9F52, "0080", "PIN try limit exceeded now: block the application", "set 是"),
        (0x9F4D, "0B0A", "Log file", "SFI 0B, 10 records"),
        (0x9F5B, "2000000001", "Script 00000001", "done 成功"),
        (0x9F5B, "1200000001", "Script 00000001", "failed 失败, command 2"),
        (0x9F56, "80", "Issuer authentication indicator", "mandatory 强制"),
        (0x9F62, "00", "Kind of identity document", "identity card 身份证"),
        (0x9F79, "000000010000", "Electronic cash: balance", "100.00"),
        (0x9F17, "03", "PIN tries left", "3"),
    ],
)
def test_values_are_taken_apart(tag: int, raw: str, name: str, value: str) -> None:
    assert value in value_of(tag, raw)[name]


def test_sm2_objects_are_read_in_clear_with_the_number_masked() -> None:
    issuer = issuer_certificate(TEST_SM2_CA, TEST_SM2_ISSUER.public, TEST_ISSUER_ID, EXPIRES)
    shown = value_of(0x90, issuer)
    assert shown["Issuer identifier"] == TEST_ISSUER_ID
    assert shown["Certificate expires"] == "2030-12"
    assert shown["Algorithms"] == "SM2, SM3"
    signed = static_signature(TEST_SM2_ISSUER, b"\xda\xc0", b"")
    assert value_of(0x93, signed)["Data authentication code"] == "DAC0"
    card = card_certificate(TEST_SM2_ISSUER, TEST_SM2_CARD.public, NUMBER, EXPIRES, b"")
    assert NUMBER not in str(value_of(0x9F46, card))
    assert value_of(0x9F46, card)["ICC public key certificate"] == "****"


def test_rsa_certificates_say_nothing_of_themselves() -> None:
    assert list(value_of(0x90, bytes(176))) == ["Issuer public key certificate"]
    assert list(value_of(0x93, bytes(144))) == ["Signed static application data"]


def test_dynamic_signature_of_sm2_tells_the_cards_data() -> None:
    signed = dynamic_signature(TEST_SM2_CARD, b"\x08ABCDEFGH", x("1A2B3C4D"))
    for answer in (Tlv(0x80, signed), Tlv.of(0x77, Tlv(0x9F4B, signed))):
        explanation = told(selected(), "00880000041A2B3C4D00", answer.encode().hex() + "9000")
        shown = {field.name: field.value or field.raw for field in explanation.fields}
        assert shown["Unpredictable number"] == "1A2B3C4D"
        assert shown["Card's dynamic data"] == "08" + b"ABCDEFGH".hex()


def test_pasted_signatures_are_not_taken_for_cryptograms() -> None:
    signed = dynamic_signature(TEST_SM2_CARD, b"\x08ABCDEFGH", x("1A2B3C4D"))
    shown = value_of(0x80, signed)
    assert shown["Card's dynamic data"] == "08" + b"ABCDEFGH".hex()
    assert "Application cryptogram" not in shown
    assert list(value_of(0x80, bytes(range(128)))) == ["Answer template, untagged"]


def test_pasted_commands_of_the_bank_are_told_too() -> None:
    def fields(text: str) -> dict[str, str]:
        return {field.name: field.value for field in decode(x(text), context()).reading.fields}

    shown = fields("80AE800034" + TERMINAL + "120000" + "20" * 20 + "00")
    assert shown["Cryptogram asked for"].startswith("ARQC") and shown["Amount, authorised"] == "12.34"
    assert fields("80CA9F3600")["Parameter 2"] == "Application transaction counter 应用交易计数器"
    assert fields("04DA9F790A0000000100008D410252")["Electronic cash: balance"] == "100.00"
    assert "MAC" in fields("8418000004A7FD9BCF")


def test_identity_is_masked_wherever_it_stands() -> None:
    track = NUMBER + "D30122200000000000F"
    inside = encode((Tlv(0x57, x(track)), Tlv(0x5A, x(NUMBER + "F")), Tlv(0x9F1F, b"990100199003070011")))
    for command, answer in (
        ("00B2010C00", Tlv(0x70, inside)),
        ("80A80000028300", Tlv(0x77, inside)),
        ("80AE000000", Tlv(0x77, inside)),
    ):
        explanation = told(selected(), command, answer.encode().hex() + "9000")
        shown = explanation.response_hex + str(explanation.fields)
        assert NUMBER not in shown and "19900307" not in shown and b"19900307".hex() not in shown


def test_recorded_control_information_of_a_dual_interface_card_gives_its_list() -> None:
    fci = (
        "6F598408A000000333010101A54D500A50424F43204445424954870101"
        "9F38189F66049F02069F03069F1A0295055F2A029A039C019F3704"
        "5F2D027A689F1101019F120A50424F43204445424954BF0C0A9F4D020B0ADF4D020C0A"
    )
    explainer = Explainer("ssc-3.0")
    paths = [field.path for field in told(explainer, SELECT, fci + "9000").fields]
    assert "6F/A5/9F38/9F66" in paths and "6F/A5/BF0C/DF4D/file" in paths
    data = "36000000" + "000000001234" + "00" * 6 + "0156" + "00" * 5 + "0156" + "261121" + "00" + "1A2B3C4D"
    shown = values(told(explainer, "80A80000238321" + data, "6985"))
    assert shown["Amount, authorised"] == "12.34" and shown["Transaction date"] == "2026-11-21"
