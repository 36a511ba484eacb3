-- From version 1 to version 2: conflicts, the ids of pruned events, refused requests. Never edit.
DROP VIEW story;

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
