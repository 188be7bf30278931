from __future__ import annotations

import re

import pytest

from apdu.instructions import INSTRUCTIONS
from apdu.status import Kind, is_success, meaning, meanings_in_commands, tries_left
from apdu.status_in_command import IN_COMMAND
from apdu.status_iso import ISO
from apdu.status_table import GENERAL

VERIFY, CHANGE_PIN, EXTERNAL = (0x00, 0x20), (0x80, 0x5E), (0x00, 0x82)
SELECT, READ_RECORD, READ_BINARY, UPDATE_RECORD = (0x00, 0xA4), (0x00, 0xB2), (0x00, 0xB0), (0x00, 0xDC)
UNBLOCK, CHALLENGE, RESPONSE = (0x84, 0x24), (0x00, 0x84), (0x00, 0xC0)
DELIVER, CIPHER, CREDIT_SAM, PRESENT = (0xBF, 0xDE), (0x80, 0xFA), (0x80, 0x72), (0xFF, 0x20)

STANDARD = (
    0x9000,
    0x61FF,
    0x63C5,
    0x6581,
    0x6700,
    0x6901,
    0x6981,
    0x6982,
    0x6983,
    0x6984,
    0x6985,
    0x6986,
    0x6987,
    0x6988,
    0x6A80,
    0x6A81,
    0x6A82,
    0x6A83,
    0x6A84,
    0x6A85,
    0x6A86,
    0x6A88,
    0x6B00,
    0x6C10,
    0x6D00,
    0x6E00,
    0x6F00,
    0x9302,
    0x9303,
    0x9401,
    0x9402,
    0x9403,
    0x9406,
)

IN_THIS_COMMAND = [
    (0x6A81, SELECT, "blocked", "锁定"),
    (0x6A82, SELECT, "no such application", "无此应用"),
    (0x9303, SELECT, "permanently blocked", "永久锁定"),
    (0x63C2, VERIFY, "PIN not verified, 2 tries left", "剩余2次"),
    (0x63C1, VERIFY, "1 try left", "剩余1次"),
    (0x63C0, VERIFY, "PIN is blocked", "锁定"),
    (0x6983, VERIFY, "PIN is blocked", "密码"),
    (0x63C2, CHANGE_PIN, "current PIN was wrong, 2 tries", "原密码"),
    (0x6A80, CHANGE_PIN, "new PIN", "新密码"),
    (0x63C2, EXTERNAL, "2 tries left for this key", "该密钥"),
    (0x63C0, EXTERNAL, "key is blocked", "该密钥"),
    (0x63CF, EXTERNAL, "counts no tries", "不计次数"),
    (0x6983, EXTERNAL, "key is blocked", "该密钥"),
    (0x6984, EXTERNAL, "no valid challenge", "无有效随机数"),
    (0x6A88, EXTERNAL, "no such key", "无此密钥"),
    (0x6982, UNBLOCK, "unblock key", "解锁密钥"),
    (0x6988, UNBLOCK, "MAC", "MAC"),
    (0x6700, CHALLENGE, "4, 8", "4、8"),
    (0x6F00, RESPONSE, "no answer is waiting", "无待取"),
    (0x6400, RESPONSE, "no answer is waiting", "无待取"),
    (0x6981, READ_RECORD, "no records", "不是记录"),
    (0x6981, READ_BINARY, "holds records", "记录文件"),
    (0x63C2, UPDATE_RECORD, "written, after 2", "已写入"),
    (0x6A80, DELIVER, "number of diversification levels", "级数"),
    (0x6A88, DELIVER, "PSAM has no such key", "PSAM"),
    (0x6901, CIPHER, "no session key", "过程密钥"),
    (0x9302, CREDIT_SAM, "MAC2", "MAC2"),
    (0x63CF, CREDIT_SAM, "MAC2", "MAC2"),
    (0x9000, PRESENT, "code blocked", "锁定"),
    (0x9003, PRESENT, "error counter 03", "03"),
]


@pytest.mark.parametrize("sw", STANDARD)
def test_every_word_of_the_standard_has_a_meaning_in_both_languages(sw: int) -> None:
    found = meaning(sw)
    assert "unknown" not in found.en and re.search("[\u4e00-\u9fff]", found.zh)
    assert found.source.startswith("LD/T 32.")


@pytest.mark.parametrize(("sw", "command", "en", "zh"), IN_THIS_COMMAND)
def test_the_same_word_means_something_else_in_this_command(
    sw: int, command: tuple[int, int], en: str, zh: str
) -> None:
    found = meaning(sw, *command)
    assert en in found.en and zh in found.zh


def test_a_word_without_meaning_of_its_own_in_a_command_keeps_the_general_one() -> None:
    assert meaning(0x6A83, *READ_RECORD) == meaning(0x6A83)
    assert meaning(0x6982, 0x00, 0x77) == meaning(0x6982)


def test_the_last_byte_is_counted_in_the_text() -> None:
    assert "2 tries left" in meaning(0x63C2).en and "剩余2次" in meaning(0x63C2).zh
    assert "30 more bytes" in meaning(0x611E).en
    assert "256 more bytes" in meaning(0x6100).en
    assert "18 bytes" in meaning(0x6C12).en and "Le = 18" in meaning(0x6C12).remedy_en


