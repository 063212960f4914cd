-- Departments as members of permission groups, groups that deny, and groups that end.

-- allow, or deny: what it denies, no other group gives
ALTER TABLE permission_group ADD COLUMN effect TEXT NOT NULL DEFAULT 'allow';
ALTER TABLE permission_group ADD COLUMN valid_to INTEGER;  -- excluded, whole seconds; null: for good

CREATE TABLE permission_group_department (
    group_id INTEGER NOT NULL REFERENCES permission_group(id) ON DELETE CASCADE,
    department_id INTEGER NOT NULL REFERENCES department(id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, department_id)
) STRICT;
CREATE INDEX permission_group_department_department ON permission_group_department (department_id);

-- Whom a group concerns: its people, and those of its departments and of everything below them. Somebody may
-- stand there twice.
CREATE VIEW permission_group_member AS
SELECT group_id, person_id FROM permission_group_person
UNION ALL
SELECT b.group_id, p.id AS person_id FROM (
    WITH RECURSIVE below (group_id, department_id) AS (
        SELECT group_id, department_id FROM permission_group_department
        UNION
        SELECT b.group_id, d.id FROM below b JOIN department d ON d.parent_id = b.department_id
    )
    SELECT group_id, department_id FROM below
) b JOIN person p ON p.department_id = b.department_id;
