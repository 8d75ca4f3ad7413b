-- +goose Up

-- Who answered or closed a ticket, as the audit log names them: owner is a name, and colleagues may share one.
ALTER TABLE ticket ADD COLUMN settled_by TEXT NOT NULL DEFAULT '';

-- What is counted above a list of tickets.
CREATE INDEX ticket_counts ON ticket (status, kind, due_at);
