-- +goose Up

-- One row that is written to learn whether anything can be.
CREATE TABLE write_probe (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;
INSERT INTO write_probe (id, at) VALUES (1, 0);
