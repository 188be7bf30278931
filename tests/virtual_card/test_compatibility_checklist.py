"""What readers and programs in the field rely on, point by point; numbers are those of the checklist in the docs.

The bank's application and the PKI application have their own tests: point 12's bank number and the certificate
records of point 10 are theirs.
"""

from __future__ import annotations

import random
from functools import reduce
from itertools import product
from operator import xor

import pytest
from card_samples import send
from vector_cards import PSAM_DF01, SX1, SX3, draws, proves

from apdu.atr import parse
from apdu.command import Command
from apdu.crypto import Algorithm, authentication_data, session_key
from apdu.keys import KEYS
from apdu.layout import CardOptions, card_layout
from apdu.layout.psam import psam_layout
from apdu.response import Response
from apdu.t0 import complete
from terminal.errors import CardRefusedError, UnexpectedAnswerError
from terminal.flow.steps import Procedure
from terminal.procedures import pin as pin_procedures
from terminal.procedures.files import declared_file, read_item, select_directory, select_ef
from terminal.procedures.social import announced_algorithm, read_holder, read_issuer_data
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard
from virtual_card.issuer import GENERATIONS, PsamOptions, SocialOptions, issue
from virtual_card.persona import Persona
from virtual_card.state import Face, Purse

SELECT_SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
SELECT_DF03 = "00A4040006D15600000502"
SELECT_DF04 = "00A4040006D15600000503"
VERIFY = "0020000003123456"
SOCIAL = tuple(str(kind) for kind in GENERATIONS)
ANNOUNCING = ("ssc-2.0", "ssc-3.0")
every_kind = pytest.mark.parametrize("kind", SOCIAL)


def social(kind: str = "ssc-3.0", *, face: Face = "T=0", **options: object) -> ProcessorCard:
    card = issue(kind, 1, face=face, random=random.Random(1).randbytes, **options)  # type: ignore[arg-type]
    assert isinstance(card, ProcessorCard)
    card.strict = True
    card.power_on()
    return card


def psam(**options: object) -> ProcessorCard:
    card = issue("psam", 1, psam=PsamOptions(**options))  # type: ignore[arg-type]
    assert isinstance(card, ProcessorCard)
    card.strict = True
    card.power_on()
    return card


# 1 Answer to reset ------------------------------------------------------------------------------------


@every_kind
def test_01_answer_to_reset_has_17_bytes_and_thirteen_historical_ones(kind: str) -> None:
    card = social(kind)
    assert len(card.atr) == 17
    assert card.atr[:4] == bytes.fromhex("3B6D0000")
    assert parse(card.atr).historical_bytes == card.atr[4:]
    assert card.protocol == "T=0"


def test_01_waiting_data_and_right_lengths_reach_the_client() -> None:
    card = social()
    assert send(card, SELECT_SSSE) == "611E"
    assert send(card, "00B2012C00") == "6C12"


def test_01_a_mode_gives_data_and_9000_at_once() -> None:
    card = social(face="apdu")
    assert send(card, SELECT_SSSE).startswith("6F1C") and send(card, SELECT_SSSE).endswith("9000")
    assert send(card, "00B2012C00")[-4:] == "9000"


# 2 Selection ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["", SELECT_DF04, "00A4020002EF05", "00A4040005FFFFFFFFFF"])
@every_kind
def test_02_environment_is_selected_by_name_from_any_state(kind: str, before: str) -> None:
    card = social(kind)
    if before:
        send(card, before)
    assert send(card, SELECT_SSSE)[:2] == "61"


@pytest.mark.parametrize(("kind", "length"), [("ssc-2.0", 30), ("ssc-3.0", 30)])
def test_02_control_information_of_30_bytes_announces_the_algorithm(kind: str, length: int) -> None:
    card = social(kind)
    fci = send(card, SELECT_SSSE, f"00C00000{length:02X}")
    assert len(fci) == 2 * length + 4
    assert f"9F0C038601{GENERATIONS[card.kind].algorithm:02X}" in fci


def test_02_old_cards_announce_nothing() -> None:
    fci = send(social("ssc-1.0"), SELECT_SSSE, "00C0000015")
    assert fci.endswith("A5009000") and "9F0C" not in fci


