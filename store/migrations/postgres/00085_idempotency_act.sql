-- +goose Up

-- The number of the audit entry of what a request did, written in the transaction that did it; NULL when nothing is done yet. When
-- the process dies before it keeps the answer, the repeated request is answered from it and does nothing again.
ALTER TABLE idempotency ADD COLUMN acted BIGINT;
