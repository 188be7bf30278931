"""One request for every transaction of the service, such as is carried out; what must come first is done first."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from serve_soap_client import all_in_one, card_service, service_proxy
from serve_world import (
    ABSENT,
    ACTIVE,
    COUNTER,
    OLD_NUMBER,
    PIN,
    PLACE,
    SEALED,
    SPARE,
    STAFF,
    World,
    history_of,
)

from apdu.layout.states import FinancialState, ReceiptMode, SocialState
from terminal.backoffice import card_life_ports, card_ports, office_ports, ports
from terminal.backoffice.bank_ports import BankNotice
from terminal.backoffice.channel_ports import Papers, Service
from terminal.backoffice.debit_ports import ReportDebit
from terminal.backoffice.insurance_desk import CloseDay, FindSettlement, InsurePerson
from terminal.backoffice.national.people import Insured
from terminal.backoffice.ports import Holder, HsmMessage, MedicalBase
from terminal.backoffice.production import Application
from tests.terminal.backoffice.national.national_samples import HOSPITAL, PHARMACY, holder

PAPERS, PAPERS_OF_SEALED = Papers(holder(1).id_number), Papers(holder(2).id_number)
BANK_CARD = "6200000000000000005"
RANDOM = "11" * 8


def national(
    infno: str, place: str = PHARMACY, **made: Callable[[World], Any]
) -> Callable[[World], dict[str, Any]]:
    """The envelope of a transaction with these nodes."""
    return lambda world: world.town.envelope(
        infno, place, **{name: node(world) for name, node in made.items()}
    )


def bill(infno: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: world.town.envelope(infno, PHARMACY, **world.town.purchase(world.psn_no))


def clinic(infno: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: world.town.envelope(
        infno, HOSPITAL, **world.town.clinic(world.psn_no, world.visit(), "20.00")
    )


def reversal(world: World) -> dict[str, Any]:
    world.settled()
    return {"psn_no": world.psn_no, "omsgid": f"{PHARMACY}202603101030009999", "oinfno": "2102"}


def totals(world: World) -> dict[str, Any]:
    world.settled()
    return {
        "insutype": "310",
        "clr_type": "41",
        "setl_optins": "990100",
        "stmt_begndate": "2026-03-10",
        "stmt_enddate": "2026-03-10",
        "medfee_sumamt": 10,
        "fund_pay_sumamt": 0,
        "acct_pay": 10,
        "fixmedins_setl_cnt": 1,
    }


def admission(world: World) -> dict[str, Any]:
    return {
        **world.town.registration(world.psn_no),
        "med_type": "21",
        "chfpdr_name": "测试医生",
        "adm_diag_dscr": "测试诊断",
        "adm_dept_codg": "K1",
        "adm_dept_name": "内科",
        "adm_bed": "1",
        "dscg_maindiag_code": "A00",
        "dscg_maindiag_name": "测试诊断",
    }


WHO = {"opter_no": "001", "mac": "00", "ip": "127.0.0.1"}

NATIONAL: Mapping[str, Callable[[World], dict[str, Any]]] = {
    "9001": national("9001", signIn=lambda _: WHO),
    "9002": national(
        "9002", signOut=lambda world: {"sign_no": world.town.session(PHARMACY), "opter_no": "001"}
    ),
    "1101": national(
        "1101",
        data=lambda _: {
            "mdtrt_cert_type": "03",
            "mdtrt_cert_no": ACTIVE.number,
            "card_sn": ACTIVE.card_id,
            "psn_cert_type": "01",
        },
    ),
    "2001": national(
        "2001",
        data=lambda world: {
            "psn_no": world.psn_no,
            "insutype": "310",
            "fixmedins_code": PHARMACY,
            "med_type": "41",
            "begntime": "2026-03-10 10:20:00",
        },
    ),
    "2101": bill("2101"),
    "2102": bill("2102"),
    "2103": national("2103", data=World.settled),
    "2601": national("2601", data=reversal),
    "5203": national("5203", data=World.settled),
    "3201": national("3201", data=totals),
    "2201": national("2201", HOSPITAL, data=lambda world: world.town.registration(world.psn_no)),
    "2202": national(
        "2202",
        HOSPITAL,
        data=lambda world: {"psn_no": world.psn_no, "mdtrt_id": world.visit(), "ipt_otp_no": "O1"},
    ),
    "2206": clinic("2206"),
    "2207": clinic("2207"),
    "2208": national("2208", HOSPITAL, data=World.clinic_settled),
    "2401": national("2401", HOSPITAL, mdtrtinfo=admission),
}


def after(request: Any, *earlier: Any) -> Callable[[World], Any]:
    """A request that others precede."""

    def made(world: World) -> Any:
        for each in earlier:
            world.office.call(each)
        return request

    return made


LOST = card_life_ports.ReportLoss(COUNTER, ACTIVE.number, formal=True, papers=PAPERS)
LOCK = card_life_ports.LockCard(STAFF, ACTIVE.number)
BASE_READ = f"01|990100|{history_of(SEALED).hex()}|03|{SEALED.card_id}|{RANDOM}|{RANDOM}|||"

PORTS: Mapping[str, Callable[[World], Any]] = {
    "sign-in": after(ports.SignIn(PLACE)),
    "old-card-query": after(ports.OldCardQuery(PLACE, "sle4442", OLD_NUMBER)),
    "new-card-query": after(ports.NewCardQuery(PLACE, SEALED, OLD_NUMBER)),
    "verify-old-pin": after(ports.VerifyOldPin(PLACE, SEALED, PIN, OLD_NUMBER)),
    "reserve": after(
        ports.Reserve(PLACE, SEALED, OLD_NUMBER), ports.VerifyOldPin(PLACE, SEALED, PIN, OLD_NUMBER)
    ),
    "confirm-activation": lambda world: ports.ConfirmActivation(PLACE, world.reserved()),
    "release-reservation": lambda world: ports.ReleaseReservation(PLACE, world.reserved()),
    "hsm-message": after(HsmMessage(BASE_READ)),
    "query-card": after(card_ports.QueryCard(COUNTER, ACTIVE.number, papers=PAPERS)),
    "present-card": after(card_ports.PresentCard(PLACE, ACTIVE.number, ACTIVE.card_id)),
    "enable": after(card_ports.Enable(COUNTER, SEALED.number, SEALED.card_id, PAPERS_OF_SEALED)),
    "sign-electronic-card": after(
        card_ports.SignElectronicCard(ports.Place("app01"), ACTIVE.number, ACTIVE.card_id, PAPERS)
    ),
    "report-loss": after(LOST),
    "release-loss": after(card_life_ports.ReleaseLoss(COUNTER, ACTIVE.number, PAPERS), LOST),
    "replace-card": after(card_life_ports.ReplaceCard(COUNTER, ACTIVE.number, SPARE.number, PAPERS), LOST),
    "cancel-card": after(card_life_ports.CancelCard(COUNTER, ACTIVE.number, PAPERS)),
    "lock-card": after(LOCK),
    "unlock-card": after(card_life_ports.UnlockCard(STAFF, ACTIVE.number), LOCK),
    "hand-over": after(card_life_ports.HandOver(COUNTER, SPARE.number, papers=PAPERS)),
    "hand-over-to-employer": after(
        card_life_ports.HandOverToEmployer(COUNTER, "E1", (SPARE.number, "unknown"))
    ),
    "authorise": after(
        card_ports.Authorise(COUNTER, ACTIVE.number, ACTIVE.card_id, Service.PIN_RESET, PAPERS)
    ),
    "tick": after(card_life_ports.Tick()),
    "report-debit": after(
        ReportDebit(PLACE, ACTIVE, "0" * 30, 3, 0, 100, 0, 1, "00000001", "20260310103000", "00000000")
    ),
    "bank-notice": after(BankNotice(SEALED.number, holder(2).id_number, BANK_CARD)),
    "enrol-old-card": after(
        office_ports.EnrolOldCard("sle4442", "900009", holder(9), None, 700, SocialState.NORMAL, None)
    ),
    "enrol-social-card": after(
        office_ports.EnrolSocialCard(
            ABSENT,
            history_of(ABSENT),
            holder(9),
            None,
            None,
            ReceiptMode.IN_PERSON,
            SocialState.SEALED,
            FinancialState.INACTIVE,
            MedicalBase(),
        )
    ),
    "list-cards": after(office_ports.ListCards()),
    "insure-person": after(InsurePerson(Insured(holder(9), (), {"310": 3}, "EV00000009"))),
    "close-day": after(CloseDay()),
    "find-settlement": lambda world: FindSettlement(world.settled()["setl_id"]),
}


# --- SOAP -------------------------------------------------------------------------------------------------------

FIRST, NEWCOMER = holder(1), holder(8)
ORDER = Application(NEWCOMER, "95588")
REPLACEMENT = Application(holder(1), "95588", ACTIVE.number)


def told(key: ports.CardKey, whose: Holder) -> dict[str, str]:
    """A card in the words of CardService."""
    return {"aaz500": key.number, "aac002": whose.id_number, "aac003": whose.name, "aab301": "990100"}


PHOTOGRAPH = b64encode(bytes.fromhex("FFD8FFE0FFD9")).decode()
IN_USE, TO_ENABLE = told(ACTIVE, holder(1)), told(SEALED, holder(2))


def spoken(operation: str, key: ports.CardKey = ACTIVE, whose: Holder = FIRST, **more: str) -> bytes:
    words = {
        "操作": operation,
        "社会保障卡卡号": key.number,
        "社会保障号码": whose.id_number,
        "姓名": whose.name,
        **more,
    }
    return all_in_one(**words)


def ordered(world: World) -> None:
    world.office.production.apply(ORDER)


def batched(world: World) -> bytes:
    ordered(world)
    begun = world.office.production.begin_batch()
    assert begun is not None
    return spoken("即制卡数据", 批次号=begun[0])


def applied_for(world: World) -> bytes:
    ordered(world)
    return spoken("获取批次号")


CARD_SERVICE: Mapping[str, tuple[str, Callable[[World], bytes]]] = {
    **{
        operation: ("query-card", after(card_service(operation, **IN_USE)))
        for operation in ("getAC01", "getData", "getCard", "getBank", "getBanks")
    },
    "getAZ03": ("card-orders", after(card_service("getAZ03", **IN_USE))),
    "setStart": ("enable", after(card_service("setStart", **TO_ENABLE))),
    "setLoss": ("report-loss", after(card_service("setLoss", **IN_USE))),
    "setCard 01": ("report-loss", after(card_service("setCard", server="01", **IN_USE))),
    "setCard 02": ("report-loss", after(card_service("setCard", server="02", **IN_USE))),
    "setCard 03": ("release-loss", after(card_service("setCard", server="03", **IN_USE), LOST)),
    "setCard 04": ("cancel-card", after(card_service("setCard", server="04", **IN_USE))),
    "setCard 11": ("enable", after(card_service("setCard", server="11", **TO_ENABLE))),
    "领卡启用": ("enable", after(spoken("领卡启用", SEALED, holder(2)))),
    "临时挂失": ("report-loss", after(spoken("临时挂失"))),
    "正式挂失": ("report-loss", after(spoken("正式挂失"))),
    "解除挂失": ("release-loss", after(spoken("解除挂失"), LOST)),
    "申请社保卡": ("card-application", after(spoken("申请社保卡", 银行编码="95588"), LOST)),
    "相片修改": ("photograph", after(spoken("相片修改", 相片=PHOTOGRAPH))),
    "获取批次号": ("card-batch", applied_for),
    "即制卡数据": ("card-orders", batched),
    "制卡统计数据查询": ("card-orders", after(spoken("制卡统计数据查询"))),
}
"""By operation and what it is told to do: what failures call it, and the call."""


def proxy(operation: str, key: ports.CardKey, whose: Holder, **values: str) -> bytes:
    who = {"yxzjhm": whose.id_number, "yxzjlx": "A", "xm": whose.name, "xzqhdm": "990100"}
    card = {"kh": key.number, "xtlb": "04", "jbr": "001", "yhbh": "95588"}
    return service_proxy(operation, **{**who, **card, **values})


def asked(
    operation: str, *earlier: Any, key: ports.CardKey = ACTIVE, whose: Holder = FIRST, **values: str
) -> Callable[[World], bytes]:
    return after(proxy(operation, key, whose, **values), *earlier)


def completed(world: World) -> bytes:
    """A replacement that was made."""
    world.office.call(LOST)
    number = world.office.production.issue(REPLACEMENT).number or ""
    chip = {"ksbm": ABSENT.card_id, "kfwm": history_of(ABSENT).hex(), "kxpzh": BANK_CARD, "kctzh": BANK_CARD}
    chip |= {"kgfbb": "3.0", "xplx": "80"}
    whose = holder(1)
    return proxy("saveCardCompleted", ports.CardKey("", number), whose, shbzhm=whose.id_number, **chip)


PROXY: Mapping[str, tuple[str, Callable[[World], bytes]]] = {
    "queryCardInfoBySfzhm": ("query-card", asked("queryCardInfoBySfzhm")),
    "queryPersonInfo": ("query-card", asked("queryPersonInfo")),
    "queryPerPhoto": ("query-card", asked("queryPerPhoto")),
    "saveCardActive": ("enable", asked("saveCardActive", key=SEALED, whose=holder(2))),
    "saveCardJrzhActive": (
        "bank-notice",
        asked("saveCardJrzhActive", key=SEALED, whose=holder(2), kctzh=BANK_CARD),
    ),
    "saveCardLsgs": ("report-loss", asked("saveCardLsgs")),
    "saveCardLsgsjg": ("release-loss", asked("saveCardLsgsjg", LOST)),
    "saveCardGs": ("report-loss", asked("saveCardGs")),
    "chkCanCardSq": ("card-application", asked("chkCanCardSq", whose=NEWCOMER)),
    "saveCardSqList": ("card-application", asked("saveCardSqList", whose=NEWCOMER)),
    "chkCanCardBh": ("card-application", asked("chkCanCardBh", LOST)),
    "saveCardBhList": ("card-application", asked("saveCardBhList", LOST)),
    "saveCardBhk": ("card-application", asked("saveCardBhk", LOST)),
    "queryCardZksqList": ("card-orders", asked("queryCardZksqList")),
    "saveCardOpen": ("card-issue", asked("saveCardOpen", whose=NEWCOMER)),
    "saveCardCompleted": ("card-made", completed),
    "connectHSMSerive": ("hsm-01", after(service_proxy("connectHSMSerive", hsm_in=BASE_READ))),
}
"""By operationName."""

_TO = f"990100|{history_of(ACTIVE).hex()}"
HSM: Mapping[str, bytes] = {
    "hsm-01": BASE_READ.encode(),
    "hsm-02": f"02|{_TO}|03|0090|{RANDOM}|{RANDOM}|".encode(),
    "hsm-03": f"03|{_TO}|03|0173|{RANDOM}|8424000004||".encode(),
    "hsm-04": (
        f"04|{_TO}|00000005|03|017F|5A6B7C8D|0007|0000271000001F40|32|990100000001|20250102103000|".encode()
    ),
}
"""By type: one message of each."""
