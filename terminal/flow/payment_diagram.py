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
else is done at this till. Nothing is ever guessed, and nothing is sent twice under one msgid.

```sh
ssc centre people --centre centre.db                           # the centre, with synthetic people in it
ssc card new --kind ssc-3.0 --seed 1102 -o a.card              # the card of the first of them
ssc pharmacy purchase --bill bill.yaml --card a.card --centre centre.db --html slip.html
ssc pharmacy refund --settlement 99010000000000000001 --centre centre.db
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
