-- Cards have a state and a history: who had which card, and when.

-- Takes the place of person_card, whose rows went with their people.
CREATE TABLE card (
    number TEXT PRIMARY KEY,             -- upper-case hexadecimal, 8 or 16 digits
    person_id INTEGER REFERENCES person(id),  -- null: returned, and with nobody
    position INTEGER NOT NULL,           -- order in the person's list
    type TEXT NOT NULL,
    status TEXT NOT NULL,                -- active, lost, frozen, cancelled; returned
    since INTEGER NOT NULL               -- when the status began
) STRICT;
CREATE INDEX card_person ON card (person_id, position);

-- A row for each status that a card came to have, and with whom.
CREATE TABLE card_history (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL,
    person_id INTEGER NOT NULL,          -- no reference: it outlives the person, without the name
    user_id TEXT NOT NULL,               -- what the person was called at keypads then
    status TEXT NOT NULL,
    at INTEGER NOT NULL,
    account TEXT                         -- who did it; null: not known
) STRICT;
CREATE INDEX card_history_number ON card_history (number, at, id);

-- Since when somebody has had a card was not kept: at the latest since the person was last changed.
INSERT INTO card (number, person_id, position, type, status, since)
SELECT c.number, c.person_id, c.position, c.type, 'active', p.changed_at
FROM person_card c JOIN person p ON p.id = c.person_id;
INSERT INTO card_history (id, number, person_id, user_id, status, at, account)
SELECT row_number() OVER (ORDER BY c.number), c.number, c.person_id, p.user_id, 'active', p.changed_at, NULL
FROM person_card c JOIN person p ON p.id = c.person_id;
DROP TABLE person_card;

-- What the controller says: where there is room for more than one, cards that do not open are kept there too,
-- so that it can say why.
ALTER TABLE device ADD COLUMN cards_per_person INTEGER NOT NULL DEFAULT 1;
