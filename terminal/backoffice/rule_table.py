"""The rules of the domain by number: what each says, in both languages. Code, tests and messages cite them."""

from __future__ import annotations

from collections.abc import Mapping

from terminal.text import Text

RULES: Mapping[int, Text] = {
    1: Text(
        "A card whose social application is not active is refused for medical insurance, with the reason; nothing "
        "changes.",
        "社保应用未启用的卡不能用于医保，说明原因，不作任何更改。",
    ),
    2: Text(
        "Social and financial application stand for themselves, except where rule 20 or the region's profile says "
        "otherwise (bank first).",
        "社保应用与金融应用相互独立，逾期挂失及先银行激活地区除外。",
    ),
    3: Text("Only designated places take part; others are told so.", "仅定点机构受理，其他机构予以告知。"),
    10: Text(
        "At a bank outlet: the card and the holder's original ID card.",
        "银行网点：凭社保卡和身份证原件启用。",
    ),
    11: Text("At a designated hospital: registering activates.", "定点医院：首次挂号或住院登记即启用。"),
    12: Text(
        "At a designated pharmacy: old card first, then the new one, which takes over the PIN; by profile the new card "
        "with the old PIN, alone at the first purchase, or with the ID card.",
        "定点药店：双插卡启用并沿用原密码；或凭旧卡密码、首次购药、凭身份证（按地区）。",
    ),
    13: Text(
        "With a lost or blocked old card the pharmacy cannot do it; the holder goes to the centre.",
        "医保卡挂失或锁定，药店不能办理，请到中心。",
    ),
    14: Text(
        "The bank reports its activation, and the centre activates the social application by itself.",
        "银行激活金融应用后通知中心，中心自动启用社保应用。",
    ),
    15: Text("By phone: the official line's operator activates.", "电话：官方热线人工办理启用。"),
    16: Text(
        "Online: ID number, card number and card identification number; an active card is answered so, without error.",
        "网上：凭身份证号、卡号、卡识别码启用；已启用的如实告知，不报错。",
    ),
    17: Text("At a service counter: at once, on the spot.", "服务窗口：当场启用。"),
    18: Text(
        "Collected by an employer: active by itself hours after receipt (profile: 96).",
        "单位代领：领卡96小时后自动启用（按地区）。",
    ),
    19: Text("Doing a thing twice is harmless everywhere.", "重复办理一律无害。"),
    20: Text(
        "The bank's application within days of receipt (profile: 300), at the issuing bank; otherwise the card is "
        "reported lost.",
        "领卡300日内须到发卡银行激活金融应用，逾期社保应用正式挂失（按地区）。",
    ),
    21: Text(
        "After that: the bank first, then the release at a counter, in no other order and no other place.",
        "逾期后须先激活金融应用，再到人社窗口解除挂失。",
    ),
    22: Text("An electronic card needs the bank's application too.", "申领电子社保卡须已激活金融应用。"),
    23: Text(
        "The day of receipt is day 0, the last day is in time; evaluated at every contact and in bulk, in the region's "
        "time zone.",
        "领卡当日为第0日，末日仍在期限内；每次办理及批量核查，按地区时区计算。",
    ),
    30: Text(
        "An agent shows the holder's ID card, the own one, and a power of attorney; what is missing is named.",
        "代办须持持卡人身份证、代办人身份证和授权委托书，缺者明示。",
    ),
    40: Text(
        "The social PIN at counters and authorised places; the bank's PIN and account loss at the bank alone.",
        "社保密码在窗口及获授权机构办理；金融密码及金融挂失仅在银行办理。",
    ),
    41: Text(
        "Loss is temporary or formal and may be released; a lost card is refused everywhere until then.",
        "挂失分临时与正式，可解除；挂失期间一律不予受理。",
    ),
    42: Text(
        "State and balance are told at counters, online and at authorised places.",
        "窗口、网上及获授权机构可查询卡状态与余额。",
    ),
    50: Text(
        "At a pharmacy the personal account pays what it may, cash the rest; hospitals deduct on paying; only after "
        "activation.",
        "购药先由个人账户支付，余额现金支付；医院结算时扣款；启用后方可使用。",
    ),
    51: Text(
        "A refund restores the account exactly once; an unknown outcome is reversed or confirmed, never guessed.",
        "退费仅恢复一次；结果不明的交易须冲正或确认。",
    ),
    52: Text("Funds are kept apart per kind of insurance.", "各险种基金分账核算，互不挪用。"),
    53: Text(
        "Serious-illness benefits after months of contributions without a gap (profile: six).",
        "连续缴费满六个月方可享受大病待遇（按地区）。",
    ),
    54: Text(
        "The social security number is the citizen's ID number with its check digit.",
        "社会保障号码即公民身份号码，校验位须正确。",
    ),
    55: Text(
        "The self-employed take part in pension, unemployment and medical insurance only.",
        "灵活就业人员仅参加养老、失业、医疗保险。",
    ),
}


def label(number: int) -> str:
    """How code, tests and messages cite a rule: an R and its number."""
    return f"R{number}"


LABELS: tuple[str, ...] = tuple(label(number) for number in RULES)
"""Every rule, as it is cited."""
