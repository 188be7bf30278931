"""What a settlement answers, in the national interface: figures, details and cuts, and what was cancelled."""

from __future__ import annotations

from terminal.backoffice.national.fields import Field, Node, fields, only, without
from terminal.backoffice.national.messages.person import BASE_INFORMATION

SETTLED = fields(
    """
setl_id            C30*    结算ID
mdtrt_id           C30*    就诊ID
""",
    only(BASE_INFORMATION, "psn_no psn_name psn_cert_type certno gend naty brdy age"),
    """
insutype           C6      险种类型
psn_type           C6      人员类别
cvlserv_flag       C3      公务员标志
setl_time          T       结算时间
mdtrt_cert_type    C3      就诊凭证类型
med_type           C6      医疗类别
medfee_sumamt      N16,2   医疗费总额
fulamt_ownpay_amt  N16,2   全自费金额
overlmt_selfpay    N16,2   超限价自费费用
preselfpay_amt     N16,2   先行自付金额
inscp_scp_amt      N16,2   符合政策范围金额
act_pay_dedc       N16,2   实际支付起付线
hifp_pay           N16,2   基本医疗保险统筹基金支出
pool_prop_selfpay  N5,4    基本医疗保险统筹基金支付比例
cvlserv_pay        N16,2   公务员医疗补助资金支出
hifes_pay          N16,2   企业补充医疗保险基金支出
hifmi_pay          N16,2   居民大病保险资金支出
hifob_pay          N16,2   职工大额医疗费用补助基金支出
maf_pay            N16,2   医疗救助基金支出
oth_pay            N16,2   其他支出
fund_pay_sumamt    N16,2   基金支付总额
psn_part_amt       N16,2   个人负担总金额
acct_pay           N16,2   个人账户支出
psn_cash_pay       N16,2   个人现金支出
balc               N16,2   余额
acct_mulaid_pay    N16,2   个人账户共济支付金额
medins_setl_id     C30     医药机构结算ID
clr_optins         C6      清算经办机构
clr_way            C6      清算方式
clr_type           C6      清算类别
exp_content        C4000   扩展内容
""",
)
WITH_HOSPITAL = fields(SETTLED, "hosp_part_amt  N16,2  医院负担金额")
_FIGURES = (
    "medfee_sumamt setl_time fulamt_ownpay_amt overlmt_selfpay preselfpay_amt inscp_scp_amt act_pay_dedc hifp_pay "
    "pool_prop_selfpay cvlserv_pay hifes_pay hifmi_pay hifob_pay maf_pay oth_pay fund_pay_sumamt"
)
_RENAMED = """
psn_pay            N16,2   个人支付金额
acct_pay           N16,2   个人账户支出
cash_payamt        N16,2   现金支付金额
balc               N16,2   余额
acct_mulaid_pay    N16,2   个人账户共济支付金额
medins_setl_id     C30     医药机构结算ID
"""
CANCELLED = fields(only(SETTLED, f"mdtrt_id setl_id clr_optins {_FIGURES}"), _RENAMED)
CLINIC_CANCELLED = fields(
    only(SETTLED, f"mdtrt_id setl_id clr_optins {_FIGURES} psn_part_amt acct_pay"),
    "pdn_cash_pay  N16,2  个人现金支出",
    only(WITH_HOSPITAL, "balc acct_mulaid_pay hosp_part_amt medins_setl_id"),
)
QUERIED = fields(
    without(SETTLED, "psn_part_amt", "psn_cash_pay"),
    """
psn_pay            N16,2   个人支付金额
cash_payamt        N16,2   现金支付金额
flxempe_flag       C3      灵活就业标志
nwb_flag           C3      新生儿标志
insu_optins        C6      参保机构医保区划
emp_name           C200    单位名称
pay_loc            C6*     支付地点类别
fixmedins_code     C12*    定点医药机构编号
fixmedins_name     C200*   定点医药机构名称
hosp_lv            C6      医院等级
fixmedins_poolarea C6      定点归属机构
lmtpric_hosp_lv    C6      限价医院等级
dedc_hosp_lv       C6      起付线医院等级
begndate           D*      开始日期
enddate            D*      结束日期
refd_setl_flag     C3*     退费结算标志
year               C4*     年度
dise_codg          C30     病种编码
dise_name          C500    病种名称
invono             C20     发票号
opter_id           C20     经办人ID
opter_name         C50     经办人姓名
opt_time           T       经办时间
""",
)

_SETTLED_DETAIL = fields("""
fund_pay_type      C6      基金支付类型
inscp_scp_amt      N16,2   符合政策范围金额
crt_payb_lmt_amt   N16,2   本次可支付限额金额
fund_payamt        N16,2   基金支付金额
fund_pay_type_name C200    基金支付类型名称
setl_proc_info     C4000   结算过程信息
exp_content        C4000   扩展内容
""")

_CUT = fields("""
feedetl_sn         C30*    费用明细流水号
det_item_fee_sumamt N16,2  明细项目费用总额
cnt                N16,4   数量
pric               N16,6   单价
pric_uplmt_amt     N16,6   定价上限金额
selfpay_prop       N5,4    自付比例
fulamt_ownpay_amt  N16,2   全自费金额
overlmt_amt        N16,2   超限价金额
preselfpay_amt     N16,2   先行自付金额
inscp_scp_amt      N16,2   符合政策范围金额
chrgitm_lv         C3      收费项目等级
med_chrgitm_type   C6      医疗收费项目类别
bas_medn_flag      C3      基本药物标志
hi_nego_drug_flag  C3      医保谈判药品标志
chld_medc_flag     C3      儿童用药标志
list_sp_item_flag  C3      目录特项标志
drt_reim_flag      C3      直报标志
memo               C500    备注
exp_content        C4000   扩展内容
""")

SETTLEMENT_KEY = fields("""
psn_no             C30*    人员编号
setl_id            C30*    结算ID
mdtrt_id           C30*    就诊ID
""")

_DETAILS = (Node("setldetail", _SETTLED_DETAIL, many=True),)
CUTS = (Node("detlcutinfo", _CUT, many=True),)


def setlinfo(declared: tuple[Field, ...]) -> tuple[Node, ...]:
    """The figures of a settlement, and what each fund paid."""
    return (Node("setlinfo", declared), *_DETAILS)
