-- +goose Up

-- Whose acts raised an alarm that is open: they may not acknowledge it alone.
CREATE TABLE alarm_cause (
    kind  TEXT NOT NULL,
    actor TEXT NOT NULL, -- as in the audit log
    PRIMARY KEY (kind, actor)
);
