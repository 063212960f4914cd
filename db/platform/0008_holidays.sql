-- Holidays: dates on which a time template has other hours than its week.

CREATE TABLE holiday (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    first_day INTEGER NOT NULL,          -- days since 1970-01-01, included
    last_day INTEGER NOT NULL,           -- included
    yearly INTEGER NOT NULL,             -- whether it comes again each year
    periods TEXT NOT NULL                -- JSON: [[from_s, to_s], ...]; none: nobody gets in
) STRICT;

CREATE TABLE time_template_holiday (
    template_id INTEGER NOT NULL REFERENCES time_template(id) ON DELETE CASCADE,
    holiday_id INTEGER NOT NULL REFERENCES holiday(id),
    PRIMARY KEY (template_id, holiday_id)
) STRICT;
CREATE INDEX time_template_holiday_holiday ON time_template_holiday (holiday_id);
