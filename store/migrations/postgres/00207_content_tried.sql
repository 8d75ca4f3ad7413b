-- +goose Up

-- When somebody last tried to submit a draft: other processes make ready for it meanwhile.
ALTER TABLE content_draft ADD COLUMN tried_at BIGINT NOT NULL DEFAULT 0;
