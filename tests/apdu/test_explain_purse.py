"""Purse exchanges explained, with the project's vectors."""

from __future__ import annotations

import pytest

from apdu.command import Command
from apdu.explain import Explainer, Explanation
from apdu.response import Response

SELECT_DF04 = "00A4040006D15600000503"


def explained(command: str, answer: str, kind: str = "ssc-2.0") -> Explanation:
    explainer = Explainer(kind)
    if kind != "psam":
        explainer.explain(Command.parse(bytes.fromhex(SELECT_DF04)), Response.parse(b"\x90\x00"))
    return explainer.explain(Command.parse(bytes.fromhex(command)), Response.parse(bytes.fromhex(answer)))


def values(explanation: Explanation) -> dict[str, str]:
    return {field.name: field.value for field in explanation.fields}


def test_initialize_for_load_shows_amount_balance_and_number() -> None:
    found = values(explained("B02800010B01000009C4990100000001", "0000271000030100DEADBEEFEFC878699000"))
    assert found["Amount to load"] == "25.00 CNY"
    assert found["Personal account balance"] == "100.00 CNY"
    assert (found["Transaction number"], found["Key version"], found["Algorithm"]) == ("3", "1", "3DES")
    assert found["Terminal number"] == "990100000001"


def test_initialize_for_purchase_shows_three_amounts_and_the_year() -> None:
    answer = "00002710000001F400001F40203000050103DEADBEEF9000"
    found = values(explained("B02801011301000004D2000001F400001F40990100000001", answer))
    assert (found["Personal account amount"], found["Self-paid amount"]) == ("12.34 CNY", "5.00 CNY")
    assert (found["Pool in the payment year"], found["Payment year"]) == ("80.00 CNY", "2030")
    assert found["Algorithm"] == "SM4"


def test_debit_shows_sequence_and_time() -> None:
    found = values(explained("B02C01000F000001022030011509300057254396", "3BFE5CB3742A55BE9000"))
    assert (found["Terminal sequence"], found["Transaction time"]) == ("258", "2030-01-15 09:30:00")
    assert {"Transaction certificate TAC", "MAC1", "MAC2"} <= set(found)


@pytest.mark.parametrize(
    ("command", "answer", "name", "value"),
    [
        ("B026000104", "000030D49000", "Personal account balance", "125.00 CNY"),
        ("B026000306", "00001F4020309000", "Payment year", "2030"),
        ("B02E0032020005", "742A55BE3BFE5CB39000", "Transaction kind", "purchase"),
        ("B056010002", "04019000", "Starting day of the year, month and day", "0401"),
        ("8416000004957515EE", "9000", "MAC", ""),
    ],
)
def test_one_field(command: str, answer: str, name: str, value: str) -> None:
    assert values(explained(command, answer))[name] == value


def test_psam_side_shows_what_it_signs() -> None:
    data = "5A6B7C8D00070000000000002710" + "00001F4032202501021030000100" + "8660990100A1B2C3"
    found = values(explained(f"8070010024{data}", "00000005FCF356B49000", "psam"))
    assert (found["Transaction kind"], found["Self-paid amount"]) == ("purchase", "100.00 CNY")
    assert (found["Terminal sequence"], "City factor" in found) == ("5", False)


def test_loaded_key_stays_hidden() -> None:
    explanation = explained("84D4001204A1A2A3A4", "9000", "psam")
    assert "A1A2" not in f"{explanation.fields} {explanation.command_hex}"
    assert values(explanation)["Key file"] == "provincial"


def test_odd_bytes_raise_nothing() -> None:
    for ins in (0x26, 0x28, 0x2A, 0x2C, 0x2E, 0x56):
        explained(f"B0{ins:02X}0701020102", "6700")


def test_refusals_say_what_helps() -> None:
    assert "PIN" in explained("B026000104", "6982").remedy
    assert "no medical purse" in explained("B026000104", "6A81").meaning
    assert "INITIALIZE FOR PURCHASE" in explained("B02C01000F" + "00" * 15, "6901").remedy
    assert "DSK" in explained("B0560000020401", "6982").remedy
