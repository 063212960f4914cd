-- The platform's first schema.
--
-- SQL that SQLite and PostgreSQL share; for PostgreSQL, INTEGER is read as BIGINT, BLOB as BYTEA, and STRICT
-- and the triggers at the end are replaced. Ids are made by the application: 64 bits that grow with time and
-- carry the number of the node (src/server/storage/id_source.hpp). Times are microseconds since
-- 1970-01-01T00:00:00Z. Words are those of api/openapi.yaml. Truth is 0 or 1.

-- Few values of the whole site: time_zone, language, installation_id (what controllers know
-- this platform by).
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Who may sign in.
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,           -- lower case, as typed at sign-in
    password_hash TEXT NOT NULL,         -- argon2id with its parameters and salt, as libsodium writes it
    language TEXT NOT NULL,              -- en or zh
    rights TEXT NOT NULL,                -- view, control, edit, administer; separated by commas
    created_at INTEGER NOT NULL,
    password_changed_at INTEGER NOT NULL
) STRICT;

-- For a forgotten password.
CREATE TABLE security_question (
    account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,           -- 0 to 4, the order in which they are asked
    question TEXT NOT NULL,
    answer_hash TEXT NOT NULL,           -- argon2id of the answer in lower case without outer spaces
    PRIMARY KEY (account_id, position)
) STRICT;

-- Sessions survive a restart of the platform.
CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,     -- BLAKE2b-256; the token itself is known to the client only
    account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    address TEXT NOT NULL,               -- where it was opened from
    agent TEXT NOT NULL,                 -- what the browser or script called itself
    since INTEGER NOT NULL,
    last_seen INTEGER NOT NULL           -- written at most once a minute; the idle end counts from here
) STRICT;
CREATE INDEX session_account ON session (account_id);

