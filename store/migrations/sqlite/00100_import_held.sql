-- +goose Up
ALTER TABLE roster_import ADD COLUMN held INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE roster_import DROP COLUMN held;
