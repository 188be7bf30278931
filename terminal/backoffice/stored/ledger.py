"""Money, by double entry: nothing comes from nowhere, nothing is lost, and funds never mix (R52)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from terminal.backoffice.stored.rows import Rows
from terminal.backoffice.tables import accounts, journals, postings

EMPLOYEE_FUND = "310"
"""The fund of employees' basic medical insurance: personal accounts on cards are its (insutype 310)."""


_BALANCE = select(accounts.c.balance_fen).where(accounts.c.account == bindparam("account"))
_AFTER = accounts.c.balance_fen + bindparam("change_fen")
_CHANGE = (
    update(accounts)
    .where(accounts.c.account == bindparam("of"), (_AFTER >= 0) | ~accounts.c.personal)
    .values(balance_fen=_AFTER)
)


class OverdraftError(Exception):
    """A personal account holds less than what was to be taken from it; nothing was booked."""


def fund_account(fund: str) -> str:
    """The account of an insurance fund itself, where money comes from and goes back to; it may be below zero."""
    return f"fund:{fund}"


class Ledger(Rows):
    """Accounts, journals and postings."""

    def balance(self, account: str) -> int:
        """Balance of an account in fen; nothing where it was never used."""
        return int(self._run(_BALANCE, account=account).scalar() or 0)

    def has_account(self, account: str) -> bool:
        """Whether anything was ever booked on an account."""
        return self._run(_BALANCE, account=account).first() is not None

    def move(
        self,
        source: str,
        target: str,
        amount_fen: int,
        *,
        reason: str,
        at: datetime,
        fund: str = EMPLOYEE_FUND,
        reference: str | None = None,
    ) -> None:
        """Book an amount from one account of a fund to another (R52).

        Raises OverdraftError, ValueError below zero fen.
        """
        if amount_fen < 0:
            raise ValueError(f"{amount_fen} fen cannot be moved; swap source and target")
        added = self._add(journals, at=at, fund=fund, reason=reason, reference=reference)
        journal = added.inserted_primary_key[0]
        # Accounts are touched in the order of their names, so that two terminals never wait for each other.
        changes = sorted(((source, -amount_fen), (target, amount_fen)))
        for account, change in changes:
            self._change(account, fund, change)
        posted = {"journal": journal, "fund": fund}
        self._add(
            postings, *({**posted, "account": account, "amount_fen": change} for account, change in changes)
        )

    def _change(self, account: str, fund: str, change_fen: int) -> None:
        """An account that was never used begins with nothing; only then is it not found at first."""
        if self._run(_CHANGE, of=account, change_fen=change_fen).rowcount == 1:
            return
        personal = account != fund_account(fund)
        self._add_new(accounts, account=account, fund=fund, personal=personal, balance_fen=0)
        if self._run(_CHANGE, of=account, change_fen=change_fen).rowcount != 1:
            raise OverdraftError(f"{account} holds less than {-change_fen} fen")

    def ledger_faults(self) -> list[str]:
        """What does not add up: journals whose postings do not cancel out, accounts that differ from theirs."""
        total = func.sum(postings.c.amount_fen)
        crooked = select(postings.c.journal).group_by(postings.c.journal).having(total != 0)
        faults = [f"journal {journal} does not add up" for (journal,) in self._run(crooked)]
        sums = select(postings.c.account, total.label("sum")).group_by(postings.c.account).subquery()
        differing = (
            select(accounts.c.account)
            .join_from(accounts, sums, accounts.c.account == sums.c.account, isouter=True)
            .where(func.coalesce(sums.c.sum, 0) != accounts.c.balance_fen)
        )
        return faults + [
            f"account {account} is not the sum of its postings" for (account,) in self._run(differing)
        ]
