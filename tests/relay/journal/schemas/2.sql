-- A journal as the second schema made it. Never edit: this is what is out there.
CREATE TABLE life (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    epoch      TEXT    NOT NULL,
    latest     INTEGER NOT NULL DEFAULT 0,
    settled    INTEGER NOT NULL DEFAULT 0,
    checked_at REAL    NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE event (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    source    TEXT NOT NULL,
    id        TEXT NOT NULL,
    provider  TEXT NOT NULL,
    type      TEXT NOT NULL,
    time      REAL NOT NULL,
    problem   TEXT,
    stored_at REAL NOT NULL,
    data      BLOB NOT NULL,
    UNIQUE (source, id)
) STRICT;
CREATE INDEX event_by_age ON event (stored_at);
CREATE TABLE outcome (
    event         INTEGER PRIMARY KEY REFERENCES event (seq) ON DELETE CASCADE,
    state         TEXT    NOT NULL CHECK (state <> 'pending'),
    detail        TEXT    NOT NULL,
    notifications INTEGER NOT NULL
) STRICT;
CREATE INDEX outcome_by_state ON outcome (state, event);
CREATE TABLE conflict (
    event  INTEGER PRIMARY KEY REFERENCES event (seq) ON DELETE CASCADE,
    times  INTEGER NOT NULL,
    at     REAL    NOT NULL,
    digest BLOB    NOT NULL,
    size   INTEGER NOT NULL
) STRICT;
CREATE TABLE past_id (
    source    TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    seq       INTEGER NOT NULL,
    stored_at REAL    NOT NULL,
    digest    BLOB    NOT NULL,
    PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE refusal (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    source  TEXT NOT NULL,
    reason  TEXT NOT NULL,
    at      REAL NOT NULL,
    request BLOB NOT NULL
) STRICT;
CREATE INDEX refusal_by_reason ON refusal (source, reason, seq);
CREATE INDEX refusal_by_age ON refusal (at);
CREATE VIEW story AS
    SELECT seq, source, id, provider, type, time, problem, data,
           coalesce(state, 'pending') AS state, coalesce(detail, '') AS detail,
           coalesce(notifications, 0) AS notifications, coalesce(conflict.times, 0) AS conflicts
    FROM event LEFT JOIN outcome ON outcome.event = event.seq
               LEFT JOIN conflict ON conflict.event = event.seq;
CREATE TABLE notification (
    seq          INTEGER PRIMARY KEY,
    published_at REAL NOT NULL,
    draft        BLOB NOT NULL
) STRICT;
CREATE INDEX notification_by_age ON notification (published_at);
CREATE TABLE recipient (
    key TEXT    NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (key, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE device (
    id         TEXT PRIMARY KEY,
    agent      TEXT NOT NULL,
    teams      TEXT NOT NULL,
    name       TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    paired_at  REAL NOT NULL,
    revoked_at REAL,
    cursor     INTEGER NOT NULL,
    seen_at    REAL
) STRICT;
CREATE TABLE pairing_code (
    id          TEXT PRIMARY KEY,
    secret_hash BLOB NOT NULL,
    agent       TEXT NOT NULL,
    teams       TEXT NOT NULL,
    expires_at  REAL NOT NULL,
    tries_left  INTEGER NOT NULL
) STRICT;
INSERT INTO life (only, epoch, latest, settled) VALUES (1, 'cafe', 0, 0);
INSERT INTO event (source, id, provider, type, time, stored_at, data) VALUES ('shop', 'a', 'stripe', 'order.paid', 1.0, 1.0, x'7b7d');
PRAGMA application_id = 1147499371;
PRAGMA user_version = 2;
