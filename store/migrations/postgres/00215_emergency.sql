-- +goose Up

-- Texts that tell approvers of emergencies are a kind of their own.
ALTER TABLE text DROP CONSTRAINT text_kind_check, ADD CONSTRAINT text_kind_check CHECK (kind IN ('code', 'access', 'urgent'));

-- Emergencies: doc is all of one.
CREATE TABLE emergency (
    id          TEXT PRIMARY KEY,
    status      TEXT NOT NULL,
    declared_at BIGINT NOT NULL,
    doc         TEXT NOT NULL
);

CREATE INDEX emergency_declared ON emergency (declared_at, id);
