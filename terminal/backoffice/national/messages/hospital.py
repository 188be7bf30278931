"""A patient's visit to a hospital, in the national interface: 2201 to 2208 and 2401."""

from __future__ import annotations

from terminal.backoffice.national.fields import Node, fields, without
from terminal.backoffice.national.messages.settled import (
    CLINIC_CANCELLED,
    SETTLEMENT_KEY,
    WITH_HOSPITAL,
    setlinfo,
)
from terminal.backoffice.national.messages.transaction import CERTIFICATE, Transaction, data

_REGISTRATION = fields(
    CERTIFICATE,
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
    CERTIFICATE,
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
    CERTIFICATE,
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

HOSPITAL = (
    Transaction(
        "2201",
        "门诊挂号",
        "out-patient registration",
        data(_REGISTRATION),
        (Node("data", _REGISTERED),),
        books=True,
        at="hospital",
    ),
    Transaction(
        "2202",
        "门诊挂号撤销",
        "cancellation of a registration",
        data("psn_no C30* 人员编号\nmdtrt_id C30* 就诊ID\nipt_otp_no C30* 住院/门诊号"),
        books=True,
        at="hospital",
    ),
    Transaction(
        "2206",
        "门诊预结算",
        "out-patient pre-settlement",
        data(without(_CLINIC_BILL, "invono")),
        setlinfo(without(WITH_HOSPITAL, "setl_id")),
        at="hospital",
    ),
    Transaction(
        "2207",
        "门诊结算",
        "out-patient settlement",
        data(_CLINIC_BILL),
        setlinfo(WITH_HOSPITAL),
        books=True,
        at="hospital",
    ),
    Transaction(
        "2208",
        "门诊结算撤销",
        "cancellation of an out-patient settlement",
        data(SETTLEMENT_KEY),
        setlinfo(CLINIC_CANCELLED),
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
