-- Where events are sent to as they happen.

CREATE TABLE webhook (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    secret BLOB NOT NULL,                -- sealed; what is sent is signed with it
    kinds TEXT NOT NULL,                 -- JSON list of kinds of events; empty: all
    enabled INTEGER NOT NULL,            -- 0: switched off by somebody, or by the platform at disabled_at
    position INTEGER NOT NULL,           -- id of the last event that was taken, or passed over for its kind
    failing_since INTEGER,               -- null: the last delivery was taken
    problem TEXT,                        -- a sentence: why the last one was not
    disabled_at INTEGER,                 -- when the platform gave up; null: it has not
    revision INTEGER NOT NULL
) STRICT;
