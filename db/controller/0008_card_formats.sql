-- The Wiegand formats that readers accept, as set over the network in place of the configured ones. Empty: as
-- configured. Factory defaults leave them: they belong to the cards and readers that are there.
CREATE TABLE card_formats (
    position INTEGER PRIMARY KEY, -- from 0, in the order in which they were given
    name TEXT NOT NULL,           -- of its own, or of a format that every controller knows
    bits TEXT NOT NULL,           -- a letter for each bit (docs/device-protocol.md); empty: known by its name
    parities TEXT NOT NULL        -- the same for each parity, in lines
) STRICT;
