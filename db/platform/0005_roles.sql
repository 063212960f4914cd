-- Roles, and the part of the organisation that an account sees.

CREATE TABLE role (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    built_in TEXT,         -- administrator, operator, viewer, installer: never changed; null: made here
    rights TEXT NOT NULL,  -- JSON: {"doors": "control", ...}; a function that is missing is none
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO role (id, name, built_in, revision, rights) VALUES
    (1, 'Administrator', 'administrator', 1,
     '{"devices":"administer","doors":"administer","people":"administer","permissions":"administer",'
     || '"events":"administer","audit":"administer","settings":"administer","accounts":"administer"}'),
    (2, 'Operator', 'operator', 1,
     '{"devices":"view","doors":"control","people":"view","permissions":"view","events":"view"}'),
    (3, 'Viewer', 'viewer', 1, '{"devices":"view","doors":"view","events":"view"}'),
    (4, 'Installer', 'installer', 1, '{"devices":"administer","doors":"edit","events":"view"}');

-- Whoever was there could do everything.
ALTER TABLE account ADD COLUMN role_id INTEGER NOT NULL DEFAULT 1;
-- 0: only what account_area or account_department names.
ALTER TABLE account ADD COLUMN all_areas INTEGER NOT NULL DEFAULT 1;
ALTER TABLE account ADD COLUMN all_departments INTEGER NOT NULL DEFAULT 1;
-- 1: the password, before anything else.
ALTER TABLE account ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE account DROP COLUMN rights;

CREATE TABLE account_area (
    account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    area_id INTEGER NOT NULL REFERENCES area(id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, area_id)
) STRICT;
CREATE TABLE account_department (
    account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    department_id INTEGER NOT NULL REFERENCES department(id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, department_id)
) STRICT;
