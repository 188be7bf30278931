"""Buying at a pharmacy, in the national interface: 2101 to 2103."""

from __future__ import annotations

from terminal.backoffice.national.fields import Node, fields, without
from terminal.backoffice.national.messages.settled import CANCELLED, CUTS, SETTLED, SETTLEMENT_KEY, setlinfo
from terminal.backoffice.national.messages.transaction import CERTIFICATE, Transaction, data

_DRUG_INFO = fields(
    CERTIFICATE,
    """
begntime           T*      开始时间
medfee_sumamt      N16,2*  医疗费总额
invono             C20     发票号
dise_codg          C30     病种编码
dise_name          C500    病种名称
acct_used_flag     C1*=0/1  个人账户使用标志
med_type           C6*     医疗类别
""",
)

_DRUG_DETAIL = fields("""
feedetl_sn         C30*    费用明细流水号
rxno               C30     处方号
rx_circ_flag       C3      外购处方标志
fee_ocur_time      T*      费用发生时间
med_list_codg      C50*    医疗目录编码
medins_list_codg   C150*   医药机构目录编码
det_item_fee_sumamt N16,2* 明细项目费用总额
cnt                N16,4*  数量
pric               N16,6*  单价
sin_dos_dscr       C200    单次剂量描述
used_frqu_dscr     C200    使用频次描述
prd_days           N4,2    周期天数
medc_way_dscr      C200    用药途径描述
bilg_dr_codg       C30     开单医师编码
bilg_dr_name       C50     开单医师姓名
tcmdrug_used_way   C6      中药使用方式
""")

PHARMACY = (
    Transaction(
        "2101",
        "药店预结算",
        "pharmacy pre-settlement",
        (Node("druginfo", without(_DRUG_INFO, "invono")), Node("drugdetail", _DRUG_DETAIL, many=True)),
        (*setlinfo(without(SETTLED, "setl_id")), *CUTS),
        at="pharmacy",
    ),
    Transaction(
        "2102",
        "药店结算",
        "pharmacy settlement",
        (Node("druginfo", _DRUG_INFO), Node("drugdetail", _DRUG_DETAIL, many=True)),
        (*setlinfo(SETTLED), *CUTS),
        books=True,
        at="pharmacy",
    ),
    Transaction(
        "2103",
        "药店结算撤销",
        "cancellation of a pharmacy settlement",
        data(SETTLEMENT_KEY),
        setlinfo(CANCELLED),
        books=True,
        at="pharmacy",
    ),
)
