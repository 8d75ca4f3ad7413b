-- +goose Up

-- Texts that tell approvers of emergencies are a kind of their own. SQLite changes no CHECK: the table is made anew.
CREATE TABLE text_new (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    out_id       TEXT NOT NULL UNIQUE, -- ours; comes back in the receipt
    subject      BLOB,                 -- the resident's random id, of whose number it was then, if anybody was known by it
    phone_find   BLOB,                 -- HMAC of the number; NULL once its owner is erased, and after 30 days
    kind         TEXT NOT NULL CHECK (kind IN ('code', 'access', 'urgent')),
    template     TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN
        ('pending', 'sending', 'accepted', 'delivered', 'undelivered', 'failed', 'in_doubt', 'unknown')),
    handle       TEXT NOT NULL DEFAULT '', -- the provider's, of the call
    code         TEXT NOT NULL DEFAULT '', -- why it failed, or the receipt's
    parts        INTEGER NOT NULL DEFAULT 0, -- billed
    created_at   INTEGER NOT NULL,
    leased_until INTEGER,              -- while sending
    settled_at   INTEGER               -- when the state last changed
) STRICT;

INSERT INTO text_new (id, out_id, subject, phone_find, kind, template, state, handle, code, parts, created_at, leased_until, settled_at)
SELECT id, out_id, subject, phone_find, kind, template, state, handle, code, parts, created_at, leased_until, settled_at FROM text;
DROP TABLE text;
ALTER TABLE text_new RENAME TO text;

CREATE INDEX text_subject ON text (subject, created_at) WHERE subject IS NOT NULL;
CREATE INDEX text_phone ON text (phone_find, created_at) WHERE phone_find IS NOT NULL;
CREATE INDEX text_number ON text (created_at) WHERE phone_find IS NOT NULL;
CREATE INDEX text_handle ON text (handle) WHERE handle <> '';
CREATE INDEX text_open ON text (state, created_at) WHERE state IN ('pending', 'sending', 'accepted', 'in_doubt');

-- Emergencies: doc is all of one.
CREATE TABLE emergency (
    id          TEXT PRIMARY KEY,
    status      TEXT NOT NULL,
    declared_at INTEGER NOT NULL,
    doc         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX emergency_declared ON emergency (declared_at, id);
