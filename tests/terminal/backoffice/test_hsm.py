"""The HSM's two messages: figures of the interface's worked example, and what the card's state allows."""

from __future__ import annotations

import pytest

from apdu.layout.states import SocialState
from terminal.backoffice.hsm import Hsm
from terminal.backoffice.ports import HsmMessage, RefusedError
from terminal.text import Pin

ATR = "0081544B318660990100A1B2C3"
CARD_ID = "990100D15600000500A1B2C3D4E5F607"
SM4_READ = f"990100|{ATR}|03|{CARD_ID}|B0B1B2B3B4B5B6B7|A0A1A2A3A4A5A6A7|D0D1D2D3D4D5D6D7|C0C1C2C3C4C5C6C7|"
SM4_ANSWER = "D0EEE844F7E2F65CA0A1A2A3A4A5A6A7|5F9BAAB93FA891E5C0C1C2C3C4C5C6C7|"
DES_READ = f"990100|{ATR}|01|{CARD_ID}|B0B1B2B3B4B5B6B7|A0A1A2A3A4A5A6A7|||"
DES_ANSWER = "0FFA8F30C0C30665A0A1A2A3A4A5A6A7||"
RANDOMS = "D0D1D2D3D4D5D6D7|C0C1C2C3C4C5C6C7|"
WRITE_ADDRESSES = ("0094", "00AC")


def external(address: str, algorithm: str = "03", randoms: str = RANDOMS, atr: str = ATR) -> HsmMessage:
    return HsmMessage(f"02|990100|{atr}|{algorithm}|{address}|{randoms}")


def refused(world, text: str) -> str:
    with pytest.raises(RefusedError) as caught:
        world.call(HsmMessage(text))
    assert caught.value.refusal.code.value == "hsm-refused"
    return caught.value.refusal.text.en


@pytest.mark.parametrize(("text", "answer"), [(SM4_READ, SM4_ANSWER), (DES_READ, DES_ANSWER)])
def test_base_read_gives_the_published_answer(world, text, answer):
    assert world.call(HsmMessage(f"01|{text}")) == answer


def test_lower_case_header_and_missing_separator_change_nothing(world):
    text = SM4_READ.replace(ATR, f"3B6D0000{ATR}").lower().removesuffix("|")
    assert world.call(HsmMessage(f"01|{text}")) == SM4_ANSWER


def test_a_base_read_of_des_may_miss_its_last_separator(world):
    assert world.call(HsmMessage(f"01|{DES_READ.removesuffix('|')}")) == DES_ANSWER


@pytest.mark.parametrize(
    ("address", "randoms", "algorithm", "answer"),
    [
        ("004C", RANDOMS, "01", "38C4C78BEB7AA834"),
        ("004C", RANDOMS, "03", "5F9BAAB93FA891E5"),
        ("0090", "E0E1E2E3E4E5E6E7|C0C1C2C3C4C5C6C7|", "01", "3B24B232482683BB"),
        ("0090", "E0E1E2E3E4E5E6E7|C0C1C2C3C4C5C6C7|", "03", "485F91FA427499D1"),
    ],
)
def test_external_authentication_gives_the_published_answer(make_world, address, randoms, algorithm, answer):
    world = make_world().enrol(social=SocialState.NORMAL)
    assert world.call(external(address, algorithm, randoms)) == f"{answer}C0C1C2C3C4C5C6C7|"


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_the_level_of_the_roots_never_changes_a_result(make_world, levels):
    world = make_world(options={"hsm_levels": levels}).enrol()
    assert world.call(HsmMessage(f"01|{SM4_READ}")) == SM4_ANSWER
    assert world.call(HsmMessage(f"01|{DES_READ}")) == DES_ANSWER


@pytest.mark.parametrize(
    ("levels", "home", "served"), [(3, "440100", 1), (2, "990200", 1), (2, "440100", 0), (1, "990200", 0)]
)
def test_an_hsm_without_national_roots_serves_its_own_region_only(world, levels, home, served):
    hsm = Hsm(_Directory(world), levels, home)
    if served:
        assert hsm.answer(HsmMessage(f"01|{SM4_READ}")) == SM4_ANSWER
    else:
        with pytest.raises(RefusedError, match="key not held"):
            hsm.answer(HsmMessage(f"01|{SM4_READ}"))


