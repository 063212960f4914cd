-- Rules of doors and readers beyond settings and rights: as JSON (docs/device-protocol.md, Rules), because
-- they are written and read as a whole. Factory defaults empty them.
ALTER TABLE settings ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';