@pytest.mark.parametrize("p1", ["00", "02"])
def test_02_files_are_selected_with_p1_00_and_02(p1: str) -> None:
    assert send(social(), SELECT_SSSE, f"00A4{p1}0002EF05", "00B2010412")[-4:] == "9000"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("00A4000002DF04", "610A"),
        ("00A4010002DF04", "610A"),
        (SELECT_DF04, "610A"),
        ("00A40000023F00", "611E"),
        ("00A4000000", "611E"),
        ("00A40000", "611E"),
        ("00A40000027F01", "6A82"),
    ],
)
def test_02_directories_are_selected_by_identifier_and_name(apdu: str, status: str) -> None:
    assert send(social(), apdu) == status


# 3 READ RECORD ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("current", [False, True])
@pytest.mark.parametrize(
    ("mode", "p1", "first", "length"),
    [
        (0, "07", "0709", 11),
        (1, "07", "0709", 11),
        (2, "01", "0110", 18),
        (3, "07", "0709", 11),
        (4, "02", "0201", 3),
        (5, "01", "0110", 0x40),
        (6, "01", "0709", 0x40),
    ],
)
def test_03_every_mode_by_short_identifier_and_in_the_current_file(
    mode: int, p1: str, first: str, length: int, current: bool
) -> None:
    card = social()
    send(card, SELECT_SSSE, "00A4020002EF05")
    answer = send(card, f"00B2{p1}{(0 if current else 5) << 3 | mode:02X}{length:02X}")
    assert answer.startswith(first) and answer.endswith("9000")
    assert len(answer) == 2 * length + 4


@pytest.mark.parametrize("le", [0x00, 0x10, 0x11, 0x13, 0x18, 0xFF])
def test_03_every_other_length_is_told_the_right_one(le: int) -> None:
    assert send(social(), f"00B2012C{le:02X}") == "6C12"


def test_03_name_extension_is_not_found_on_first_generation_cards() -> None:
    assert send(social("ssc-1.0"), "00B24E3016") == "6A83"
    assert send(social("ssc-2.0"), "00B24E3016")[-4:] == "9000"


# 4 Challenges, authentication, access ------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "length", "status"), [
    ("ssc-2.0", 4, "9000"), ("ssc-2.0", 8, "9000"), ("ssc-2.0", 16, "6700"),
    ("ssc-3.0", 4, "9000"), ("ssc-3.0", 8, "9000"), ("ssc-3.0", 16, "9000"), ("ssc-3.0", 5, "6700"),
])  # fmt: skip
def test_04_challenges_of_4_8_and_16_bytes(kind: str, length: int, status: str) -> None:
    answer = send(social(kind), f"00840000{length:02X}")
    assert answer[-4:] == status
    assert len(answer) == (2 * length if status == "9000" else 0) + 4


def test_04_latest_challenge_counts_once() -> None:
    card = social()
    key = card.directory.named["UKSSSE"]
    first, second = (card.transmit(bytes.fromhex("0084000008"))[:8] for _ in range(2))
    raw = bytes(8)

    def attempt(challenge: bytes) -> str:
        session = session_key(key.algorithm, key.versions[1], challenge)
        return send(card, f"0082000410{authentication_data(key.algorithm, session, raw).hex()}{raw.hex()}")

    assert attempt(second) == "9000"
    assert attempt(second) == "6984"
    send(card, "0084000008")
    assert attempt(first) == "63C2"


@pytest.mark.parametrize(
    "between", ["00B2012C12", "00A4020002EF05", VERIFY, "0088000010" + "11" * 16, "0020000000", "00C0000000"]
)
def test_04_challenge_lives_over_what_comes_before_the_answer_of_the_key_machine(between: str) -> None:
    card = social()
    draws(card, "D0D1D2D3D4D5D6D7")
    send(card, "0084000008", between)
    key = card.directory.named["RKSSSE"]
    session = session_key(key.algorithm, key.versions[1], bytes.fromhex("D0D1D2D3D4D5D6D7"))
    proof = authentication_data(key.algorithm, session, bytes(8)).hex()
    assert send(card, f"0082000A10{proof}{bytes(8).hex()}") == "9000"


