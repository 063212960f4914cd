-- Who may be administrator at a keypad, and what the site wants to know of people besides.
ALTER TABLE person ADD COLUMN administrator INTEGER NOT NULL DEFAULT 0;

CREATE TABLE person_field (
    id INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,           -- order in forms and files
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,                  -- text, number, date or choice
    required INTEGER NOT NULL,
    choices TEXT NOT NULL                -- JSON: texts; empty but for a choice
) STRICT;

CREATE TABLE person_value (
    person_id INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
    field_id INTEGER NOT NULL REFERENCES person_field(id) ON DELETE CASCADE,
    value TEXT NOT NULL,                 -- never empty
    PRIMARY KEY (person_id, field_id)
) STRICT;
CREATE INDEX person_value_field ON person_value (field_id);
