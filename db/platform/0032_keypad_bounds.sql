-- Who was barred or removed is not let in by what a keypad made before that, whenever it becomes known
-- (docs/decisions/0035).

-- The entry was not there at this time, by the platform's clock; null: not known.
ALTER TABLE device_entry ADD COLUMN not_before INTEGER;
UPDATE device_entry SET not_before = since;
-- When what it holds was read last, before it was; null: not yet.
ALTER TABLE device ADD COLUMN people_read_at INTEGER;

-- User IDs that were somebody's here, and until when; not whose.
CREATE TABLE former_user_id (
    user_id TEXT PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT;
INSERT INTO former_user_id SELECT user_id, max(removed_at) FROM former_person WHERE user_id IS NOT NULL
GROUP BY user_id;

-- What was sent from here to controllers that were removed from the list: when one is added again, it is
-- known not to be of its keypad.
CREATE TABLE former_entry (
    serial TEXT NOT NULL,
    user_id TEXT NOT NULL,
    tag INTEGER NOT NULL,
    PRIMARY KEY (serial, user_id)
) STRICT;