@every_kind
def test_04_every_key_is_proved_in_every_version_and_locks_by_itself(kind: str) -> None:
    card = social(kind, social=SocialOptions(layout=CardOptions(informative=True, personnel_file=True)))
    for directory in card.profile.directories.values():
        card.power_on()
        card.enter(directory)
        for reference, key in directory.keys.items():
            if reference & 0x0F in (0x00, 0x02):
                continue
            for version in key.versions:
                card.transmit(bytes.fromhex("0084000008"))
                session = session_key(key.algorithm, key.versions[version], card.challenge)
                proof = authentication_data(key.algorithm, session, bytes(8)).hex()
                body = f"{proof}{bytes(8).hex()}{version:02X}"
                assert send(card, f"008200{reference:02X}11{body}") == "9000", (key.name, version)


@every_kind
def test_04_counters_are_the_keys_own_and_end_in_6983(kind: str) -> None:
    card = social(kind)
    send(card, SELECT_DF04)
    wrong = "0082008510" + "00" * 16
    assert [send(card, "0084000008", wrong) for _ in range(4)] == ["63C2", "63C1", "63C0", "6983"]
    assert proves(card, "UK2DF04") == "9000"


@every_kind
def test_04_access_rules_hold_for_every_file(kind: str) -> None:
    layout = card_layout(GENERATIONS[kind].version)  # type: ignore[index]
    card = social(kind)
    for spec_directory in layout:
        node = card.profile.directories[spec_directory.name]
        for spec in spec_directory.files:
            terms = sorted(spec.read.terms)
            for held in product((False, True), repeat=len(terms)):
                card.power_on()
                card.enter(node)
                for term, given in zip(terms, held, strict=True):
                    if given:
                        assert (send(card, VERIFY) if term == "PIN" else proves(card, term)) == "9000"
                have = {term for term, given in zip(terms, held, strict=True) if given}
                allowed = any(alternative <= have for alternative in spec.read.alternatives)
                transparent = spec.structure.name == "TRANSPARENT"
                send(card, f"00A4020002{spec.fid:04X}")
                status = send(card, "00B0000001" if transparent else "00B2010400")[-4:]
                assert (status != "6982") is allowed, (spec.path, have)


def test_04_never_means_never() -> None:
    card = social()
    send(card, SELECT_DF04, VERIFY)
    for key in ("RK1DF04", "UK1DF04", "UK2DF04"):
        assert proves(card, key) == "9000"
    assert send(card, "00DC01431C" + "00" * 28) == "6982"


# 5 PIN ------------------------------------------------------------------------------------------------


@every_kind
def test_05_tries_are_asked_for_without_using_one(kind: str) -> None:
    assert send(social(kind), "0020000000", "0020000000") == "63C6"


@every_kind
def test_05_pin_is_changed_and_blocks(kind: str) -> None:
    card = social(kind)
    assert send(card, "805E010007123456FF654321") == "9000"
    assert [send(card, VERIFY) for _ in range(7)] == [f"63C{left}" for left in range(5, -1, -1)] + ["6983"]


@pytest.mark.parametrize(("kind", "length"), [("ssc-2.0", 0x0C), ("ssc-2.0", 0x14), ("ssc-3.0", 0x14)])
def test_05_reload_takes_both_lengths(kind: str, length: int) -> None:
    card = social(kind)
    assert proves(card, "PUK") == "9000"
    assert send(card, "0084000008", f"84240001{length:02X}" + "00" * length) == "6988"


def test_05_sixteen_byte_ciphers_refuse_the_short_reload() -> None:
    card = social()
    proves(card, "PUK")
    assert send(card, "0084000008", "842400010C" + "00" * 12) == "6700"


# 6 Purse ----------------------------------------------------------------------------------------------

BALANCE = "B026000104"


def test_06_purse_belongs_to_cards_personalised_for_it() -> None:
    assert send(social(), SELECT_DF04, VERIFY, BALANCE) == "6A81"
    card = social(social=SocialOptions(purse=Purse(balance=1)))
    assert send(card, SELECT_DF04, VERIFY, BALANCE) == "000000019000"


def test_06_state_machine_refuses_what_was_not_begun() -> None:
    card = social(social=SocialOptions(purse=Purse()))
    send(card, SELECT_DF04, VERIFY)
    assert send(card, "B02C01000F" + "00" * 15) == "6901"
    assert send(card, "B02A00000B" + "00" * 11) == "6901"


