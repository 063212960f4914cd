-- Mails that somebody must learn of and that the mail server has not taken yet; what carries a code is never
-- stored.

CREATE TABLE mail (
    id INTEGER PRIMARY KEY,
    recipient TEXT NOT NULL,             -- an address
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    not_after INTEGER NOT NULL           -- when it is dropped
) STRICT;
