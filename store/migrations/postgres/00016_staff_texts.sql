-- +goose Up

-- Texts that tell staff of their access are a kind of their own.
ALTER TABLE text DROP CONSTRAINT text_kind_check, ADD CONSTRAINT text_kind_check CHECK (kind IN ('code', 'access'));
