-- Spent uses stay spent when an entry is sent again: a count belongs to one setting of the uses.

-- The owner's number for that setting; 0: none, or older than this column.
ALTER TABLE people ADD COLUMN uses_series INTEGER NOT NULL DEFAULT 0;
-- As in people.
ALTER TABLE public_passwords ADD COLUMN uses_series INTEGER NOT NULL DEFAULT 0;
