-- +goose Up

-- Who did what about whom. hash is an HMAC over the entry and the hash before it.
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    hash    BLOB NOT NULL
) STRICT;

CREATE INDEX audit_subject ON audit (subject, seq) WHERE subject <> '';
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_action ON audit (action, seq);

-- Where the chain ends: 'head' is its newest entry, 'anchor' the newest that was pruned. hash is that entry's, mac an HMAC
-- over the mark, so that neither can be moved by hand.
CREATE TABLE audit_mark (
    name TEXT PRIMARY KEY CHECK (name IN ('anchor', 'head')),
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL,
    mac  BLOB NOT NULL
) STRICT;

CREATE TABLE staff (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('author', 'approver', 'committee', 'auditor', 'admin')),
    committee   TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    disabled_at INTEGER,
    CHECK ((role = 'committee') = (committee <> ''))
) STRICT;

-- Bearer keys. The secret itself is nowhere.
CREATE TABLE staff_key (
    id           TEXT PRIMARY KEY,
    person       TEXT NOT NULL REFERENCES staff (id),
    secret       BLOB NOT NULL, -- SHA-256
    created_at   INTEGER NOT NULL,
    revoked_at   INTEGER,
    last_used_at INTEGER           -- to the hour
) STRICT;

CREATE INDEX staff_key_person ON staff_key (person);
