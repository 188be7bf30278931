"""iReadCardBas and its two steps, on cards of every generation, with a PSAM and with the centre's key machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from driver_bench import DEVICE, VERSIONS, Centre, DriverBench, card_of

from apdu.crypto import Algorithm
from terminal.driver.profile import STRICT, CodeOrder, load_profile
from terminal.driver.strings import NO_TERMINAL
from terminal.flow.steps import Role
from terminal.transport.base import Reader
from virtual_card.issuer import PsamOptions, issue

FIELDS = 11
REGION = "990100"
ORDER_OF_STEP_1 = ["A4", "A4", "B2", "B2", "B2", "A4", "84", "84", "88"]
ORDER_OF_STEP_2 = ["A4", "B2", "B2", "B2", "A4", "B2", "B2"]


def names(bench: DriverBench) -> list[str]:
    return [f"{command.ins:02X}" for command in bench.sent()]


@pytest.mark.parametrize("version", VERSIONS)
def test_base_data_have_eleven_fields_and_end_with_their_separator(version: str) -> None:
    text = DriverBench(card_of(version)).done("iReadCardBas", 1)
    fields = text.split("|")
    assert len(fields) == FIELDS + 1 and fields[-1] == ""
    assert fields[0] == REGION and len(fields[1]) == 18 and fields[2] == "A00000011"
    assert len(fields[3]) == 32 and fields[3].isupper() and fields[4].startswith("测试")
    assert len(fields[5]) == 26 and fields[6] == f"{version}0"
    assert fields[7:11] == ["20291218", "20391218", "990100000001", DEVICE]


@pytest.mark.parametrize("version", VERSIONS)
def test_two_steps_by_hsm_answer_what_the_psam_form_answers(version: str) -> None:
    bench = DriverBench(card_of(version))
    by_psam = bench.done("iReadCardBas", 3)
    assert bench.card is not None
    step1 = bench.done("iReadCardBas_HSM_Step1", 3)
    assert len(step1.split("|")) == 9
    assert bench.done("iReadCardBas_HSM_Step2", Centre(bench.card).base(step1)) == by_psam


@pytest.mark.parametrize(("version", "external"), [("1.0", 0), ("2.0", 0), ("3.0", 2)])
def test_commands_of_the_steps_come_in_the_order_of_deployed_drivers(version: str, external: int) -> None:
    bench = DriverBench(card_of(version))
    assert bench.card is not None
    step1 = bench.done("iReadCardBas_HSM_Step1", 1)
    assert names(bench) == ORDER_OF_STEP_1 + ["84"] * external
    bench.done("iReadCardBas_HSM_Step2", Centre(bench.card).base(step1))
    extension = [] if version == "1.0" else ["B2"]
    assert names(bench) == ["82"] * (external // 2) + ORDER_OF_STEP_2 + extension


def test_without_a_psam_the_terminal_number_is_twelve_zeros() -> None:
    bench = DriverBench(card_of(), sam_slot=False)
    assert bench.card is not None
    step1 = bench.done("iReadCardBas_HSM_Step1", 1)
    fields = bench.done("iReadCardBas_HSM_Step2", Centre(bench.card).base(step1)).split("|")
    assert fields[9] == NO_TERMINAL


@pytest.mark.parametrize("change", [str.lower, lambda key: key.rstrip("|"), lambda key: key + "|"])
def test_a_key_is_taken_in_either_case_and_with_any_number_of_last_separators(
    change: Callable[[str], str],
) -> None:
    bench = DriverBench(card_of())
    assert bench.card is not None
    key = change(Centre(bench.card).base(bench.done("iReadCardBas_HSM_Step1", 1)))
    assert bench.call("iReadCardBas_HSM_Step2", key).code == 0


@pytest.mark.parametrize(
    ("version", "psam", "code"),
    [
        ("3.0", None, -2201),
        ("3.0", PsamOptions(environments=(Algorithm.DES,)), -2202),
        ("2.0", PsamOptions(environments=(Algorithm.SM4,)), -2202),
        ("3.0", PsamOptions(without=frozenset({"RKSSSE"})), -2203),
        ("3.0", PsamOptions(without=frozenset({"IRK"})), -27272),
        ("3.0", PsamOptions(levels={"IRK": 0}), -24),
    ],
)
def test_the_five_codes_that_lead_to_the_hsm(version: str, psam: PsamOptions | None, code: int) -> None:
    bench = DriverBench(card_of(version), psam=psam)
    assert bench.code("iReadCardBas", 1) == code
    assert bench.card is not None
    step1 = bench.done("iReadCardBas_HSM_Step1", 1)
    bench.done("iReadCardBas_HSM_Step2", Centre(bench.card).base(step1))


def test_a_2_0_card_does_not_need_rkssse() -> None:
    psam = PsamOptions(without=frozenset({"RKSSSE"}))
    assert DriverBench(card_of("2.0"), psam=psam).call("iReadCardBas", 1).code == 0


def test_a_card_of_other_keys_is_not_genuine_by_psam_and_by_hsm() -> None:
    roots = {"IRK/1": bytes(16)}
    forged = card_of(root_keys=roots)
    bench = DriverBench(forged)
    assert bench.code("iReadCardBas", 1) == -21
    step1 = bench.done("iReadCardBas_HSM_Step1", 1)
    assert bench.code("iReadCardBas_HSM_Step2", Centre(forged).base(step1)) == -21


def test_a_wrong_external_authentication_is_of_the_25536_family() -> None:
    answer = DriverBench(card_of(root_keys={"RKSSSE/1": bytes(16)})).call("iReadCardBas", 1)
    assert -25552 < answer.code <= -25536 and "tries left" in answer.text


@pytest.mark.parametrize(
    ("order", "codes"),
    [(CodeOrder.ARITHMETIC, [-25538, -25537, -25536]), (CodeOrder.LITERAL, [-25536, -25537, -25538])],
)
def test_the_last_tries_of_a_key_are_numbered_as_the_profile_says(order: CodeOrder, codes: list[int]) -> None:
    bench = DriverBench(
        card_of(root_keys={"RKSSSE/1": bytes(16)}),
        profile=replace(STRICT, external_authentication_codes=order),
    )
    seen = []
    while (code := bench.code("iReadCardBas", 1)) != -27011:
        seen.append(code)
    assert seen[-3:] == codes


@pytest.mark.parametrize("kind", ["sle4442", "sle4428", "old-cpu"])
def test_another_kind_of_card_is_the_wrong_type(kind: str) -> None:
    bench = DriverBench(issue(kind, 1))
    assert bench.code("iReadCardBas", 1) == -1
    assert bench.code("iVerifyPIN", 1) == -1


def test_a_blocked_card_answers_6a81_to_everything() -> None:
    assert DriverBench(card_of(state="card-blocked")).code("iReadCardBas", 1) == -27265


@pytest.mark.parametrize(
    ("type_", "contact", "contactless", "used"),
    [
        (1, True, True, "contact"),
        (2, True, True, "contactless"),
        (3, True, True, "contact"),
        (4, True, True, "contactless"),
        (3, False, True, "contactless"),
        (4, True, False, "contact"),
        (1, False, True, None),
        (2, True, False, None),
        (3, False, False, None),
    ],
)
def test_itype_says_which_slot_is_looked_at_first(
    type_: int, contact: bool, contactless: bool, used: str | None
) -> None:
    bench = DriverBench()
    if contact:
        bench.contact.insert(card_of(seed=1))
    if contactless:
        bench.contactless.insert(card_of(seed=2, social={"contactless": True}))
    answer = bench.call("iReadCardBas", type_)
    if used is None:
        assert answer.code == -2
        return
    assert answer.code == 0, answer.text
    slot = bench.contact if used == "contact" else bench.contactless
    assert slot.exchanges > 0


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("full-atr", 5, "3B6D000000814E43238697990100000001"),
        ("jiangsu-12", 11, DEVICE),
        ("strict-38", 6, "3.00"),
    ],
)
def test_a_profile_changes_the_fields_it_names(name: str, place: int, value: str) -> None:
    bench = DriverBench(card_of(), profile=load_profile(name))
    assert bench.done("iReadCardBas", 1).split("|")[place] == value


def test_a_build_with_nine_fields_ends_step_1_with_the_terminal_code() -> None:
    bench = DriverBench(card_of(), profile=load_profile("nine-field"))
    assert bench.done("iReadCardBas_HSM_Step1", 1).split("|")[8] == DEVICE


def test_the_psam_is_not_touched_before_the_card_is_powered() -> None:
    bench = DriverBench()
    assert bench.code("iReadCardBas", 1) == -2
    assert not bench.sent(Role.PSAM)


class Long:
    """A reader whose card has a longer card number than the layout says."""

    def __init__(self, beneath: Reader, number: str) -> None:
        self.beneath, self.number = beneath, number
        self.name = beneath.name
        self.card_present = beneath.card_present
        self.wait = beneath.wait

    def connect(self) -> Any:
        connection: Any = self.beneath.connect()
        record = bytes((0x07, len(self.number))) + self.number.encode("ascii")

        class Saying:
            atr, protocol, pin_pad = connection.atr, connection.protocol, None
            reset, close = staticmethod(connection.reset), staticmethod(connection.close)

            @staticmethod
            def transmit(apdu: bytes) -> bytes:
                answer: bytes = connection.transmit(apdu)
                return record + b"\x90\x00" if apdu[1:3] == b"\xb2\x07" else answer

        return Saying()


def test_of_a_longer_card_number_the_first_nine_characters_count() -> None:
    bench = DriverBench(
        card_of(), wrap=lambda name, reader: Long(reader, "A000000119X") if name == "contact" else reader
    )
    fields = bench.done("iReadCardBas", 1).split("|")
    assert fields[2] == "A00000011"
    for number in ("A00000011", "A000000119X"):
        info = f"{fields[3]}|{number}|"
        assert bench.done("iReadCard", 1, 1, info, "SSSEEF05|07|$") == "SSSEEF05|A00000011|$"