def test_06_transaction_log_is_written_by_the_card_alone() -> None:
    card = social(social=SocialOptions(purse=Purse()))
    send(card, SELECT_DF04, VERIFY)
    assert send(card, "00DC01441C" + "00" * 28) == "6982"
    assert send(card, "00B2014400") == "6A83"


def test_06_cards_may_keep_the_personal_account_only() -> None:
    card = social(social=SocialOptions(purse=Purse(balance=9), purse_keeps_account_only=True))
    assert card.contents().directory("DF04").file(0xEF08).record_length == 20


# 7 Blocks ---------------------------------------------------------------------------------------------


def test_07_blocked_application_answers_9303() -> None:
    card = social(state="application-blocked")
    assert send(card, SELECT_DF04) == "9303"
    assert send(card, "00B2012C12") == "9303"
    assert send(card, SELECT_DF03) == "610A"


@pytest.mark.parametrize("apdu", [SELECT_SSSE, SELECT_DF04, VERIFY, "00C0000000", "00A40000023F00"])
def test_07_blocked_card_answers_6a81_to_everything_and_still_resets(apdu: str) -> None:
    card = social(state="card-blocked")
    assert send(card, apdu) == "6A81"
    assert card.reset() == card.atr


# 8 PSAM -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("environment", "status"), [(SX1, "61"), (SX3, "61")])
def test_08_psam_environments(environment: str, status: str) -> None:
    assert send(psam(), environment)[:2] == status


def test_08_algorithm_nobody_can_compute_has_no_environment() -> None:
    assert send(psam(), SX1.replace("737831", "737832")) == "6A82"


@pytest.mark.parametrize("environment", [SX1, SX3])
def test_08_psam_files(environment: str) -> None:
    card = psam()
    assert send(card, environment, "00B095000F")[-4:] == "9000"
    assert send(card, "00B0960006") == "9901000000019000"
    assert send(card, PSAM_DF01)[:2] == "61"
    for fid, length in (("0019", "04"), ("001A", "0A"), ("001B", "0A"), ("001C", "0A")):
        assert send(card, f"00A4020002{fid}", f"00B00000{length}")[-4:] == "9000"
    assert {f"{spec.fid:04X}" for entry in psam_layout() for spec in entry.files} >= {"0001", "0011", "0013"}


def test_08_des_answers_wait_and_sm4_may_come_at_once() -> None:
    deliver = "BFDE67082" + "{0}" + "11" * 24
    card = psam(sm4_face="apdu")
    assert send(card, SX1, PSAM_DF01, deliver.format("0") + "22" * 8) == "9000"
    assert send(card, "80FA000008" + "33" * 8) == "6108"
    assert send(card, SX3, PSAM_DF01, deliver.format("8") + "22" * 16) == "9000"
    assert send(card, "80FA000010" + "33" * 16)[-4:] == "9000"


@pytest.mark.parametrize("level", [1, 2, 3])
def test_08_levels_are_configurable_per_key(level: int) -> None:
    card = psam(levels={"UKSSSE": level})
    send(card, SX1, PSAM_DF01)
    answers = {
        factors: send(card, f"BFDE{factors << 5 | 8:02X}12{8 * factors + 8:02X}" + "11" * (8 * factors + 8))
        for factors in (3, 2, 1)
    }
    assert answers == {factors: "9000" if factors == level else "6A80" for factors in (3, 2, 1)}


def test_08_missing_key_is_6a88() -> None:
    card = psam(without=frozenset({"UKSSSE"}))
    assert send(card, SX1, PSAM_DF01, "BFDE681220" + "11" * 32) == "6A88"


def test_08_purchase_commands() -> None:
    card = psam(levels={"DPK": 3})
    data = "5A6B7C8D" + "0007" + "00" * 12 + "32" + "20250102103000" + "0100" + "11" * 24
    assert send(card, SX1, PSAM_DF01, f"8070010034{data}") == "6108"
    assert send(card, "807200000400000000") == "9302"


# 9 Algorithms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "algorithm"), [("ssc-2.0", Algorithm.DES), ("ssc-3.0", Algorithm.SM4)])
def test_09_both_published_algorithms_authenticate(kind: str, algorithm: Algorithm) -> None:
    card = social(kind)
    assert card.directory.algorithm is algorithm
    assert proves(card, "UKSSSE") == "9000"
    assert send(card, "0088000010" + "11" * 16) == "6108"


