"""What commands print with `--json`, declared once: the published schema, its page and its tests come from here.

A new type of line is one more `EventType` in `EVENT_TYPES`; `terminal.trace.as_json.json_line` writes it.
"""

from __future__ import annotations

from terminal.serve.failures import FailureKind
from terminal.trace.schema_driver import DRIVER
from terminal.trace.schema_shapes import (
    FLAG,
    HEX,
    MASKED_HEX,
    SCALAR,
    SECONDS,
    STATUS_WORD,
    TEXT,
    WHOLE,
    EventType,
    Key,
    by_name,
    choice,
    group,
    many,
    nullable,
)

SLOT = Key(
    "slot", choice("old", "new", "psam", "card"), "the card in this slot; `card` where there is only one"
)


def _both(meaning: str) -> tuple[Key, Key]:
    return Key("en", TEXT, f"{meaning}, in English"), Key("zh", TEXT, f"{meaning}, in Chinese")


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

FIELD = group(
    "field",
    Key("path", TEXT, "where it stands: `SSSE/EF05/07`; empty for what is no part of a file"),
    Key("name", TEXT, "its name in English"),
    Key("name_zh", TEXT, "its name in Chinese"),
    Key("value", TEXT, "its value for people, masked; empty where unset or not decoded"),
    Key("raw", TEXT, "its bytes in hex, `**` for a secret byte"),
    Key("source", TEXT, "the part of the standard that defines it"),
)
_TOLD = (
    Key("title", TEXT, "the command's name in English"),
    Key("title_zh", TEXT, "the command's name in Chinese"),
    Key("path", TEXT, "the file or directory it is about; empty before anything was selected"),
    Key("fields", many(FIELD), "what its bytes mean, in their order, those of the command first"),
)
FACT = group(
    "fact",
    Key("path", TEXT, "where it stands"),
    *_both("its name"),
    Key("value", TEXT, "its value for people; secrets masked unless --show-secrets was given"),
)
ROW = group(
    "row",
    Key("path", TEXT, "where it stands"),
    *_both("its name"),
    Key("before", TEXT, "its value before, or on the first card, masked"),
    Key("after", TEXT, "its value after, or on the second card, masked"),
    Key("changed", FLAG, "whether it differs, also where the masked values look alike"),
)
REFUSAL = group(
    "refusal",
    Key("code", TEXT, "the reason, a word that stays as it is"),
    Key("rule", TEXT, "the rule that refused"),
    *_both("the reason"),
)
_PRINTED = group("line", *_both("the label"), Key("value", TEXT, "as printed, masked"))

