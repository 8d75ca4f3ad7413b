-- +goose Up

-- Who began a list, how many lines with a number were read into it, and SHA-256 over its entries once a broadcast that names it was
-- submitted (broadcast.ListContent). NULL is not computed yet; whatever is added takes the digest away.
ALTER TABLE number_list ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE number_list ADD COLUMN lines BIGINT NOT NULL DEFAULT 0;
ALTER TABLE number_list ADD COLUMN digest BYTEA;
UPDATE number_list SET lines = numbers;
