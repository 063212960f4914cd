-- API tokens of scripts, and what was done with them.

CREATE TABLE api_token (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,  -- who made it
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,     -- BLAKE2b-256; the token itself is shown once and kept nowhere
    rights TEXT NOT NULL,                -- JSON as in role; the maker's rights of the moment bound them
    areas TEXT,                          -- JSON list of ids in quotes; null: all that the maker sees
    departments TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,                  -- null: never
    used_at INTEGER,                     -- to the minute; null: never used
    used_from TEXT,                      -- the address
    UNIQUE (account_id, name)
) STRICT;

-- The name of the API token that did it; null: the account itself, signed in. Part of the chain where it is
-- there.
ALTER TABLE audit ADD COLUMN token TEXT;
