-- What removed controllers and their doors were called last, so that old events still say where it was.
CREATE TABLE former_device (
    id INTEGER PRIMARY KEY,              -- that the controller had; events still name it
    name TEXT NOT NULL
) STRICT;
CREATE TABLE former_door (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- Those that were removed before this: the audit log knows the controllers by name, and doors that had one of
-- their own.
INSERT INTO former_device (id, name)
SELECT CAST(subject_id AS INTEGER), subject_name FROM audit
WHERE action = 'device.removed' AND subject_id IS NOT NULL AND subject_name IS NOT NULL
ON CONFLICT DO NOTHING;
INSERT INTO former_door (id, name)
SELECT CAST(a.subject_id AS INTEGER), a.subject_name FROM audit a
WHERE a.action = 'door.changed' AND a.subject_name IS NOT NULL
    AND a.sequence = (SELECT max(b.sequence) FROM audit b
        WHERE b.subject_kind = 'door' AND b.subject_id = a.subject_id AND b.action = 'door.changed')
    AND NOT EXISTS (SELECT 1 FROM door d WHERE d.id = CAST(a.subject_id AS INTEGER))
ON CONFLICT DO NOTHING;
