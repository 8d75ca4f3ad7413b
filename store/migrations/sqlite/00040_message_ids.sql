-- +goose Up

-- A template message keeps its id over several tries while the platform knows it.
ALTER TABLE delivery ADD COLUMN named INTEGER NOT NULL DEFAULT 0;    -- the try that its id comes from; 0: every try has its own
ALTER TABLE delivery ADD COLUMN named_at INTEGER NOT NULL DEFAULT 0; -- when that id was used first
