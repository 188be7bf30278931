"""Every transaction of the national interface, declared once: envelope, fields of input and output.

Lines are read by `fields`; reading, strict writing, error texts, JSON schema and documentation come from here.
"""

from __future__ import annotations

from terminal.backoffice.national.fields import fields
from terminal.backoffice.national.messages.afterwards import AFTERWARDS
from terminal.backoffice.national.messages.hospital import HOSPITAL
from terminal.backoffice.national.messages.person import PERSON
from terminal.backoffice.national.messages.pharmacy import PHARMACY
from terminal.backoffice.national.messages.signing import SIGNING

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

TRANSACTIONS = {
    transaction.infno: transaction for transaction in (*SIGNING, *PERSON, *PHARMACY, *AFTERWARDS, *HOSPITAL)
}
"""By transaction number."""

REVERSIBLE = frozenset({"2102", "2103", "2207", "2208", "2304", "2305", "2401"})
"""What 2601 may name; 2304 and 2305 are not simulated, so that their messages have never arrived."""
