-- +goose Up

-- The log is read by day.
CREATE INDEX audit_at ON audit (at, seq);
