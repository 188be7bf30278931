"""The driver against the specification by hand: keys computed from bare formulas, strings put together here.

Nothing of the product's centre or cryptography is used on this side.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from driver_bench import DriverBench, card_of
from key_machine_by_hand import KeyMachine

from terminal.driver.functions import BY_NAME, FUNCTIONS, Family, Function
from terminal.driver.profile import load_profile
from virtual_card.applications.social import social_card
from virtual_card.holder import Holder
from virtual_card.issuer import PsamOptions

HOLDER = Holder(name="测试甲", id_number="990100199003070019")
VERSIONS = ("1.0", "2.0", "3.0")
ALGORITHM = {"1.0": "01", "2.0": "01", "3.0": "03"}
PAY = "100.00|80.00|20300108103000|"
AMOUNTS = "0000271000001F40"


def _bench(
    version: str, *entries: str, psam: PsamOptions | None = None, profile: str = "lenient"
) -> DriverBench:
    return DriverBench(
        card_of(version, holder=HOLDER), psam=psam, entries=entries, profile=load_profile(profile)
    )


def _machine(version: str, step1: str) -> KeyMachine:
    region, reset_information, algorithm, *_ = step1.split("|")
    assert algorithm == ALGORITHM[version]
    return KeyMachine(region, reset_information, algorithm)


class Caller:
    """A POS program with a centre behind it: it caches the base data, as callers must."""

    def __init__(self, bench: DriverBench, version: str) -> None:
        self.bench = bench
        step1 = bench.done("iReadCardBas_HSM_Step1", 3)
        self.machine = _machine(version, step1)
        self.base = bench.done("iReadCardBas_HSM_Step2", self.machine.base(step1))
        fields = self.base.split("|")
        self.info = f"{fields[3]}|{fields[2]}|"

    def stepped(self, name: str, *arguments: int | str, also: tuple[str, ...] = ()) -> str:
        """Steps 1 and 2 of a function with `also` after the key."""
        step1 = self.bench.done(f"{name}_HSM_Step1", *arguments)
        return self.bench.done(f"{name}_HSM_Step2", self.machine.answer(step1), *also)


@pytest.mark.parametrize("version", VERSIONS)
def test_base_data_by_hsm_are_the_holders(version: str) -> None:
    bench = _bench(version)
    fields = Caller(bench, version).base.split("|")
    assert len(fields) == 12
    assert (fields[0], fields[1], fields[4]) == ("990100", "990100199003070019", "测试甲")
    assert len(fields[2]) == 9
    assert fields[3].startswith("990100") and len(fields[3]) == 32
    assert bench.card is not None
    assert len(fields[5]) == 26 and bytes.fromhex(fields[5]) in bench.card.power_on()
    assert fields[6] == f"{version}0"
    assert (fields[9], fields[11]) == ("000000000000", "")


@pytest.mark.parametrize("version", VERSIONS)
def test_step_1_of_the_base_read_has_the_external_numbers_for_3_0_only(version: str) -> None:
    fields = _bench(version).done("iReadCardBas_HSM_Step1", 1).split("|")
    assert len(fields) == 9 and fields[8] == ""
    assert [len(field) for field in fields[4:8]] == ([16] * 4 if version == "3.0" else [16, 16, 0, 0])


@pytest.mark.parametrize("version", VERSIONS)
def test_items_are_written_and_read_by_hsm(version: str) -> None:
    bench = _bench(version)
    caller = Caller(bench, version)
    address, data = "DF01EF07|29|$", "DF01EF07|3|$"
    assert caller.stepped("iWriteCard", 1, caller.info, address, also=(data,)) == ""
    assert caller.stepped("iReadCard", 1, caller.info, address) == data


@pytest.mark.parametrize(
    ("address", "key"),
    [("DF01EF07|29|$", "004F"), ("DF04EF05|8C|$", "0182"), ("DF04EF06|90|$", "0182"), ("SSSEEF07|$", "004C")],
)
def test_step_1_names_the_key_address_of_the_read_right(address: str, key: str) -> None:
    bench = _bench("2.0", "123456")
    caller = Caller(bench, "2.0")
    step1 = bench.done("iReadCard_HSM_Step1", 1, caller.info, address).split("|")
    assert step1[:2] == ["01", key]
    assert [len(field) for field in step1[2:]] == [16, 16, 0]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_pin_is_asked_first_by_hsm_where_pin_and_key_are_needed(version: str) -> None:
    bench = _bench(version, "000000", "123456")
    caller = Caller(bench, version)
    wrong = bench.call("iReadCard_HSM_Step1", 1, caller.info, "DF04EF06|92|$")
    assert wrong.code == -51 and "5" in wrong.text
    step1 = bench.done("iReadCard_HSM_Step1", 1, caller.info, "DF04EF06|92|$")
    assert bench.done("iReadCard_HSM_Step2", caller.machine.answer(step1)).startswith("DF04EF06|")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("pin", ["1234", "12345", "1234567890123456"])
def test_a_pin_is_reloaded_in_three_steps_and_asked_for_in_the_second(version: str, pin: str) -> None:
    bench = _bench(version, pin, pin, pin)
    caller = Caller(bench, version)
    step1 = bench.done("iReloadPIN_HSM_Step1", 1, caller.info)
    assert step1.split("|")[1] == "0090"
    assert bench.keypad.prompts == []
    step2 = bench.done("iReloadPIN_HSM_Step2", caller.machine.answer(step1))
    assert [prompt.value.zh for prompt in bench.keypad.prompts] == ["请输入新密码", "请再次输入新密码"]
    _, address, process, header, shown, _ = step2.split("|")
    assert (address, len(process), shown) == ("0173", 16, pin)
    long = version != "3.0" and len(pin) > 14
    assert header == ("8424000114" if version == "3.0" or long else "842400010C")
    assert bench.done("iReloadPIN_HSM_Step3", caller.machine.secure_message(step2)) == ""
    assert bench.done("iVerifyPIN", 1) == ""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("form", ["exact", "lower", "without header", "with separator"])
def test_a_pin_is_unblocked_in_three_steps_with_every_form_of_the_centres_answer(
    version: str, form: str
) -> None:
    bench = _bench(version, *["000000"] * 7, "123456")
    caller = Caller(bench, version)
    codes = [bench.code("iVerifyPIN", 1) for _ in range(7)]
    assert codes == [-51] * 6 + [-52]
    step1 = bench.done("iUnblockPIN_HSM_Step1", 1, caller.info)
    step2 = bench.done("iUnblockPIN_HSM_Step2", caller.machine.answer(step1))
    assert step2.split("|")[3:] == ["8424000004", "", ""]
    key = caller.machine.secure_message(step2)
    assert len(key) == 18
    given = {"exact": key, "lower": key.lower(), "without header": key[10:], "with separator": key + "|"}[
        form
    ]
    assert bench.done("iUnblockPIN_HSM_Step3", given) == ""
    assert bench.done("iVerifyPIN", 1) == ""


@pytest.mark.parametrize("version", VERSIONS)
def test_a_debit_by_hsm_gives_the_macs_of_the_formulas_with_zeros_for_the_terminal(version: str) -> None:
    bench = _bench(version, "123456", "123456")
    caller = Caller(bench, version)
    step1 = bench.done("iDoDebit_HSM_Step1", 1, caller.info, PAY)
    fields = step1.split("|")
    assert fields[:2] == [ALGORITHM[version], "017F"]
    assert [len(field) for field in fields[2:4]] == [8, 4]
    assert fields[4:] == [AMOUNTS, "32", "000000000000", "20300108103000", ""]
    mac1, mac2, tac = caller.machine.debit(step1, "0000002A")
    done = bench.done("iDoDebit_HSM_Step2", f"0000002A|20300108103000|{mac1}|")
    assert done == (
        f"{mac2}|{ALGORITHM[version]}|017F|{AMOUNTS}|32|000000000000|0000002A|20300108103000|{tac}|"
    )
    assert bench.done("iReadDebitRecord", 1).split("|")[0] == (
        f"{fields[3]}^000000000000^20300108103000^100.00^80.00^"
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_debit_with_the_psam_gives_the_tac_of_the_formula(version: str) -> None:
    bench = _bench(version, "123456", psam=PsamOptions())
    caller = Caller(bench, version)
    fields = bench.done("iDoDebit", 1, caller.info, PAY).split("|")
    assert fields[:5] == [ALGORITHM[version], "017F", AMOUNTS, "32", "990100000001"]
    assert len(fields[5]) == 8
    assert fields[6] == "20300108103000"
    assert fields[7:] == [caller.machine.tac(AMOUNTS, fields[4], fields[5], fields[6]), ""]


def test_all_five_fields_of_the_centre_are_too_many_for_step_2_of_a_debit() -> None:
    bench = _bench("2.0", "123456")
    caller = Caller(bench, "2.0")
    step1 = bench.done("iDoDebit_HSM_Step1", 1, caller.info, PAY)
    five = "|".join(("0000002A", "20300108103000", *caller.machine.debit(step1, "0000002A"), ""))
    assert bench.code("iDoDebit_HSM_Step2", five) == -23
    assert bench.driver.pending is None


FIRST_STEPS = {
    "iReadCardBas": (3,),
    "iReadCard": (3, "INFO", "DF01EF07|29|$"),
    "iWriteCard": (3, "INFO", "DF01EF07|29|$"),
    "iReloadPIN": (3, "INFO"),
    "iUnblockPIN": (3, "INFO"),
    "iDoDebit": (3, "INFO", PAY),
}
LATER = [
    function
    for function in FUNCTIONS
    if function.family is Family.NATIONAL and "pKey" in str(function.parameters)
]


@pytest.mark.parametrize("stem", FIRST_STEPS)
def test_only_the_matching_next_step_follows_a_first_step(stem: str) -> None:
    bench = _bench("2.0", *["123456"] * len(LATER))
    info = Caller(bench, "2.0").info
    arguments = [info if argument == "INFO" else argument for argument in FIRST_STEPS[stem]]
    for function in LATER:
        if function.name == f"{stem}_HSM_Step2":
            continue
        bench.done(f"{stem}_HSM_Step1", *arguments)
        assert bench.powered
        assert bench.code(function.name, *["00" * 16] * len(function.parameters)) == -14, function.name
        assert not bench.powered
        assert (
            bench.code(f"{stem}_HSM_Step2", *["00" * 16] * len(BY_NAME[f"{stem}_HSM_Step2"].parameters))
            == -14
        )


def test_a_step_without_a_first_step_is_a_bad_parameter() -> None:
    bench = _bench("2.0")
    for function in LATER:
        assert bench.code(function.name, *["00" * 16] * len(function.parameters)) == -14, function.name


@pytest.mark.parametrize("change", ["pulled", "swapped", "reinserted"])
def test_a_card_that_is_gone_between_steps_ends_the_session(change: str) -> None:
    bench = _bench("3.0")
    caller = Caller(bench, "3.0")
    step1 = bench.done("iReadCard_HSM_Step1", 1, caller.info, "DF01EF07|29|$")
    card = bench.contact.remove()
    if change != "pulled":
        other = card if change == "reinserted" else card_of("3.0", seed=2)
        assert other is not None
        bench.contact.insert(other)
    code = bench.code("iReadCard_HSM_Step2", caller.machine.answer(step1))
    assert code == (-2 if change == "pulled" else -3)
    assert bench.driver.pending is None


def test_a_card_number_counts_nine_characters_and_a_version_three() -> None:
    contents = card_of("2.0", holder=HOLDER).contents()
    file = next(file for file in contents.directory("SSSE").files if file.fid == 0xEF05)
    others = [record for record in file.records if record[0] not in (0x03, 0x07)]
    file.records = [*others, b"\x03\x042.0\0", b"\x07\x0cT00000009123"]
    bench = DriverBench(
        social_card("ssc-2.0", contents), psam=PsamOptions(), profile=load_profile("strict-38")
    )
    fields = bench.done("iReadCardBas", 1).split("|")
    assert (fields[2], fields[6]) == ("T00000009", "2.00")
    read = bench.done("iReadCard", 1, 1, f"{fields[3]}|T00000009|", "SSSEEF05|07|$")
    assert read == "SSSEEF05|T00000009|$"


def test_an_answer_that_does_not_fit_the_buffer_is_refused_rather_than_cut() -> None:
    bench = _bench("3.0", psam=PsamOptions())
    info = Caller(bench, "3.0").info
    assert len(bench.done("iReadCard", 1, 2, info, "SSSEEF08|$" * 2)) == 2 * (10 + 8192 + 1)
    assert bench.code("iReadCard", 1, 2, info, "SSSEEF08|$" * 3) == -42


def test_a_caller_that_is_gone_leaves_nothing_that_the_next_one_trips_over() -> None:
    bench = _bench("3.0")
    bench.done("iReadCardBas_HSM_Step1", 1)
    assert bench.powered
    assert bench.done("iReadCardBas_HSM_Step1", 1)
    bench.driver.hang_up(None)
    assert not bench.powered
    assert Caller(bench, "3.0").base


@pytest.mark.parametrize(
    ("address", "code"),
    [("SSSEEF05|07|$", -2204), ("DF04EF08|$", -2204), ("DF01EF16|$", -2204), ("SSSEEF06|08|$", -2204)],
)
def test_a_file_that_needs_no_key_is_a_signpost_back_to_ireadcard(address: str, code: int) -> None:
    bench = _bench("2.0")
    assert bench.code("iReadCard_HSM_Step1", 1, Caller(bench, "2.0").info, address) == code


@pytest.mark.parametrize("alias", ["iUnlockPIN", "iReadDebit", "iUnlockPIN_HSM_Step1"])
def test_the_other_spellings_do_the_same(alias: str) -> None:
    bench = _bench("2.0", "123456", psam=PsamOptions())
    info = Caller(bench, "2.0").info
    assert bench.call(alias, 1, *([info] if "PIN" in alias else [])).code == 0


@pytest.mark.parametrize(
    "name", [function.name for function in FUNCTIONS if function.family is Family.VENDOR]
)
def test_a_build_without_extra_exports_does_not_know_the_vendors_functions(name: str) -> None:
    bench = _bench("2.0", profile="strict-38")
    function = BY_NAME[name]
    arguments = [1 if not parameter.is_text else "" for parameter in function.parameters]
    assert bench.code(name, *arguments) == -13


JUNK = ("", "x" * 200, "|||$", "\0", "测" * 40, "00" * 16)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_whatever_is_passed_the_answer_has_a_code_and_a_text_that_fits(function: Function) -> None:
    bench = _bench("3.0", *["CANCEL"] * len(JUNK), psam=PsamOptions())
    for value in JUNK:
        answer = bench.call(function.name, *(value if one.is_text else 1 for one in function.parameters))
        text = answer.text.encode("gbk")
        assert answer.code == 0 or text
        assert not function.out_size or len(text) < function.out_size


@pytest.mark.parametrize("value", [None, 1.5, b"1", True, [], 2**70, -1, "", "1"])
def test_a_type_that_is_none_of_the_four_is_a_bad_parameter(value: Any) -> None:
    bench = _bench("3.0")
    for name in ("iReadCardBas", "iVerifyPIN", "iReadCardBas_HSM_Step1"):
        assert bench.code(name, value) == -14


def test_any_sequence_of_calls_and_card_movements_leaves_power_only_where_steps_wait() -> None:
    bench = _bench("3.0", *["123456"] * 2000, psam=PsamOptions())
    info = Caller(bench, "3.0").info
    values = {"pCardInfo": info, "pFileAddr": "DF01EF07|29|$", "pWriteData": "DF01EF07|1|$", "pPayInfo": PAY}
    random = Random(20300108)
    seen = set()
    for _ in range(400):
        waiting = (bench.driver.pending or "_").split("_")[0]
        next_steps = [function for function in LATER if function.name.startswith(waiting) and waiting]
        function = random.choice(next_steps if next_steps and random.random() < 0.5 else FUNCTIONS)
        arguments = [
            values.get(one.name, "00" * 16) if one.is_text else random.choice((1, 3, 3, 4))
            for one in function.parameters
        ]
        seen.add(bench.call(function.name, *arguments).code)
        assert bench.powered is (bench.driver.pending is not None)
        if random.random() < 0.05:
            card = bench.contact.remove()
            assert card is not None
            seen.add(bench.call("iVerifyPIN", 1).code)
            bench.contact.insert(card)
    assert {0, -2, -13, -14, -21, -23} <= seen
