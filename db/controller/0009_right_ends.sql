-- Rights that end by themselves.

-- 4 bytes a right, in their order: seconds since 1970-01-01T00:00:00Z, the largest number for no end. Empty:
-- none of them ends.
ALTER TABLE people ADD COLUMN right_ends BLOB NOT NULL DEFAULT x'';
