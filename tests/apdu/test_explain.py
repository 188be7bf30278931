"""Exchanges of a dual insert, explained to the field and safe to be written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apdu.command import Command
from apdu.explain import Explainer, Explanation
from apdu.layout import card_layout
from apdu.layout.application_status import ApplicationStatus
from apdu.layout.old_cards import SLE4428, SLE4442
from apdu.layout.states import FinancialState, SocialState
from apdu.response import Response

SELECT_SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
FCI = "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C0386010 3".replace(" ", "")
SELECT_DF04 = "00A4040006D15600000503"
NUMBER = b"990100199003070019"


def explained(explainer: Explainer, command: str, answer: str = "9000") -> Explanation:
    return explainer.explain(Command.parse(bytes.fromhex(command)), Response.parse(bytes.fromhex(answer)))


def values(explanation: Explanation) -> dict[str, str]:
    return {field.name: field.value for field in explanation.fields}


def on_environment(kind: str | None = "ssc-3.0") -> Explainer:
    explainer = Explainer(kind)
    explained(explainer, SELECT_SSSE, FCI + "9000")
    return explainer


def test_select_names_the_directory_and_the_algorithm() -> None:
    explanation = explained(Explainer(), SELECT_SSSE + "00", FCI + "9000")
    assert (explanation.title, explanation.path) == ("SELECT", "SSSE")
    assert values(explanation)["Algorithm"] == "03 SM4"
    assert values(explanation)["Directory file SFI"] == "1E"
    assert values(explanation)["DF name"] == "sx1.sh.社会保障"
    assert explanation.meaning_zh


def test_failed_select_stays_where_the_card_was() -> None:
    explainer = on_environment()
    assert explained(explainer, "00A40000027F01", "6A82").path == "SSSE"
    assert explained(explainer, "00B2052806", "0504202401029000").path == "SSSE/EF05"


def test_record_is_explained_with_its_names_value_and_source() -> None:
    explanation = explained(on_environment(), "00B2022803", "020133" + "9000")
    (field,) = explanation.fields
    assert field.path == "SSSE/EF05/02"
    assert (field.name, field.name_zh) == ("Card class", "卡的类别")
    assert field.value.startswith("3 (Adult card")
    assert "LD/T 32.6" in field.source


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("00B2052806", "SSSE/EF05/05"),
        ("00B2052C06", "SSSE/EF05/05"),
        ("00A4020002EF05 00B2050006", "SSSE/EF05/05"),
        ("00A4000002EF05 00B2050406", "SSSE/EF05/05"),
    ],
)
def test_record_is_found_by_tag_number_short_identifier_or_current_file(command: str, path: str) -> None:
    explainer = on_environment()
    *selects, read = command.split()
    for select in selects:
        explained(explainer, select)
    assert explained(explainer, read, "0504202401029000").fields[0].path == path


@pytest.mark.parametrize("mode", ["2D", "2E"])
def test_whole_file_read_is_explained_item_by_item(mode: str) -> None:
    issuer = card_layout("3.0")[0].files[0]
    explanation = explained(on_environment(), f"00B201{mode}40", issuer.vectors[0].raw.hex() + "9000")
    assert [field.path[-2:] for field in explanation.fields] == ["01", "02", "03", "04", "05", "06", "07"]
    assert values(explanation)["Valid until"] == "2034-01-01"


def test_identity_number_is_masked_everywhere() -> None:
    explanation = explained(on_environment(), "00B2083014", (b"\x08\x12" + NUMBER).hex() + "9000")
    assert values(explanation)["Social security number"] == "990100**********19"
    assert NUMBER.decode() not in repr(explanation)
    assert NUMBER.hex().upper() not in repr(explanation)


def test_unreadable_record_is_told_with_its_place() -> None:
    explanation = explained(on_environment(), "00B2052806", "0504202413019000")
    assert explanation.fields[0].value == "item 05 Issue date, byte 4: no such month"


def test_status_record_is_explained_child_by_child() -> None:
    record = ApplicationStatus(SocialState.SEALED, FinancialState.ACTIVE).to_record()
    explanation = explained(on_environment(), "00DCFA60" + f"{len(record):02X}" + record.hex())
    found = {field.path: field.value for field in explanation.fields}
    assert found["SSSE/EF0C/FA/9A"] == "0 (sealed 封存)"
    assert found["SSSE/EF0C/FA/9B"] == "1 (active 已激活)"


def test_refused_read_says_what_the_file_asks_for() -> None:
    explanation = explained(on_environment(), "00B2083014", "6982")
    assert explanation.path == "SSSE/EF06"
    assert "RKSSSE" in explanation.meaning + explanation.remedy


def test_cyclic_records_are_explained_by_offset() -> None:
    explainer = on_environment("ssc-2.0")
    explained(explainer, SELECT_DF04, "6F0884 06D156000005039000".replace(" ", ""))
    record = "00013299010000000120240102030405" + "00000FA00000000000000000"
    explanation = explained(explainer, "00B201441C", record + "9000")
    assert values(explanation)["Personal account amount"] == "40.00 CNY"
    assert explanation.fields[2].path == "DF04/EF08+03"


@pytest.mark.parametrize("command", ["0020000003123456", "805E010007123456FF654321"])
def test_pin_never_appears(command: str) -> None:
    explanation = explained(on_environment(), command, "63C5")
    assert "123456" not in repr(explanation)
    assert "654321" not in repr(explanation)
    assert values(explanation)["Tries left"] == "5"


def test_query_of_the_tries_is_told_from_a_verification() -> None:
    query = explained(on_environment(), "0020000000", "63C6")
    assert query.title == "VERIFY (query)"
    assert values(query) == {"Tries left": "6"}
    assert explained(on_environment(), "0020000003123456").title == "VERIFY"


def test_key_of_an_external_authentication_depends_on_the_directory() -> None:
    explainer = on_environment()
    data = "10" + "AA" * 8 + "BB" * 8
    assert values(explained(explainer, f"0082000A{data}"))["Key"].startswith("RKSSSE")
    explained(explainer, SELECT_DF04)
    assert values(explained(explainer, f"00820085{data}"))["Key"].startswith("UK1DF04")
    assert values(explained(explainer, f"0082000A{data}"))["Key"].startswith("RKSSSE")


def test_internal_authentication_shows_its_three_parts() -> None:
    explanation = explained(on_environment(), "0088000010" + "AA" * 8 + "BB" * 8 + "00", "CC" * 8 + "9000")
    assert [field.raw[:2] for field in explanation.fields] == ["00", "AA", "BB", "CC"]


def test_answer_fetched_by_get_response_is_that_of_the_command_before() -> None:
    explainer = Explainer("ssc-3.0")
    explained(explainer, SELECT_SSSE, "611E")
    explanation = explained(explainer, "00C000001E", FCI + "9000")
    assert explanation.title == "GET RESPONSE (SELECT)"
    assert values(explanation)["Algorithm"] == "03 SM4"


def test_psam_session_names_key_levels_and_operation() -> None:
    explainer = Explainer("psam")
    explained(explainer, "00A404000F7378332E73682EC9E7BBE1B1A3D5CF")
    assert explained(explainer, "00A4000002DF01").path == "sx3/DF01"
    explanation = explained(explainer, "BFDE670A28" + "11" * 8 + "22" * 8 + "33" * 8 + "44" * 16, "6A80")
    assert values(explanation)["Key"].startswith("RKSSSE")
    assert values(explanation)["Key usage"] == "3 levels, encryption"
    assert [field.raw[:2] for field in explanation.fields[2:]] == ["11", "22", "33", "44"]
    cipher = explained(explainer, "80FA000010" + "55" * 16 + "00", "66" * 16 + "9000")
    assert values(cipher)["Operation"] == "encrypt, last or only part"


def test_terminal_number_of_the_psam_is_read_through_its_short_identifier() -> None:
    explanation = explained(Explainer("psam"), "00B0960006", "9901000000019000")
    assert (explanation.path, values(explanation)) == ("sx1/0016", {"Terminal number": "990100000001"})


def test_encrypted_pin_block_is_masked() -> None:
    explanation = explained(Explainer("psam"), "80FA000008" + "0312345680000000" + "00", "66" * 8 + "9000")
    assert "123456" not in repr(explanation)


def test_memory_card_is_recognised_by_its_selected_type() -> None:
    explainer = Explainer()
    assert "4442" in values(explained(explainer, "FFA4000001" + "06"))["Card type"]
    memory = SLE4442.files[0].vectors[0].raw
    explanation = explained(explainer, "FFB000640E", memory[100:114].hex() + "9000")
    assert values(explanation) == {"Personal number": "99010000000001"}


def test_partly_read_item_is_not_decoded() -> None:
    memory = SLE4428.files[0].vectors[0].raw
    explanation = explained(Explainer("sle4428"), "FFB0003010", memory[0x30:0x40].hex() + "9000")
    assert values(explanation) == {"ID number": "13 of 18 bytes"}
    assert explanation.fields[0].raw == "**" * 13


def test_version_item_of_an_unknown_card_brings_its_layout() -> None:
    explainer = on_environment(None)
    explained(explainer, "00B2032806", "0304312E3030" + "9000")
    explained(explainer, SELECT_DF04)
    record = "81 46" + "测试医院".encode("gbk").hex() + "00" * 62
    explanation = explained(explainer, "00B2812848", record.replace(" ", "") + "9000")
    assert values(explanation) == {"Designated hospital name 1": "测试医院"}


def test_unknown_command_is_called_unknown() -> None:
    explanation = explained(on_environment(), "80EE000000", "6D00")
    assert (explanation.title, explanation.title_zh) == ("UNKNOWN COMMAND 80EE", "未知命令 80EE")
    assert explanation.fields == ()


def test_reset_forgets_the_selection() -> None:
    explainer = on_environment()
    explainer.reset()
    assert explained(explainer, "00B2052806", "6982").path == "?/SFI 05"


COMMANDS = st.builds(
    Command,
    st.sampled_from([0x00, 0x04, 0x80, 0x84, 0xBF, 0xFF]),
    st.sampled_from(
        [0xA4, 0xB0, 0xB1, 0xB2, 0xD6, 0xDC, 0x20, 0x5E, 0x82, 0x88, 0xC0, 0xDE, 0xFA, 0xEC, 0x11]
    ),
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=40),
)
RESPONSES = st.builds(Response, st.binary(max_size=60), st.sampled_from([0x9000, 0x6114, 0x6982, 0x63C2]))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([None, "ssc-1.0", "psam", "sle4428", "old-cpu"]), st.lists(st.tuples(COMMANDS, RESPONSES))
)
def test_no_exchange_raises(kind: str | None, exchanges: list[tuple[Command, Response]]) -> None:
    explainer = Explainer(kind)
    for command, response in exchanges:
        explanation = explainer.explain(command, response)
        assert len(explanation.command_hex) == 2 * len(command.encode())
        assert len(explanation.response_hex) == 2 * len(response.encode())
