from __future__ import annotations

import pytest

from apdu.crypto import Algorithm
from apdu.keys import BY_HSM_ADDRESS, BY_NAME, KEYS, by_reference, root_key


def test_names_addresses_and_references_are_unique() -> None:
    assert len(BY_NAME) == len(BY_HSM_ADDRESS) == len(KEYS)
    referenced = [(key.owner, key.reference) for key in KEYS if key.reference is not None]
    assert len(set(referenced)) == len(referenced)
    assert len({(key.psam_type, key.psam_id) for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize(
    ("owner", "reference", "name"),
    [("SSSE", 0x04, "UKSSSE"), ("DF04", 0x04, "UKSSSE"), ("DF04", 0x85, "UK1DF04"), ("SSSE", 0x0A, "RKSSSE")],
)
def test_a_reference_names_a_key_of_the_environment_or_of_the_current_directory(
    owner: str, reference: int, name: str
) -> None:
    key = by_reference(owner, reference)
    assert key is not None and key.name == name


def test_a_key_of_another_directory_is_not_found() -> None:
    assert by_reference("SSSE", 0x85) is None
    assert by_reference("DF04", 0x8F) is None


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
