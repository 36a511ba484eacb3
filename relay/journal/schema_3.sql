-- From version 2 to version 3: work among people, changes, receipts, calls, filters, roles. Never edit.

-- What is published is a notification, or a change of one; they share the numbers.
CREATE TABLE published (
    seq          INTEGER PRIMARY KEY,
    published_at REAL    NOT NULL,
    event        INTEGER,
    kind         TEXT    NOT NULL CHECK (kind IN ('notification', 'change')),
    body         BLOB    NOT NULL
) STRICT;

INSERT INTO published (seq, published_at, kind, body)
    SELECT seq, published_at, 'notification', draft FROM notification;
DROP TABLE notification;

CREATE INDEX published_by_age ON published (published_at);
CREATE INDEX published_by_event ON published (event) WHERE event IS NOT NULL;

ALTER TABLE recipient ADD COLUMN first INTEGER NOT NULL DEFAULT 1;

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

-- Notifications of old have nobody's claim: there was nothing to claim.
INSERT INTO work (id, seq, stage, holder, collapse, changed_at, state)
    SELECT draft ->> 'id', seq, 'new', '', '', published_at, CAST(json_object(
        'id', draft ->> 'id', 'seq', seq, 'playbook', draft ->> 'playbook', 'source', draft ->> 'source',
        'type', draft ->> 'type', 'priority', draft ->> 'priority', 'title', draft ->> 'title',
        'audience', draft -> 'audience', 'plan', json('{}'),
        'since', published_at, 'opened_at', published_at, 'changed_at', published_at) AS BLOB)
    FROM (SELECT seq, published_at, CAST(body AS TEXT) AS draft FROM published ORDER BY seq DESC)
    WHERE true
    ON CONFLICT DO NOTHING;

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

INSERT INTO work_key (key, stage, seq)
    SELECT DISTINCT key, stage, work.seq FROM recipient JOIN work ON work.seq = recipient.seq;

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

ALTER TABLE device ADD COLUMN role TEXT NOT NULL DEFAULT 'agent';
ALTER TABLE device ADD COLUMN leads TEXT NOT NULL DEFAULT '[]';
ALTER TABLE pairing_code ADD COLUMN role TEXT NOT NULL DEFAULT 'agent';
ALTER TABLE pairing_code ADD COLUMN leads TEXT NOT NULL DEFAULT '[]';
