-- +goose Up

-- When a request ended because who asked, or confirmed, was disabled or given other rights: it does not come back with them.
ALTER TABLE numbers_export ADD COLUMN ended_at BIGINT;
ALTER TABLE stop_undo ADD COLUMN ended_at BIGINT;
