-- Rules of doors beyond who may open them when: plans, first cards, groups of people, anti-passback areas and
-- interlocks.

-- 1 to 600: how much longer the lock is released for people who need the time
ALTER TABLE door ADD COLUMN extended_s INTEGER NOT NULL DEFAULT 5;
-- 0 to 9999: so long before the held-open alarm a warning; 0: none
ALTER TABLE door ADD COLUMN pre_alarm_s INTEGER NOT NULL DEFAULT 0;
-- others_may_enter or door_stays_open, after the first card; null: none is waited for
ALTER TABLE door ADD COLUMN first_card TEXT;
-- 1 to 600: how long each further person of a group is waited for
ALTER TABLE door ADD COLUMN group_window_s INTEGER NOT NULL DEFAULT 20;

-- What a door does by time templates.
CREATE TABLE door_schedule (
    door_id INTEGER NOT NULL REFERENCES door(id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,               -- always_open, always_closed, first_card or unlock_mode
    position INTEGER NOT NULL,           -- 0; of unlock_mode 0 to 3, the first that holds counts
    template_id INTEGER NOT NULL REFERENCES time_template(id),
    unlock_mode TEXT,                    -- of unlock_mode only
    PRIMARY KEY (door_id, purpose, position)
) STRICT;
CREATE INDEX door_schedule_template ON door_schedule (template_id);

-- People whom a door waits for. Position 0: any of them is the first card; 1 to 4: that many of them have to
-- come together, group after group.
CREATE TABLE door_group (
    door_id INTEGER NOT NULL REFERENCES door(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    needed INTEGER NOT NULL,             -- 1 to the number of its people
    PRIMARY KEY (door_id, position)
) STRICT;
CREATE TABLE door_group_person (
    door_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
    PRIMARY KEY (door_id, position, person_id),
    FOREIGN KEY (door_id, position) REFERENCES door_group(door_id, position) ON DELETE CASCADE
) STRICT;
CREATE INDEX door_group_person_person ON door_group_person (person_id);

-- How many anti-passback areas a controller has been given: their numbers are not used again at once.
ALTER TABLE device ADD COLUMN passback_areas INTEGER NOT NULL DEFAULT 0;

-- Parts of a site between readers of one controller.
CREATE TABLE passback_area (
    id INTEGER PRIMARY KEY,
    device_id INTEGER NOT NULL REFERENCES device(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,             -- 1 to 255, the controller's
    name TEXT NOT NULL UNIQUE,
    passback TEXT NOT NULL,              -- off, hard, soft or timed
    minutes INTEGER NOT NULL,            -- of timed, 1 to 1440
    reset_at_s INTEGER,                  -- second of the local day; null: never by itself
    UNIQUE (device_id, number)
) STRICT;
-- A reader leads into one area at most, and out of one.
CREATE TABLE passback_reader (
    area_id INTEGER NOT NULL REFERENCES passback_area(id) ON DELETE CASCADE,
    door_id INTEGER NOT NULL REFERENCES door(id) ON DELETE CASCADE,
    direction TEXT NOT NULL,             -- entry: the reader outside the door; exit: the one inside
    leads TEXT NOT NULL,                 -- in or out
    PRIMARY KEY (door_id, direction, leads)
) STRICT;
CREATE INDEX passback_reader_area ON passback_reader (area_id);

-- Doors of one controller of which at most one serves people at a time.
CREATE TABLE interlock (
    id INTEGER PRIMARY KEY,
    device_id INTEGER NOT NULL REFERENCES device(id) ON DELETE CASCADE,
    name TEXT NOT NULL UNIQUE,
    blocks TEXT NOT NULL                 -- unlocked: from the release of one on; open: while one stands open
) STRICT;
CREATE INDEX interlock_device ON interlock (device_id);
CREATE TABLE interlock_door (
    interlock_id INTEGER NOT NULL REFERENCES interlock(id) ON DELETE CASCADE,
    door_id INTEGER NOT NULL REFERENCES door(id) ON DELETE CASCADE,
    PRIMARY KEY (interlock_id, door_id)
) STRICT;
CREATE INDEX interlock_door_door ON interlock_door (door_id);

-- The time templates that each controller needs.
CREATE VIEW device_template AS
SELECT d.device_id, g.template_id FROM door d JOIN permission_group_door m ON m.door_id = d.id
JOIN permission_group g ON g.id = m.group_id WHERE g.template_id IS NOT NULL
UNION
SELECT d.device_id, s.template_id FROM door d JOIN door_schedule s ON s.door_id = d.id;
