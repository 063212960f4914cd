-- The last attempts of each webhook.

CREATE TABLE webhook_delivery (
    id INTEGER PRIMARY KEY,              -- grows with time
    webhook_id INTEGER NOT NULL REFERENCES webhook(id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    event_id INTEGER,                    -- null: a test
    type TEXT NOT NULL,                  -- event.access, test
    attempt INTEGER NOT NULL,            -- 1: the first for this event
    status INTEGER,                      -- of the answer; null: there was none
    problem TEXT,                        -- a sentence; null: it was taken
    took_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_delivery_by_webhook ON webhook_delivery(webhook_id, id);
