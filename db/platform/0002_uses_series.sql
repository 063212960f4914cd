-- Controllers count a person's uses; a person who is sent again goes on with what is left.

-- A new id whenever an operator sets the uses; 0: not since this column.
ALTER TABLE person ADD COLUMN uses_series INTEGER NOT NULL DEFAULT 0;
