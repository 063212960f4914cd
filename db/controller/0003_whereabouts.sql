-- Where each person went last, for anti-passback (A7). Written with the record of it, in one step.
CREATE TABLE positions (
    user_id TEXT PRIMARY KEY,      -- of people; rows of others go at the next start
    area INTEGER NOT NULL,         -- 1-255; 0 is the outside
    since INTEGER NOT NULL,        -- microseconds since 1970-01-01 UTC
    utc_offset_s INTEGER NOT NULL  -- of the site's zone at that time
) STRICT, WITHOUT ROWID;

-- The period in which a first card came last at a door (A7): a restart within it lets the others go on.
CREATE TABLE first_cards (
    door INTEGER PRIMARY KEY, -- 1-64
    day INTEGER NOT NULL,     -- days since 1970-01-01, local
    from_s INTEGER NOT NULL,  -- of the period, seconds of the local day
    to_s INTEGER NOT NULL     -- excluded
) STRICT;
