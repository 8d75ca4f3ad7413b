-- +goose Up

-- Whence somebody acted over the API: their address and their key's id. Entries without one hash as they did before.
ALTER TABLE audit ADD COLUMN origin TEXT NOT NULL DEFAULT '';
