-- The journal, version 2. A new file gets this at once; older files climb to it by the steps in
-- sqlite_file.py, and a test holds that both ways end the same.

-- The one row about the journal itself.
CREATE TABLE life (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    epoch      TEXT    NOT NULL,
    latest     INTEGER NOT NULL DEFAULT 0, -- highest number ever given to a notification; survives pruning
    settled    INTEGER NOT NULL DEFAULT 0, -- no event up to this number is pending
    checked_at REAL    NOT NULL DEFAULT 0  -- what the readiness probe writes
) STRICT;

-- Rows are never updated: what became of an event stands in outcome. The large column is last, so
-- that reading the others does not walk its overflow pages. AUTOINCREMENT, because a number must
-- not come back after its event was pruned.
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

-- An event without a row here is pending.
CREATE TABLE outcome (
    event         INTEGER PRIMARY KEY REFERENCES event (seq) ON DELETE CASCADE,
    state         TEXT    NOT NULL CHECK (state <> 'pending'),
    detail        TEXT    NOT NULL,
    notifications INTEGER NOT NULL
) STRICT;

CREATE INDEX outcome_by_state ON outcome (state, event);

-- The same id came again with another body: the first one was kept, this says that there was another.
CREATE TABLE conflict (
    event  INTEGER PRIMARY KEY REFERENCES event (seq) ON DELETE CASCADE,
    times  INTEGER NOT NULL,
    at     REAL    NOT NULL, -- of the last time
    digest BLOB    NOT NULL, -- SHA-256 of the last other body
    size   INTEGER NOT NULL
) STRICT;

-- Ids of pruned events that their provider may still send again.
CREATE TABLE past_id (
    source    TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    seq       INTEGER NOT NULL,
    stored_at REAL    NOT NULL,
    digest    BLOB    NOT NULL,
    PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;

-- The last refused requests of each source, for a person to find out why.
CREATE TABLE refusal (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    source  TEXT NOT NULL,
    reason  TEXT NOT NULL,
    at      REAL NOT NULL,
    request BLOB NOT NULL -- JSON of relay.refusals.Refusal
) STRICT;

CREATE INDEX refusal_by_reason ON refusal (source, reason, seq);
CREATE INDEX refusal_by_age ON refusal (at);

CREATE VIEW story AS
    SELECT seq, source, id, provider, type, time, problem, data,
           coalesce(state, 'pending') AS state, coalesce(detail, '') AS detail,
           coalesce(notifications, 0) AS notifications, coalesce(conflict.times, 0) AS conflicts
    FROM event LEFT JOIN outcome ON outcome.event = event.seq
               LEFT JOIN conflict ON conflict.event = event.seq;

-- Numbered from life.latest, so that numbers rise without holes and are never used again.
CREATE TABLE notification (
    seq          INTEGER PRIMARY KEY,
    published_at REAL NOT NULL,
    draft        BLOB NOT NULL -- JSON of relay.event.Draft
) STRICT;

CREATE INDEX notification_by_age ON notification (published_at);

-- Who was addressed. Stays when the notification is pruned, so that a gap can be counted.
CREATE TABLE recipient (
    key TEXT    NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (key, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    id         TEXT PRIMARY KEY,
    agent      TEXT NOT NULL,
    teams      TEXT NOT NULL, -- JSON array
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
    teams       TEXT NOT NULL, -- JSON array
    expires_at  REAL NOT NULL,
    tries_left  INTEGER NOT NULL
) STRICT;
