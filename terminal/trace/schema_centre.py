"""What the centre's commands print with `--json`; part of `terminal.trace.schema`."""

from __future__ import annotations

from terminal.serve.failures import FailureKind
from terminal.trace.schema_shapes import (
    FLAG,
    SECONDS,
    TEXT,
    WHOLE,
    EventType,
    Key,
    both,
    choice,
    group,
    many,
    nullable,
)

_FAILURE = group(
    "failure",
    Key(
        "do",
        choice(*(kind.value for kind in FailureKind)),
        "what goes wrong",
    ),
    Key("transaction", TEXT, "the transaction it strikes, `*` for any"),
    Key("nth", WHOLE, "at which call of it"),
    Key("lasting", FLAG, "at every call from then on"),
    Key("seconds", nullable(SECONDS), "how long, where it takes time; null for 30"),
)

CENTRE = (
    EventType(
        "service",
        "The centre is served over HTTP.",
        (
            Key("url", TEXT, "its address, to be given as --centre"),
            Key("db", TEXT, "where it is kept: a file, or a URL without its password"),
            Key("profile", TEXT, "the region profile"),
        ),
    ),
    EventType(
        "failures",
        "What goes wrong on purpose at a centre that is served.",
        (
            Key("armed", many(_FAILURE), "the failures that may still strike"),
            Key(
                "struck",
                many(
                    group(
                        "struck failure",
                        Key("failure", _FAILURE, "the failure"),
                        Key("transaction", TEXT, "the transaction it struck"),
                    )
                ),
                "those that did, in order",
            ),
        ),
    ),
    EventType(
        "ticked",
        "What was due by the clock is done.",
        (
            Key("activated", WHOLE, "cards that became active by themselves"),
            Key("lost", WHOLE, "cards reported lost past the bank's deadline"),
        ),
    ),
    EventType(
        "person",
        "A synthetic person is on record at the insurance centre.",
        (
            Key("letter", TEXT, "the person's letter"),
            *both("the person's situation"),
            Key("seed", WHOLE, "the seed of the cards: `ssc card new --seed`"),
            Key("card", TEXT, "the card's number"),
            Key("person", TEXT, "the person number"),
            Key("voucher", TEXT, "the token of the e-voucher"),
        ),
    ),
    EventType(
        "totals",
        "What one place settled on the day.",
        (
            Key("place", TEXT, "the place's code"),
            Key("fund", TEXT, "the kind of insurance"),
            Key("clearing", TEXT, "the clearing class"),
            Key("total_fen", WHOLE, "the fees"),
            Key("fund_pay_fen", WHOLE, "what the funds paid"),
            Key("account_pay_fen", WHOLE, "what the personal accounts paid"),
            Key("count", WHOLE, "how many settlements; a cancellation counts as one"),
        ),
    ),
    EventType(
        "day-end",
        "A day is closed; the last line.",
        (
            Key("day", TEXT, "the day, ISO 8601"),
            Key("balanced", FLAG, "whether the whole ledger adds up"),
            Key("faults", many(TEXT), "what does not"),
        ),
    ),
)
