-- A second factor beside the password, and sessions that a browser keeps.

-- Codes of an authenticator app (RFC 6238).
CREATE TABLE second_factor (
    account_id INTEGER PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE,
    secret BLOB NOT NULL,                -- 20 bytes, sealed
    confirmed_at INTEGER,                -- null: begun, and not asked for at sign-in
    last_step INTEGER NOT NULL           -- of the newest code that was used, in steps of 30 s since 1970
) STRICT;

-- For who has lost the app. A row goes when its code is used.
CREATE TABLE recovery_code (
    account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,             -- BLAKE2b-256 with a key that is not in the database
    PRIMARY KEY (account_id, code_hash)
) STRICT;

-- 1: it ends 30 days after it was opened, not when it is idle.
ALTER TABLE session ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
