"""What looking at cards and bytes prints with `--json`; part of `terminal.trace.schema`."""

from __future__ import annotations

from terminal.trace.schema_shapes import (
    FLAG,
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
from terminal.trace.schema_visit import FIELD

FACT = group(
    "fact",
    Key("path", TEXT, "where it stands"),
    *both("its name"),
    Key("value", TEXT, "its value for people; secrets masked unless --show-secrets was given"),
)

LOOKS = (
    EventType(
        "section",
        "A card, a directory or a file of a card image.",
        (
            Key("path", TEXT, "`card`, `notes`, `SSSE`, `SSSE/EF05`, `bank/01` ..."),
            *both("its name"),
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
