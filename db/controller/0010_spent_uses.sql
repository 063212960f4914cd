-- What was spent stays spent although the person, or the public password, was gone meanwhile.

-- What is left of the series of those who left, of the last 10,000 of them. Factory defaults empty it.
CREATE TABLE spent_uses (
    turn INTEGER PRIMARY KEY,      -- grows with each that leaves
    name INTEGER NOT NULL UNIQUE,  -- SipHash-2-4 of who it is and of the series: it names nobody
    uses_left INTEGER NOT NULL     -- when he left
) STRICT;
