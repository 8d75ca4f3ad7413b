-- +goose Up

-- What members of staff say of the console, and what admins answer.
CREATE TABLE feedback (
    id          TEXT PRIMARY KEY,
    person      TEXT NOT NULL REFERENCES staff (id),
    page        TEXT NOT NULL,    -- path of the page that they came from, '' when that is not known
    text        BLOB NOT NULL,    -- sealed
    at          INTEGER NOT NULL,
    answer      BLOB,             -- sealed
    answered_by TEXT REFERENCES staff (id),
    answered_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX feedback_waits ON feedback (at) WHERE answered_at IS NULL;
