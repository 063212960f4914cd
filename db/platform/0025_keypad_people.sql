-- Entries from here that somebody deleted at a controller's keypad, and entries made there that are to go. As
-- long as a row is here, the controller is left as it is (docs/decisions/0035).
CREATE TABLE keypad_removal (
    device_id INTEGER NOT NULL REFERENCES device(id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    tag INTEGER NOT NULL,                -- that the entry was sent with; 0: made there, and to be removed
    since INTEGER NOT NULL,              -- by the controller's clock; with tag 0: when it was decided
    PRIMARY KEY (device_id, user_id)
) STRICT;

CREATE INDEX device_entry_keypad ON device_entry (device_id, user_id) WHERE tag = 0;
