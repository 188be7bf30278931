"""What must not be written never is, and what takes its place still parses, checks and agrees with itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tape_samples import INITIAL_PIN, Visit, recorded

from apdu.identifiers import citizen_check_character, luhn_check_digit, plausible_social_number
from apdu.tlv import Tlv
from terminal.flow.authentication import Means
from terminal.text import Pin
from terminal.trace.stand_ins import Form, StandIns, in_place
from terminal.trace.tape_redaction import Redactor, spans
from virtual_card.issue_record import issue_record
from virtual_card.persona import OLD_PIN

CITIZEN = "99010019850720003" + citizen_check_character("99010019850720003")
ATR = bytes.fromhex("3B6D000000814E43238697990100000001")
SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF00"
PAN = "6217000000000000008"


def redacted_command(redactor: Redactor, text: str) -> str:
    return redactor.command("new", bytes.fromhex(text)).hex().upper()


PIN_COMMANDS = {
    "VERIFY": ("0020000003{bcd}", "0020000003{stand_in}"),
    "VERIFY in ASCII": ("0020000006{ascii}", "0020000006{ascii_stand_in}"),
    "VERIFY of the bank": ("002000800826{bcd}FFFFFFFF", "002000800826{stand_in}FFFFFFFF"),
    "VERIFY under another class": ("8020000003{bcd}", "8020000003{stand_in}"),
    "CHANGE PIN": ("805E010007{bcd}FF{bcd}", "805E010007{stand_in}FF{stand_in}"),
    "CIPHER DATA over a PIN block": ("80FA00000803{bcd}80000000", "80FA00000803{stand_in}80000000"),
}


@pytest.mark.parametrize("name", PIN_COMMANDS)
def test_a_pin_becomes_another_one_in_the_same_form(name: str) -> None:
    form, expected = PIN_COMMANDS[name]
    digits, stand_in = "246810", "000001"
    given_form = form.format(bcd=digits, ascii=digits.encode().hex())
    wanted = expected.format(stand_in=stand_in, ascii_stand_in=stand_in.encode().hex().upper())
    assert redacted_command(Redactor(), given_form) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "84D4000010000102030405060708090A0B0C0D0E0F",
        "8424000108A1B2C3D4E5F60718",
        "FF20000003ABCDEF",
        "FF82000006A0A1A2A3A4A5",
        "002000000312AB",
        "0020000009AB12",
    ],
)
def test_keys_codes_and_odd_secrets_leave_nothing_but_their_length(text: str) -> None:
    once = redacted_command(Redactor(), text)
    assert once[:10] == text[:10] and len(once) == len(text)
    assert text[10:] not in once and once != text
    assert redacted_command(Redactor(), once) != text


def test_the_same_value_gets_the_same_stand_in_wherever_it_turns_up() -> None:
    redactor = Redactor()
    typed = redactor.pin(Pin("246810"))
    assert redacted_command(redactor, "0020000003246810") == f"0020000003{typed}"
    assert redacted_command(redactor, "805E010007123456FF246810") == f"805E010007000002FF{typed}"
    first = redactor.body({"id_number": CITIZEN})["id_number"]
    assert (
        redactor.text(f"holder {CITIZEN}, 990100**********{CITIZEN[-2:]}")
        == f"holder {first}, 990100**********{first[-2:]}"
    )


def test_a_citizen_number_in_a_record_becomes_a_plausible_one() -> None:
    redactor = Redactor()
    redactor.powered("new", ATR)
    record = b"\x08\x12" + CITIZEN.encode() + b"\x90\x00"
    for command, answer in ((SSSE, b"\x90\x00"), ("00A4020002EF06", b"\x90\x00"), ("00B2080014", record)):
        redactor.command("new", bytes.fromhex(command))
        shown, explained = redactor.answer("new", answer)
    number = shown[2:-2].decode()
    assert plausible_social_number(number) and number.startswith("990100") and number != CITIZEN
    assert citizen_check_character(number[:17]) == number[17]
    assert explained is not None and explained.path == "SSSE/EF06"
    assert redactor.body({"id_number": CITIZEN}) == {"id_number": number}


def test_bank_card_numbers_agree_between_their_forms() -> None:
    redactor = Redactor()
    track = f"{PAN}D30122010000012345678F"
    record = Tlv.of(
        0x70, Tlv(0x5A, bytes.fromhex(f"{PAN}F")), Tlv(0x57, bytes.fromhex(track + "F" * (len(track) % 2)))
    )
    redactor.command("new", bytes.fromhex("00B2010C00"))
    shown = redactor.answer("new", record.encode() + b"\x90\x00")[0].hex().upper()
    number = shown[8:27]
    assert number != PAN and luhn_check_digit(number[:-1]) == number[-1]
    assert f"{number}D3012201" in shown and "0000012345678" not in shown and PAN not in shown


def test_files_that_nobody_declared_lose_their_citizen_numbers() -> None:
    redactor = Redactor()
    redactor.command("new", bytes.fromhex("00B2010C00"))
    shown = redactor.answer("new", b"\x01\x14no" + CITIZEN.encode() + b"\x90\x00")[0]
    assert CITIZEN.encode() not in shown and shown.startswith(b"\x01\x14no990100") and len(shown) == 24


def test_values_that_were_never_set_stay() -> None:
    standins = StandIns()
    for unset in (bytes(18), b"\xff" * 10, b"  \x00"):
        assert in_place(unset, standins.of) == unset


@pytest.mark.parametrize(
    ("line", "apdus", "shown"),
    [
        ("0020000003735194", True, "0020000003000001"),
        ("00 20 00 00 03 73 51 94", True, "0020000003000001"),
        ("00:20:00:00:03:73:51:94", False, "0020000003000001"),
        ("apdu 0x00 20000003 735194", False, "apdu 0020000003000001"),
        ("apdu 00200000037351940", False, "apdu 00200000030000010"),
        ("verify 735194", False, "verify 000001"),
        ("verify --env HOLDER", False, "verify --env HOLDER"),
        ("735194", False, "000001"),
        ("735194", True, "000001"),
        ("73519486", False, "00000001"),
        ("0084000008", True, "0084000008"),
        ("cat EF05 07", False, "cat EF05 07"),
        ("update EF06 08 990100199003070019", False, "update EF06 08 990100190001010003"),
        ("update EF07 1 6229901234567890123", False, "update EF07 1 6200000000000000000"),
        ("", False, ""),
    ],
)
def test_lines_that_were_typed_lose_pins_and_numbers_and_keep_everything_else(
    line: str, apdus: bool, shown: str
) -> None:
    redactor = Redactor()
    once = redactor.line(line, apdus=apdus)
    assert once[:-1] == shown[:-1] and len(once) == len(shown)
    assert Redactor().line(once, apdus=apdus, learn=True) == once
    assert Redactor(enabled=False).line(line, apdus=apdus) == line


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=1, max_size=24))
def test_a_stand_in_has_the_length_of_its_value_and_is_consistent(raw: bytes) -> None:
    standins = StandIns()
    once = in_place(raw, standins.of)
    assert len(once) == len(raw)
    assert in_place(raw, standins.of) == once


@given(st.lists(st.sampled_from(["1234", "5678", "2468", "0001", "0002"]), max_size=8))
def test_a_replay_gives_the_values_it_meets_the_same_stand_ins(values: list[str]) -> None:
    recording, replay = StandIns(), StandIns()
    for value in values:
        stand_in = recording.of(Form.PIN, value)
        assert replay.of(Form.PIN, value) == stand_in


def test_a_secret_that_the_tape_typed_may_be_one_that_the_terminal_knows_but_no_second_one() -> None:
    redactor = Redactor()
    redactor.body("000001", learn=True)
    typed = Pin("000001")
    assert redactor.pin(typed, learn=True) == "000001"
    on_tape = bytes.fromhex("0020000003000001")
    known = bytes.fromhex("0020000003123456")
    assert redactor.command("new", known, expected=on_tape) == on_tape
    assert redactor.command("new", bytes.fromhex("0020000003654321"), expected=on_tape) != on_tape
    assert redactor.command("new", known) == on_tape


def test_spans_part_where_a_citizen_number_begins() -> None:
    assert list(spans({1, 2, 3, 7, 8}, {7, 8})) == [(1, 4), (7, 9)]
    assert list(spans({1, 2, 3, 4}, {3, 4})) == [(1, 3), (3, 5)]
    assert list(spans(set(), set())) == []


def test_command_lines_lose_pins_and_numbers_and_keep_everything_else() -> None:
    words = (
        "apdu",
        "--reader",
        "virtual:990100000001.card",
        "0020000003246810",
        "00A40000",
        CITIZEN,
        "12345678",
    )
    shown = Redactor().command_line(words)
    assert shown[:4] == ("apdu", "--reader", "virtual:990100000001.card", "0020000003000001")
    assert shown[4] == "00A40000" and shown[6] == "12345678"
    assert shown[5] != CITIZEN and plausible_social_number(shown[5])


@pytest.mark.parametrize(
    ("kind", "old", "means"),
    [
        ("ssc-3.0", "sle4442", Means.PSAM),
        ("ssc-2.0", "old-cpu", Means.HSM),
        ("ssc-1.0", "sle4428", Means.PSAM),
    ],
)
def test_nothing_marked_is_on_the_tape_of_a_dual_insert(
    tmp_path: Path, kind: str, old: str, means: Means
) -> None:
    visit = Visit(kind, old, means, seed=7)
    holder = str(issue_record(visit.cards["new"]).holder_id)
    ended, _ = recorded(visit, tmp_path / "x.tape")
    assert ended.outcome.label == "activated"
    written = (tmp_path / "x.tape").read_text(encoding="utf-8").upper()
    for secret in (holder, holder.encode().hex().upper(), OLD_PIN, INITIAL_PIN):
        assert secret not in written, secret
    assert "990100190001" in written, "the holder's number has a stand-in"
    assert f'DID "{"1".zfill(len(OLD_PIN))}"' in written, "and so has the PIN that was typed"


def test_only_an_unredacted_tape_has_them_and_says_so(tmp_path: Path) -> None:
    visit = Visit(seed=7)
    holder = str(issue_record(visit.cards["new"]).holder_id)
    recorded(visit, tmp_path / "x.tape", redacted=False)
    written = (tmp_path / "x.tape").read_text(encoding="utf-8")
    assert "secrets unredacted" in written and holder in written and f'did "{OLD_PIN}"' in written
    assert (tmp_path / "x.tape").stat().st_mode & 0o777 == 0o600


SEALED = "842400010C0102030405060708A1B2C3D4"


@pytest.mark.parametrize("answer", [f"{SEALED}|", SEALED[10:] + "|"])
def test_a_command_sealed_by_the_hsm_agrees_with_what_the_card_is_sent(answer: str) -> None:
    redactor = Redactor()
    shown = redactor.hsm_answer(answer)
    assert SEALED[10:] not in shown and len(shown) == len(answer)
    sent = redacted_command(redactor, SEALED)
    assert sent[:10] == SEALED[:10] and sent.endswith(shown[-25:-1])
    replay = Redactor()
    replay.hsm_answer(shown, learn=True)
    assert redacted_command(replay, sent) == sent


def test_authentication_data_of_the_hsm_stay() -> None:
    for answer in ("00" * 16 + "|" + "11" * 16 + "|", "|", "not hex|"):
        assert Redactor().hsm_answer(answer) == answer
