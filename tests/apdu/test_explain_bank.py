from __future__ import annotations

import pytest

from apdu.command import Command
from apdu.explain import Explainer, Explanation
from apdu.response import Response
from apdu.tlv import Tlv

SELECT = "00A4040008A000000333010101"
FCI = "6F148408A000000333010101A508500A50424F43204445424954"
NUMBER = "6212345678900000003"
TERMINAL = "000000001234000000000000015600000080000156261121001A2B3C4D"


def selected() -> Explainer:
    explainer = Explainer("ssc-3.0")
    told(explainer, SELECT, "6F0A8408A0000003330101019000")
    return explainer


def told(explainer: Explainer, command: str, answer: str) -> Explanation:
    return explainer.explain(Command.parse(bytes.fromhex(command)), Response.parse(bytes.fromhex(answer)))


def values(explanation: Explanation) -> dict[str, str]:
    return {field.name: field.value for field in explanation.fields}


@pytest.mark.parametrize("word", ["9000", "6283"])
def test_selection_names_the_application_blocked_or_not(word: str) -> None:
    explainer = Explainer("ssc-3.0")
    explanation = told(explainer, SELECT, "6F0A8408A000000333010101" + word)
    assert explanation.path == "PBOC"
    assert values(explanation)["Name"] == "PBOC 借记应用"


def test_record_is_told_by_tag_with_the_number_masked() -> None:
    record = Tlv.of(
        0x70, Tlv(0x5A, bytes.fromhex(NUMBER + "F")), Tlv(0x5F24, bytes.fromhex("301231"))
    ).encode()
    explanation = told(selected(), "00B2011400", record.hex() + "9000")
    assert values(explanation)["Expiration date"] == "2030-12-31"
    assert NUMBER not in explanation.response_hex + str(explanation.fields)
    assert NUMBER[-2:] in values(explanation)["Card number"]


def test_options_tell_profile_and_records() -> None:
    answer = "800E7C000801010010010101180205009000"
    explanation = told(selected(), "80A800000C830A" + "00" * 9 + "0100", answer)
    shown = values(explanation)
    assert explanation.title == "GET PROCESSING OPTIONS"
    assert shown["SM algorithms supported by the terminal"] == "yes 是"
    assert shown["File SFI 03"] == "record 2-5"
    assert "dynamic data authentication" in shown


def test_cryptogram_tells_decision_results_and_what_the_terminal_found() -> None:
    terminal = TERMINAL.replace("0000008000", "4000008000") + "120000" + "20" * 20
    answer = "801E800001FC1BEDC45DEC8CF107010103A01000010A0100000000008BC5DA889000"
    shown = values(told(selected(), "80AE800034" + terminal, answer))
    assert shown["Cryptogram asked for"].startswith("ARQC")
    assert "static data authentication failed" in shown
    assert "Application transaction counter" in shown
    assert "new card" in shown


def test_second_cryptogram_is_read_by_the_second_list() -> None:
    shown = values(told(selected(), "80AE400022" + "3030" + TERMINAL + "120000", "6985"))
    assert "Authorisation response code" in shown


@pytest.mark.parametrize(
    ("command", "answer", "name", "value"),
    [
        ("80CA9F3600", "9F360200019000", "Application transaction counter", "1"),
        ("80CA9F1700", "6A88", "Object asked for", "PIN tries left PIN尝试计数器"),
        ("008200000A90C10DCDF2DEEA613030", "9000", "Response code", "00"),
        ("0020008008241234FFFFFFFFFF", "63C2", "Tries left", "2"),
        ("0020008008241234FFFFFFFFFF", "63C2", "Offline PIN", "plain 明文 ****"),
        ("841E0000047F27079E", "9000", "MAC", ""),
        ("8418000004A7FD9BCF", "9000", "MAC", ""),
        ("04DA9F580503FE9538A6", "9000", "Lower consecutive offline limit", "3"),
        ("04DC010C0A70045F34010161AE180C", "9000", "Card number sequence", "01"),
        ("0088000004A1A2A3A4", "80020102" + "9000", "Signed dynamic application data", ""),
        (
            "00B2011400",
            "7005FF" + "9000",
            "Unreadable data",
            "byte 2: tag 70 announces 5 bytes, 1 follow",
        ),
    ],
)
def test_each_command_is_told_in_the_fields_words(command: str, answer: str, name: str, value: str) -> None:
    assert values(told(selected(), command, answer))[name] == value


def test_pin_is_never_shown() -> None:
    explanation = told(selected(), "0020008008241234FFFFFFFFFF", "63C2")
    assert "1234" not in str(explanation)


def test_going_back_to_the_social_side_brings_its_words_back() -> None:
    explainer = selected()
    told(explainer, "00A404000F7378312E73682EC9E7BBE1B1A3D5CF", "9000")
    assert told(explainer, "0020000003123456", "63C5").fields[0].name == "PIN"
