-- People who were removed, erasing what is known of them, and how long things are kept.

CREATE TABLE former_person (
    id INTEGER PRIMARY KEY,              -- that the person had; events and cards still name it
    user_id TEXT,                        -- null: erased
    name TEXT,                           -- null: erased
    department_id INTEGER,               -- no reference; where the person was
    removed_at INTEGER NOT NULL,
    erased_at INTEGER,                   -- null: not erased
    in_events INTEGER NOT NULL           -- 1: erased, and events may still hold a user ID or a card's number
) STRICT;
CREATE INDEX former_person_here ON former_person (removed_at, id) WHERE erased_at IS NULL;
CREATE INDEX former_person_in_events ON former_person (id) WHERE in_events = 1;

CREATE INDEX card_history_person ON card_history (person_id);

-- What the run under way has removed so far; noted in the audit log, and emptied, when it ends.
CREATE TABLE retention_run (
    id INTEGER PRIMARY KEY,              -- 1
    events INTEGER NOT NULL,
    photos INTEGER NOT NULL
) STRICT;

-- Where a person was taken out of an entry: the sequence of the entry that says so, with a digest of what is
-- left. The hash stays that of the entry as it was, so that the chain goes on.
ALTER TABLE audit ADD COLUMN erased_by INTEGER;
CREATE INDEX audit_subject ON audit (subject_kind, subject_id);

-- Where the chain begins once old entries were removed: the last one of them. At most one row, and an entry
-- of the log that says the same.
CREATE TABLE audit_start (
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

DROP TRIGGER audit_is_never_changed;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
WHEN new.erased_by IS NULL OR new.erased_by <= old.sequence OR new.id IS NOT old.id
    OR new.sequence IS NOT old.sequence OR new.at IS NOT old.at OR new.account IS NOT old.account
    OR new.address IS NOT old.address OR new.action IS NOT old.action
    OR new.subject_kind IS NOT old.subject_kind OR new.subject_id IS NOT old.subject_id
    OR new.token IS NOT old.token OR new.hash IS NOT old.hash
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
DROP TRIGGER audit_is_never_deleted;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
WHEN old.sequence > coalesce((SELECT max(sequence) FROM audit_start), 0)
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;

-- Of an event nothing changes but that an erased person goes out of it.
DROP TRIGGER event_is_never_changed;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
WHEN NOT EXISTS (SELECT 1 FROM former_person f WHERE f.id = old.person_id AND f.erased_at IS NOT NULL)
    OR new.user_id IS NOT NULL OR new.card IS NOT NULL OR new.detail IS NOT NULL OR new.id IS NOT old.id
    OR new.device_id IS NOT old.device_id OR new.door_id IS NOT old.door_id
    OR new.reader IS NOT old.reader OR new.direction IS NOT old.direction
    OR new.generation IS NOT old.generation OR new.sequence IS NOT old.sequence OR new.at IS NOT old.at
    OR new.utc_offset_s IS NOT old.utc_offset_s OR new.received_at IS NOT old.received_at
    OR new.kind IS NOT old.kind OR new.result IS NOT old.result OR new.reason IS NOT old.reason
    OR new.alarm IS NOT old.alarm OR new.method IS NOT old.method OR new.person_id IS NOT old.person_id
    OR new.trace IS NOT old.trace OR new.department_id IS NOT old.department_id
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
