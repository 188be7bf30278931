from __future__ import annotations

import pytest

from apdu.command import Command
from apdu.explain import Explainer, Explanation
from apdu.response import Response

ENVIRONMENT = "00A404000C504B492EC9E7BBE1B1A3D5CF"
APPLICATION = "00A4000002DF01"
PROOF = "5C" * 16


def told(explainer: Explainer, command: str, answer: str = "9000") -> Explanation:
    return explainer.explain(Command.parse(bytes.fromhex(command)), Response.parse(bytes.fromhex(answer)))


@pytest.fixture(name="inside", params=["ssc-3.0", None])
def _inside(request: pytest.FixtureRequest) -> Explainer:
    explainer = Explainer(request.param)
    told(explainer, ENVIRONMENT)
    assert told(explainer, APPLICATION).path == "PKI/DF01"
    return explainer


def values(explanation: Explanation) -> dict[str, str]:
    return {field.name: field.value for field in explanation.fields}


def raws(explanation: Explanation) -> dict[str, str]:
    return {field.name: field.raw for field in explanation.fields}


def test_environment_is_named_and_df01_outside_it_is_the_social_one() -> None:
    explainer = Explainer("ssc-3.0")
    assert told(explainer, APPLICATION).path == "DF01"
    explanation = told(explainer, ENVIRONMENT)
    assert explanation.path == "PKI"
    assert values(explanation)["Name"] == "PKI PKI环境"


@pytest.mark.parametrize(("header", "name"), [("00200181", "User PIN"), ("00200100", "Administrator PIN")])
def test_proof_of_a_pin_is_told_and_masked(inside: Explainer, header: str, name: str) -> None:
    explanation = told(inside, f"{header}10{PROOF}", "63C5")
    assert values(explanation) == {name: "****", "Tries left": "5"}
    assert PROOF not in explanation.command_hex + str(explanation.fields)


def test_proof_of_the_master_key_is_shown(inside: Explainer) -> None:
    explanation = told(inside, f"0082000010{PROOF}", "63C2")
    assert raws(explanation) == {"Master key": PROOF, "Tries left": "63C2"}


@pytest.mark.parametrize(
    ("command", "title", "name"),
    [
        ("84D4010024" + "5C" * 36, "CREATE/CHANGE KEY", "Master key"),
        ("845E010014" + "5C" * 20, "CHANGE ADMINISTRATOR PIN", "Administrator PIN"),
        ("804E00000A" + "5C" * 10, "KEY ENVELOPE", "Encrypted key"),
        ("804A02100A" + "5C" * 10, "KEY ENVELOPE", "Encrypted key"),
        ("80C2C0010A" + "5C" * 10, "KEY ENVELOPE", "Encrypted key"),
    ],
)
def test_keys_being_loaded_are_masked(inside: Explainer, command: str, title: str, name: str) -> None:
    explanation = told(inside, command)
    assert explanation.title == title
    assert values(explanation) == {name: "****"}
    assert "5C5C" not in explanation.command_hex + str(explanation.fields)


def test_key_pair_and_public_key_are_told(inside: Explainer) -> None:
    made = told(inside, "8040000008C0020012C2020013")
    assert made.title == "GENERATE KEY PAIR"
    assert values(made)["Key files"] == "signing pair, files 0012 and 0013"
    fetched = told(inside, "80C9828042", "0100" + "A1" * 32 + "B2" * 32 + "9000")
    assert raws(fetched) == {"Key length": "0100", "Public key, X": "A1" * 32, "Public key, Y": "B2" * 32}
    assert values(told(inside, "80C9828042", "6985")) == {}


def test_certificate_is_told_by_file_and_masked_in_every_piece(inside: Explainer) -> None:
    assert told(inside, "00A40200020018").path == "PKI/DF01/0018"
    written = told(inside, "00D600FA04" + "5C" * 4)
    assert written.path == "PKI/DF01/0018"
    assert values(written) == {"Signing certificate": "4 of 1020 bytes"}
    read = told(inside, "00B0990004", "5C5C5C5C9000")
    assert read.path == "PKI/DF01/0019"
    assert "5C5C" not in written.command_hex + read.response_hex + str(written.fields + read.fields)
