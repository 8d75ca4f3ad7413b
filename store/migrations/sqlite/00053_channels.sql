-- +goose Up

-- When a process last said that it sends on a channel: one that does not leaves the channel to the others.
CREATE TABLE channel_served (
    channel TEXT PRIMARY KEY,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
