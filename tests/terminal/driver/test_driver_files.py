"""iReadCard and iWriteCard: rights from the layout, both ways, every version; what is refused and with which code."""

from __future__ import annotations

import pytest
from driver_bench import PIN, VERSIONS, WRONG_PIN, Centre, DriverBench, card_of

from apdu.crypto import Algorithm
from terminal.driver.profile import STRICT
from terminal.flow.steps import Role
from virtual_card.faults import FaultPlan
from virtual_card.issuer import PsamOptions

READ, WRITE = "iReadCard", "iWriteCard"
VERIFY, AUTHENTICATE, CHALLENGE = 0x20, 0x82, 0x84
FREE = "SSSEEF05|01|07|$"
PIN_OR_KEY = "DF04EF05|84|$"
PIN_AND_KEY = "DF04EF06|90|92|$"
PIN_ONLY = "DF04EF08|$"
KEY_ONLY = "SSSEEF07|$"


def instructions(bench: DriverBench) -> list[int]:
    return [command.ins for command in bench.sent() if command.ins in (VERIFY, AUTHENTICATE)]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_free_file_is_read_without_pin_and_without_psam(version: str) -> None:
    bench = DriverBench(card_of(version), sam_slot=False)
    card_id, number, _ = bench.info.split("|")
    assert bench.done(READ, 1, 1, bench.info, FREE) == f"SSSEEF05|{card_id}|{number}|$"


@pytest.mark.parametrize(
    ("address", "auth_type", "expected"),
    [
        (PIN_OR_KEY, 1, [VERIFY]),
        (PIN_OR_KEY, 2, [AUTHENTICATE]),
        (PIN_AND_KEY, 1, [AUTHENTICATE, VERIFY]),
        (PIN_AND_KEY, 2, [AUTHENTICATE, VERIFY]),
        (PIN_ONLY, 2, [VERIFY]),
        (KEY_ONLY, 1, [AUTHENTICATE]),
        (FREE, 9, []),
    ],
)
def test_iauthtype_decides_only_between_pin_and_key(
    address: str, auth_type: int, expected: list[int]
) -> None:
    bench = DriverBench(card_of(), entries=[PIN])
    info = bench.info
    bench.events.clear()
    bench.done(READ, 1, auth_type, info, address)
    assert instructions(bench) == expected


def test_iauthtype_that_is_none_is_refused_where_it_decides() -> None:
    bench = DriverBench(card_of())
    assert bench.code(READ, 1, 3, bench.info, PIN_OR_KEY) == -14


def test_pin_and_keys_are_asked_for_once_in_a_call_of_several_files() -> None:
    bench = DriverBench(card_of(), entries=[PIN])
    info = bench.info
    bench.events.clear()
    text = bench.done(READ, 1, 2, info, PIN_AND_KEY + PIN_OR_KEY + FREE + PIN_ONLY)
    assert [part.split("|")[0] for part in text.split("$")[:-1]] == [
        "DF04EF06",
        "DF04EF05",
        "SSSEEF05",
        "DF04EF08",
    ]
    assert instructions(bench) == [AUTHENTICATE, VERIFY]


def test_a_failing_file_ends_the_call_and_nothing_of_the_others_is_returned() -> None:
    bench = DriverBench(card_of(), entries=[WRONG_PIN])
    answer = bench.call(READ, 1, 1, bench.info, FREE + PIN_OR_KEY)
    assert answer.code == -51 and "A00000011" not in answer.text


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_written_is_read_on_cards_of_every_version(version: str) -> None:
    bench = DriverBench(card_of(version), entries=[PIN])
    info = bench.info
    assert bench.done(WRITE, 1, info, "DF01EF07|29|$", "DF01EF07|1|$") == ""
    assert bench.done(READ, 1, 1, info, "DF01EF07|29|$") == "DF01EF07|1|$"


@pytest.mark.parametrize("version", ["2.0", "3.0"])
def test_what_was_written_is_read_item_by_item(version: str) -> None:
    bench = DriverBench(card_of(version), entries=[PIN])
    info = bench.info
    assert (
        bench.done(WRITE, 1, info, "DF04EF05|84|81|$DF01EF07|29|$", "DF04EF05|990100|1|$DF01EF07|1|$") == ""
    )
    text = bench.done(READ, 1, 2, info, "DF04EF05|81|84|$DF01EF07|29|$")
    assert text == "DF04EF05|1|990100|$DF01EF07|1|$"


def test_a_repeated_item_is_written_and_read_by_its_number() -> None:
    bench = DriverBench(card_of(), entries=[PIN])
    info = bench.info
    for number in (1, 2, 3):
        data = f"DF03EF06|0{number}^1^device {number}^20250102^a body|$"
        bench.done(WRITE, 1, info, f"DF03EF06|4A:{number}|$", data)
    text = bench.done(READ, 1, 2, info, "DF03EF06|4A:3|4A|4A:2|$")
    assert text == (
        "DF03EF06|03^1^device 3^20250102^a body|01^1^device 1^20250102^a body|02^1^device 2^20250102^a body|$"
    )