VISIT = (
    EventType(
        "state",
        "The flow enters a state.",
        (Key("state", TEXT, "its name, as in the flow's table"), *_both("what it does")),
    ),
    EventType(
        "powered",
        "A card is powered on.",
        (
            SLOT,
            Key("reader", TEXT, "the reader's name"),
            Key("kind", nullable(TEXT), "the kind of card, null where nobody knows it yet"),
            Key("atr", HEX, "its answer to reset"),
        ),
    ),
    EventType(
        "exchange",
        "One command and its answer, explained and masked.",
        (
            Key("number", WHOLE, "counts the exchanges of this output from 1"),
            SLOT,
            Key("command", MASKED_HEX, "the command APDU"),
            Key("answer", MASKED_HEX, "data and status word"),
            *_TOLD,
            Key("sw", STATUS_WORD, "the status word"),
            Key("meaning", TEXT, "what it means in this command, in English"),
            Key("meaning_zh", TEXT, "what it means in this command, in Chinese"),
            Key("remedy", TEXT, "what would help, in English; empty where nothing need be done"),
            Key("remedy_zh", TEXT, "what would help, in Chinese"),
        ),
    ),
    EventType(
        "centre",
        "One request to the back office and what it answered.",
        (
            Key("request", TEXT, "the request's name"),
            *_both("what is asked"),
            Key(
                "sent",
                by_name(SCALAR),
                "what was sent; PINs as `****`, ID numbers by their ends; numbers that identify are text",
            ),
            Key(
                "answer",
                nullable(by_name(SCALAR)),
                "what came back; amounts are whole numbers in keys that end in `_fen`; null where it refused or failed",
            ),
            Key("refusal", nullable(REFUSAL), "why it refused; null where it did not"),
            Key("failure", TEXT, "why there is no answer; empty where there is one"),
        ),
    ),
    EventType(
        "operator",
        "The terminal says something to the person at the counter, who acts.",
        (
            Key(
                "action",
                choice("insert", "remove", "pin", "confirm", "show", "receipt"),
                "what the person is asked to do",
            ),
            *_both("what the terminal says"),
            Key("result", choice("done", "cancelled", "timed-out"), "what became of it"),
            Key("tries_left", WHOLE, "at a PIN: tries left before this one", required=False),
            Key(
                "slots",
                by_name(nullable(TEXT)),
                "kind of card in each slot afterwards, null where it is empty; "
                "`reader` where one reader serves both cards",
            ),
        ),
    ),
    EventType(
        "receipt",
        "The receipt that is printed for the holder.",
        (
            *_both("its title"),
            Key("lines", many(_PRINTED), "what is printed"),
        ),
    ),
    EventType(
        "end",
        "How a visit ended; the last line of it.",
        (
            Key("outcome", TEXT, "the outcome's name, a word that stays as it is"),
            Key("exit_code", WHOLE, "the exit code of the command"),
            *_both("what the person is told"),
            Key("detail", TEXT, "the cause in the terminal's own words; empty where there is none"),
        ),
    ),
    EventType(
        "comparison",
        "A card or the centre before and after, or two cards beside each other.",
        (
            Key("subject", TEXT, "what is compared: `old`, `new`, `centre`, `card`"),
            *_both("its heading"),
            Key("rows", many(ROW), "the facts compared"),
        ),
    ),
)
PLANS = (
    EventType(
        "dry-run",
        "Nothing that follows reaches the card, reader or centre that was named; the first line of a dry run.",
        (
            Key(
                "basis",
                choice("commands", "copies", "specimen"),
                "`commands`: they were given and are only decoded; `copies`: carried out on copies of the images; "
                "`specimen`: carried out on made-up cards of the kind",
            ),
            *_both("the same for people"),
        ),
    ),
    EventType(
        "planned",
        "One command that would be sent, explained and masked.",
        (
            Key("number", WHOLE, "counts the commands from 1"),
            Key("command", MASKED_HEX, "the command APDU"),
            *_TOLD,
        ),
    ),
)
LOOKS = (
    EventType(
        "section",
        "A card, a directory or a file of a card image.",
        (
            Key("path", TEXT, "`card`, `notes`, `SSSE`, `SSSE/EF05`, `bank/01` ..."),
            *_both("its name"),
            Key("note", TEXT, "structure and access rules of a file"),
            Key("facts", many(FACT), "what it holds"),
        ),
    ),
    EventType(
        "decoded",
        "What pasted bytes are, and what every part of them means.",
        (
            Key("form", TEXT, "what they were taken for"),
            Key("path", TEXT, "the file they were taken to come from; empty where none"),
            Key(
                "others",
                many(
                    group(
                        "reading",
                        Key("form", TEXT, "the word for --as"),
                        Key("path", TEXT, "the file they would come from"),
                    )
                ),
                "what else they could be",
            ),
            Key("fields", many(FIELD), "what they mean"),
        ),
    ),
    EventType(
        "card",
        "A card that the back office knows.",
        (
            Key("role", choice("old", "new"), "an old medical card or a social security card"),
            Key("kind", TEXT, "its kind"),
            Key("number", TEXT, "its number"),
            Key("holder", TEXT, "the holder's name"),
            Key("id_number", TEXT, "the holder's identity number by its ends"),
            Key("state", TEXT, "the state's name, a word that stays as it is"),
            Key("state_zh", TEXT, "the state in Chinese"),
            Key("usable", FLAG, "whether it may be used"),
            Key("balance_fen", WHOLE, "its account in fen"),
            Key("reservation", nullable(TEXT), "how far an activation has come; null where there is none"),
            Key("financial", nullable(TEXT), "the state of the bank's application; null where it has none"),
            Key("replaced_by", nullable(TEXT), "the number of the card that took its place"),
        ),
    ),
)
READERS = (
    EventType(
        "reader",
        "A PC/SC reader of this machine, or a card image of this directory.",
        (
            Key("name", TEXT, "its name, or the image's file"),
            Key("address", TEXT, "what other commands take for it: `pcsc:...`, `virtual:...`"),
            Key(
                "state",
                choice("empty", "card", "shared", "held", "mute"),
                "`shared`: another program uses the card too; `held`: it lets no other; `mute`: no answer to reset",
            ),
            *_both("the state"),
            Key(
                "holder", TEXT, "the program that uses the card; empty where there is none or it is not known"
            ),
            Key("atr", HEX, "the card's answer to reset; empty without a card"),
            Key("card", TEXT, "what card it tells of, in English; empty without a card"),
            Key("card_zh", TEXT, "what card it tells of, in Chinese"),
        ),
    ),
    EventType(
        "reader-event",
        "Something that came or went, with `ssc readers --watch`.",
        (
            Key(
                "event",
                choice(
                    "reader-appeared",
                    "reader-gone",
                    "card-inserted",
                    "card-removed",
                    "daemon-lost",
                    "daemon-back",
                ),
                "what happened; the first lines say what is there",
            ),
            *_both("what happened"),
            Key("name", TEXT, "the reader's name; empty for the PC/SC service"),
            Key("address", TEXT, "what other commands take for the reader; empty for the PC/SC service"),
            Key("atr", HEX, "the card's answer to reset; empty without a card"),
            Key("card", TEXT, "what card it tells of, in English; empty without a card"),
            Key("card_zh", TEXT, "what card it tells of, in Chinese"),
            Key("text", TEXT, "why the PC/SC service is lost; empty otherwise"),
        ),
    ),
    EventType(
        "finding",
        "One thing `ssc doctor` looked at.",
        (
            Key("check", TEXT, "the check, a word that stays as it is"),
            *_both("what was looked at"),
            Key("level", choice("ok", "warning", "problem"), "how it is"),
            Key("value", TEXT, "what was found"),
            Key("fix", TEXT, "what to do about it; empty where nothing need be done"),
        ),
    ),
    EventType(
        "pcscd",
        "A private PC/SC daemon is running.",
        (
            Key("environment", by_name(TEXT), "the environment variables that programs need to use it"),
            Key(
                "readers",
                many(
                    group(
                        "reader",
                        Key("name", TEXT, "the name it was given"),
                        Key("reader", TEXT, "the name programs see"),
                        Key("vpcd", TEXT, "HOST:PORT where it waits for its card"),
                    )
                ),
                "its virtual readers",
            ),
        ),
    ),
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
        "presented",
        "Something happened to a card that is presented to a PC/SC reader.",
        (
            Key("image", TEXT, "the card's image"),
            Key("vpcd", TEXT, "HOST:PORT of the reader"),
            Key(
                "presence",
                choice(
                    "waiting",
                    "silent",
                    "connected",
                    "powered-on",
                    "reset",
                    "powered-off",
                    "disconnected",
                    "removed",
                ),
                "what happened",
            ),
            *_both("what happened"),
        ),
    ),
)
SCENARIOS = (
    EventType(
        "scenario",
        "A scenario that was played.",
        (
            Key("file", TEXT, "the scenario's file"),
            Key("name", TEXT, "its name"),
            Key("passed", FLAG, "whether everything was as it expects"),
            Key("rules", many(TEXT), "the rules of the domain that it shows: `R10`"),
            Key("outcomes", many(TEXT), "the outcome of each visit"),
            Key("problems", many(TEXT), "what was not as expected"),
            Key("duration_s", SECONDS, "seconds it took"),
        ),
    ),
    EventType(
        "rule",
        "A rule of the domain, and what the scenarios that show it came to.",
        (
            Key("rule", TEXT, "the rule as it is cited: `R10`"),
            *_both("what it says"),
            Key("scenarios", many(TEXT), "the names of the scenarios that show it"),
            Key("failed", many(TEXT), "those of them that failed"),
            Key(
                "result",
                choice("passed", "failed", "not shown"),
                "whether the rule holds, as far as they tell",
            ),
        ),
    ),
    EventType(
        "sweep",
        "A scenario that was broken at every exchange.",
        (
            Key("file", TEXT, "the scenario's file"),
            Key("name", TEXT, "its name"),
            Key("over_http", FLAG, "whether the centre was a process of its own"),
            Key("exchanges", WHOLE, "exchanges of an undisturbed visit"),
            Key("points", WHOLE, "disturbances tried"),
            Key("kinds", by_name(WHOLE), "how many of each kind"),
            Key("violations", many(TEXT), "what was lost, and where"),
        ),
    ),
)

CENTRE = (
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
            *_both("the person's situation"),
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

EVENT_TYPES: tuple[EventType, ...] = (*VISIT, *PLANS, *LOOKS, *READERS, *SCENARIOS, *CENTRE, *DRIVER)
"""Every type of line, in the order of the page."""
