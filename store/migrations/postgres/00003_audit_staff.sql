-- +goose Up

-- Who did what about whom. hash is an HMAC over the entry and the hash before it.
CREATE TABLE audit (
    seq     BIGINT PRIMARY KEY,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    hash    BYTEA NOT NULL
);

CREATE INDEX audit_subject ON audit (subject, seq) WHERE subject <> '';
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_action ON audit (action, seq);

-- Where the chain ends: 'head' is its newest entry, 'anchor' the newest that was pruned. hash is that entry's, mac an HMAC
-- over the mark, so that neither can be moved by hand.
CREATE TABLE audit_mark (
    name TEXT PRIMARY KEY CHECK (name IN ('anchor', 'head')),
    seq  BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    mac  BYTEA NOT NULL
);

CREATE TABLE staff (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('author', 'approver', 'committee', 'auditor', 'admin')),
    committee   TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    disabled_at BIGINT,
    CHECK ((role = 'committee') = (committee <> ''))
);

-- Bearer keys. The secret itself is nowhere.
CREATE TABLE staff_key (
    id           TEXT PRIMARY KEY,
    person       TEXT NOT NULL REFERENCES staff (id),
    secret       BYTEA NOT NULL, -- SHA-256
    created_at   BIGINT NOT NULL,
    revoked_at   BIGINT,
    last_used_at BIGINT           -- to the hour
);

CREATE INDEX staff_key_person ON staff_key (person);
