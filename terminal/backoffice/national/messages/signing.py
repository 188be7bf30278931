"""Signing in and out, in the national interface: 9001 and 9002."""

from __future__ import annotations

from terminal.backoffice.national.fields import Node, fields
from terminal.backoffice.national.messages.transaction import Transaction

SIGNING = (
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
)
