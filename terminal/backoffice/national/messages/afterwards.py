"""What follows a settlement, in the national interface: reversal, query, reconciliation (2601, 5203, 3201)."""

from __future__ import annotations

from terminal.backoffice.national.fields import Node, fields
from terminal.backoffice.national.messages.settled import QUERIED, SETTLEMENT_KEY, setlinfo
from terminal.backoffice.national.messages.transaction import INSURANCE_KINDS, Transaction, data

AFTERWARDS = (
    Transaction(
        "2601",
        "冲正",
        "reversal by msgid",
        data("psn_no C30* 人员编号\nomsgid C30* 原发送方报文ID\noinfno C4* 原交易编号"),
        books=True,
    ),
    Transaction("5203", "结算信息查询", "settlement query", data(SETTLEMENT_KEY), setlinfo(QUERIED)),
    Transaction(
        "3201",
        "医药机构费用结算对总账",
        "reconciliation of totals",
        data(f"""
insutype           C6*={INSURANCE_KINDS}  险种类型
clr_type           C6*     清算类别
setl_optins        C6*     结算经办机构
stmt_begndate      D*      对账开始日期
stmt_enddate       D*      对账结束日期
medfee_sumamt      N16,2*  医疗费总额
fund_pay_sumamt    N16,2*  基金支付总额
acct_pay           N16,2*  个人账户支付金额
fixmedins_setl_cnt N10*    定点医药机构结算笔数
"""),
        (
            Node(
                "stmtinfo",
                fields("""
setl_optins        C6      结算经办机构
stmt_rslt          C6*     对账结果
stmt_rslt_dscr     C200    对账结果说明
exp_content        C4000   扩展内容
"""),
            ),
        ),
        books=True,
    ),
)
