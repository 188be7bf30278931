"""What a visit prints with `--json`, and what a dry run does; part of `terminal.trace.schema`."""

from __future__ import annotations

from terminal.trace.schema_shapes import (
    FLAG,
    HEX,
    MASKED_HEX,
    SCALAR,
    STATUS_WORD,
    TEXT,
    WHOLE,
    EventType,
    Key,
    both,
    by_name,
    choice,
    group,
    many,
    nullable,
)

SLOT = Key(
    "slot", choice("old", "new", "psam", "card"), "the card in this slot; `card` where there is only one"
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
REFUSAL = group(
    "refusal",
    Key("code", TEXT, "the reason, a word that stays as it is"),
    Key("rule", TEXT, "the rule that refused"),
    *both("the reason"),
)
_PRINTED = group("line", *both("the label"), Key("value", TEXT, "as printed, masked"))
ROW = group(
    "row",
    Key("path", TEXT, "where it stands"),
    *both("its name"),
    Key("before", TEXT, "its value before, or on the first card, masked"),
    Key("after", TEXT, "its value after, or on the second card, masked"),
    Key("changed", FLAG, "whether it differs, also where the masked values look alike"),
)

VISIT = (
    EventType(
        "state",
        "The flow enters a state.",
        (Key("state", TEXT, "its name, as in the flow's table"), *both("what it does")),
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
            *both("what is asked"),
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
            *both("what the terminal says"),
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
            *both("its title"),
            Key("lines", many(_PRINTED), "what is printed"),
        ),
    ),
    EventType(
        "end",
        "How a visit ended; the last line of it.",
        (
            Key("outcome", TEXT, "the outcome's name, a word that stays as it is"),
            Key("exit_code", WHOLE, "the exit code of the command"),
            *both("what the person is told"),
            Key("detail", TEXT, "the cause in the terminal's own words; empty where there is none"),
        ),
    ),
    EventType(
        "comparison",
        "A card or the centre before and after, or two cards beside each other.",
        (
            Key("subject", TEXT, "what is compared: `old`, `new`, `centre`, `card`"),
            *both("its heading"),
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
            *both("the same for people"),
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
