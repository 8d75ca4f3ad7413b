-- +goose Up

-- What came of test sends of broadcasts to staff. They are outside of the ledger.
CREATE TABLE broadcast_test (
    id         INTEGER PRIMARY KEY,
    broadcast  INTEGER NOT NULL REFERENCES broadcast (num),
    asker      TEXT NOT NULL,            -- staff ids
    recipient  TEXT NOT NULL,
    channel    TEXT NOT NULL,
    sent_to    TEXT NOT NULL,            -- the number, masked
    address    TEXT NOT NULL,            -- a keyed hash of where it went
    out_id     TEXT NOT NULL UNIQUE,     -- ours, of the call
    handle     TEXT NOT NULL DEFAULT '', -- the provider's
    state      TEXT NOT NULL,
    class      TEXT NOT NULL DEFAULT '',
    code       TEXT NOT NULL DEFAULT '',
    at         INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX broadcast_test_broadcast ON broadcast_test (broadcast, id);
CREATE INDEX broadcast_test_handle ON broadcast_test (handle) WHERE handle <> '';
CREATE INDEX broadcast_test_address ON broadcast_test (address, id);
