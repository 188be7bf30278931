"""What the commands around the reader driver print with `--json`; part of `terminal.trace.schema`."""

from __future__ import annotations

from terminal.trace.schema_shapes import (
    FLAG,
    SECONDS,
    TEXT,
    WHOLE,
    EventType,
    Key,
    both,
    choice,
    many,
    nullable,
)

DRIVER = (
    EventType(
        "driver",
        "The reader driver runs as a service.",
        (
            Key("url", TEXT, "where WebSocket and POST reach it"),
            Key("endpoint", TEXT, "the file by which native libraries find it"),
            Key("profile", TEXT, "the driver profile"),
        ),
    ),
    EventType(
        "slot",
        "What is in a slot of a driver service.",
        (
            Key("place", choice("contact", "contactless", "sam"), "which slot"),
            Key("reader", TEXT, "the reader's name"),
            Key("present", FLAG, "whether there is a card"),
            Key("kind", nullable(TEXT), "the kind of card; null where it is empty, or a reader on the desk"),
            Key("source", TEXT, "the image, or the kind and seed of a fresh card; empty for other cards"),
        ),
    ),
    EventType(
        "keypad",
        "How the keypad of a driver service stands.",
        (
            Key("prepared", WHOLE, "entries that are prepared"),
            Key("always", FLAG, "whether one entry is prepared for all prompts after those"),
            Key("prompt", TEXT, "what it asks for now, in English; empty for nothing"),
            Key("prompt_zh", TEXT, "what it asks for now, in Chinese"),
            Key("unprepared", WHOLE, "entries that were asked for and that nobody had prepared"),
        ),
    ),
    EventType(
        "injection",
        "A code that a driver service answers on purpose.",
        (
            Key("function", TEXT, "which function, `*` for any"),
            Key("code", WHOLE, "what it answers"),
            Key("nth", WHOLE, "at which call from when it was switched on"),
            Key("times", WHOLE, "how often"),
            Key("text", TEXT, "its text; empty for what the code means"),
            Key("seen", WHOLE, "calls counted"),
            Key("struck", WHOLE, "calls it answered"),
        ),
    ),
    EventType(
        "call",
        "A function of the driver was called; what happened below it follows, then its answer.",
        (
            Key("number", WHOLE, "counts the calls from 1"),
            Key("at", TEXT, "when, ISO 8601"),
            Key("function", TEXT, "the name the caller used"),
            Key("arguments", many(TEXT), "its arguments, masked"),
            Key("injected", FLAG, "whether the answer was injected"),
        ),
    ),
    EventType(
        "answer",
        "A function of the driver returned.",
        (
            Key("number", WHOLE, "the call"),
            Key("function", TEXT, "the name the caller used"),
            Key("code", WHOLE, "what it returned; 0 is success"),
            Key("meaning", TEXT, "what the code means"),
            Key("text", TEXT, "the output buffer, masked"),
            Key("took_ms", SECONDS, "milliseconds it took"),
        ),
    ),
    EventType(
        "note",
        "What happened between calls of the driver.",
        (
            Key("at", TEXT, "when, ISO 8601"),
            *both("what happened"),
        ),
    ),
)
