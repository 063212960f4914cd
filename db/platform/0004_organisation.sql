-- The organisation: sites and areas, in which devices and doors live, and departments, in which people live.

CREATE TABLE area (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    parent_id INTEGER REFERENCES area(id),  -- null: at the top, a site
    revision INTEGER NOT NULL               -- grows with each change
) STRICT;
CREATE UNIQUE INDEX area_name ON area (coalesce(parent_id, 0), lower(name));
CREATE INDEX area_parent ON area (parent_id);

CREATE TABLE department (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    parent_id INTEGER REFERENCES department(id),
    revision INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX department_name ON department (coalesce(parent_id, 0), lower(name));
CREATE INDEX department_parent ON department (parent_id);

ALTER TABLE device ADD COLUMN area_id INTEGER REFERENCES area(id);  -- null: in none yet
CREATE INDEX device_area ON device (area_id);
ALTER TABLE door ADD COLUMN area_id INTEGER REFERENCES area(id);  -- null: that of its device
CREATE INDEX door_area ON door (area_id);
ALTER TABLE person ADD COLUMN department_id INTEGER REFERENCES department(id);  -- null: in none
CREATE INDEX person_department ON person (department_id);

-- Grows with each change, so that two who edit the same person notice each other.
ALTER TABLE person ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
