-- The department that a person was in when something happened, so that a search by department is as quick as
-- one by door, and stays the same when people move.

ALTER TABLE event ADD COLUMN department_id INTEGER;  -- null: nobody known, or in none

-- Who came before this is taken to have been where they are now.
DROP TRIGGER event_is_never_changed;
UPDATE event SET department_id = (SELECT p.department_id FROM person p WHERE p.id = event.person_id)
WHERE person_id IS NOT NULL;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;

CREATE INDEX event_department ON event (department_id, at, id) WHERE department_id IS NOT NULL;
