"""A small pharmacy POS, written as a POS maker writes one: it knows the vendor library and the insurance interface, and
nothing of what is behind them. Only Python's standard library is used.

    python pos.py --library libSSCardDriver.so --centre http://127.0.0.1:8990 XA01=12.34 XA02=8.00x2

Exit codes: 0 sold, 1 refused or failed, 2 wrong use, 3 the card has to be activated first.
"""

from __future__ import annotations

import argparse
import ctypes
import http.client
import json
import re
import sys
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

ANY_CARD = 3
CONTACT = 1
PSAM_FALLBACK = {-2201, -2202, -2203, -27272, -24}
PHARMACY, PHARMACY_NAME, REGION = "990100000001", "测试第一药店", "990100"
INTERFACE = "/fsi/api/rsfComIfsService/callService"
NOT_ACTIVATED = "未启用"
MOMENT = "%Y-%m-%d %H:%M:%S"
NO_ANSWER = (OSError, http.client.HTTPException, ValueError, KeyError)
"""What becomes of a request that is not answered, or not to the end, or with what is no answer."""


class PosError(Exception):
    """What the clerk is told; `code` is the program's exit code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


# --- the reader, through the vendor library ---------------------------------------------------------------


class Reader:
    """The functions of SSCardDriver that this POS uses; texts are GBK."""

    def __init__(self, library: str) -> None:
        self._library = ctypes.CDLL(library)

    def call(self, function: str, *arguments: int | str) -> tuple[int, str]:
        """Code and text of one function."""
        out = ctypes.create_string_buffer(1024)
        entry = getattr(self._library, function)
        entry.restype = ctypes.c_long
        given = [text.encode("gbk") if isinstance(text, str) else text for text in arguments]
        return entry(*given, out), out.value.decode("gbk")

    def demand(self, function: str, *arguments: int | str) -> str:
        """The text of a function that must succeed."""
        code, text = self.call(function, *arguments)
        if code != 0:
            raise PosError(f"{function}: {code} {text}")
        return text


@dataclass(frozen=True)
class Card:
    """What the POS keeps of iReadCardBas."""

    region: str
    holder_id: str
    number: str
    card_id: str
    name: str


def read_card(reader: Reader, centre: Centre) -> Card:
    """With the PSAM; by the centre's HSM where the PSAM cannot."""
    code, text = reader.call("iReadCardBas", ANY_CARD)
    if code in PSAM_FALLBACK:
        asked = reader.demand("iReadCardBas_HSM_Step1", ANY_CARD)
        text = reader.demand("iReadCardBas_HSM_Step2", centre.hsm(f"01|{asked}"))
    elif code != 0:
        raise PosError(f"iReadCardBas: {code} {text}")
    return Card(*text.split("|")[:5])


# --- the centre, through the insurance interface ----------------------------------------------------------


class Centre:
    """Transactions with the insurance centre, and messages to its HSM."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._sign_no = ""
        self._last = 0

    def sign_in(self) -> None:
        """9001."""
        given = {"signIn": {"opter_no": "001", "mac": "00-00-00-00-00-00", "ip": "127.0.0.1"}}
        self._sign_no = self.transact("9001", given)["signinoutb"]["sign_no"]

    def transact(self, infno: str, given: dict, msgid: str = "") -> dict:
        """One transaction; raises PosError where it is refused, one of NO_ANSWER where nothing says."""
        answer = self._post(INTERFACE, json.dumps(self._envelope(infno, given, msgid)).encode())
        found = json.loads(answer)
        if int(found["infcode"]) != 0:
            text = found["err_msg"]
            raise PosError(f"{infno}: {text}", 3 if NOT_ACTIVATED in text else 1)
        return found.get("output") or {}

    def hsm(self, message: str) -> str:
        """One text message of the HSM."""
        answer = self._post("/hsm", message.encode(), "text/plain")
        if answer.startswith("-1|"):
            raise PosError(f"HSM: {answer[3:]}")
        return answer

    def msgid(self) -> str:
        """Place, and time to a ten-thousandth of a second: 30 characters, never the same twice."""
        self._last = max(self._last + 1, int(f"{datetime.now():%Y%m%d%H%M%S%f}"[:18]))
        return f"{PHARMACY}{self._last}"

    def _envelope(self, infno: str, given: dict, msgid: str) -> dict:
        return {
            "infno": infno,
            "msgid": msgid or self.msgid(),
            "mdtrtarea_admvs": REGION,
            "insuplc_admdvs": REGION,
            "recer_sys_code": "POS",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "001",
            "opter_name": "001",
            "inf_time": f"{datetime.now():{MOMENT}}",
            "fixmedins_code": PHARMACY,
            "fixmedins_name": PHARMACY_NAME,
            "sign_no": self._sign_no,
            "input": given,
        }

    def _post(self, path: str, body: bytes, kind: str = "application/json") -> str:
        request = urllib.request.Request(self._url + path, body, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read().decode("utf-8")


# --- a sale ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One line of the bill, `CODE=PRICE` or `CODE=PRICExCOUNT`."""

    code: str
    price: Decimal
    count: int

    @classmethod
    def read(cls, text: str) -> Item:
        """From the command line."""
        found = re.fullmatch(r"([^=]+)=([0-9]{1,8}(?:\.[0-9]{1,2})?)(?:x([1-9][0-9]{0,3}))?", text)
        if found is None:
            raise argparse.ArgumentTypeError(f"{text!r} is not CODE=PRICE or CODE=PRICExCOUNT")
        return cls(found[1], Decimal(found[2]), int(found[3] or 1))

    @property
    def total(self) -> Decimal:
        """To the fen."""
        return (self.price * self.count).quantize(Decimal("0.01"), ROUND_HALF_UP)


