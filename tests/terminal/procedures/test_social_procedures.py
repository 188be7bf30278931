"""What a social security card says of itself and of its holder."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from scripted import play

from apdu.crypto import Algorithm
from terminal.errors import CardRefusedError, UnexpectedAnswerError
from terminal.procedures.social import SocialCard, announced_algorithm, read_holder, read_issuer_data

ATR = bytes.fromhex("3B6D000000814D22086572990100000001")
FCI_SM4 = bytes.fromhex("6F19840F7378312E73682EC9E7BBE1B1A3D5CFA5069F0C03860103")
FCI_PLAIN = bytes.fromhex("6F13840F7378312E73682EC9E7BBE1B1A3D5CFA500")
CARD_ID = "990100D15600000500000001FFFFFFFF"
RECORDS = {
    0x01: "0110" + CARD_ID,
    0x03: "0304" + b"3.00".hex(),
    0x05: "050420300215",
    0x06: "060420400215",
    0x07: "0709" + b"A00000011".hex(),
}


def answers(**changed: str) -> list[str]:
    records = {**RECORDS, **{int(tag[1:], 16): text for tag, text in changed.items()}}
    return ["9000", *(text + "9000" if len(text) > 4 else text for text in records.values())]


def card(version: str = "3.0", **changes: Any) -> SocialCard:
    values: dict[str, Any] = {
        "card_id": CARD_ID,
        "number": "A00000011",
        "version": version,
        "issued": None,
        "valid_until": None,
        "algorithm": Algorithm.SM4,
        "historical_bytes": bytes(13),
    }
    return SocialCard(**{**values, **changes})


def test_issuer_data_are_read_by_tag() -> None:
    played = play(read_issuer_data(ATR, FCI_SM4), *answers())
    found = played.result
    assert played.sent[0].startswith("00A4020002EF05")
    assert [apdu[:6] for apdu in played.sent[1:]] == ["00B201", "00B203", "00B205", "00B206", "00B207"]
    assert (found.card_id, found.number, found.version) == (CARD_ID, "A00000011", "3.0")
    assert (found.issued, found.valid_until) == (date(2030, 2, 15), date(2040, 2, 15))
    assert found.algorithm is Algorithm.SM4
    assert found.historical_bytes == ATR[4:]
    assert (found.region, found.protects_holder_data) == ("990100", True)


@pytest.mark.parametrize("blank", ["030400000000", "030420202020", "6A83"])
def test_blank_or_missing_version_means_1_0(blank: str) -> None:
    found = play(read_issuer_data(ATR, FCI_PLAIN), *answers(x03=blank)).result
    assert (found.version, found.protects_holder_data) == ("1.0", False)
    assert found.algorithm is Algorithm.DES


def test_later_edition_of_a_generation_has_its_layout() -> None:
    found = play(read_issuer_data(ATR, FCI_SM4), *answers(x03="0304" + b"3.10".hex())).result
    assert (found.version, found.generation) == ("3.1", "3.0")


def test_unknown_generation_is_refused_by_item() -> None:
    with pytest.raises(UnexpectedAnswerError, match=r"SSSE/EF05 item 03: version 9\.9 is unknown"):
        play(read_issuer_data(ATR, FCI_SM4), *answers(x03="0304" + b"9.90".hex()))


def test_empty_validity_date_is_none() -> None:
    assert play(read_issuer_data(ATR, FCI_SM4), *answers(x06="0604FFFFFFFF")).result.valid_until is None


def test_wrong_tag_in_the_answer_is_refused_with_file_and_item() -> None:
    with pytest.raises(UnexpectedAnswerError, match="SSSE/EF05: asked for item 03, got 07"):
        play(read_issuer_data(ATR, FCI_SM4), *answers(x03=RECORDS[0x07])[:3])


def test_empty_answer_is_refused() -> None:
    with pytest.raises(UnexpectedAnswerError, match="asked for item 01, got nothing"):
        play(read_issuer_data(ATR, FCI_SM4), "9000", "9000")


@pytest.mark.parametrize("changed", [{"x01": "6A83"}, {"x07": "6A83"}, {"x07": "0709" + "00" * 9}])
def test_card_without_identification_or_number_is_blank(changed: dict[str, str]) -> None:
    with pytest.raises(UnexpectedAnswerError, match="the card is blank"):
        play(read_issuer_data(ATR, FCI_SM4), *answers(**changed))


def test_card_whose_keys_cannot_be_derived_is_refused_with_the_reason() -> None:
    with pytest.raises(UnexpectedAnswerError, match="no keys can be derived"):
        play(read_issuer_data(bytes.fromhex("3B020000"), FCI_SM4), *answers())


def test_refusal_names_attempt_file_item_and_status_word() -> None:
    with pytest.raises(CardRefusedError) as refused:
        play(read_issuer_data(ATR, FCI_SM4), "9000", "6982")
    assert str(refused.value).startswith("reading SSSE/EF05 item 01: READ RECORD answered 6982, ")
    with pytest.raises(CardRefusedError, match="selecting SSSE/EF05: SELECT answered 6A82"):
        play(read_issuer_data(ATR, FCI_SM4), "6A82")


@pytest.mark.parametrize(
    ("fci", "region", "algorithm"),
    [
        (FCI_SM4, "990100", Algorithm.SM4),
        (bytes.fromhex("6F08A5069F0C03860101"), "990100", Algorithm.DES),
        (bytes.fromhex("6F08A5069F0C03860102"), "990100", Algorithm.SSF33),
        (FCI_PLAIN, "990100", Algorithm.DES),
        (b"", "990100", Algorithm.DES),
        (FCI_PLAIN, "110000", Algorithm.SSF33),
    ],
)
def test_algorithm_is_the_announced_one_or_that_of_the_region(
    fci: bytes, region: str, algorithm: Algorithm
) -> None:
    assert announced_algorithm(fci, region) is algorithm


@pytest.mark.parametrize(
    ("fci", "problem"),
    [("6F08A5069F0C03860109", "algorithm 09"), ("6FFF", "damaged"), ("6F05A5", "damaged")],
)
def test_unknown_algorithm_and_damaged_fci_are_refused(fci: str, problem: str) -> None:
    with pytest.raises(UnexpectedAnswerError, match=problem):
        announced_algorithm(bytes.fromhex(fci), "990100")


ID_RECORD = "0812" + b"990100197001223692".hex() + "9000"


def name_record(name: bytes) -> str:
    return "091E" + name.ljust(30, b"\0").hex() + "9000"


def extension_record(name: bytes) -> str:
    return "4E14" + name.ljust(20, b"\0").hex() + "9000"


def test_holder_of_a_card_with_name_extension() -> None:
    played = play(
        read_holder(card()), "9000", ID_RECORD, name_record("测试甲".encode("gbk")), extension_record(b"")
    )
    assert (played.result.id_number, played.result.name) == ("990100197001223692", "测试甲")
    assert [apdu[:6] for apdu in played.sent[1:]] == ["00B208", "00B209", "00B24E"]


def test_missing_name_extension_is_normal_on_any_card() -> None:
    assert play(read_holder(card()), "9000", ID_RECORD, name_record(b"TEST"), "6A83").result.name == "TEST"


def test_1_0_card_is_not_asked_for_a_name_extension() -> None:
    played = play(read_holder(card("1.0")), "9000", ID_RECORD, name_record(b"TEST"))
    assert played.result.name == "TEST"
    assert len(played.sent) == 3


def test_name_that_straddles_byte_30_is_joined_before_it_is_decoded() -> None:
    full = b"A" + "测试".encode("gbk") * 8
    assert len(full) == 33
    found = play(
        read_holder(card()), "9000", ID_RECORD, name_record(full[:30]), extension_record(full[30:])
    ).result
    assert found.name == "A" + "测试" * 8


def test_name_that_is_no_gbk_text_is_refused_without_showing_it() -> None:
    with pytest.raises(UnexpectedAnswerError, match="SSSE/EF06: the name is no GBK text"):
        play(read_holder(card()), "9000", ID_RECORD, name_record(b"\x81\x01"), "6A83")


def test_protected_holder_data_say_what_would_open_them() -> None:
    with pytest.raises(CardRefusedError) as refused:
        play(read_holder(card()), "9000", "6982")
    assert "SSSE/EF06 item 08" in str(refused.value)
    assert "RKSSSE" in str(refused.value)


def test_holder_and_card_show_no_full_numbers() -> None:
    holder = play(read_holder(card("1.0")), "9000", ID_RECORD, name_record(b"TEST")).result
    assert "990100197001223692" not in repr(holder)
    assert CARD_ID not in repr(card())
