-- +goose Up

-- What admins must look at: one row a kind of trouble.
CREATE TABLE alarm (
    kind     TEXT PRIMARY KEY,
    detail   TEXT NOT NULL,
    since    INTEGER NOT NULL, -- when it was first raised since it was acknowledged
    last     INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    acked_at INTEGER,
    acked_by TEXT NOT NULL DEFAULT ''
) STRICT;
