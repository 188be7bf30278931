"""Who a person is and what is paid for, in the national interface: 1101 and 2001."""

from __future__ import annotations

from terminal.backoffice.national.fields import Node, fields
from terminal.backoffice.national.messages.transaction import INSURANCE_KINDS, Transaction, data

BASE_INFORMATION = fields("""
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

PERSON = (
    Transaction(
        "1101",
        "人员信息获取",
        "person and insurances",
        data("""
mdtrt_cert_type    C3*=01/02/03  就诊凭证类型
mdtrt_cert_no      C1024*  就诊凭证编号
card_sn            C32     卡识别码
begntime           T       开始时间
psn_cert_type      C6*     人员证件类型
certno             C50     证件号码
psn_name           C50     人员姓名
"""),
        (
            Node("baseinfo", BASE_INFORMATION),
            Node("insuinfo", _INSURANCE, many=True),
            Node("idetinfo", _IDENTITY, many=True),
        ),
    ),
    Transaction(
        "2001",
        "人员待遇享受检查",
        "benefit check",
        data(f"""
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
)
