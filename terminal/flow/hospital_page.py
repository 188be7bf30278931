"""Writes the page of hospital visits from their tables: `python -m terminal.flow.hospital_page > docs/hospital.md`."""

from __future__ import annotations

from terminal.flow.hospital import CLINIC_SETTLEMENT, GIVING_UP, REGISTRATION

HEAD = """\
# A visit to a hospital

Generated from `terminal/flow/hospital.py` by `python -m terminal.flow.hospital_page > docs/hospital.md`; do not edit.

At a designated hospital a patient is registered (2201) or admitted (2401) with the social security card; the first
registration activates the card, and nothing else is asked (R11). The visit is settled with the card and its PIN, from
sums (2206, 2207): the fund pays its share, the personal account what it may, the rest is cash. A settlement is
cancelled once (2208); a visit without one can be given up (2202 for an out-patient, 2601 for an in-patient).

```sh
ssc centre people --centre centre.db                           # the centre, with synthetic people in it
ssc card new --kind ssc-3.0 --seed 1108 -o g.card              # the card of one of them, not activated yet
ssc hospital register --reader virtual:g.card --centre centre.db --department 内科 --doctor 测试医师
ssc hospital admit --reader virtual:g.card --centre centre.db --diagnosis 肺炎 --diagnosis-code J18.9 --bed 3-12
ssc hospital settle --visit 99010010000000000002 --total 900 --own-cost 5 --reader virtual:g.card --centre centre.db
ssc hospital refund --settlement 99010020000000000001 --centre centre.db --yes
ssc hospital give-up --visit 99010010000000000002 --centre centre.db --yes
ssc hospital reconcile --centre centre.db
```

The ticket names the visit, the slip the settlement; `--html` writes either as a page, `--json` gives every step as a
line. `--reader` takes an image of a card (`virtual:FILE`) or a reader. `--centre` takes a file, a PostgreSQL URL, or
the address of a service. `--book` is the hospital's book: every message is in it before it is sent, and an answer that
does not come is made up for before anything else is done: a settlement and an admission are reversed by their msgid; a
registration is sent again under its own msgid, which counts once, to learn its number, and cancelled.

States and endings are those of [paying](purchase.md), the purse on the card included.
"""
MACHINES = (
    ("A registration or an admission", REGISTRATION),
    ("The settlement of a visit", CLINIC_SETTLEMENT),
    ("A visit given up", GIVING_UP),
)


def page() -> str:
    """The page as Markdown, with a diagram of each table."""
    diagrams = (f"## {title}\n\n```mermaid\n{machine.mermaid()}```\n" for title, machine in MACHINES)
    return "\n".join((HEAD, *diagrams))


if __name__ == "__main__":
    print(page(), end="")
