-- Why a webhook was not taken is told by a code, for which each language has words, and by what the other
-- side said. Sentences of before become what was said.
ALTER TABLE webhook ADD COLUMN said TEXT;           -- beside problem, which is a code from now on
ALTER TABLE webhook_delivery ADD COLUMN said TEXT;  -- beside problem, which is a code from now on
UPDATE webhook SET said = problem, problem = 'other' WHERE problem IS NOT NULL;
UPDATE webhook_delivery SET said = problem, problem = 'other' WHERE problem IS NOT NULL;
