-- Controllers that speak the dialect in clear: said by the operator who adds them, and never by themselves.
ALTER TABLE device ADD COLUMN connection TEXT NOT NULL DEFAULT 'encrypted';  -- or in_clear
-- The plan that is on such a controller as a whole, which it cannot say itself; null: not known.
ALTER TABLE device ADD COLUMN plan_in_place INTEGER;

-- How far each list of records of such a controller has been taken over. A batch of events and this are one
-- transaction.
CREATE TABLE device_list_cursor (
    device_id INTEGER NOT NULL REFERENCES device(id) ON DELETE CASCADE,
    list TEXT NOT NULL,                  -- access, alarms
    generation INTEGER NOT NULL,         -- of its events: grows by two when its numbers begin anew
    sequence INTEGER NOT NULL,           -- of the last record taken over: its number in the list
    at INTEGER NOT NULL,                 -- the time in that record, by which a list that began anew is known
    PRIMARY KEY (device_id, list)
) STRICT;
