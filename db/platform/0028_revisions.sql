-- Grows with each change, so that two who change the same thing notice each other.
ALTER TABLE permission_group ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE time_template ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE holiday ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE passback_area ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE interlock ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE public_password ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE device ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE door ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE door ADD COLUMN rules_revision INTEGER NOT NULL DEFAULT 1;  -- of door_schedule, door_group ...

-- A controller has one switch for duress: what one of its doors has, all have.
UPDATE door SET duress = 1 WHERE device_id IN (SELECT device_id FROM door WHERE duress = 1);