def bill(items: list[Item], card: Card, person: str, kind: str) -> dict:
    """The input of 2101 and 2102."""
    now = f"{datetime.now():{MOMENT}}"
    head = {
        "psn_no": person,
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": card.number,
        "begntime": now,
        "medfee_sumamt": float(sum(item.total for item in items)),
        "insutype": kind,
        "acct_used_flag": "1",
        "med_type": "41",
    }
    lines = [
        {
            "feedetl_sn": str(number),
            "fee_ocur_time": now,
            "med_list_codg": item.code,
            "medins_list_codg": item.code,
            "det_item_fee_sumamt": float(item.total),
            "cnt": item.count,
            "pric": float(item.price),
        }
        for number, item in enumerate(items, 1)
    ]
    return {"druginfo": head, "drugdetail": lines}


def settle(centre: Centre, given: dict) -> dict:
    """2102; where no answer comes, 2601 takes it back by its msgid, and nothing was sold."""
    msgid = centre.msgid()
    try:
        return centre.transact("2102", given, msgid)["setlinfo"]
    except NO_ANSWER:
        undo = {"data": {"psn_no": given["druginfo"]["psn_no"], "omsgid": msgid, "oinfno": "2102"}}
        try:
            centre.transact("2601", undo)
        except NO_ANSWER:
            raise PosError(f"2102 {msgid}: no answer, and none to 2601: send 2601 again later") from None
        raise PosError("2102: no answer, the sale was taken back") from None


def sell(reader: Reader, centre: Centre, items: list[Item]) -> list[str]:
    """A whole sale; the lines of the receipt."""
    card = read_card(reader, centre)
    reader.demand("iVerifyPIN", CONTACT)
    centre.sign_in()
    asked = {
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": card.number,
        "card_sn": card.card_id,
        "psn_cert_type": "01",
    }
    person = centre.transact("1101", {"data": asked})
    number = person["baseinfo"]["psn_no"]
    if not person["insuinfo"]:
        raise PosError("1101: not insured 未参保")
    given = bill(items, card, number, person["insuinfo"][0]["insutype"])
    before = centre.transact("2101", given)["setlinfo"]
    done = settle(centre, given)
    changed = (
        [] if done["acct_pay"] == before["acct_pay"] else ["settled otherwise than offered 与预结算不同"]
    )
    return [
        f"{PHARMACY_NAME} 购药小票 receipt",
        f"持卡人 holder        {card.name} {card.holder_id[:6]}**********{card.holder_id[-2:]}",
        f"卡号 card            {card.number}",
        *(f"  {item.code:<18} {item.count} x {item.price} = {item.total}" for item in items),
        *changed,
        f"合计 total           {done['medfee_sumamt']:.2f}",
        f"账户支付 account     {done['acct_pay']:.2f}",
        f"现金支付 cash        {done['psn_cash_pay']:.2f}",
        f"账户余额 balance     {done['balc']:.2f}",
        f"结算编号 settlement  {done['setl_id']}",
    ]


def main() -> int:
    """Sell what the command line says to whose card is in the reader."""
    parser = argparse.ArgumentParser(description="An example pharmacy POS.")
    parser.add_argument("--library", default="libSSCardDriver.so", help="the vendor library")
    parser.add_argument("--centre", required=True, metavar="URL", help="the insurance centre")
    parser.add_argument("items", nargs="+", type=Item.read, metavar="CODE=PRICE[xCOUNT]")
    said = parser.parse_args()
    try:
        receipt = sell(Reader(said.library), Centre(said.centre), said.items)
    except PosError as error:
        print(f"pos: {error}", file=sys.stderr)
        if error.code == 3:
            print("pos: activate the card first 请先办理启用", file=sys.stderr)
        return error.code
    except NO_ANSWER as error:
        print(f"pos: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print("\n".join(receipt))
    return 0


if __name__ == "__main__":
    sys.exit(main())
