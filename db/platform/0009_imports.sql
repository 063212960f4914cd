-- Imports of many people, and more about each of them.

-- Imports under way, with what they have taken so far; the row goes with the entry in the audit log. One that
-- is still here when the platform starts was cut off.
CREATE TABLE people_import (
    id INTEGER PRIMARY KEY,
    account TEXT,                        -- who began it, and from where
    address TEXT,
    total INTEGER NOT NULL,              -- rows
    added INTEGER NOT NULL,              -- people so far; grows in the same transaction as they come
    changed INTEGER NOT NULL,
    began_at INTEGER NOT NULL
) STRICT;

-- JSON object of texts, the members of PersonDetails in api/openapi.yaml that are not empty. Controllers do
-- not hold any of it.
ALTER TABLE person ADD COLUMN details TEXT NOT NULL DEFAULT '{}';

-- Apart from the rest, which is read far more often.
CREATE TABLE person_photo (
    person_id INTEGER PRIMARY KEY REFERENCES person(id) ON DELETE CASCADE,
    changed_at INTEGER NOT NULL,
    jpeg BLOB NOT NULL                   -- at most 100 KB, the picture alone (src/server/people/photo.hpp)
) STRICT;
