-- +goose Up

-- Test sends of broadcasts to staff, for a day: how many each person made and got.
CREATE TABLE test_send (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asker     TEXT NOT NULL,
    recipient TEXT NOT NULL,
    at        BIGINT NOT NULL
);

CREATE INDEX test_send_at ON test_send (at);
