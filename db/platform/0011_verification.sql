-- Doors that ask an operator before they let somebody in.

-- 1 to 120: how many seconds an operator is asked; null: nobody is
ALTER TABLE door ADD COLUMN verification_s INTEGER;
