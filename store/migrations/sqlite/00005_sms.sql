-- +goose Up

-- Texts, one row each, without what they said.
CREATE TABLE text (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    out_id       TEXT NOT NULL UNIQUE, -- ours; comes back in the receipt
    subject      BLOB,                 -- the resident's random id, of whose number it was then, if anybody was known by it
    phone_find   BLOB,                 -- HMAC of the number; NULL once its owner is erased, and after 30 days
    kind         TEXT NOT NULL CHECK (kind IN ('code')),
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

CREATE INDEX text_subject ON text (subject, created_at) WHERE subject IS NOT NULL;
CREATE INDEX text_phone ON text (phone_find, created_at) WHERE phone_find IS NOT NULL;
CREATE INDEX text_number ON text (created_at) WHERE phone_find IS NOT NULL;
CREATE INDEX text_handle ON text (handle) WHERE handle <> '';
CREATE INDEX text_open ON text (state, created_at) WHERE state IN ('pending', 'sending', 'accepted', 'in_doubt');

-- What the provider pushed: receipts and replies.
CREATE TABLE sms_inbound (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    digest      BLOB NOT NULL UNIQUE, -- HMAC of the element: pushed again, it is not kept again
    kind        TEXT NOT NULL CHECK (kind IN ('receipt', 'reply')),
    handle      TEXT NOT NULL,        -- of the call that a receipt is about, or ''
    phone_find  BLOB,                 -- HMAC of the number, when it can be read
    element     BLOB NOT NULL,        -- sealed
    received_at INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,     -- leased or put off until then
    tries       INTEGER NOT NULL DEFAULT 0,
    handled_at  INTEGER
) STRICT;

CREATE INDEX sms_inbound_due ON sms_inbound (due_at) WHERE handled_at IS NULL;
CREATE INDEX sms_inbound_handle ON sms_inbound (handle) WHERE handled_at IS NULL AND handle <> '';
CREATE INDEX sms_inbound_phone ON sms_inbound (phone_find) WHERE phone_find IS NOT NULL;
CREATE INDEX sms_inbound_received ON sms_inbound (kind, received_at);