-- Wrong passwords, so that a restart does not lift a lock.
CREATE TABLE login_failure (
    kind TEXT NOT NULL,                  -- account or address
    subject TEXT NOT NULL,               -- its name, or the address
    failures INTEGER NOT NULL,           -- wrong ones in a row since the last lock or success
    locks INTEGER NOT NULL,              -- locks in a row; each is longer than the one before
    locked_until INTEGER NOT NULL,       -- 0: not locked
    last_at INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT;

-- Controllers.
CREATE TABLE device (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,               -- numeric or a name
    port INTEGER NOT NULL,
    account TEXT NOT NULL,
    password BLOB NOT NULL,              -- sealed with the key file of the data directory
    fingerprint TEXT NOT NULL,           -- of its certificate: SHA-256, lower-case hexadecimal
    pinning TEXT NOT NULL,               -- given: the operator knew it; first_use: seen first
    serial TEXT NOT NULL,
    model TEXT NOT NULL,
    firmware TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (address, port)
) STRICT;
CREATE INDEX device_by_name ON device (lower(name), id);
CREATE UNIQUE INDEX device_serial ON device (serial) WHERE serial <> '';

-- Doors of controllers, with the settings that they should have.
CREATE TABLE door (
    id INTEGER PRIMARY KEY,
    device_id INTEGER NOT NULL REFERENCES device(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,             -- 1 to 64, the controller's
    name TEXT NOT NULL,
    hold_s INTEGER NOT NULL,             -- 1 to 600
    unlock_mode TEXT NOT NULL,
    detector INTEGER NOT NULL,           -- whether a door contact is wired
    overtime_s INTEGER NOT NULL,         -- 1 to 9999, past the hold
    duress INTEGER NOT NULL,             -- whether a duress PIN raises a silent alarm
    UNIQUE (device_id, number)
) STRICT;
CREATE INDEX door_by_name ON door (lower(name), id);

-- People who may hold credentials.
CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL UNIQUE,        -- what is typed at a keypad and stands in a controller's records
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    valid_from INTEGER,                  -- null: unbounded
    valid_to INTEGER,                    -- excluded; null: unbounded
    uses INTEGER,                        -- null: no limit
    pin BLOB,                            -- sealed; null: none
    remark TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX person_by_name ON person (lower(name), id);

CREATE TABLE person_card (
    number TEXT PRIMARY KEY,             -- upper-case hexadecimal, 8 or 16 digits
    person_id INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,           -- order in the person's list
    type TEXT NOT NULL
) STRICT;
CREATE INDEX person_card_person ON person_card (person_id, position);

CREATE TABLE time_template (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    week TEXT NOT NULL                   -- JSON: 7 days, Monday first, each [[from_s, to_s], ...]
) STRICT;

-- Its people may open its doors while its template holds.
CREATE TABLE permission_group (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    remark TEXT NOT NULL,
    template_id INTEGER REFERENCES time_template(id)  -- null: always
) STRICT;
CREATE INDEX permission_group_template ON permission_group (template_id);

CREATE TABLE permission_group_door (
    group_id INTEGER NOT NULL REFERENCES permission_group(id) ON DELETE CASCADE,
    door_id INTEGER NOT NULL REFERENCES door(id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, door_id)
) STRICT;
CREATE INDEX permission_group_door_door ON permission_group_door (door_id);

CREATE TABLE permission_group_person (
    group_id INTEGER NOT NULL REFERENCES permission_group(id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, person_id)
) STRICT;
CREATE INDEX permission_group_person_person ON permission_group_person (person_id);

-- What each controller is known to hold: as it confirmed, or as it listed when the digests differed.
CREATE TABLE device_entry (
    device_id INTEGER NOT NULL REFERENCES device(id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    tag INTEGER NOT NULL,                -- that the entry was sent with; 0: added at the controller's keypad
    since INTEGER NOT NULL,              -- when it was first known to hold it so
    PRIMARY KEY (device_id, user_id)
) STRICT;

-- Entries that a controller refused. A desired entry with another tag has not been tried yet.
CREATE TABLE issue_failure (
    device_id INTEGER NOT NULL REFERENCES device(id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    tag INTEGER NOT NULL,
    code TEXT NOT NULL,                  -- the controller's word
    message TEXT NOT NULL,               -- its sentence
    since INTEGER NOT NULL,
    PRIMARY KEY (device_id, user_id)
) STRICT;

-- Which index a time template has on a controller. Kept until nobody there can have a right with it any more.
CREATE TABLE device_schedule (
    device_id INTEGER NOT NULL REFERENCES device(id) ON DELETE CASCADE,
    template_id INTEGER NOT NULL,        -- no reference: the index outlives a template that was deleted
    schedule INTEGER NOT NULL,           -- 0 to 127
    PRIMARY KEY (device_id, template_id),
    UNIQUE (device_id, schedule)
) STRICT;

-- How far each controller's records have been taken over. A batch of events and its cursor are one
-- transaction.
CREATE TABLE device_cursor (
    device_id INTEGER PRIMARY KEY REFERENCES device(id) ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    sequence INTEGER NOT NULL,           -- of the last record taken over
    hash TEXT NOT NULL                   -- of that record: the next one names it as its previous
) STRICT;

-- Records that the controller no longer had when they were asked for.
CREATE TABLE event_gap (
    device_id INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,      -- included
    noticed_at INTEGER NOT NULL,
    PRIMARY KEY (device_id, generation, first_sequence)
) STRICT;

-- What happened at the doors. Append-only. Names of people are not here, so that erasing a person changes no
-- event.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    device_id INTEGER NOT NULL,          -- no reference: events stay when their device, door or person goes
    door_id INTEGER,
    reader INTEGER,
    direction TEXT,
    generation INTEGER NOT NULL,
    sequence INTEGER NOT NULL,           -- the controller's, without gaps in one generation
    at INTEGER NOT NULL,                 -- by the controller's clock
    utc_offset_s INTEGER NOT NULL,       -- of the site's zone at that time
    received_at INTEGER NOT NULL,        -- by the platform's clock
    kind TEXT NOT NULL,
    result TEXT,                         -- granted or denied for kind access, else null
    reason TEXT,
    alarm TEXT,
    method TEXT,
    user_id TEXT,                        -- as the controller wrote it
    person_id INTEGER,                   -- who had that user_id, or else that card, when the event arrived
    card TEXT,
    detail TEXT,
    trace TEXT,                          -- JSON: [["rule", "outcome", looked_at], ...]
    UNIQUE (device_id, generation, sequence)
) STRICT;
-- Pages are newest first by (at, id); each filter that can be rare has its own way in.
CREATE INDEX event_at ON event (at, id);
CREATE INDEX event_door ON event (door_id, at, id) WHERE door_id IS NOT NULL;
CREATE INDEX event_device ON event (device_id, at, id);
CREATE INDEX event_person ON event (person_id, at, id) WHERE person_id IS NOT NULL;
CREATE INDEX event_card ON event (card, at, id) WHERE card IS NOT NULL;
CREATE INDEX event_denied ON event (at, id) WHERE result = 'denied';
CREATE INDEX event_door_denied ON event (door_id, at, id) WHERE result = 'denied' AND door_id IS NOT NULL;
CREATE INDEX event_kind ON event (kind, at, id);
CREATE INDEX event_reason ON event (reason, at, id) WHERE reason IS NOT NULL;

-- What operators did. Append-only and hash-chained: `sallyport audit verify` walks it.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,    -- from 1 without gaps
    at INTEGER NOT NULL,
    account TEXT,                        -- as typed for a refused login; null for the platform itself
    address TEXT,
    action TEXT NOT NULL,
    subject_kind TEXT,
    subject_id TEXT,
    subject_name TEXT,
    before TEXT,                         -- JSON object of the members that changed, without secrets
    after TEXT,
    hash BLOB NOT NULL                   -- BLAKE2b-256 over the hash before and this row
) STRICT;
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_account ON audit (account, at, id);
CREATE INDEX audit_action ON audit (action, at, id);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
