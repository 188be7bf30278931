"""A settlement looks everything up by index: it costs the same whoever else is on record."""

from __future__ import annotations

import re
from typing import Any

from national_samples import HOSPITAL, Town, item
from sqlalchemy import event


def test_no_statement_of_a_settlement_looks_at_every_row() -> None:
    town = Town(":memory:")
    psn_no, said = town.person(), list[tuple[str, Any]]()
    town.session("990100000001"), town.session(HOSPITAL)
    visit = town.register(psn_no)
    event.listen(
        town.store._db, "before_cursor_execute", lambda *call: said.append((call[2], call[3])), named=False
    )
    paid = town.buy(psn_no, item("3.00"))
    town.done("5203", data=town.key(psn_no, paid))
    town.give_back(psn_no, paid)
    town.done("2207", HOSPITAL, **town.clinic(psn_no, visit, "300.00"))
    msgid = town.msgid()
    town.buy(psn_no, msgid=msgid)
    town.done("2601", data={"psn_no": psn_no, "omsgid": msgid, "oinfno": "2102"})
    statements = [each for each in said if re.match(r"SELECT|UPDATE", each[0])]
    assert len(statements) > 40
    for statement, values in statements:
        plan = town.store._db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        assert not [row for row in plan if re.match(r"SCAN", str(row[-1]))], statement
