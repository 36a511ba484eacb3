-- The journal, version 4. A new file gets this at once; older files climb to it by the steps in
-- sqlite_file.py, and a test holds that both ways end the same.

-- The one row about the journal itself.
CREATE TABLE life (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    epoch      TEXT    NOT NULL,
    latest     INTEGER NOT NULL DEFAULT 0, -- highest number ever given to what is published; survives pruning
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

-- Notifications and changes of them. Numbered from life.latest, so that numbers rise without holes
-- and are never used again.
CREATE TABLE published (
    seq          INTEGER PRIMARY KEY,
    published_at REAL    NOT NULL,
    event        INTEGER,          -- what led to it, if an event did
    kind         TEXT    NOT NULL CHECK (kind IN ('notification', 'change')),
    body         BLOB    NOT NULL  -- JSON of relay.event.Draft or relay.event.Change
) STRICT;

CREATE INDEX published_by_age ON published (published_at);
CREATE INDEX published_by_event ON published (event) WHERE event IS NOT NULL;

-- Who was addressed. Where it was the first that this key got of a notification, the row stays when
-- that is pruned, so that a gap can be counted.
CREATE TABLE recipient (
    key   TEXT    NOT NULL,
    seq   INTEGER NOT NULL,
    first INTEGER NOT NULL DEFAULT 1, -- 0: a change, or a notification that the key had before
    PRIMARY KEY (key, seq)
) STRICT, WITHOUT ROWID;

-- What happens to each notification among people. The columns beside the state are for finding it.
CREATE TABLE work (
    id         TEXT    PRIMARY KEY,
    seq        INTEGER NOT NULL UNIQUE, -- under which the notification was last published
    stage      TEXT    NOT NULL,
    holder     TEXT    NOT NULL,
    collapse   TEXT    NOT NULL,
    due        REAL,                    -- when the clock has to look at it
    changed_at REAL    NOT NULL,
    state      BLOB    NOT NULL         -- JSON of relay.claims.Work
) STRICT;

CREATE INDEX work_by_stage ON work (stage, seq);
CREATE INDEX work_by_holder ON work (holder, seq) WHERE holder <> '';
CREATE INDEX work_by_case ON work (collapse, seq)
    WHERE collapse <> '' AND stage NOT IN ('done', 'expired', 'withdrawn');
CREATE INDEX work_by_due ON work (due) WHERE due IS NOT NULL;
CREATE INDEX work_by_age ON work (changed_at);

-- Whose work it is: everybody who was ever sent it.
CREATE TABLE work_key (
    key   TEXT    NOT NULL,
    stage TEXT    NOT NULL,
    seq   INTEGER NOT NULL,
    PRIMARY KEY (key, stage, seq)
) STRICT, WITHOUT ROWID;

-- The history of each notification among people.
CREATE TABLE step (
    number INTEGER PRIMARY KEY,
    work   TEXT NOT NULL REFERENCES work (id) ON DELETE CASCADE,
    step   BLOB NOT NULL -- JSON of relay.claims.Step
) STRICT;

CREATE INDEX step_by_work ON step (work, number);

CREATE TABLE receipt (
    work   TEXT NOT NULL REFERENCES work (id) ON DELETE CASCADE,
    agent  TEXT NOT NULL,
    device TEXT NOT NULL,
    what   TEXT NOT NULL,
    at     REAL NOT NULL, -- by the desktop's clock
    PRIMARY KEY (work, agent, device, what)
) STRICT, WITHOUT ROWID;

-- Answers, to be given again to whoever asks the same once more.
CREATE TABLE answered (
    agent   TEXT NOT NULL,
    request TEXT NOT NULL,
    at      REAL NOT NULL,
    moved   BLOB NOT NULL, -- JSON array of relay.claims.Moved
    PRIMARY KEY (agent, request)
) STRICT, WITHOUT ROWID;

CREATE INDEX answered_by_age ON answered (at);

-- Who follows which case (a collapse key) or notification (its id).
CREATE TABLE follower (
    agent TEXT NOT NULL,
    about TEXT NOT NULL,
    at    REAL NOT NULL,
    PRIMARY KEY (agent, about)
) STRICT, WITHOUT ROWID;

CREATE INDEX follower_by_age ON follower (at);

-- Which audience keys an agent had, for what was published after a number and until the next row: why
-- somebody got something is asked when people have moved on.
CREATE TABLE belonging (
    agent TEXT    NOT NULL,
    after INTEGER NOT NULL, -- a number of published
    keys  TEXT    NOT NULL, -- JSON array; empty: not known any more
    PRIMARY KEY (agent, after)
) STRICT, WITHOUT ROWID;

-- Calls to other systems.
CREATE TABLE call (
    number       INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    notification TEXT NOT NULL,
    state        TEXT NOT NULL,
    due          REAL NOT NULL,
    created_at   REAL NOT NULL,
    call         BLOB NOT NULL -- JSON of relay.calls.Call
) STRICT;

CREATE INDEX call_by_state ON call (state, number);
CREATE INDEX call_by_notification ON call (notification, number);
CREATE INDEX call_by_due ON call (state, due);
CREATE INDEX call_by_age ON call (created_at) WHERE state <> 'waiting';

-- Each change of a filter layer, whole: the newest of a name up to a revision is what held then.
CREATE TABLE filter_layer (
    revision INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    set_by   TEXT NOT NULL,
    at       REAL NOT NULL,
    layer    BLOB NOT NULL -- JSON of relay.filters.Layer
) STRICT;

CREATE INDEX filter_layer_by_name ON filter_layer (name, revision);

CREATE TABLE device (
    id         TEXT PRIMARY KEY,
    agent      TEXT NOT NULL,
    teams      TEXT NOT NULL, -- JSON array
    name       TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    paired_at  REAL NOT NULL,
    revoked_at REAL,
    cursor     INTEGER NOT NULL,
    seen_at    REAL,
    role       TEXT NOT NULL DEFAULT 'agent',
    leads      TEXT NOT NULL DEFAULT '[]' -- JSON array
) STRICT;

CREATE TABLE pairing_code (
    id          TEXT PRIMARY KEY,
    secret_hash BLOB NOT NULL,
    agent       TEXT NOT NULL,
    teams       TEXT NOT NULL, -- JSON array
    expires_at  REAL NOT NULL,
    tries_left  INTEGER NOT NULL,
    role        TEXT NOT NULL DEFAULT 'agent',
    leads       TEXT NOT NULL DEFAULT '[]' -- JSON array
) STRICT;