def test_a_cyclic_file_takes_new_records_and_gives_the_newest_first() -> None:
    bench = DriverBench(card_of())
    info = bench.info
    for record in ("0001^1^", "0002^9^"):
        bench.done(WRITE, 1, info, "DF04EF15|$", f"DF04EF15|{record}|$")
    assert bench.done(READ, 1, 2, info, "DF04EF15|$") == "DF04EF15|0002^9^|0001^1^|$"
    assert bench.done(READ, 1, 2, info, "DF04EF15|2|$") == "DF04EF15|0001^1^|$"
    assert bench.done(READ, 1, 2, info, "DF04EF15|3|$") == "DF04EF15||$"


def test_a_transparent_file_is_written_and_read_whole() -> None:
    bench = DriverBench(card_of())
    info = bench.info
    photo = bytes(range(256)) * 16
    bench.done(WRITE, 1, info, "SSSEEF08|$", f"SSSEEF08|{photo.hex()}|$")
    assert bench.done(READ, 1, 1, info, "SSSEEF08|$") == f"SSSEEF08|{photo.hex().upper()}|$"


def test_the_environment_may_be_written_as_3f00_where_the_build_says_so() -> None:
    bench = DriverBench(card_of())
    assert bench.done(READ, 1, 1, bench.info, "3F00EF05|07|$") == "3F00EF05|A00000011|$"
    strict = DriverBench(card_of(), profile=STRICT)
    assert strict.code(READ, 1, 1, strict.info, "3F00EF05|07|$") == -23


@pytest.mark.parametrize(
    ("info", "code"),
    [
        ("990100D1|A00000011|", -20),
        ("990100D15600000500000001FFFFFFFG|A00000011|", -20),
        ("990100D15600000500000001FFFFFFFF", -23),
        ("990100D15600000500000002FFFFFFFF|A00000011|", -22),
        ("990100D15600000500000001FFFFFFFF|A00000012|", -22),
        ("x" * 129, -14),
    ],
)
@pytest.mark.parametrize("name", ["iReadCard", "iReloadPIN", "iDoDebit_HSM_Step1"])
def test_card_info_is_compared_with_the_card(name: str, info: str, code: int) -> None:
    bench = DriverBench(card_of())
    more = {"iReadCard": [1, info, FREE], "iReloadPIN": [info]}
    arguments = more.get(name, [info, "100.00|80.00|20250102103000|"])
    assert bench.code(name, 1, *arguments) == code


