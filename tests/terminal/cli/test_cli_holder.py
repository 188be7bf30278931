"""`ssc card new --holder`: a YAML file in English or Chinese says who the holder is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_samples import Run

from terminal.cli.holder_file import EXPECTED, FIELDS, MEDICAL_FIELDS
from virtual_card.image import load
from virtual_card.issue_record import OldIssueRecord, SocialIssueRecord, issue_record

PAGE = (Path(__file__).parents[3] / "docs" / "holder.md").read_text(encoding="utf-8")
ENGLISH, CHINESE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def made(ssc: Run, tmp_path: Path, text: str, kind: str = "ssc-3.0") -> Path:
    (tmp_path / "holder.yaml").write_text(text, encoding="utf-8")
    result = ssc(
        "card", "new", "--kind", kind, "--seed", "3", "--holder", "holder.yaml", "-o", "a", "--force"
    )
    assert result.exit_code == 0, result.stderr
    return tmp_path / "a"


def test_english_and_chinese_files_give_the_same_card(ssc: Run, tmp_path: Path) -> None:
    assert made(ssc, tmp_path, ENGLISH).read_bytes() == made(ssc, tmp_path, CHINESE).read_bytes()


def test_card_carries_the_holder_of_the_page(ssc: Run, tmp_path: Path) -> None:
    record = issue_record(load(made(ssc, tmp_path, ENGLISH)))
    assert isinstance(record, SocialIssueRecord)
    assert (record.holder_name, record.number, record.holder_id[:14]) == (
        "测试甲乙",
        "A00000070",
        "99010019900307",
    )
    assert record.valid_until is not None and record.valid_until.isoformat() == "2039-12-18"
    assert (record.medical[0x80], record.medical[0x86]) == ("20211218", "990100026")


def test_old_card_carries_number_and_balance(ssc: Run, tmp_path: Path) -> None:
    record = issue_record(load(made(ssc, tmp_path, CHINESE, "sle4428")))
    assert isinstance(record, OldIssueRecord)
    assert (record.number, record.balance_fen) == ("N00000016", 125_000)


def test_every_field_has_an_example_that_is_right(ssc: Run, tmp_path: Path) -> None:
    places = set(FIELDS) | {f"medical.{field}" for field in MEDICAL_FIELDS}
    assert set(EXPECTED) == places
    for place, (_, example) in EXPECTED.items():
        inside = place.startswith("medical.")
        made(ssc, tmp_path, f"medical: {{{example}}}" if inside else example)


def test_every_field_is_on_the_page_in_both_languages() -> None:
    for english, chinese in (*FIELDS.items(), *MEDICAL_FIELDS.items()):
        assert f"| `{english}` | {chinese} |" in PAGE


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        (
            "id_number: 11010119990228012X",
            2,
            "id_number 社会保障号码: lies outside region 990100; only synthetic",
        ),
        ("社会保障号码: '990100199902280120'", 2, "id_number 社会保障号码: the check character"),
        ("colour: red", 2, "colour is no field of a holder; known are name 姓名"),
        ("name: 测试\n姓名: 测试", 2, "name stands there twice"),
        ("sex: blue", 2, "sex 性别: this is none of its codes"),
        ("民族: 火星族", 2, "nation 民族"),
        (
            "birth_date: yesterday",
            2,
            "birth_date 出生日期: should be a day of the calendar, year first, such as `",
        ),
        ("birth_date: 1999-02-29", 2, "such as `birth_date: 1990-03-07`; docs/holder.md"),
        ("发卡日期: {日: 1}", 2, "issued_on 发卡日期: should be a day of the calendar"),
        ("name: [测试]", 2, "name 姓名: should be 1 to 50 characters, such as `name: 测试甲乙`"),
        ("name: ''", 2, "name 姓名: should be 1 to 50 characters"),
        ("name: !!python/object:os.system x", 10, "line 1, column 7: no valid YAML (a tag stands there"),
        ("balance: ten", 2, "balance 个人账户余额: should be yuan, with two decimals or none"),
        (
            "medical: {hospitals: [1, 2]}",
            2,
            "medical.hospitals 定点医疗机构: should be a list of three codes",
        ),
        (
            "medical: {hospitals: [990100018, 990100026, 1]}",
            2,
            "medical.hospitals 定点医疗机构: should be a list of three",
        ),
        ("medical: {参保日期: soon}", 2, "medical.enrolled_on 参保日期: should be a day of the calendar"),
        ("medical: {doctor: 1}", 2, "medical.doctor is no field"),
        ("medical: 5", 2, "medical 医疗保险: should be fields of its own"),
        ("valid_until: 2001-01-01", 2, "valid_until 有效期: lies before"),
        ("[name]", 2, "should be a list of fields"),
        ("name: '\U0001f600'", 2, "name 姓名: holds a character that GBK"),
        (f"employer: {'测' * 50}", 2, "does not fit on the card"),
        ("{", 10, "no valid YAML"),
    ],
)
def test_wrong_holder_file_is_refused_in_one_line(
    ssc: Run, tmp_path: Path, text: str, code: int, part: str
) -> None:
    (tmp_path / "holder.yaml").write_text(text, encoding="utf-8")
    result = ssc("card", "new", "--kind", "ssc-3.0", "--seed", "3", "--holder", "holder.yaml")
    assert result.exit_code == code
    assert "holder.yaml" in result.stderr
    assert part in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "19990228" not in result.stderr
    assert not list(tmp_path.glob("*.card"))
