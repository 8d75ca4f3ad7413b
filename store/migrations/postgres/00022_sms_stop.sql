-- +goose Up

-- Who asked to stop texts, and through what it came: so that stops that were forged can be undone.
CREATE TABLE sms_stop (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    phone_find BYTEA NOT NULL, -- HMAC of the number
    phone      BYTEA NOT NULL, -- sealed
    via        TEXT NOT NULL, -- of a reply: the callback key's id; 'chat' or 'staff' else
    at         BIGINT NOT NULL,
    made       BIGINT NOT NULL CHECK (made IN (0, 1)), -- 0: the number was stopped already
    undone_at  BIGINT
);

CREATE INDEX sms_stop_phone ON sms_stop (phone_find, at);
CREATE INDEX sms_stop_at ON sms_stop (at);

-- Requests to undo them: one admin asks, another confirms.
CREATE TABLE stop_undo (
    id           TEXT PRIMARY KEY,
    via          TEXT NOT NULL,
    since        BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    why          TEXT NOT NULL,
    asked_by     TEXT NOT NULL,
    asked_at     BIGINT NOT NULL,
    confirmed_by TEXT NOT NULL DEFAULT '',
    confirmed_at BIGINT,
    undone       BIGINT NOT NULL DEFAULT 0
);
