"""Writes the page of paying from its tables: `python -m terminal.flow.payment_diagram > docs/purchase.md`."""

from __future__ import annotations

from terminal.flow.diagram import endings, states
from terminal.flow.payment_actions import ACTIONS
from terminal.flow.payment_outcomes import BY_RULE, PaymentOutcome
from terminal.flow.purchase import PURCHASE, RECONCILIATION, REFUND, State

HEAD = """\
# Paying

Generated from `terminal/flow/purchase.py` by `python -m terminal.flow.payment_diagram > docs/purchase.md`; do not edit.

At a designated pharmacy the holder of a social security card buys, and the insurance pays what it may. Every message
that moves money is in the till's book (`--book`) before it is sent. Where the centre's answer does not come, or cannot
be read, the message is reversed by its msgid (2601), at once; where that does not get through either, before anything
else is done at this till. Nothing is ever guessed. A cancellation that cannot be reversed any more, as what it gave
back is spent, stays booked: the same message again under its msgid, which counts once, tells its figures for the slip.

```sh
ssc centre people --centre centre.db                           # the centre, with synthetic people in it
ssc card new --kind ssc-3.0 --seed 1102 -o a.card              # the card of the first of them
ssc pharmacy purchase --bill bill.yaml --card a.card --centre centre.db --html slip.html
ssc pharmacy refund --settlement 99010020000000000001 --centre centre.db
ssc pharmacy reconcile --centre centre.db
```

A bill is YAML; numbers stand in quotes, prices are in yuan for one:

```yaml
items:
  - {code: XA01, name: 阿莫西林, count: "2", price: "12.34"}
  - {code: XC03, price: "100"}
from_account: true      # false: the personal account is kept
treatment: "41"         # the medical type, 41 a pharmacy purchase
```

`--centre` takes a file, a PostgreSQL URL, or the address of a service. A region whose profile says
`pin_at_purchase: false` asks for no PIN.

The end of a day (3201) compares what the whole place sold, by insurance and clearing class, with what the centre has of
it; the day is the centre's. So one book is kept for all tills of a place: a command that finds it in use says so.

Between pre-settlement (2101) and settlement (2102) another till may have spent the same account. A settlement that came
to another split than was agreed to is told, and its slip says both. Where it leaves more cash to pay, somebody has to
agree again; a no, nobody there, or a loss of power before the yes reverses it by its msgid (2601).

## The purse on the card

Where the region uses the medical purse of DF04 and the card has one (`ssc card new --purse FEN`), it is debited right
after the settlement, with the PSAM. Profiles say what for, as `purse`:

- `none`: nothing.
- `record`: a record of the settlement. Nothing comes from the account on the card; the total stands as paid by the
  holder, and what fund and account at the centre paid as paid by the pool. Without a PSAM the centre's key machine
  certifies it.
- `account`: the account on the card pays what it may of what the fund leaves, and the one at the centre nothing.
  Without a PSAM the purse is left alone.

The profiles `purse-record` and `purse-account` show both. Settlement and debit stand both or neither. What card and
terminal have agreed on is in the book before the card is told to debit. A card that was not debited has its settlement
reversed. A card that leaves in between is asked for its transaction proof: when it is put in again in the same visit,
or at its next insertion at this till; until then others are served. A card has the proof of its last transaction alone:
where it was used elsewhere since, its log says whether it was debited here, once the PIN is verified. The PSAM checks
the card's proof (MAC2), the centre its certificate (TAC), later, before the next business of the till or at the end of
the day: one that is wrong is told and kept in the book, and nothing is reversed for it. What a purse has paid is not
given back at a till: the centre loads it.
"""
MACHINES = (("A purchase", PURCHASE), ("A refund", REFUND), ("The end of a day", RECONCILIATION))
TOLD = "what is told, unless the centre says it more exactly"


def page() -> str:
    """The page as Markdown: diagrams, states, endings, and what a refusal's rule stands for."""
    diagrams = (f"## {title}\n\n```mermaid\n{machine.mermaid()}```\n" for title, machine in MACHINES)
    return "\n".join((HEAD, *diagrams, states(State, ACTIONS), endings(PaymentOutcome, TOLD), _rules()))


def _rules() -> str:
    lines = ["## Refusals", "", "| rule | outcome |", "|---|---|"]
    lines += [f"| {rule} | `{outcome.label}` |" for rule, outcome in BY_RULE.items()]
    return "\n".join([*lines, "| any other | `refused` |"]) + "\n"


if __name__ == "__main__":
    print(page(), end="")
