"""What people call the kinds of card, the states of flows and the slots."""

from __future__ import annotations

from terminal.text import Text

CARD_NAMES = {
    "ssc-1.0": Text("social security card 1.0", "社会保障卡1.0"),
    "ssc-2.0": Text("social security card 2.0", "社会保障卡2.0"),
    "ssc-3.0": Text("social security card 3.0", "社会保障卡3.0"),
    "sle4442": Text("old medical card, SLE4442", "原医保卡SLE4442"),
    "sle4428": Text("old medical card, SLE4428", "原医保卡SLE4428"),
    "old-cpu": Text("old medical card, CPU", "原医保CPU卡"),
    "psam": Text("PSAM", "终端安全模块"),
    "iso7816": Text("plain ISO 7816-4 card", "ISO 7816-4通用卡"),
    "ssc": Text("social security card", "社会保障卡"),
    "card": Text("a card", "卡片"),
}

STATE_NAMES = {
    "SIGN_IN": Text("The terminal signs in", "签到"),
    "INSERT_OLD": Text("Ask for the old medical card", "提示插入医保卡"),
    "READ_OLD": Text("Read the old medical card", "读取医保卡"),
    "CHECK_OLD": Text("Ask the insurance centre about the old card", "医保中心核对医保卡"),
    "REMOVE_OLD": Text("Ask for the old card's removal", "提示取出医保卡"),
    "INSERT_NEW": Text("Ask for the social security card", "提示插入社会保障卡"),
    "IDENTIFY_NEW": Text("Which card is it?", "识别卡片"),
    "READ_NEW": Text("Read issuer data and validity", "读取发卡信息及有效期"),
    "PROBE": Text("Ask the centre for an unfinished activation", "查询未完成的启用"),
    "AUTHENTICATE": Text("Is the card genuine?", "卡片鉴别"),
    "READ_HOLDER": Text("Read the holder data", "读取持卡人信息"),
    "QUERY": Text("Ask the card management centre", "查询卡管中心"),
    "ENABLE": Text("The centre activates the card", "中心启用"),
    "CHECK_CARD_PIN": Text("PIN tries left on the card", "查询卡密码剩余次数"),
    "ENTER_PIN": Text("The old card's PIN", "校验原医保卡密码"),
    "RESERVE": Text("The centre reserves the activation", "中心预占"),
    "OPEN_JOURNAL": Text("Open the card's journal", "写启用日志"),
    "WRITE_PIN": Text("The new card takes over the PIN", "迁移密码"),
    "WRITE_MEDICAL": Text("Write the medical base data", "写医疗保险基本信息"),
    "WRITE_STATUS": Text("Write the application status", "写应用状态"),
    "CONFIRM": Text("The centre commits", "中心确认"),
    "CATCH_UP": Text("Bring the card up to the centre's state", "补写卡内状态"),
    "CLOSE_JOURNAL": Text("Close the card's journal", "关闭启用日志"),
    "RECEIPT": Text("Receipt", "打印回执"),
    "UNDO": Text("Undo the activation", "撤销启用"),
    "SIGN_ON": Text("The till signs in", "医保签到"),
    "RESOLVE": Text("What was left unfinished at this till?", "处理未完成业务"),
    "INSERT_CARD": Text("Ask for the card", "提示插卡"),
    "IDENTIFY_CARD": Text("Which card is it?", "识别卡片"),
    "READ_CARD": Text("Read issuer data and validity", "读取发卡信息及有效期"),
    "PROVE_CARD": Text("Is the card genuine?", "卡片鉴别"),
    "FINISH_DEBIT": Text("Was the card debited earlier?", "核对上次卡内消费"),
    "READ_PERSON": Text("Read the holder data", "读取持卡人信息"),
    "CATCH_UP_CARD": Text("Bring the card up to the centre's state", "补写卡内状态"),
    "ACTIVATE_CARD": Text("The first use activates the card", "首次用卡启用"),
    "ASK_PERSON": Text("Person and insurances", "人员参保信息"),
    "CHECK_PIN": Text("PIN tries left on the card", "查询卡密码剩余次数"),
    "VERIFY_PIN": Text("The card's PIN", "校验卡密码"),
    "READ_PURSE": Text("The purse on the card", "读取卡内账户"),
    "PRE_SETTLE": Text("What it comes to", "预结算"),
    "AGREE": Text("Is that agreed?", "确认金额"),
    "CARD_STILL_THERE": Text("Is the card still there?", "确认卡片在位"),
    "SETTLE": Text("Settlement", "结算"),
    "AGREE_AGAIN": Text("Is what it came to agreed?", "确认实际结算"),
    "UNDO_DEARER": Text("Reverse what nobody agreed to", "冲正未同意的结算"),
    "BEGIN_DEBIT": Text("Card and terminal agree on the debit", "消费初始化"),
    "DEBIT_CARD": Text("The card debits its purse", "卡内消费"),
    "REINSERT_CARD": Text("Ask for the same card again", "提示重新插卡"),
    "SEARCH_LOG": Text("Does the card's log have the earlier debit?", "查卡内交易明细"),
    "ASK_PROOF": Text("Was the card debited?", "取交易证明"),
    "CONFIRM_DEBIT": Text("Check the card's proof", "校验交易证明"),
    "UNDO_SETTLEMENT": Text("Reverse the settlement", "冲正结算"),
    "FIND_SALE": Text("Look the settlement up", "查询原结算"),
    "CANCEL_SALE": Text("Cancellation", "撤销结算"),
    "COMPARE_TOTALS": Text("Compare the day's totals", "日终对账"),
    "REVERSE": Text("Reverse what is unknown", "冲正"),
    "FIND_VISIT": Text("Look the visit up", "查询就诊登记"),
    "REGISTER": Text("Registration", "就诊登记"),
    "PRINT_TICKET": Text("Ticket", "打印登记凭条"),
    "AGREE_TO_GIVE_UP": Text("Is that agreed?", "确认撤销"),
    "GIVE_VISIT_UP": Text("Give the visit up", "撤销就诊登记"),
    "PRINT_SLIP": Text("Slip", "打印凭条"),
}

EMPTY_SLOT = Text("empty", "空")


def card_name(kind: str | None) -> Text:
    """The name of a kind of card; of an empty slot for None."""
    return EMPTY_SLOT if kind is None else CARD_NAMES.get(kind, Text(kind, kind))


def state_name(state: str) -> Text:
    """The name of a state of a flow; its own word where nobody has named it for people."""
    return STATE_NAMES.get(state, Text(state, ""))
