-- +goose Up

-- Who works on a group of tickets. One who looks at it holds it for a while; who it was handed to, until somebody takes it over.
CREATE TABLE ticket_hold (
    grp    TEXT PRIMARY KEY REFERENCES ticket (number) ON DELETE CASCADE,
    holder TEXT NOT NULL, -- as the audit log names them
    name   TEXT NOT NULL,
    until  INTEGER        -- NULL: handed to them
) STRICT, WITHOUT ROWID;

-- What colleagues write for each other about a group of tickets.
CREATE TABLE ticket_note (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    grp     TEXT NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    text    BLOB NOT NULL, -- sealed
    at      INTEGER NOT NULL
) STRICT;

CREATE INDEX ticket_note_grp ON ticket_note (grp);

-- The first tickets of groups, as they are listed.
CREATE INDEX ticket_first ON ticket (status, filed_at) WHERE grp = number;
