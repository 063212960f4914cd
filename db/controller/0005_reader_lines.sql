-- Readers on lines of their own (OSDP). The file is readable by its owner only. Factory defaults leave both
-- tables: a reader that has a key of its own listens to nobody else.

-- The keys of their secure channels.
CREATE TABLE reader_keys (
    device TEXT NOT NULL,     -- of the line, as configured
    address INTEGER NOT NULL, -- on the line, 0-126
    own BLOB,                 -- 16 bytes; NULL: never paired
    pending BLOB,             -- 16 bytes, made for the reader and perhaps taken by it already; NULL: none
    PRIMARY KEY (device, address)
) STRICT, WITHOUT ROWID;

-- What a line was set to over the network, in place of the configured speed.
CREATE TABLE line_speeds (
    device TEXT PRIMARY KEY, -- of the line, as configured
    baud INTEGER NOT NULL    -- 9,600 to 230,400
) STRICT, WITHOUT ROWID;
