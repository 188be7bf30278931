"""What the commands around PC/SC readers print with `--json`; part of `terminal.trace.schema`."""

from __future__ import annotations

from terminal.trace.schema_shapes import HEX, TEXT, EventType, Key, both, by_name, choice, group, many

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
            *both("the state"),
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
            *both("what happened"),
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
            *both("what was looked at"),
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
            *both("what happened"),
        ),
    ),
)