def test_09_unpublished_algorithm_is_known_by_its_announcement_only() -> None:
    fci = bytes.fromhex("6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860102")
    assert announced_algorithm(fci, "990100") is Algorithm.SSF33
    assert announced_algorithm(bytes.fromhex("6F13840F7378312E73682EC9E7BBE1B1A3D5CFA500"), "110000") is (
        Algorithm.SSF33
    )


# 10 Themes of the official tests -----------------------------------------------------------------------


@every_kind
def test_10_every_declared_file_is_present(kind: str) -> None:
    card = social(kind)
    for entry in card_layout(GENERATIONS[kind].version):  # type: ignore[index]
        card.enter(card.profile.directories[entry.name])
        for spec in entry.files:
            assert send(card, f"00A4020002{spec.fid:04X}") == "9000", spec.path


@every_kind
def test_10_keys_match_the_national_psam(kind: str) -> None:
    card, module = social(kind), psam(levels={key.name: 3 for key in KEYS})
    algorithm = GENERATIONS[kind].algorithm  # type: ignore[index]
    held = {
        (key.name, key.type == 2 and key.id)
        for key in module.contents().directory(f"sx{algorithm:d}/DF01").sam_keys
    }
    for node in card.profile.directories.values():
        for name, key in node.named.items():
            spec = next(spec for spec in KEYS if spec.name == name)
            if spec.psam_id is not None:
                assert (name, spec.psam_type == 2 and spec.psam_id) in held
                assert key.algorithm is algorithm


@every_kind
def test_10_read_update_and_internal_authentication(kind: str) -> None:
    card = social(kind)
    if kind == "ssc-3.0":
        assert proves(card, "RKSSSE") == "9000"
    assert send(card, "00B2083014")[-4:] == "9000"
    assert send(card, "00DC022803020131") == "6982"
    assert proves(card, "UKSSSE") == "9000"
    assert send(card, "00DC022803020131", "00B2022803") == "0201319000"
    assert send(card, "0088000011" + "11" * 16 + "03") == "6108"


# 11 Profiles ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "version", "extension", "protected"),
    [
        ("ssc-1.0", "1.00", "6A83", False),
        ("ssc-2.0", "2.00", "9000", False),
        ("ssc-3.0", "3.00", "9000", True),
    ],
)
def test_11_generations(kind: str, version: str, extension: str, protected: bool) -> None:
    card = social(kind)
    assert send(card, "00B2032C06") == f"0304{version.encode().hex()}9000".upper()
    assert (send(card, "00B2083014") == "6982") is protected
    if protected:
        proves(card, "RKSSSE")
    assert send(card, "00B24E3016")[-4:] == extension


@every_kind
def test_11_blank_card_has_its_identification_code_only(kind: str) -> None:
    card = social(kind, state="blank")
    assert send(card, "00B2012C12") == f"0110{Persona.from_seed(1).card_id.hex().upper()}9000"
    assert send(card, "00B2072C0B") == "0709" + "00" * 9 + "9000"
    assert send(card, "00B2052C06") == "0504FFFFFFFF9000"
    if kind == "ssc-3.0":
        proves(card, "RKSSSE")
    assert send(card, "00B2083014") == "0812" + "00" * 18 + "9000"


def test_11_expired_and_blocked_pin() -> None:
    assert send(social(state="pin-blocked"), VERIFY) == "6983"
    expired, valid = (send(social(state=state), "00B2062C06") for state in ("expired", None))
    assert expired[4:12] < valid[4:12]


def test_11_extension_file_of_one_province() -> None:
    card = social(social=SocialOptions(layout=CardOptions(personnel_file=True)))
    assert send(card, "00A4020002EF0D") == "9000"
    assert proves(card, "UKEF0D") == "9000"


@pytest.mark.parametrize(("kind", "size"), [("sle4442", 256), ("sle4428", 1021)])
def test_11_memory_cards_with_local_layouts(kind: str, size: int) -> None:
    card = issue(kind, 1)
    card.power_on()
    assert card.transmit(bytes.fromhex("FFB0000004"))[-2:] == b"\x90\x00"
    assert card.protocol == "raw"


# 12 Across applications --------------------------------------------------------------------------------