class _Directory:
    """Every card is known and sealed."""

    def __init__(self, world) -> None:
        self._store = world.store

    def card_by_id(self, card_id):
        with self._store.transaction():
            return self._store.social_card_by_id(card_id)

    def cards_by_atr(self, region, historical_bytes):
        with self._store.transaction():
            found = self._store.social_cards_by_atr(region, historical_bytes)
        return [(card, False) for card in found]


def test_replaced_roots_give_other_answers(make_world):
    world = make_world(options={"root_keys": {"IRK/1": bytes(16)}}).enrol()
    internal, second, _ = world.call(HsmMessage(f"01|{SM4_READ}")).split("|")
    assert internal != SM4_ANSWER.split("|", maxsplit=1)[0] and second == SM4_ANSWER.split("|")[1]


@pytest.mark.parametrize("state", [state for state in SocialState if state <= SocialState.TEMPORARILY_LOST])
def test_base_read_is_answered_for_states_0_to_4(make_world, state):
    world = make_world().enrol(social=state)
    assert world.call(HsmMessage(f"01|{SM4_READ}")) == SM4_ANSWER


def test_base_read_of_a_cancelled_or_unknown_card_is_refused_with_the_reason(make_world):
    world = make_world().enrol(social=SocialState.CANCELLED)
    assert "cancelled" in refused(world, f"01|{SM4_READ}")
    assert "does not know" in refused(make_world(), f"01|{SM4_READ}")


@pytest.mark.parametrize("address", WRITE_ADDRESSES)
def test_write_keys_need_a_normal_card_or_an_open_reservation(world, address):
    assert "state 0 (sealed)" in refused(world, external(address).text)
    number = world.reserved_number()
    assert world.call(external(address)).endswith("C0C1C2C3C4C5C6C7|")
    world.release(number)
    if address == "00AC":
        assert "UK" in refused(world, external(address).text)
    world.activate()
    assert world.call(external(address)).endswith("C0C1C2C3C4C5C6C7|")


def test_the_status_file_of_a_given_up_activation_can_still_be_undone(world):
    world.release(world.reserved_number())
    assert world.call(external("0094")).endswith("C0C1C2C3C4C5C6C7|")


def test_an_open_reservation_opens_no_other_key(world):
    world.reserved_number()
    assert "PUK is not open" in refused(world, external("0090").text)


def test_a_lost_card_gets_no_write_key_even_while_reserved(world):
    world.reserved_number()
    world.lose()
    for address in WRITE_ADDRESSES:
        assert "formally_lost" in refused(world, external(address).text)


def test_later_addresses_name_later_key_versions(make_world):
    world = make_world().enrol(social=SocialState.NORMAL)
    answers = {world.call(external(address)) for address in ("0094", "0095", "0096")}
    assert len(answers) == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "type"),
        ("07|990100|", "type '07' is not served"),
        ("02|990100|", "6 fields"),
        (external("FFFF").text, "address FFFF"),
        (external("00ZZ").text, "not hexadecimal"),
        (external("0094", algorithm="02").text, "algorithms 01"),
        (external("0094", randoms="D0|C0|").text, "16 digits"),
        (external("0094", atr="00").text, "26 digits"),
        (external("0094", atr="00" * 13).text, "knows no card"),
        (external("0094").text.replace("990100", "99010X", 1), "six digits"),
        (f"01|{SM4_READ}".replace("|990100D1", "|990200D1"), "do not agree"),
        ("01|" + "0" * 600, "exceeds 511"),
    ],
)
def test_a_faulty_message_is_refused_with_its_reason(world, text, reason):
    assert reason in refused(world, text)


DES_RELOAD, SM4_RELOAD = "842400010C", "8424000114"


def sealing(
    header: str,
    pin: str = "",
    algorithm: str = "03",
    address: str = "0173",
    challenge: str = "F0F1F2F3F4F5F6F7",
) -> HsmMessage:
    return HsmMessage(f"03|990100|{ATR}|{algorithm}|{address}|{challenge}|{header}|{pin}|")


@pytest.mark.parametrize("levels", [1, 2, 3])
@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ((DES_RELOAD, "123456", "01"), "842400010CBC14C677FE042B32ED88555E"),
        ((SM4_RELOAD, "123456", "03"), "8424000114D355B64FE8EF63ED1ACD4DCFD48D2A2272806DB3"),
        (("8424000004", "", "01"), "842400000484D9CEC8"),
        (("8424000004", "", "03"), "8424000004C42EA142"),
    ],
)
def test_pin_commands_are_completed_as_published(make_world, levels, command, answer):
    world = make_world(options={"hsm_levels": levels}).enrol(social=SocialState.NORMAL)
    assert world.call(sealing(*command)) == f"{answer}|"


