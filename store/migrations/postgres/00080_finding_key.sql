-- +goose Up

-- Which keys of the ring find, besides key 0: the newest makes the hashes. Those before it stay for hashes whose values are gone.
ALTER TABLE seal_key ADD COLUMN finds BIGINT NOT NULL DEFAULT 0;
