-- Floor plans: pictures of areas with doors placed on them.

CREATE TABLE floor_plan (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,                  -- of one area only once, whatever the case
    area_id INTEGER REFERENCES area(id), -- null: of the whole site
    position INTEGER NOT NULL,           -- 0 to 9999: the order in which they are shown
    revision INTEGER NOT NULL
) STRICT;
CREATE INDEX floor_plan_area ON floor_plan (area_id);

-- Apart from the rest, which is read far more often.
CREATE TABLE floor_plan_picture (
    plan_id INTEGER PRIMARY KEY REFERENCES floor_plan(id) ON DELETE CASCADE,
    changed_at INTEGER NOT NULL,
    kind TEXT NOT NULL,                  -- jpeg, png or webp
    width INTEGER NOT NULL,              -- pixels, 1 to 8000
    height INTEGER NOT NULL,
    bytes BLOB NOT NULL                  -- at most 4 MB, the picture alone (src/codec/picture/picture.hpp)
) STRICT;

-- Places are millionths of the picture's sides, from the left and from the top.
CREATE TABLE floor_plan_door (
    plan_id INTEGER NOT NULL REFERENCES floor_plan(id) ON DELETE CASCADE,
    door_id INTEGER NOT NULL REFERENCES door(id) ON DELETE CASCADE,
    x INTEGER NOT NULL,
    y INTEGER NOT NULL,
    rotation INTEGER NOT NULL,           -- degrees, clockwise, 0 to 359: of the door's leaf
    PRIMARY KEY (plan_id, door_id)
) STRICT;
CREATE INDEX floor_plan_door_door ON floor_plan_door (door_id);

-- A mark that leads to another plan and shows the worst that there is behind it.
CREATE TABLE floor_plan_link (
    plan_id INTEGER NOT NULL REFERENCES floor_plan(id) ON DELETE CASCADE,
    to_plan_id INTEGER NOT NULL REFERENCES floor_plan(id) ON DELETE CASCADE,
    x INTEGER NOT NULL,
    y INTEGER NOT NULL,
    PRIMARY KEY (plan_id, to_plan_id)
) STRICT;
CREATE INDEX floor_plan_link_to ON floor_plan_link (to_plan_id);