@pytest.mark.parametrize(
    ("address", "data", "code"),
    [
        ("DF04EF05|84|$", "DF04EF05|99010x|$", -41),
        ("DF01EF07|29|$", "DF01EF07|a^b|$", -41),
        ("DF04EF05|84|$", "DF04EF05|99010012|$", -42),
        ("DF01EF07|29|$", "DF01EF07|12|$", -42),
        ("SSSEEF08|$", "SSSEEF08|0011|$", -42),
        ("DF04EF05|84|$", "DF04EF06|990100|$", -23),
        ("DF04EF05|84|81|$", "DF04EF05|990100|$", -23),
        ("DF04EF08|$", "DF04EF08|0001^|$", -23),
        ("DF04EF77|84|$", "DF04EF77|1|$", -23),
        ("DF04EF05|FE|$", "DF04EF05|1|$", -23),
        ("DF04EF05|84|", "DF04EF05|990100|$", -23),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_card_is_asked_for_a_right(
    address: str, data: str, code: int
) -> None:
    bench = DriverBench(card_of())
    info = bench.info
    bench.events.clear()
    assert bench.code(WRITE, 1, info, address, data) == code
    assert not instructions(bench)
    assert not bench.sent(Role.PSAM)


@pytest.mark.parametrize(
    ("psam", "code"),
    [
        (None, -2201),
        (PsamOptions(environments=(Algorithm.DES,)), -2202),
        (PsamOptions(without=frozenset({"UK1DF04", "RK1DF04"})), -27272),
        (PsamOptions(levels={"UK1DF04": 0, "RK1DF04": 0}), -24),
    ],
)
def test_a_psam_that_cannot_leads_to_the_hsm(psam: PsamOptions | None, code: int) -> None:
    card = card_of()
    bench = DriverBench(card, psam=psam)
    info = bench.info
    assert bench.code(READ, 1, 2, info, PIN_OR_KEY) == code
    assert bench.code(WRITE, 1, info, PIN_OR_KEY, "DF04EF05|990100|$") == code
    centre, base = Centre(card), base_of(bench, Centre(card))
    key = centre.authentication(base, bench.done("iWriteCard_HSM_Step1", 1, info, PIN_OR_KEY))
    bench.done("iWriteCard_HSM_Step2", key, "DF04EF05|990100|$")
    key = centre.authentication(base, bench.done("iReadCard_HSM_Step1", 1, info, PIN_OR_KEY))
    assert bench.done("iReadCard_HSM_Step2", key) == "DF04EF05|990100|$"


def base_of(bench: DriverBench, centre: Centre) -> str:
    return bench.done("iReadCardBas_HSM_Step2", centre.base(bench.done("iReadCardBas_HSM_Step1", 1)))


@pytest.mark.parametrize(("version", "algorithm"), [("1.0", "01"), ("2.0", "01"), ("3.0", "03")])
def test_hsm_order_is_pin_first_then_the_challenges(version: str, algorithm: str) -> None:
    card = card_of(version)
    bench = DriverBench(card, entries=[PIN])
    centre = Centre(card)
    base, info = base_of(bench, centre), bench.info
    bench.events.clear()
    step1 = bench.done("iReadCard_HSM_Step1", 1, info, PIN_AND_KEY)
    assert step1.startswith(f"{algorithm}|0182|") and len(step1) == len("01|0182|") + 34
    assert [c.ins for c in bench.sent()][-3:] == [VERIFY, CHALLENGE, CHALLENGE]
    assert bench.done("iReadCard_HSM_Step2", centre.authentication(base, step1)).startswith("DF04EF06|")


@pytest.mark.parametrize("address", [FREE, PIN_ONLY])
def test_a_file_that_no_key_helps_with_sends_the_caller_back_to_ireadcard(address: str) -> None:
    bench = DriverBench(card_of())
    assert bench.code("iReadCard_HSM_Step1", 1, bench.info, address) == -2204
    assert not bench.keypad.prompts


def test_only_the_first_file_counts_when_a_read_goes_by_hsm() -> None:
    card = card_of()
    bench, centre = DriverBench(card), Centre(card)
    base, info = base_of(bench, centre), bench.info
    step1 = bench.done("iReadCard_HSM_Step1", 1, info, PIN_OR_KEY + "DF99EFFF|1|$")
    assert bench.done("iReadCard_HSM_Step2", centre.authentication(base, step1)).count("$") == 1


def test_a_write_by_hsm_takes_one_file() -> None:
    bench = DriverBench(card_of())
    assert bench.code("iWriteCard_HSM_Step1", 1, bench.info, PIN_OR_KEY + "DF01EF07|29|$") == -23


@pytest.mark.parametrize("data", ["DF04EF05|1|2|$", "DF01EF07|1|$", "", "DF04EF05|990100|"])
def test_data_of_another_shape_than_the_address_of_step_1_are_refused(data: str) -> None:
    card = card_of()
    bench, centre = DriverBench(card), Centre(card)
    base, info = base_of(bench, centre), bench.info
    key = centre.authentication(base, bench.done("iWriteCard_HSM_Step1", 1, info, PIN_OR_KEY))
    bench.events.clear()
    assert bench.code("iWriteCard_HSM_Step2", key, data) == -23
    assert not instructions(bench)


def test_a_file_of_the_layout_that_the_card_lacks_is_not_found() -> None:
    bench = DriverBench(card_of(social={"status_fid": None}))
    assert bench.code(READ, 1, 1, bench.info, "SSSEEF0C|FA|$") == -27266


def test_a_record_that_the_card_lacks_is_an_empty_value() -> None:
    bench = DriverBench(card_of())
    info = bench.info
    fifth = {"do": "status", "sw": "6A83", "instruction": "READ RECORD", "nth": 5}
    bench.contact.faults = FaultPlan.from_data([fifth])
    assert bench.done(READ, 1, 1, info, "SSSEEF05|07|05|03|$") == "SSSEEF05|A00000011||3.00|$"


def test_a_repeated_item_is_found_by_its_tag_where_it_may_be_read() -> None:
    bench = DriverBench(card_of())
    info = bench.info
    bench.done(WRITE, 1, info, "SSSEEF1E|61:2|$", "SSSEEF1E|D15600000501^甲|$")
    bench.events.clear()
    assert bench.done(READ, 1, 1, info, "SSSEEF1E|61:2|$") == "SSSEEF1E|D15600000501^甲|$"


def test_requests_name_the_key_address_of_the_reader_specification() -> None:
    bench = DriverBench(card_of())
    step1 = bench.done("iWriteCard_HSM_Step1", 1, bench.info, "DF01EF07|29|$")
    assert step1.split("|")[:2] == ["03", "009A"]


def test_an_item_that_the_card_refuses_is_told_with_those_written_before() -> None:
    bench = DriverBench(card_of())
    bench.contact.faults = FaultPlan.from_data(
        [{"do": "status", "sw": "6581", "instruction": "UPDATE RECORD", "nth": 2}]
    )
    answer = bench.call(WRITE, 1, bench.info, "DF04EF05|84|81|$", "DF04EF05|990100|1|$")
    assert answer.code == -0x6581 and "written before in DF04EF05: 84" in answer.text
