-- A journal as the fourth schema made it. Never edit: this is what is out there.
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
CREATE TABLE published (
    seq          INTEGER PRIMARY KEY,
    published_at REAL    NOT NULL,
    event        INTEGER,
    kind         TEXT    NOT NULL CHECK (kind IN ('notification', 'change')),
    body         BLOB    NOT NULL
) STRICT;
CREATE INDEX published_by_age ON published (published_at);
CREATE INDEX published_by_event ON published (event) WHERE event IS NOT NULL;
CREATE TABLE recipient (
    key   TEXT    NOT NULL,
    seq   INTEGER NOT NULL,
    first INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (key, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE work (
    id         TEXT    PRIMARY KEY,
    seq        INTEGER NOT NULL UNIQUE,
    stage      TEXT    NOT NULL,
    holder     TEXT    NOT NULL,
    collapse   TEXT    NOT NULL,
    due        REAL,
    changed_at REAL    NOT NULL,
    state      BLOB    NOT NULL
) STRICT;
CREATE INDEX work_by_stage ON work (stage, seq);
CREATE INDEX work_by_holder ON work (holder, seq) WHERE holder <> '';
CREATE INDEX work_by_case ON work (collapse, seq)
    WHERE collapse <> '' AND stage NOT IN ('done', 'expired', 'withdrawn');
CREATE INDEX work_by_due ON work (due) WHERE due IS NOT NULL;
CREATE INDEX work_by_age ON work (changed_at);
CREATE TABLE work_key (
    key   TEXT    NOT NULL,
    stage TEXT    NOT NULL,
    seq   INTEGER NOT NULL,
    PRIMARY KEY (key, stage, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE step (
    number INTEGER PRIMARY KEY,
    work   TEXT NOT NULL REFERENCES work (id) ON DELETE CASCADE,
    step   BLOB NOT NULL
) STRICT;
CREATE INDEX step_by_work ON step (work, number);
CREATE TABLE receipt (
    work   TEXT NOT NULL REFERENCES work (id) ON DELETE CASCADE,
    agent  TEXT NOT NULL,
    device TEXT NOT NULL,
    what   TEXT NOT NULL,
    at     REAL NOT NULL,
    PRIMARY KEY (work, agent, device, what)
) STRICT, WITHOUT ROWID;
CREATE TABLE answered (
    agent   TEXT NOT NULL,
    request TEXT NOT NULL,
    at      REAL NOT NULL,
    moved   BLOB NOT NULL,
    PRIMARY KEY (agent, request)
) STRICT, WITHOUT ROWID;
CREATE INDEX answered_by_age ON answered (at);
CREATE TABLE follower (
    agent TEXT NOT NULL,
    about TEXT NOT NULL,
    at    REAL NOT NULL,
    PRIMARY KEY (agent, about)
) STRICT, WITHOUT ROWID;
CREATE INDEX follower_by_age ON follower (at);
CREATE TABLE belonging (
    agent TEXT    NOT NULL,
    after INTEGER NOT NULL,
    keys  TEXT    NOT NULL,
    PRIMARY KEY (agent, after)
) STRICT, WITHOUT ROWID;
CREATE TABLE call (
    number       INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    notification TEXT NOT NULL,
    state        TEXT NOT NULL,
    due          REAL NOT NULL,
    created_at   REAL NOT NULL,
    call         BLOB NOT NULL
) STRICT;
CREATE INDEX call_by_state ON call (state, number);
CREATE INDEX call_by_notification ON call (notification, number);
CREATE INDEX call_by_due ON call (state, due);
CREATE INDEX call_by_age ON call (created_at) WHERE state <> 'waiting';
CREATE TABLE filter_layer (
    revision INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    set_by   TEXT NOT NULL,
    at       REAL NOT NULL,
    layer    BLOB NOT NULL
) STRICT;
CREATE INDEX filter_layer_by_name ON filter_layer (name, revision);
CREATE TABLE device (
    id         TEXT PRIMARY KEY,
    agent      TEXT NOT NULL,
    teams      TEXT NOT NULL,
    name       TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    paired_at  REAL NOT NULL,
    revoked_at REAL,
    cursor     INTEGER NOT NULL,
    seen_at    REAL,
    role       TEXT NOT NULL DEFAULT 'agent',
    leads      TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE TABLE pairing_code (
    id          TEXT PRIMARY KEY,
    secret_hash BLOB NOT NULL,
    agent       TEXT NOT NULL,
    teams       TEXT NOT NULL,
    expires_at  REAL NOT NULL,
    tries_left  INTEGER NOT NULL,
    role        TEXT NOT NULL DEFAULT 'agent',
    leads       TEXT NOT NULL DEFAULT '[]'
) STRICT;
INSERT INTO life (only, epoch, latest, settled) VALUES (1, 'cafe', 0, 0);
INSERT INTO event (source, id, provider, type, time, stored_at, data) VALUES ('shop', 'a', 'stripe', 'order.paid', 1.0, 1.0, x'7b7d');
PRAGMA application_id = 1147499371;
PRAGMA user_version = 4;
