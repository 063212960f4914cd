-- What a controller keeps. Times are microseconds since 1970-01-01 UTC. Byte layouts are little-endian.

-- One row: what this board is. Survives factory defaults.
CREATE TABLE device (
    id INTEGER PRIMARY KEY CHECK (id = 1), -- the one row
    serial TEXT NOT NULL,                  -- "SP" and 12 hexadecimal digits, made at first start
    pin_key BLOB NOT NULL                  -- 32 random bytes: the key of every PIN hash
) STRICT;

-- One row: settings of the station. Factory defaults put the row back to its defaults.
CREATE TABLE settings (
    id INTEGER PRIMARY KEY CHECK (id = 1), -- the one row
    working_mode INTEGER NOT NULL,         -- 0 controller, 1 reader (K9)
    duress INTEGER NOT NULL,               -- 0 off, 1 on: duress PINs are looked for (A4)
    zone TEXT NOT NULL,                    -- IANA name of the site's time zone
    admin_password BLOB,                   -- 16 bytes, hashed with pin_key; NULL: the factory password holds
    owner TEXT NOT NULL,                   -- id of the platform that owns the roster; empty: nobody
    revision INTEGER NOT NULL              -- of the owner's last applied plan
) STRICT;

-- Settings of each door.
CREATE TABLE doors (
    number INTEGER PRIMARY KEY,   -- 1-64
    hold_s INTEGER NOT NULL,      -- how long a grant releases the lock, 1-600
    unlock_mode INTEGER NOT NULL, -- 0 card, 1 card + PIN, 2 user ID + PIN, 3 card or user ID + PIN (K7)
    detector INTEGER NOT NULL,    -- 0 off, 1 on: there is a door contact (K10)
    overtime_s INTEGER NOT NULL,  -- open longer than hold_s plus this is the overtime alarm
    schedule INTEGER NOT NULL     -- when the door grants at all; 255 always
) STRICT;

-- What a manager last commanded: survives restarts, is taken up again at the start (A6).
CREATE TABLE door_modes (
    door INTEGER PRIMARY KEY, -- 1-64
    mode INTEGER NOT NULL     -- 0 normal, 1 always open, 2 always closed, 3 lockdown
) STRICT;

-- Who may open what.
CREATE TABLE people (
    user_id TEXT PRIMARY KEY,    -- 1-31 characters
    type INTEGER NOT NULL,       -- 0 general, 1 blocklist, 2 guest, 3 patrol, 4 vip, 5 extended time
    valid_from INTEGER NOT NULL, -- included; the smallest integer: since ever
    valid_to INTEGER NOT NULL,   -- excluded; the largest integer: for ever
    uses_left INTEGER,           -- NULL: unlimited
    pin BLOB,                    -- 16 bytes, hashed with device.pin_key; NULL: no PIN
    cards BLOB NOT NULL,         -- 10 bytes a card: number (8), type, status
    rights BLOB NOT NULL,        -- 10 bytes a right: doors as a bit set (8), schedule, 0 allow or 1 deny
    tag INTEGER NOT NULL         -- what the owner knows the entry by; 0: from the keypad
) STRICT, WITHOUT ROWID;

-- Codes that open without a person (K13).
CREATE TABLE public_passwords (
    number INTEGER PRIMARY KEY,  -- names it in records
    code BLOB NOT NULL,          -- 16 bytes, hashed with device.pin_key
    doors INTEGER NOT NULL,      -- bit n-1 is door n
    valid_from INTEGER NOT NULL, -- as in people
    valid_to INTEGER NOT NULL,   -- as in people
    uses_left INTEGER            -- NULL: unlimited
) STRICT;

-- Weekly schedules by index.
CREATE TABLE schedules (
    number INTEGER PRIMARY KEY, -- 0-127
    week BLOB NOT NULL,         -- 7 days from Monday: count of periods, then from_s (4), to_s (4) of each
    holidays BLOB NOT NULL      -- a byte each: numbers of the holidays that replace a day of this week
) STRICT;

-- Dates with periods of their own.
CREATE TABLE holidays (
    number INTEGER PRIMARY KEY, -- 0-127
    dates BLOB NOT NULL,        -- first (4) and last (4) day of each range, both included, since 1970-01-01
    periods BLOB NOT NULL       -- count of periods, then 8 bytes each: from_s (4), to_s (4); none: closed
) STRICT;

-- Who may log in over the network. Empty: the controller is not initialised.
CREATE TABLE accounts (
    name TEXT PRIMARY KEY,  -- as typed at the login
    role INTEGER NOT NULL,  -- 0 viewer, 1 operating, 2 admin
    argon2id TEXT NOT NULL  -- libsodium's string form; never the password
) STRICT, WITHOUT ROWID;

-- How far each manager has taken the records.
CREATE TABLE cursors (
    manager TEXT PRIMARY KEY,    -- id of the platform
    generation INTEGER NOT NULL, -- of the last record that it stored
    sequence INTEGER NOT NULL    -- of the last record that it stored
) STRICT, WITHOUT ROWID;

-- One row: where the journal stands. Written with each commit, so that a missing end is noticed.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY CHECK (id = 1), -- the one row
    last_ordinal INTEGER NOT NULL,         -- of the newest record; 0: none yet
    last_hash BLOB NOT NULL,               -- of the newest record; 32 zero bytes before the first
    unreported INTEGER NOT NULL,           -- records that went unread and stand in no records_overwritten yet
    reported_cursor INTEGER NOT NULL       -- ordinal of the owner's cursor at the last such report; -1: never
) STRICT;

-- A sequence falls back when a board or its database was replaced: then a generation begins, at sequence 1.
CREATE TABLE generations (
    generation INTEGER PRIMARY KEY, -- from 1 on
    first_ordinal INTEGER NOT NULL  -- of its record with sequence 1
) STRICT;

-- The journal of what happened: a ring, a chain. Nothing in it is ever changed; the oldest go.
CREATE TABLE records (
    ordinal INTEGER PRIMARY KEY, -- counts since the first start without gaps, through all generations
    previous BLOB NOT NULL,      -- hash of the record before, 32 bytes
    hash BLOB NOT NULL,          -- BLAKE2b-256 over previous and body
    body BLOB NOT NULL           -- the record's JSON in canonical form (docs/device-protocol.md)
) STRICT;
