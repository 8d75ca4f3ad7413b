-- +goose Up

-- What was answered to each Idempotency-Key, for a day.
CREATE TABLE idempotency (
    key          BYTEA PRIMARY KEY, -- HMAC of the caller and their key
    request      BYTEA NOT NULL,    -- HMAC of what was asked
    leased_until BIGINT NOT NULL,   -- being done until then, unless done
    done         SMALLINT NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
    answer       BYTEA,             -- sealed; NULL until done, and when it must not be kept
    resident     BIGINT REFERENCES resident (id) ON DELETE CASCADE, -- whose data the answer holds: it goes with them
    expires_at   BIGINT NOT NULL
);

CREATE INDEX idempotency_resident ON idempotency (resident);
CREATE INDEX idempotency_expires ON idempotency (expires_at);
