"""Every transaction of the national interface, declared once: envelope, fields of input and output.

Lines are read by `fields`; reading, strict writing, error texts, JSON schema and documentation come from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from terminal.backoffice.national.fields import Field, Node, fields, only

ENVELOPE = fields("""
infno              C4*     交易编号
msgid              C30*    发送方报文ID
mdtrtarea_admvs    C6*     就医地医保区划
insuplc_admdvs     C6      参保地医保区划
recer_sys_code     C10*    接收方系统代码
dev_no             C100    设备编号
dev_safe_info      C2000   设备安全信息
cainfo             C1024   数字签名信息
signtype           C10     签名类型
infver             C6*     接口版本号
opter_type         C3*=1/2/3  经办人类别
opter              C30*    经办人
opter_name         C50*    经办人姓名
inf_time           T*      交易时间
fixmedins_code     C12*    定点医药机构编号
fixmedins_name     C20*    定点医药机构名称
sign_no            C30     交易签到流水号
""")
"""The request's own fields; `input` is the object beside them."""

ANSWER = fields("""
infcode            N4*     交易状态码
inf_refmsgid       C30*    接收方报文ID
refmsg_time        C17     接收报文时间
respond_time       C17     响应报文时间
warn_msg           C200    提示信息
cainfo             C1024   数字签名信息
signtype           C10     签名类型
err_msg            C200    错误信息
""")
"""The answer's own fields; `output` is the object beside them, null on failure."""

INSURANCE_KINDS = "310/320/330/390/510"

_PERSON = fields("""
psn_no             C30*    人员编号
psn_cert_type      C6*     人员证件类型
certno             C50*    证件号码
psn_name           C50*    人员姓名
gend               C6*     性别
naty               C3      民族
brdy               D       出生日期
age                N4,1*   年龄
exp_content        C4000   扩展内容
""")

_INSURANCE = fields("""
balc               N16,2*  个人账户余额
insutype           C6*     险种类型
psn_type           C6*     人员类别
psn_insu_stas      C6      人员参保状态
psn_insu_date      D       个人参保日期
paus_insu_date     D       暂停参保日期
cvlserv_flag       C3*     公务员标志
insuplc_admdvs     C6*     参保地医保区划
emp_name           C200    单位名称
""")

_IDENTITY = fields("""
psn_idet_type      C3*     人员身份类别
psn_type_lv        C3      人员类别等级
memo               C500    备注
begntime           T*      开始时间
endtime            T       结束时间
""")

_CERTIFICATE = f"""
psn_no             C30*    人员编号
insutype           C6*={INSURANCE_KINDS}  险种类型
mdtrt_cert_type    C3*=01/02/03  就诊凭证类型
mdtrt_cert_no      C1024   就诊凭证编号
"""