def test_pin_travels_apart_from_the_text_until_the_wire(make_world):
    world = make_world().enrol(social=SocialState.NORMAL)
    apart = HsmMessage(sealing(SM4_RELOAD).text, Pin("123456"))
    assert world.call(apart) == world.call(sealing(SM4_RELOAD, "123456"))


def test_an_unblock_may_miss_its_last_separator(make_world):
    world = make_world().enrol(social=SocialState.NORMAL)
    text = sealing("8424000004").text.removesuffix("|")
    assert world.call(HsmMessage(text)) == "8424000004C42EA142|"


@pytest.mark.parametrize("state", [state for state in SocialState if state is not SocialState.NORMAL])
def test_pin_commands_are_completed_for_normal_cards_alone(make_world, state):
    world = make_world().enrol(social=state)
    assert f"state {state.value}" in refused(world, sealing(SM4_RELOAD, "123456").text)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (sealing(SM4_RELOAD, "123"), "4 to 16 digits"),
        (sealing(SM4_RELOAD, "12345A"), "4 to 16 digits"),
        (sealing("8424000004", "123456"), "only PIN unblock"),
        (sealing(SM4_RELOAD), "only PIN unblock"),
        (sealing("8416000004"), "only PIN unblock"),
        (sealing("84240000"), "length"),
        (sealing(DES_RELOAD, "123456"), "length"),
        (sealing(SM4_RELOAD, "123456", algorithm="01"), "length"),
        (sealing(SM4_RELOAD, "123456", address="0094"), "no message key at address 0094"),
        (sealing(SM4_RELOAD, "123456", challenge="F0"), "16 digits"),
        (sealing("84zz", ""), "not hexadecimal"),
        (HsmMessage("03|990100|"), "7 fields"),
    ],
)
def test_a_faulty_pin_command_is_refused_with_its_reason_and_without_the_pin(make_world, message, reason):
    world = make_world().enrol(social=SocialState.NORMAL)
    said = refused(world, message.text)
    assert reason in said and "123456" not in said


def test_an_hsm_has_one_to_three_levels(world):
    with pytest.raises(ValueError, match="not 4"):
        Hsm(_Directory(world), levels=4)


DEBIT = "04|990100|{atr}|00000005|{algorithm}|{address}|5A6B7C8D|0007|0000271000001F40|32|990100000001|20250102103000|"
CERTIFIED = {
    "01": "00000005|20250102103000|FCF356B4|398377EA|0BE1EA8D|",
    "03": "00000005|20250102103000|B1B60D81|66E49249|5EDF85E9|",
}


def debiting(algorithm: str = "03", address: str = "017F") -> HsmMessage:
    return HsmMessage(DEBIT.format(atr=ATR, algorithm=algorithm, address=address))


@pytest.mark.parametrize("algorithm", CERTIFIED)
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_a_debit_is_certified_as_published(make_world, algorithm, levels):
    world = make_world(options={"hsm_levels": levels}).enrol(social=SocialState.NORMAL)
    assert world.call(debiting(algorithm)) == CERTIFIED[algorithm]


def test_later_purchase_keys_give_another_mac_and_the_same_tac(make_world):
    world = make_world().enrol(social=SocialState.NORMAL)
    first, second = (world.call(debiting(address=address)).split("|") for address in ("017F", "0199"))
    assert first[2:4] != second[2:4] and first[4] == second[4]


@pytest.mark.parametrize("state", [SocialState.SEALED, SocialState.FORMALLY_LOST, SocialState.CANCELLED])
def test_a_debit_is_certified_for_normal_cards_alone(make_world, state):
    world = make_world().enrol(social=state)
    assert world.refusal(world.call, debiting()) == ("R1", "hsm-refused")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("017F", "0180"),
        ("|32|", "|31|"),
        ("5A6B7C8D", "5A6B7C"),
        ("5A6B7C8D", "5A6B7C8G"),
        ("5A6B7C8D", "5A 6B 7C"),
        ("|990100000001|", "|"),
        ("0000271000001F40", "0000271000001F4"),
    ],
)
def test_a_faulty_debit_is_refused_with_its_reason(make_world, old, new):
    world = make_world().enrol(social=SocialState.NORMAL)
    assert world.refusal(world.call, HsmMessage(debiting().text.replace(old, new))) == ("HSM", "hsm-refused")
