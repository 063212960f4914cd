-- Whether the people could not be read and were set aside (damaged_people_1, ...): until the owner has sent
-- them again, a backup was restored or everybody was removed.
ALTER TABLE settings ADD COLUMN people_lost INTEGER NOT NULL DEFAULT 0;
