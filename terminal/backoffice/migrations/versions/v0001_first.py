"""The first version: SQLite alone, one-sided ledger."""

from alembic import op

revision = "0001"
down_revision = None

SCHEMA = """

CREATE TABLE persons (
    id_number TEXT PRIMARY KEY,
    name      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE social_cards (
    number            TEXT PRIMARY KEY,
    card_id           TEXT NOT NULL UNIQUE,
    historical_bytes  BLOB NOT NULL,
    id_number         TEXT NOT NULL REFERENCES persons,
    social            INTEGER NOT NULL,
    financial         INTEGER NOT NULL,
    valid_until       TEXT,
    received_at       TEXT,
    receipt_mode      INTEGER NOT NULL,
    medical           TEXT NOT NULL,
    state_before_loss INTEGER,
    loss_reason       TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX social_cards_by_atr ON social_cards (historical_bytes);

CREATE TABLE old_cards (
    number      TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    id_number   TEXT NOT NULL REFERENCES persons,
    state       INTEGER NOT NULL,
    replaced_by TEXT REFERENCES social_cards
) STRICT, WITHOUT ROWID;
CREATE INDEX old_cards_by_person ON old_cards (id_number);

CREATE TABLE verifiers (
    old_card   TEXT PRIMARY KEY REFERENCES old_cards,
    salt       BLOB NOT NULL,
    rounds     INTEGER NOT NULL,
    digest     BLOB NOT NULL,
    tries_left INTEGER NOT NULL CHECK (tries_left >= 0),
    proven_for TEXT,
    proven_at  TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
    entry       INTEGER PRIMARY KEY,
    account     TEXT NOT NULL,
    amount_fen  INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    reservation TEXT,
    at          TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_by_account ON ledger (account);

CREATE TABLE reservations (
    sequence     INTEGER PRIMARY KEY,
    number       TEXT NOT NULL UNIQUE,
    card         TEXT NOT NULL REFERENCES social_cards,
    old_card     TEXT NOT NULL REFERENCES old_cards,
    status       TEXT NOT NULL,
    committed_at TEXT,
    balance_fen  INTEGER
) STRICT;
CREATE INDEX reservations_by_card ON reservations (card);
CREATE UNIQUE INDEX one_open_per_card ON reservations (card) WHERE status = 'open';
CREATE UNIQUE INDEX one_open_per_old_card ON reservations (old_card) WHERE status = 'open';

CREATE TABLE audit (
    entry       INTEGER PRIMARY KEY,
    at          TEXT NOT NULL,
    event       TEXT NOT NULL,
    card        TEXT,
    reservation TEXT,
    place       TEXT,
    detail      TEXT
) STRICT;
"""


def upgrade() -> None:
    """Make the tables of version 1."""
    for statement in SCHEMA.split(";"):
        if statement.strip():
            op.execute(statement)
