-- +goose Up

-- When somebody was enabled again: an account counts as unused from then on.
ALTER TABLE staff ADD COLUMN enabled_at BIGINT;

-- How a person signs in to the console.
CREATE TABLE staff_login (
    person     TEXT PRIMARY KEY REFERENCES staff (id),
    passphrase TEXT NOT NULL,    -- Argon2id, as a PHC string
    set_at     BIGINT NOT NULL,
    mac        BYTEA NOT NULL     -- HMAC over the row, and the person's role and committee
);

-- Second factors. A proof moves the counter of one on: none is good twice.
CREATE TABLE staff_factor (
    id         TEXT PRIMARY KEY,
    person     TEXT NOT NULL REFERENCES staff (id),
    kind       TEXT NOT NULL,
    secret     BYTEA,             -- sealed together with the person
    hash       BYTEA,             -- HMAC over the person and the secret's digest, where the secret itself is not kept
    counter    BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE INDEX staff_factor_person ON staff_factor (person);

CREATE TABLE staff_session (
    id             TEXT PRIMARY KEY,
    person         TEXT NOT NULL REFERENCES staff (id),
    token          BYTEA,         -- SHA-256 of 32 random bytes; NULL once it ended
    previous       BYTEA,         -- of the token before, which the same request may bring once more
    previous_until BIGINT,
    replay         BYTEA,         -- SHA-256 of that request
    created_at     BIGINT NOT NULL,
    seen_at        BIGINT NOT NULL,
    ended_at       BIGINT,
    address        TEXT NOT NULL,
    browser        TEXT NOT NULL, -- in words
    rehearsal      SMALLINT NOT NULL CHECK (rehearsal IN (0, 1)),
    steps          TEXT NOT NULL, -- JSON: subjects for which the second factor was given again, and when
    mac            BYTEA NOT NULL  -- HMAC over what a session may, and the person's role and committee; empty once it ended
);

CREATE UNIQUE INDEX staff_session_token ON staff_session (token) WHERE token IS NOT NULL;
CREATE INDEX staff_session_previous ON staff_session (previous) WHERE previous IS NOT NULL;
CREATE INDEX staff_session_person ON staff_session (person, created_at);
CREATE INDEX staff_session_seen ON staff_session (seen_at);

-- Failed attempts to sign in, by account and address. The empty account is for an address over all accounts.
CREATE TABLE signin_tally (
    account  BYTEA NOT NULL,      -- HMAC of what was typed
    address  TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    at       BIGINT,
    until    BIGINT,            -- when the next attempt may come
    PRIMARY KEY (account, address)
);
