-- Doors whose release has to be confirmed by who asks for it.

ALTER TABLE door ADD COLUMN confirm INTEGER NOT NULL DEFAULT 0;  -- 1: before open, always open and normal
