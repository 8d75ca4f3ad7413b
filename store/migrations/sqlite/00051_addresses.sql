-- +goose Up

-- A keyed hash of the address that the newest call went to, of that call's own: it tells a number or openid that was replaced since, and
-- leads to nobody else. NULL of calls before this.
ALTER TABLE delivery ADD COLUMN address BLOB;
