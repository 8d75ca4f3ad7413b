-- +goose Up

-- Whose rows of look-up tables a draft is: a committee's code, '' for a draft of the city's.
ALTER TABLE content_draft ADD COLUMN committee TEXT NOT NULL DEFAULT '';
