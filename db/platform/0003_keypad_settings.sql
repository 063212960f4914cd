-- Settings of doors that were changed at their keypads: seen, and waiting for somebody to adopt or put them
-- back.

-- JSON object of the plan's members as the keypad set them; null: none
ALTER TABLE door ADD COLUMN keypad TEXT;

-- What plans gave a controller's doors: the one under way and the last that is known to be there, so that a
-- change at the keypad can be told from one that the platform has not brought yet.
CREATE TABLE device_plan (
    device_id INTEGER NOT NULL REFERENCES device(id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    doors TEXT NOT NULL,                 -- JSON, the member `doors` of the plan
    PRIMARY KEY (device_id, revision)
) STRICT;
