-- +goose Up

-- Requests to export residents with their numbers in full: one admin asks, another confirms, and it is used once.
CREATE TABLE numbers_export (
    id           TEXT PRIMARY KEY,
    committee    TEXT NOT NULL, -- code; '' for the city
    why          TEXT NOT NULL,
    asked_by     TEXT NOT NULL, -- actors of the audit log
    asked_at     BIGINT NOT NULL,
    confirmed_by TEXT NOT NULL DEFAULT '',
    confirmed_at BIGINT,
    used_by      TEXT NOT NULL DEFAULT '',
    used_at      BIGINT
);
