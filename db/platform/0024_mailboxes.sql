-- Mailboxes of accounts: a way back in for who has forgotten the password.

CREATE TABLE mailbox (
    account_id INTEGER PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    proved_at INTEGER                    -- null: typed at the set-up, and it helps nobody yet
) STRICT;
