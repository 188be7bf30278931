from __future__ import annotations

import json

import pytest
from cli_samples import Run
from rich.cells import cell_len

from terminal.cli.options import OLD_KINDS, SOCIAL_KINDS
from virtual_card.issuer import issue
from virtual_card.persona import Persona

RECEIPT = """\
社会保障卡启用回执 Activation of a social security card
  pharmacy 药店                     测试第一药店 Test Pharmacy One
  terminal 终端                     990100000001
  time 时间                         2030-01-08 10:00:00
  activation 流水号                 2030010800000001
  card number 卡号                  A00000011
  holder 持卡人                     测试庚丁
  ID number 社会保障号码            990100**********92
  balance 个人账户余额              ¥4285.36
  PIN 密码                          沿用原医保卡密码 the old card's PIN
"""
DEMO_SEED = 1


def test_quiet_demo_prints_the_receipt_alone(ssc: Run) -> None:
    result = ssc("demo", "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, RECEIPT, "")


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
@pytest.mark.parametrize("old", OLD_KINDS)
def test_demo_fits_80_columns_and_activates(ssc: Run, kind: str, old: str) -> None:
    for means in ([], ["--hsm"]):
        result = ssc("demo", "--kind", kind, "--old", old, *means)
        assert result.exit_code == 0
        assert "activated, exit code 0" in result.stdout
        assert max(map(cell_len, result.stdout.splitlines())) <= 80


def test_two_runs_of_the_demo_are_identical(ssc: Run) -> None:
    assert ssc("demo").stdout == ssc("demo").stdout
    assert ssc("demo", "--json").stdout == ssc("demo", "--json").stdout


def test_demo_tells_files_items_and_status_words_in_both_languages(ssc: Run) -> None:
    shown = ssc("demo").stdout
    for part in (
        "SSSE/EF05",
        "07 Card number 卡号",
        "9000 done 成功",
        "6A83 record not found 记录未找到",
        "请插入原医保卡。 Insert the old medical card.",
        "slots    old card   old medical card, SLE4442",
    ):
        assert part in shown


def test_demo_ends_with_cards_and_centre_before_and_after(ssc: Run) -> None:
    end = ssc("demo").stdout.split("activated, exit code 0")[1]
    for part in (
        "0 (sealed 封存)      1 (normal 正常)",
        "1 normal 正常        9 cancelled 注销",
        "¥4285.36             ¥0.00",
        "**** (changed)",
        "unchanged 未改动",
    ):
        assert part in end


def test_json_demo_is_one_event_a_line_with_type_and_schema(ssc: Run) -> None:
    events = [json.loads(line) for line in ssc("demo", "--json").stdout.splitlines()]
    assert {(event["schema"]) for event in events} == {1}
    assert {event["type"] for event in events} == {
        "state",
        "powered",
        "exchange",
        "centre",
        "operator",
        "receipt",
        "end",
        "comparison",
    }
    assert [event["number"] for event in events if event["type"] == "exchange"][:3] == [1, 2, 3]
    (end,) = [event for event in events if event["type"] == "end"]
    assert (end["outcome"], end["exit_code"]) == ("activated", 0)


@pytest.mark.parametrize("form", [[], ["--json"], ["--quiet"], ["--hsm", "--json"]])
def test_demo_shows_no_pin_no_key_and_no_identity_number(ssc: Run, form: list[str]) -> None:
    persona = Persona.from_seed(DEMO_SEED)
    card = issue("ssc-3.0", DEMO_SEED)
    keys = {
        value.hex().upper()
        for directory in card.contents().directories
        for key in directory.keys
        for value in key.versions.values()
    }
    assert keys
    secrets = {persona.id_number, persona.id_number.encode().hex().upper(), persona.old_pin, *keys}
    secrets.add(f"0020000003{persona.old_pin}")
    shown = ssc("demo", *form).stdout.upper()
    assert not [secret for secret in secrets if secret.upper() in shown]


def test_json_and_quiet_together_are_refused(ssc: Run) -> None:
    result = ssc("demo", "--json", "--quiet")
    assert result.exit_code == 2
    assert "--json and --quiet exclude each other" in result.stderr


def test_balances_in_json_are_whole_fen(ssc: Run) -> None:
    events = [json.loads(line) for line in ssc("demo", "--json").stdout.splitlines()]
    answers = [event["answer"] for event in events if event["type"] == "centre" and event["answer"]]
    balances = [answer["balance_fen"] for answer in answers if "balance_fen" in answer]
    assert balances
    assert all(type(balance) is int for balance in balances)
