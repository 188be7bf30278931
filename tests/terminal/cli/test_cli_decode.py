"""`ssc decode` and `ssc card explain`: pasted hex in, meaning out."""

from __future__ import annotations

import json

import pytest
from cli_samples import Run

from apdu.decoding_forms import Form
from terminal.cli.decode import FORMS

ID_RECORD = "0812" + b"99010019900307001X".hex()


def test_decode_and_card_explain_are_one_command(ssc: Run) -> None:
    for words in (("decode",), ("card", "explain")):
        result = ssc(*words, "00", "A4", "04", "00", "05:4142434445")
        assert result.exit_code == 0
        assert result.stdout.startswith("command 命令\n")
        assert "SELECT 选择文件" in result.stdout


def test_stdin_is_decoded_line_by_line(ssc: Run) -> None:
    result = ssc("decode", "-", "--json", stdin="9000\n\n63C5\n")
    assert [json.loads(line)["fields"][0]["raw"] for line in result.stdout.splitlines()] == ["9000", "63C5"]


def test_identity_is_masked_unless_secrets_are_asked_for(ssc: Run) -> None:
    for form in ((), ("--json",)):
        assert "990100**********1X" in ssc("decode", ID_RECORD, *form).stdout
        assert "19900307" not in ssc("decode", ID_RECORD, *form).stdout
        assert "99010019900307001X" in ssc("decode", ID_RECORD, "--show-secrets", *form).stdout


@pytest.mark.parametrize(
    "command", ["0020000003998877", "805E010007998877FF665544", "00200080082699887766FFFFFF"]
)
def test_pin_of_a_command_is_hidden_unless_secrets_are_asked_for(ssc: Run, command: str) -> None:
    assert "9988" not in ssc("decode", command).stdout
    shown = ssc("decode", command, "--show-secrets").stdout
    assert shown.count(command[10:]) == 2 and "**" not in shown


def test_ambiguous_input_names_what_else_it_could_be(ssc: Run) -> None:
    printed = ssc("decode", "800420300101").stdout
    assert "could also be 也可能是: record 记录 DF04/EF05 (--as record)" in printed
    assert ssc("decode", "--as", "record", "800420300101").stdout.startswith("record 记录 DF04/EF05")


def test_json_holds_form_others_and_fields(ssc: Run) -> None:
    told = json.loads(ssc("decode", "--json", "800420300101").stdout)
    assert (told["type"], told["schema"], told["form"]) == ("decoded", 1, "tlv")
    assert told["others"] == [{"form": "record", "path": "DF04/EF05"}]
    assert set(told["fields"][0]) == {"path", "name", "name_zh", "value", "raw", "source"}


def test_the_choices_of_as_are_the_forms() -> None:
    assert set(FORMS) == {form.value for form in Form}


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["9Z"], "byte 0: 'Z' is no hex digit"),
        (["900"], "byte 1: half a byte"),
        (["--as", "command", "00A4"], "byte 2"),
        (["--file", "SSSE/EF99", "0101AA"], "known are SSSE/EF05"),
        (["--ins", "EE", "9000"], "instruction EE is not known"),
        (["--command", "00A4", "9000"], "the command answered, byte 2"),
        (["3B6D0000", "00"], "byte 5"),
        ([""], "no bytes"),
    ],
)
def test_malformed_input_is_refused_in_one_line(ssc: Run, arguments: list[str], part: str) -> None:
    result = ssc("decode", *arguments)
    assert result.exit_code == 2
    assert part in result.stderr
    assert len(result.stderr.splitlines()) == 1
