"""The two signing schemes: the published examples, and what the centre accepts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from terminal.backoffice.signing import (
    CSB_HEADERS,
    CSB_SECRET,
    CSB_USER,
    TIF_HEADERS,
    TIF_SECRET,
    TIF_USER,
    Account,
    CsbSigner,
    Gate,
    SignatureError,
    Signer,
    TifSigner,
    csb_signature,
    signer_from_environment,
    tif_signature,
)

MOMENT = datetime.fromtimestamp(1735785000.123, UTC)
CSB, TIF = Account("AK990100", "sim-secret"), Account("PA990100", "sim-secret")
GATE = Gate(lambda: MOMENT, CSB, TIF)
SIGNERS: dict[str, Callable[[datetime], Signer]] = {
    "csb": lambda at: CsbSigner(CSB, lambda: at),
    "tif": lambda at: TifSigner(TIF, lambda: at, bytes),
}


def test_the_published_example_of_the_csb_gateway() -> None:
    headers = CsbSigner(CSB, lambda: MOMENT).headers("1101")
    assert headers == {
        "_api_access_key": "AK990100",
        "_api_name": "fsi-1101",
        "_api_timestamp": "1735785000123",
        "_api_version": "1.0.0",
        "_api_signature": "MtqoKyTRmv2O7rW0XSKrs88xAxU=",
    }
    assert csb_signature("sim-secret", headers) == "MtqoKyTRmv2O7rW0XSKrs88xAxU="


def test_the_published_example_of_tif() -> None:
    expected = "b273e697a0fbee770415d4dfff466af3caff4e6a072d9c4b80cf46c885f48637"
    assert tif_signature("sim-secret", "1735785000", "12345678") == expected
    GATE.check(dict(zip(TIF_HEADERS, ("PA990100", "1735785000", "12345678", expected.upper()), strict=True)))


@pytest.mark.parametrize("scheme", SIGNERS)
@pytest.mark.parametrize("minutes", [-30, 0, 30])
def test_what_is_signed_within_the_window_is_accepted(scheme: str, minutes: int) -> None:
    # a whole second, since TIF's time has no fraction
    moment = MOMENT.replace(microsecond=0)
    gate = Gate(lambda: moment, CSB, TIF)
    gate.check(SIGNERS[scheme](moment + timedelta(minutes=minutes)).headers("2102"))


def rejected(headers: dict[str, str], gate: Gate = GATE) -> tuple[int, str]:
    with pytest.raises(SignatureError) as caught:
        gate.check(headers)
    assert "sim-secret" not in str(caught.value)
    return caught.value.status, str(caught.value)


@pytest.mark.parametrize("scheme", SIGNERS)
@pytest.mark.parametrize("off", [timedelta(minutes=-31), timedelta(minutes=31)])
def test_a_time_outside_the_window_is_401(scheme: str, off: timedelta) -> None:
    status, text = rejected(SIGNERS[scheme](MOMENT + off).headers("1101"))
    assert status == 401 and "30 minutes" in text


@pytest.mark.parametrize(
    ("scheme", "header"), [("csb", name) for name in CSB_HEADERS] + [("tif", name) for name in TIF_HEADERS]
)
def test_a_missing_header_is_400_and_is_named(scheme: str, header: str) -> None:
    headers = SIGNERS[scheme](MOMENT).headers("1101")
    del headers[header]
    assert rejected(headers) == (400, f"the header {header} is missing")


def test_a_request_without_any_signature_is_400() -> None:
    assert rejected({"content-type": "application/json"})[0] == 400


@pytest.mark.parametrize(
    ("scheme", "changed"),
    [
        ("csb", {"_api_signature": "MtqoKyTRmv2O7rW0XSKrs88xAxV="}),
        ("csb", {"_api_signature": "不"}),
        ("csb", {"_api_name": "fsi-2102"}),
        ("csb", {"_api_version": "1.0.1"}),
        ("csb", {"_api_access_key": "AK990101"}),
        ("csb", {"_api_timestamp": "1735785000"}),
        ("csb", {"_api_timestamp": "１７３５７８５０００１２３"}),
        ("tif", {"x-tif-signature": "0" * 64}),
        ("tif", {"x-tif-nonce": "1"}),
        ("tif", {"x-tif-paasid": "nobody"}),
        ("tif", {"x-tif-timestamp": "173578500x"}),
    ],
)
def test_whatever_is_changed_is_401(scheme: str, changed: dict[str, str]) -> None:
    assert rejected({**SIGNERS[scheme](MOMENT).headers("1101"), **changed})[0] == 401


def test_a_scheme_without_account_lets_nobody_in() -> None:
    assert rejected(SIGNERS["csb"](MOMENT).headers("1101"), Gate(lambda: MOMENT, tif=TIF))[0] == 401


@pytest.mark.parametrize(
    ("environment", "csb", "tif", "signer"),
    [
        ({}, None, None, None),
        ({CSB_USER: "a"}, None, None, None),
        ({CSB_USER: "a", CSB_SECRET: "b"}, Account("a", "b"), None, CsbSigner),
        ({TIF_USER: "c", TIF_SECRET: "d"}, None, Account("c", "d"), TifSigner),
        (
            {CSB_USER: "a", CSB_SECRET: "b", TIF_USER: "c", TIF_SECRET: "d"},
            Account("a", "b"),
            Account("c", "d"),
            CsbSigner,
        ),
    ],
)
def test_accounts_come_from_the_environment(
    environment: dict[str, str], csb: Account | None, tif: Account | None, signer: type | None
) -> None:
    gate = Gate.from_environment(lambda: MOMENT, environment)
    assert (gate.csb, gate.tif) == (csb, tif)
    made = signer_from_environment(lambda: MOMENT, environment)
    assert made is None if signer is None else isinstance(made, signer)


def test_an_account_never_shows_its_secret() -> None:
    assert "sim-secret" not in f"{CSB!r} {CsbSigner(CSB, lambda: MOMENT)!r} {GATE!r}"
