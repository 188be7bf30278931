"""What a transcript may show of a call: the shape of everything, nothing of PIN, person and keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.driver.functions import BY_NAME, FUNCTIONS
from terminal.driver.masking import hidden, masked_answer, masked_arguments, masked_values
from terminal.driver.ports import Answer

BASE = (
    "990100|990100199003070019|T00000001|990100D15600000500A1B2C3D4E5F607|测试甲|"
    "0081544B318660990100A1B2C3|3.00|20240101|20340101|000000000000||"
)
SECRETS = ("990100199003070019", "199003", "测试甲", "654321")


def _answer(name: str, text: str, code: int = 0, address: str = "") -> str:
    return masked_answer(BY_NAME[name], Answer(code, text), address)


@pytest.mark.parametrize("name", ["iReadCardBas", "iReadCardBas_HSM_Step2", "iReadCardBas_HSM_Step1To2"])
def test_base_data_hide_the_number_and_the_name(name: str) -> None:
    shown = _answer(name, BASE)
    assert not any(secret in shown for secret in SECRETS)
    fields = shown.split("|")
    assert (fields[1], fields[4]) == ("990100**********19", "***")
    assert [field for at, field in enumerate(fields) if at not in (1, 4)] == [
        field for at, field in enumerate(BASE.split("|")) if at not in (1, 4)
    ]


@pytest.mark.parametrize("name", ["iReloadPIN_HSM_Step2", "iReloadPIN_HSM_Step1To2"])
def test_the_request_for_a_secure_message_hides_the_new_pin(name: str) -> None:
    shown = _answer(name, "03|0173|0102030405060708|8424000114|654321|")
    assert shown == "03|0173|0102030405060708|8424000114|******|"


def test_numbers_of_step_1_are_shown() -> None:
    text = "03|004C|0102030405060708|A1A2A3A4A5A6A7A8|"
    assert _answer("iReadCard_HSM_Step1", text) == text


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_key_and_a_pin_are_never_shown(function: object) -> None:
    declared = BY_NAME[function.name]  # type: ignore[attr-defined]
    secrets = {"pKey": "A1B2C3D4", "pPIN": "654321"}
    given = [
        secrets.get(parameter.name, 3 if not parameter.is_text else "") for parameter in declared.parameters
    ]
    shown = masked_arguments(declared, given)
    assert len(shown) == len(given)
    assert not any(secret in text for text in shown for secret in secrets.values())


def test_type_card_info_address_and_amounts_are_shown() -> None:
    card = "990100D15600000500A1B2C3D4E5F607|T00000001|"
    assert masked_arguments(BY_NAME["iReadCard"], [1, 2, card, "DF01EF07|29|$"]) == (
        "1",
        "2",
        card,
        "DF01EF07|29|$",
    )
    pay = "100.00|80.00|20250102103000|"
    assert masked_arguments(BY_NAME["iDoDebit"], [1, card, pay])[2] == pay


def test_data_to_write_are_hidden_but_for_codes_of_a_table() -> None:
    shown = masked_arguments(
        BY_NAME["iWriteCard"],
        [1, "", "DF01EF07|29|$SSSEEF06|08|09|$", f"DF01EF07|1|$SSSEEF06|{SECRETS[0]}|测试甲|$"],
    )
    assert shown[3] == f"DF01EF07|1|$SSSEEF06|{'*' * 18}|***|$"


def test_data_of_a_second_step_are_hidden_as_a_whole_without_their_address() -> None:
    text = "DF01EF07|1|$SSSEEF06|990100199003070019|$"
    assert masked_values(text) == f"DF01EF07|*|$SSSEEF06|{'*' * 18}|$"
    assert masked_values(text, "DF01EF07|29|$SSSEEF06|08|$") == f"DF01EF07|1|$SSSEEF06|{'*' * 18}|$"


@pytest.mark.parametrize(
    ("address", "values", "shown"),
    [
        ("SSSEEF05|01|07|$", "SSSEEF05|990100D1|T00000001|$", "SSSEEF05|990100D1|T00000001|$"),
        ("3F00EF05|07|$", "3F00EF05|T00000001|$", "3F00EF05|T00000001|$"),
        ("SSSEEF06|0A|0D|$", "SSSEEF06|1|19900307|$", "SSSEEF06|1|********|$"),
        ("DF04EF05|81|$", "DF04EF05|31000000|$", "DF04EF05|********|$"),
        ("DF01EF15|40|$", "DF01EF15|123^1^测试|$", "DF01EF15|***^*^**|$"),
        ("DF04EF08|$", "DF04EF08|0001^2^|0002^2^|$", "DF04EF08|****^*^|****^*^|$"),
        ("DF01EF07|29|$", "DF01EF08|1|$", "DF01EF08|*|$"),
        ("DF01EF07|29|$", "DF01EF07|1|2|$", "DF01EF07|*|*|$"),
        ("nonsense", "DF01EF07|1|$", "********|*|$"),
        ("DF01EF07|29|$", "nonsense", "********"),
    ],
)
def test_values_are_shown_where_they_concern_nobody(address: str, values: str, shown: str) -> None:
    assert _answer("iReadCard", values, address=address) == shown


def test_an_error_text_is_shown_without_citizen_numbers() -> None:
    shown = _answer("iReadCard", f"传入数据不合法 {SECRETS[0]}", -23)
    assert shown == "传入数据不合法 " + "*" * 18


def test_surplus_arguments_are_hidden() -> None:
    assert masked_arguments(BY_NAME["iVerifyPIN"], [1, "654321"]) == ("1", "******")


@given(st.text("0123456789|$^:ABCDEFS测", max_size=60), st.text("0123456789|$DFE", max_size=30))
def test_the_shape_is_kept_whatever_comes(text: str, address: str) -> None:
    assert hidden(masked_values(text, address)) == hidden(text) or "EF" in text
    assert len(masked_values(text, address)) == len(text)
