"""The two signing schemes of the national insurance interface: the CSB gateway's and TIF's, both ends.

CSB gateway: HMAC-SHA1 over the four other headers as `key=value`, sorted by key, joined with `&`, in base64.
TIF: SHA-256 over timestamp, secret, nonce, timestamp, in hexadecimal of either case.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

MISSING, REJECTED = 400, 401
CSB_USER, CSB_SECRET = "SSC_CSB_ACCESS_KEY", "SSC_CSB_SECRET"
TIF_USER, TIF_SECRET = "SSC_TIF_PAASID", "SSC_TIF_SECRET"
WINDOW = timedelta(minutes=30)


class SignatureError(Exception):
    """A request whose signature is not accepted; `status` is the HTTP status it is answered with."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """Who signs: the user's name at the gateway and the secret shared with it."""

    user: str
    secret: str

    def __repr__(self) -> str:
        return f"Account({self.user}, ****)"


class Signer(Protocol):
    """Makes the headers of one request."""

    def headers(self, infno: str) -> dict[str, str]:
        """The headers that sign a request of this transaction, now."""


def _accounts(environment: Mapping[str, str]) -> tuple[Account | None, Account | None]:
    """The CSB gateway's account and TIF's, where the environment names both user and secret."""
    named = ((CSB_USER, CSB_SECRET), (TIF_USER, TIF_SECRET))
    known = [(environment.get(user), environment.get(secret)) for user, secret in named]
    csb, tif = (Account(user, secret) if user and secret else None for user, secret in known)
    return csb, tif


def signer_from_environment(now: Callable[[], datetime], environment: Mapping[str, str]) -> Signer | None:
    """What signs a terminal's requests: the CSB gateway's account, else TIF's; None where neither is named."""
    csb, tif = _accounts(environment)
    if csb is not None:
        return CsbSigner(csb, now)
    return None if tif is None else TifSigner(tif, now)


# --- CSB gateway -------------------------------------------------------------------------------------------------

CSB_SIGNED = ("_api_access_key", "_api_name", "_api_timestamp", "_api_version")
CSB_HEADERS = (*CSB_SIGNED, "_api_signature")


def csb_signature(secret: str, headers: Mapping[str, str]) -> str:
    """The CSB gateway's signature over the four headers it covers."""
    text = "&".join(f"{name}={headers[name]}" for name in CSB_SIGNED)
    made = hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(made).decode("ascii")


@dataclass(frozen=True, slots=True)
class CsbSigner:
    """Signs for the CSB gateway; `prefix` and the transaction number make the name of the interface called."""

    account: Account
    now: Callable[[], datetime]
    prefix: str = "fsi-"
    version: str = "1.0.0"

    def headers(self, infno: str) -> dict[str, str]:
        """The five headers; the time is 13 digits, milliseconds."""
        headers = {
            "_api_access_key": self.account.user,
            "_api_name": f"{self.prefix}{infno}",
            "_api_timestamp": str(int(self.now().timestamp() * 1000)),
            "_api_version": self.version,
        }
        return {**headers, "_api_signature": csb_signature(self.account.secret, headers)}


# --- TIF ---------------------------------------------------------------------------------------------------------

TIF_HEADERS = ("x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-tif-signature")


def tif_signature(secret: str, timestamp: str, nonce: str) -> str:
    """TIF's signature, in lower case."""
    return hashlib.sha256(f"{timestamp}{secret}{nonce}{timestamp}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TifSigner:
    """Signs for TIF; `random` draws the nonce."""

    account: Account
    now: Callable[[], datetime]
    random: Callable[[int], bytes] = os.urandom

    def headers(self, infno: str) -> dict[str, str]:
        """The four headers; the time is in seconds."""
        timestamp, nonce = str(int(self.now().timestamp())), self.random(5).hex()
        signature = tif_signature(self.account.secret, timestamp, nonce)
        return dict(zip(TIF_HEADERS, (self.account.user, timestamp, nonce, signature), strict=True))


# --- the centre's end --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gate:
    """Checks the signatures of requests; an account that is None is a scheme nobody uses."""

    now: Callable[[], datetime]
    csb: Account | None = None
    tif: Account | None = None
    window: timedelta = WINDOW

    @classmethod
    def from_environment(cls, now: Callable[[], datetime], environment: Mapping[str, str]) -> Gate:
        """The accounts that the environment names."""

        return cls(now, *_accounts(environment))

    def check(self, headers: Mapping[str, str]) -> None:
        """Accept a request by either scheme; `headers` by lower-case name. Raises SignatureError."""
        if any(name in headers for name in CSB_HEADERS):
            self._check_csb(headers)
        elif any(name in headers for name in TIF_HEADERS):
            self._check_tif(headers)
        else:
            raise SignatureError(MISSING, "the request is not signed (CSB gateway or TIF headers)")

    def _check_csb(self, headers: Mapping[str, str]) -> None:
        _require(headers, CSB_HEADERS)
        self._check_time(headers["_api_timestamp"], 13, 1000)
        expected = _secret(self.csb, headers["_api_access_key"])
        _compare(csb_signature(expected, headers), headers["_api_signature"])

    def _check_tif(self, headers: Mapping[str, str]) -> None:
        _require(headers, TIF_HEADERS)
        timestamp = headers["x-tif-timestamp"]
        self._check_time(timestamp, 10, 1)
        expected = _secret(self.tif, headers["x-tif-paasid"])
        signature = tif_signature(expected, timestamp, headers["x-tif-nonce"])
        _compare(signature, headers["x-tif-signature"].lower())

    def _check_time(self, digits: str, length: int, unit: int) -> None:
        if len(digits) != length or not (digits.isascii() and digits.isdigit()):
            raise SignatureError(REJECTED, f"the timestamp is not {length} digits")
        distance = abs(self.now().timestamp() - int(digits) / unit)
        if distance > self.window.total_seconds():
            minutes = self.window.total_seconds() / 60
            raise SignatureError(REJECTED, f"the timestamp is more than {minutes:g} minutes off")


def _require(headers: Mapping[str, str], names: tuple[str, ...]) -> None:
    for name in names:
        if not headers.get(name):
            raise SignatureError(MISSING, f"the header {name} is missing")


def _secret(account: Account | None, user: str) -> str:
    if account is None or not hmac.compare_digest(account.user.encode(), user.encode()):
        raise SignatureError(REJECTED, "the user is not known here")
    return account.secret


def _compare(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise SignatureError(REJECTED, "the signature is wrong")
