-- From version 3 to version 4: who belonged to which audiences when. Never edit.

CREATE TABLE belonging (
    agent TEXT    NOT NULL,
    after INTEGER NOT NULL,
    keys  TEXT    NOT NULL,
    PRIMARY KEY (agent, after)
) STRICT, WITHOUT ROWID;
