-- With `compatibility` an account may log in with the plain dialect, which needs a hash that is as good as
-- the password: sealed with a key that is not in this database. Empty: the password was set without it.
ALTER TABLE accounts ADD COLUMN sealed_hash BLOB NOT NULL DEFAULT x'';
