-- +goose Up

-- Each time that the database was put back from a backup, and what is to be known of it since.
CREATE TABLE restore (
    epoch    BIGINT PRIMARY KEY, -- higher than any before, in every copy of the database: call ids begin at 100,000 times as many
    as_of    BIGINT NOT NULL,    -- the database stands as it stood then
    known    BIGINT NOT NULL,    -- the last call that it knows of from before
    begun_at BIGINT NOT NULL,
    steps    BIGINT NOT NULL DEFAULT 0, -- of marking it that are done
    lines    BIGINT NOT NULL DEFAULT 0, -- of stops.log that were applied
    stopped  BIGINT NOT NULL DEFAULT 0,
    started  BIGINT NOT NULL DEFAULT 0,
    erased   BIGINT NOT NULL DEFAULT 0,
    ended_at BIGINT              -- NULL while it is being marked: nobody else opens it then
);

-- As of when a broadcast was put back, and up to which round its deliveries may have gone out since; 0 for none.
ALTER TABLE broadcast ADD COLUMN as_of BIGINT;
ALTER TABLE broadcast ADD COLUMN doubted BIGINT NOT NULL DEFAULT 0;

-- Set when its deliveries may have gone out since then in any call after the one of the number lost_after: the database was put back.
ALTER TABLE claim ADD COLUMN since BIGINT;
ALTER TABLE claim ADD COLUMN lost_after BIGINT;
