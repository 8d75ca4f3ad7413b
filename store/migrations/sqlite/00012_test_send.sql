-- +goose Up

-- Test sends of broadcasts to staff, for a day: how many each person made and got.
CREATE TABLE test_send (
    id        INTEGER PRIMARY KEY,
    asker     TEXT NOT NULL,
    recipient TEXT NOT NULL,
    at        INTEGER NOT NULL
) STRICT;

CREATE INDEX test_send_at ON test_send (at);
