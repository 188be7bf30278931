from __future__ import annotations

from collections import Counter

import pytest

from apdu.crypto import Algorithm
from apdu.keys import BY_HSM_ADDRESS, BY_NAME, KEYS, by_reference, root_key


def test_names_addresses_and_references_are_unique() -> None:
    assert len(BY_NAME) == len(KEYS)
    assert len(BY_HSM_ADDRESS) == len([key for key in KEYS if key.hsm_address is not None])
    referenced = [(key.owner, key.reference) for key in KEYS if key.reference is not None]
    assert len(set(referenced)) == len(referenced)
    psam_ids = [psam_id for key in KEYS for psam_id in key.psam_ids().values()]
    assert len(set(psam_ids)) == len(psam_ids)


@pytest.mark.parametrize(
    ("owner", "reference", "name"),
    [
        ("SSSE", 0x04, "UKSSSE"),
        ("DF04", 0x04, "UKSSSE"),
        ("DF04", 0x85, "UK1DF04"),
        ("SSSE", 0x0A, "RKSSSE"),
        ("DF01", 0x85, "UK3DF01"),
        ("SSSE", 0x0D, "UKEF0D"),
    ],
)
def test_a_reference_names_a_key_of_the_environment_or_of_the_current_directory(
    owner: str, reference: int, name: str
) -> None:
    key = by_reference(owner, reference)
    assert key is not None and key.name == name


def test_a_key_of_another_directory_is_not_found() -> None:
    assert by_reference("SSSE", 0x85) is None
    assert by_reference("DF04", 0x8C) is None


@pytest.mark.parametrize(
    ("name", "algorithm", "length"),
    [
        ("STKSSSE", Algorithm.DES, 8),
        ("STKSSSE", Algorithm.SM4, 16),
        ("STKDF04", Algorithm.DES, 8),
        ("UKSSSE", Algorithm.DES, 16),
    ],
)
def test_only_stk_keys_are_short_and_only_under_des(name: str, algorithm: Algorithm, length: int) -> None:
    assert BY_NAME[name].length(algorithm) == length


@pytest.mark.parametrize(
    ("name", "counted"), [("BK", False), ("LKDF04", False), ("PUK", True), ("UKSSSE", True)]
)
def test_maintenance_keys_never_lock(name: str, counted: bool) -> None:
    assert BY_NAME[name].counted is counted


def test_a_key_file_replaces_single_roots() -> None:
    replaced = {"IRK/1": bytes(16)}
    assert root_key("IRK", replaced=replaced) == bytes(16)
    assert root_key("IRK", 2, replaced) == root_key("IRK", 2) != root_key("IRK")


def test_every_directory_has_the_keys_of_the_standard() -> None:
    owners = Counter(key.owner for key in KEYS)
    assert owners == {
        "SSSE": 7,
        "DF01": 13,
        "DF02": 8,
        "DF03": 15,
        "DF04": 10,
        "DF05": 2,
        "DF06": 3,
        "DF07": 7,
    }


def test_same_reference_names_another_key_in_every_directory() -> None:
    found = [by_reference(f"DF0{number}", 0x85) for number in range(1, 8)]
    assert [key.name if key else "" for key in found] == [
        "UK3DF01", "UK3DF02", "RK2DF03", "UK1DF04", "", "UK1DF06", "RK3DF07",
    ]  # fmt: skip


def test_keys_of_the_purse_have_no_authentication_reference() -> None:
    assert [BY_NAME[name].reference for name in ("DPK", "DLK", "DTK")] == [None] * 3


def test_purchase_key_is_chosen_by_version_in_the_psam_and_at_the_hsm() -> None:
    key = BY_NAME["DPK"]
    assert key.psam_ids() == {1: 0x01, 2: 0x02, 3: 0x03}
    assert [key.version_at(address) for address in (0x017F, 0x0180, 0x0199, 0x019C)] == [1, None, 2, 3]


def test_versions_of_other_keys_follow_their_first_address() -> None:
    assert [BY_NAME["UKSSSE"].version_at(0x0094 + step) for step in range(-1, 4)] == [None, 1, 2, 3, None]
    assert BY_NAME["UKEF0D"].version_at(0x0000) is None


def test_no_two_keys_share_an_address_of_the_hsm() -> None:
    taken = [address for address in range(0x200) for key in KEYS if key.version_at(address)]
    assert len(set(taken)) == len(taken)


def test_keys_of_later_generations_are_marked() -> None:
    later = {key.name for key in KEYS if key.since == "2.0"}
    assert {"RKSSSE", "RK1DF01", "UK6DF01", "RK1DF02", "UK8DF03", "RK1DF07"} <= later
    assert not later & {"IRK", "UK4DF03", "UK6DF03", "RK1DF03", "RK1DF04", "UK4DF02"}
