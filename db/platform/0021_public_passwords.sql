-- Codes that open doors without a person, and the password of each controller's keypad. Sealed with the key
-- file; a mark is a keyed digest (src/server/secrets/sealer.hpp): it tells whether two are the same, and
-- nothing else.

CREATE TABLE public_password (
    id INTEGER PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,      -- names it in controllers' records; never given again
    name TEXT NOT NULL UNIQUE,
    code BLOB NOT NULL,                  -- sealed
    code_mark TEXT NOT NULL UNIQUE,
    valid_from INTEGER,                  -- null: unbounded
    valid_to INTEGER,                    -- excluded; null: unbounded
    uses INTEGER,                        -- null: no limit
    uses_series INTEGER NOT NULL,        -- another one each time the uses are set
    changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE public_password_door (
    password_id INTEGER NOT NULL REFERENCES public_password(id) ON DELETE CASCADE,
    door_id INTEGER NOT NULL REFERENCES door(id) ON DELETE CASCADE,
    PRIMARY KEY (password_id, door_id)
) STRICT;
CREATE INDEX public_password_door_door ON public_password_door (door_id);

ALTER TABLE device ADD COLUMN keypad_password BLOB;        -- sealed; null: not set from here
ALTER TABLE device ADD COLUMN keypad_mark TEXT;
ALTER TABLE device ADD COLUMN keypad_set_at INTEGER;
ALTER TABLE device ADD COLUMN keypad_changed_at INTEGER;   -- at the keypad, since; null: it was not