_DRUG_INFO = fields(
    _CERTIFICATE,
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

_SETTLED = fields(
    """
setl_id            C30*    结算ID
mdtrt_id           C30*    就诊ID
""",
    only(_PERSON, "psn_no psn_name psn_cert_type certno gend naty brdy age"),
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
_WITH_HOSPITAL = fields(_SETTLED, "hosp_part_amt  N16,2  医院负担金额")
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
_CANCELLED = fields(only(_SETTLED, f"mdtrt_id setl_id clr_optins {_FIGURES}"), _RENAMED)
_CLINIC_CANCELLED = fields(
    only(_SETTLED, f"mdtrt_id setl_id clr_optins {_FIGURES} psn_part_amt acct_pay"),
    "pdn_cash_pay  N16,2  个人现金支出",
    only(_WITH_HOSPITAL, "balc acct_mulaid_pay hosp_part_amt medins_setl_id"),
)
_QUERIED = fields(
    tuple(field for field in _SETTLED if field.name not in ("psn_part_amt", "psn_cash_pay")),
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

_SETTLEMENT_KEY = fields("""
psn_no             C30*    人员编号
setl_id            C30*    结算ID
mdtrt_id           C30*    就诊ID
""")

_REGISTRATION = fields(
    _CERTIFICATE,
    """
begntime           T*      就诊时间
card_sn            C32     卡识别码
ipt_otp_no         C30*    住院/门诊号
atddr_no           C30*    医师编码
dr_name            C50*    医师姓名
dept_code          C30*    科室编码
dept_name          C100*   科室名称
caty               C6*     科别
""",
)
_REGISTERED = fields("""
mdtrt_id           C30*    就诊ID
psn_no             C30*    人员编号
ipt_otp_no         C30*    住院/门诊号
exp_content        C4000   扩展内容
""")

_CLINIC_BILL = fields(
    _CERTIFICATE,
    """
med_type           C6*     医疗类别
medfee_sumamt      N16,2*  医疗费总额
psn_setlway        C6      个人结算方式
mdtrt_id           C30*    就诊ID
chrg_bchno         C30     收费批次号
acct_used_flag     C1*=0/1  个人账户使用标志
invono             C20     发票号
fulamt_ownpay_amt  N16,2   全自费金额
overlmt_selfpay    N16,2   超限价自费费用
preselfpay_amt     N16,2   先行自付金额
inscp_scp_amt      N16,2   符合政策范围金额
""",
)

_ADMISSION = fields(
    _CERTIFICATE,
    """
coner_name         C50     联系人姓名
tel                C50     联系电话
begntime           T*      开始时间
hcard_basinfo      C2000   持卡就诊基本信息
hcard_chkinfo      C2000   持卡就诊校验信息
med_type           C6*     医疗类别
ipt_otp_no         C30*    住院号
medrcdno           C30     病历号
atddr_no           C30*    主治医生编码
chfpdr_name        C50*    主诊医师姓名
adm_diag_dscr      C200*   入院诊断描述
adm_dept_codg      C30*    入院科室编码
adm_dept_name      C100*   入院科室名称
adm_bed            C30*    入院床位
dscg_maindiag_code C30*    住院主诊断代码
dscg_maindiag_name C300*   住院主诊断名称
main_cond_desc     C1000   主要病情描述
dise_codg          C30     病种编码
dise_name          C500    病种名称
advpay             N16,2   预付款
""",
)
_AGENT = fields("""
agnter_name        C50     代办人姓名
agnter_cert_type   C6      代办人证件类型
agnter_certno      C50     代办人证件号码
agnter_tel         C50     代办人联系方式
""")
_DIAGNOSIS = fields("""
psn_no             C30     人员编号
diag_type          C3      诊断类别
maindiag_flag      C3      主诊断标志
diag_srt_no        N3      诊断排序号
diag_code          C30     诊断代码
diag_name          C300    诊断名称
adm_cond           C500    入院病情
diag_dept          C50     诊断科室
dise_dor_no        C30     诊断医生编码
dise_dor_name      C50     诊断医生姓名
diag_time          T       诊断时间
""")

_DETAILS = (Node("setldetail", _SETTLED_DETAIL, many=True),)
_CUTS = (Node("detlcutinfo", _CUT, many=True),)


def _setlinfo(declared: tuple[Field, ...]) -> tuple[Node, ...]:
    return (Node("setlinfo", declared), *_DETAILS)


def _without(declared: tuple[Field, ...], *names: str) -> tuple[Field, ...]:
    return tuple(field for field in declared if field.name not in names)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction. `books`: it changes something, so that its message counts once by msgid.

    `at`: where it may come from ("pharmacy", "hospital", or "any" designated place).
    """

    infno: str
    zh: str
    en: str
    inputs: tuple[Node, ...]
    outputs: tuple[Node, ...] = ()
    books: bool = False
    at: str = "any"

    @property
    def of_a_person(self) -> bool:
        """Whether the input has a person number, so that the envelope must name the region of insurance."""
        return any(field.name == "psn_no" for node in self.inputs for field in node.fields if field.required)


def _data(table: str | tuple[Field, ...]) -> tuple[Node, ...]:
    return (Node("data", fields(table)),)


_ALL = (
    Transaction(
        "9001",
        "签到",
        "sign in",
        (
            Node(
                "signIn",
                fields("opter_no C20* 操作员编号\nmac C20* 签到MAC地址\nip C20* 签到IP地址"),
            ),
        ),
        (Node("signinoutb", fields("sign_time T* 签到时间\nsign_no C30* 签到编号")),),
        books=True,
    ),
    Transaction(
        "9002",
        "签退",
        "sign out",
        (Node("signOut", fields("sign_no C30 签到编号\nopter_no C20* 操作员编号")),),
        (Node("signoutoutb", fields("sign_time T* 签退时间")),),
        books=True,
    ),
    Transaction(
        "1101",
        "人员信息获取",
        "person and insurances",
        _data("""
mdtrt_cert_type    C3*=01/02/03  就诊凭证类型
mdtrt_cert_no      C1024*  就诊凭证编号
card_sn            C32     卡识别码
begntime           T       开始时间
psn_cert_type      C6*     人员证件类型
certno             C50     证件号码
psn_name           C50     人员姓名
"""),
        (
            Node("baseinfo", _PERSON),
            Node("insuinfo", _INSURANCE, many=True),
            Node("idetinfo", _IDENTITY, many=True),
        ),
    ),
    Transaction(
        "2001",
        "人员待遇享受检查",
        "benefit check",
        _data(f"""
psn_no             C30*    人员编号
insutype           C6*={INSURANCE_KINDS}  险种类型
fixmedins_code     C12*    定点医药机构编号
med_type           C6*     医疗类别
begntime           T*      开始时间
endtime            T       结束时间
dise_codg          C30     病种编码
dise_name          C500    病种名称
oprn_oprt_code     C30     手术操作代码
oprn_oprt_name     C500    手术操作名称
matn_type          C6      生育类别
birctrl_type       C6      计划生育手术类别
"""),
        (
            Node(
                "trtinfo",
                fields("""
psn_no             C30*    人员编号
trt_chk_type       C6*     待遇检查类型
fund_pay_type      C6*     基金支付类型
trt_enjymnt_flag   C3*     基金款项待遇享受标志
begndate           D*      开始日期
enddate            D       结束日期
trt_chk_rslt       C500    待遇检查结果
exp_content        C4000   扩展内容
"""),
                many=True,
            ),
        ),
    ),
    Transaction(
        "2101",
        "药店预结算",
        "pharmacy pre-settlement",
        (Node("druginfo", _without(_DRUG_INFO, "invono")), Node("drugdetail", _DRUG_DETAIL, many=True)),
        (*_setlinfo(_without(_SETTLED, "setl_id")), *_CUTS),
        at="pharmacy",
    ),
    Transaction(
        "2102",
        "药店结算",
        "pharmacy settlement",
        (Node("druginfo", _DRUG_INFO), Node("drugdetail", _DRUG_DETAIL, many=True)),
        (*_setlinfo(_SETTLED), *_CUTS),
        books=True,
        at="pharmacy",
    ),
    Transaction(
        "2103",
        "药店结算撤销",
        "cancellation of a pharmacy settlement",
        _data(_SETTLEMENT_KEY),
        _setlinfo(_CANCELLED),
        books=True,
        at="pharmacy",
    ),
    Transaction(
        "2601",
        "冲正",
        "reversal by msgid",
        _data("psn_no C30* 人员编号\nomsgid C30* 原发送方报文ID\noinfno C4* 原交易编号"),
        books=True,
    ),
    Transaction("5203", "结算信息查询", "settlement query", _data(_SETTLEMENT_KEY), _setlinfo(_QUERIED)),
    Transaction(
        "3201",
        "医药机构费用结算对总账",
        "reconciliation of totals",
        _data(f"""
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
    Transaction(
        "2201",
        "门诊挂号",
        "out-patient registration",
        _data(_REGISTRATION),
        (Node("data", _REGISTERED),),
        books=True,
        at="hospital",
    ),
    Transaction(
        "2202",
        "门诊挂号撤销",
        "cancellation of a registration",
        _data("psn_no C30* 人员编号\nmdtrt_id C30* 就诊ID\nipt_otp_no C30* 住院/门诊号"),
        books=True,
        at="hospital",
    ),
    Transaction(
        "2206",
        "门诊预结算",
        "out-patient pre-settlement",
        _data(_without(_CLINIC_BILL, "invono")),
        _setlinfo(_without(_WITH_HOSPITAL, "setl_id")),
        at="hospital",
    ),
    Transaction(
        "2207",
        "门诊结算",
        "out-patient settlement",
        _data(_CLINIC_BILL),
        _setlinfo(_WITH_HOSPITAL),
        books=True,
        at="hospital",
    ),
    Transaction(
        "2208",
        "门诊结算撤销",
        "cancellation of an out-patient settlement",
        _data(_SETTLEMENT_KEY),
        _setlinfo(_CLINIC_CANCELLED),
        books=True,
        at="hospital",
    ),
    Transaction(
        "2401",
        "入院办理",
        "admission",
        (
            Node("mdtrtinfo", _ADMISSION),
            Node("agnterinfo", _AGENT, optional=True),
            Node("diseinfo", _DIAGNOSIS, many=True, optional=True),
        ),
        (Node("result", fields("mdtrt_id C30* 就诊ID\nexp_content C4000 扩展内容")),),
        books=True,
        at="hospital",
    ),
)

TRANSACTIONS = {transaction.infno: transaction for transaction in _ALL}
"""By transaction number."""

REVERSIBLE = frozenset({"2102", "2103", "2207", "2208", "2304", "2305", "2401"})
"""What 2601 may name; 2304 and 2305 are not simulated, so that their messages have never arrived."""
