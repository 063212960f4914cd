-- How far the collector of logs has been sent what happened; null: nothing is sent.

ALTER TABLE outlet ADD COLUMN event_position INTEGER;   -- id of the last event
ALTER TABLE outlet ADD COLUMN audit_position INTEGER;   -- number of the last entry of the audit log
