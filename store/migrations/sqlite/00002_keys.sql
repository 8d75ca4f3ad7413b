-- +goose Up

-- The key ring, each key wrapped under the master key. Key 0 finds and never changes; the others seal, the newest what is
-- written from now on.
CREATE TABLE seal_key (
    id         INTEGER PRIMARY KEY CHECK (id BETWEEN 0 AND 65535),
    wrapped    BLOB NOT NULL,
    made_at    INTEGER NOT NULL,
    settled_at INTEGER           -- when every row was under this key or a newer one; NULL while a rotation is under way
) STRICT;
