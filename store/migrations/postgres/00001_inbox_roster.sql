-- +goose Up

-- Instants are milliseconds since 1970 UTC.

-- One process takes a step: whoever comes second fails here and starts over.
CREATE UNIQUE INDEX goose_db_version_once ON goose_db_version (version_id);

-- A word sealed with the key of every sealed column, to refuse another key at start.
CREATE TABLE sealing (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    proof BYTEA NOT NULL
);

-- The last ticket number given out on a civil day.
CREATE TABLE ticket_day (
    day  TEXT PRIMARY KEY,
    last INTEGER NOT NULL
);

CREATE TABLE ticket (
    number       TEXT PRIMARY KEY,
    grp          TEXT NOT NULL REFERENCES ticket (number), -- the first ticket of its like
    kind         TEXT NOT NULL CHECK (kind IN ('suggestion', 'question', 'handoff')),
    status       TEXT NOT NULL CHECK (status IN ('open', 'answered', 'closed')),
    topic        TEXT NOT NULL,
    asker        BYTEA,          -- HMAC of the asker's id; NULL once they are forgotten
    asker_id     BYTEA,          -- the id, sealed; NULL with asker
    text         BYTEA NOT NULL, -- sealed
    place        BYTEA NOT NULL, -- sealed
    owner        TEXT NOT NULL DEFAULT '',
    answer       BYTEA,          -- sealed
    filed_at     BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    answered_at  BIGINT,
    closed_at    BIGINT,
    told_at      BIGINT,
    leased_until BIGINT,         -- being pushed to the asker until then
    tries        INTEGER NOT NULL DEFAULT 0,
    deferred     INTEGER NOT NULL DEFAULT 0, -- 1: told when they next write
    CHECK ((asker IS NULL) = (asker_id IS NULL)),
    CHECK ((status = 'answered') = (answer IS NOT NULL))
);

CREATE INDEX ticket_grp ON ticket (grp);
CREATE INDEX ticket_status ON ticket (status, filed_at);
CREATE INDEX ticket_asker ON ticket (asker) WHERE asker IS NOT NULL;
CREATE INDEX ticket_untold ON ticket (answered_at) WHERE status = 'answered' AND told_at IS NULL AND asker IS NOT NULL;

-- What residents decided about notices; the newest row counts.
CREATE TABLE choice (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resident    BYTEA NOT NULL, -- HMAC of the resident's id
    resident_id BYTEA NOT NULL, -- the id, sealed
    wants       INTEGER NOT NULL CHECK (wants IN (0, 1)),
    chosen_at   BIGINT NOT NULL
);

CREATE INDEX choice_resident ON choice (resident, id);
