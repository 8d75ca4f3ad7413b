-- +goose Up

-- What admins must look at: one row a kind of trouble.
CREATE TABLE alarm (
    kind     TEXT PRIMARY KEY,
    detail   TEXT NOT NULL,
    since    BIGINT NOT NULL, -- when it was first raised since it was acknowledged
    last     BIGINT NOT NULL,
    count    BIGINT NOT NULL,
    acked_at BIGINT,
    acked_by TEXT NOT NULL DEFAULT ''
);
