-- Systems that the platform tells of what happens, one of each kind.

CREATE TABLE outlet (
    name TEXT PRIMARY KEY,               -- mqtt
    settings TEXT NOT NULL,              -- JSON, as the API tells them
    password BLOB,                       -- sealed; null: none
    revision INTEGER NOT NULL            -- counts the changes
) STRICT;
