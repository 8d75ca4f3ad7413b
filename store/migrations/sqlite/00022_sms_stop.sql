-- +goose Up

-- Who asked to stop texts, and through what it came: so that stops that were forged can be undone.
CREATE TABLE sms_stop (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    phone_find BLOB NOT NULL, -- HMAC of the number
    phone      BLOB NOT NULL, -- sealed
    via        TEXT NOT NULL, -- of a reply: the callback key's id; 'chat' or 'staff' else
    at         INTEGER NOT NULL,
    made       INTEGER NOT NULL CHECK (made IN (0, 1)), -- 0: the number was stopped already
    undone_at  INTEGER
) STRICT;

CREATE INDEX sms_stop_phone ON sms_stop (phone_find, at);
CREATE INDEX sms_stop_at ON sms_stop (at);

-- Requests to undo them: one admin asks, another confirms.
CREATE TABLE stop_undo (
    id           TEXT PRIMARY KEY,
    via          TEXT NOT NULL,
    since        INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    why          TEXT NOT NULL,
    asked_by     TEXT NOT NULL,
    asked_at     INTEGER NOT NULL,
    confirmed_by TEXT NOT NULL DEFAULT '',
    confirmed_at INTEGER,
    undone       INTEGER NOT NULL DEFAULT 0
) STRICT;