def test_12_names_are_selectable_across_applications_without_a_reset() -> None:
    card = social()
    for apdu in (SELECT_DF04, SELECT_DF03, SELECT_SSSE, SELECT_DF04):
        assert send(card, apdu)[:2] == "61"


# For the terminal --------------------------------------------------------------------------------------


def driven(card: ProcessorCard, procedure: Procedure[object]) -> object:
    """Run a card procedure, T=0 completed as the session does."""
    try:
        command = next(procedure)
        while True:
            command = procedure.send(_completed(card, command))
    except StopIteration as stop:
        return stop.value


def _completed(card: ProcessorCard, command: Command) -> Response:
    exchange = complete(command)
    try:
        sent = next(exchange)
        while True:
            sent = exchange.send(Response.parse(card.transmit(sent.encode())))
    except StopIteration as stop:
        response: Response = stop.value
        return response


FACES: tuple[Face, ...] = ("T=0", "apdu")


@pytest.mark.parametrize("face", FACES)
def test_terminal_accepts_61xx_and_9000_after_select(face: Face) -> None:
    fci = driven(social(face=face), select_directory(card_layout("3.0")[0]))
    assert isinstance(fci, bytes) and len(fci) == 30


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0"])
def test_terminal_reads_by_tag_and_goes_on_without_the_name_extension(kind: str, face: Face) -> None:
    card = social(kind, face=face)
    fci = driven(card, select_directory(card_layout("3.0")[0]))
    assert isinstance(fci, bytes)
    identified = driven(card, read_issuer_data(card.atr, fci))
    holder = driven(card, read_holder(identified))  # type: ignore[arg-type]
    assert holder.name == Persona.from_seed(1).name  # type: ignore[attr-defined]


def test_terminal_checks_the_tag_that_comes_back() -> None:
    file = declared_file(card_layout("3.0")[0], 0xEF05)
    procedure = read_item(file, 0x07)
    next(procedure)
    with pytest.raises(UnexpectedAnswerError, match="asked for item 07"):
        procedure.send(Response(bytes.fromhex("0601FF"), 0x9000))


def test_terminal_resends_with_the_length_it_is_told() -> None:
    card = social()
    file = declared_file(card_layout("3.0")[0], 0xEF05)
    driven(card, select_ef(file))
    assert _completed(card, Command(0x00, 0xB2, 0x01, 0x04, le=1)).sw == 0x9000


@pytest.mark.parametrize(
    ("version", "taken"), [("00000000", "1.0"), ("322E3000", "2.0"), ("332E3030", "3.0")]
)
def test_terminal_compares_three_characters_of_the_version_and_takes_none_for_1_0(
    version: str, taken: str
) -> None:
    contents = social("ssc-2.0").contents()
    records = contents.directory("SSSE").file(0xEF05).records
    records[2] = bytes.fromhex("0304" + version)
    card = social_card("ssc-2.0", contents)
    card.power_on()
    fci = driven(card, select_directory(card_layout("3.0")[0]))
    identified = driven(card, read_issuer_data(card.atr, fci))  # type: ignore[arg-type]
    assert identified.version == taken  # type: ignore[attr-defined]


def test_terminal_never_rejects_a_card_number_by_its_form() -> None:
    contents = social("ssc-2.0").contents()
    contents.directory("SSSE").file(0xEF05).records[6] = b"\x07\x09" + b"#?1234abc"
    card = social_card("ssc-2.0", contents)
    card.power_on()
    fci = driven(card, select_directory(card_layout("3.0")[0]))
    identified = driven(card, read_issuer_data(card.atr, fci))  # type: ignore[arg-type]
    assert identified.number == "#?1234abc"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("state", "left"), [(None, 6), ("pin-blocked", 0)])
def test_terminal_asks_for_the_tries_before_the_pin(state: str | None, left: int) -> None:
    assert driven(social(state=state), pin_procedures.query_tries(6)) == left


def test_terminal_is_told_of_a_blocked_card_by_name() -> None:
    with pytest.raises(CardRefusedError, match="blocked"):
        driven(social(state="card-blocked"), select_directory(card_layout("3.0")[0]))


def test_historical_bytes_are_parsed_never_cut() -> None:
    contactless = bytes.fromhex("8D8001") + social().atr[4:]
    checked = b"\x3b" + contactless + bytes((reduce(xor, contactless),))
    assert parse(checked).historical_bytes == social().atr[4:]