def test_what_would_satisfy_the_card_is_part_of_the_remedy() -> None:
    assert "PIN verified or a key authenticated" in meaning(0x6982).remedy_en
    named = meaning(0x6982, *READ_RECORD, needs="PIN or RK1DF04")
    assert named.remedy_en.endswith("PIN or RK1DF04")
    assert named.remedy_zh.endswith("PIN或RK1DF04")
    assert "never" in meaning(0x6982, *UPDATE_RECORD, needs="never").remedy_en


def test_braces_in_the_needs_of_a_file_are_taken_as_they_are() -> None:
    assert "{count}" in meaning(0x6982, needs="{count}").remedy_en


@pytest.mark.parametrize(
    ("sw", "kind"),
    [
        (0x9000, Kind.SUCCESS),
        (0x6110, Kind.UNFINISHED),
        (0x6C10, Kind.UNFINISHED),
        (0x6283, Kind.WARNING),
        (0x6310, Kind.WARNING),
        (0x63C2, Kind.ERROR),
        (0x6982, Kind.ERROR),
        (0x9303, Kind.ERROR),
        (0x9999, Kind.ERROR),
    ],
)
def test_kinds(sw: int, kind: Kind) -> None:
    assert meaning(sw).kind is kind


def test_success_depends_on_the_command() -> None:
    assert is_success(0x9000) and not is_success(0x9007) and not is_success(0x6110)
    assert is_success(0x90FF, *PRESENT) and not is_success(0x9000, *PRESENT)
    assert meaning(0x63C1, *UPDATE_RECORD).kind is Kind.WARNING


@pytest.mark.parametrize(
    ("sw", "en"),
    [(0x6A99, "wrong parameters"), (0x6299, "state of the card unchanged"), (0x6999, "command not allowed")],
)
def test_an_unknown_word_is_called_unknown_with_the_class_of_its_first_byte(sw: int, en: str) -> None:
    found = meaning(sw)
    assert found.en.startswith("unknown status word") and en in found.en
    assert found.zh.startswith("未知状态字") and found.source.startswith("ISO/IEC 7816-4")


@pytest.mark.parametrize("sw", [0x0000, 0x6012, 0x9F01, 0xFFFF])
def test_a_word_outside_every_class_has_no_invented_meaning(sw: int) -> None:
    found = meaning(sw)
    assert (found.en, found.source) == ("unknown status word", "")


@pytest.mark.parametrize(
    ("sw", "en"),
    [
        (0x6282, "end of the file"),
        (0x6283, "deactivated (blocked)"),
        (0x6300, "something was changed"),
        (0x6881, "logical channel"),
        (0x6884, "chaining"),
        (0x6A87, "does not fit P1 and P2"),
    ],
)
def test_words_of_iso_7816_are_known_in_any_command(sw: int, en: str) -> None:
    found = meaning(sw)
    assert en in found.en
    assert found.source == "ISO/IEC 7816-4 section 5.6"
    assert meaning(sw, *READ_RECORD) == found


def test_the_card_s_own_words_go_before_those_of_iso_7816() -> None:
    own = [
        range(int(e.pattern.replace("x", "0"), 16), int(e.pattern.replace("x", "F"), 16) + 1) for e in GENERAL
    ]
    assert not [entry.pattern for entry in ISO if any(int(entry.pattern, 16) in words for words in own)]


def test_a_word_without_its_command_tells_what_it_means_in_each() -> None:
    ((names, told),) = meanings_in_commands(0x6283)
    assert (names, told.en) == (("SELECT",), "selected, but blocked")
    shared = {names: told.en for names, told in meanings_in_commands(0x6981)}
    assert shared[("READ RECORD",)] == "the file holds no records"
    assert ("READ BINARY",) in shared and ("UPDATE BINARY",) in shared
    purse = [names for names, told in meanings_in_commands(0x6A81) if "no medical purse" in told.en]
    assert len(purse) == 1 and len(purse[0]) == 6
    assert meanings_in_commands(0x6D99) == ()


@pytest.mark.parametrize("sw", [-1, 0x10000])
def test_a_number_that_is_no_status_word_is_refused(sw: int) -> None:
    with pytest.raises(ValueError):
        meaning(sw)


def test_every_possible_word_is_answered_in_every_command() -> None:
    for instruction in {entry.instruction for entry in IN_COMMAND} | {""}:
        command = next(((i.cla, i.ins) for i in INSTRUCTIONS if i.name == instruction), (None, None))
        for sw in range(0x6000, 0xA000):
            found = meaning(sw, *command)
            assert (
                found.en and found.zh and "{" not in found.en + found.zh + found.remedy_en + found.remedy_zh
            )


@pytest.mark.parametrize(
    ("sw", "tries"), [(0x63C0, 0), (0x63CF, 15), (0x6300, None), (0x6983, None), (0x9000, None)]
)
def test_tries_left(sw: int, tries: int | None) -> None:
    assert tries_left(sw) == tries


def test_tables_name_known_instructions_and_hold_each_word_once() -> None:
    names = {entry.name for entry in INSTRUCTIONS}
    assert {entry.instruction for entry in IN_COMMAND} <= names
    rows = [(entry.instruction, entry.pattern) for entry in GENERAL + IN_COMMAND]
    assert len(rows) == len(set(rows))
    assert all(re.fullmatch("[0-9A-F]{2}([0-9A-F]{2}|[0-9A-F]x|xx)", pattern) for _, pattern in rows)


def test_a_meaning_reads_as_one_line() -> None:
    assert str(meaning(0x6A83)) == "6A83 record not found 记录未找到"
