-- +goose Up

-- What was answered to each Idempotency-Key, for a day.
CREATE TABLE idempotency (
    key          BLOB PRIMARY KEY,  -- HMAC of the caller and their key
    request      BLOB NOT NULL,     -- HMAC of what was asked
    leased_until INTEGER NOT NULL,  -- being done until then, unless done
    done         INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
    answer       BLOB,              -- sealed; NULL until done, and when it must not be kept
    resident     INTEGER REFERENCES resident (id) ON DELETE CASCADE, -- whose data the answer holds: it goes with them
    expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_resident ON idempotency (resident);
CREATE INDEX idempotency_expires ON idempotency (expires_at);
