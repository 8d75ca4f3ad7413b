-- +goose Up

-- A ticket may be a reply by SMS, which has a number in place of an asker.
ALTER TABLE ticket DROP CONSTRAINT ticket_kind_check;
ALTER TABLE ticket ADD CONSTRAINT ticket_kind_check CHECK (kind IN ('suggestion', 'question', 'handoff', 'reply'));
ALTER TABLE ticket ADD COLUMN phone_find BYTEA; -- HMAC of the number that replied; NULL for other kinds, and once its owner is erased
ALTER TABLE ticket ADD COLUMN phone BYTEA;      -- the number, sealed; NULL with phone_find
ALTER TABLE ticket ADD COLUMN messages INTEGER NOT NULL DEFAULT 1; -- how many replies it stands for
ALTER TABLE ticket ADD CHECK ((phone IS NULL) = (phone_find IS NULL));

-- The last second of the last working day; it was the midnight after.
UPDATE ticket SET due_at = due_at - 1000;

DROP INDEX ticket_asker;
CREATE INDEX ticket_asker ON ticket (asker, filed_at) WHERE asker IS NOT NULL;
CREATE INDEX ticket_phone ON ticket (phone_find, filed_at) WHERE phone_find IS NOT NULL;

-- Which ticket a message was filed as: a message that comes again after a crash finds it.
CREATE TABLE ticket_message (
    message BYTEA PRIMARY KEY, -- HMAC of the message's id, the kind and the text
    number  TEXT NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
    at      BIGINT NOT NULL
);

CREATE INDEX ticket_message_number ON ticket_message (number);
CREATE INDEX ticket_message_at ON ticket_message (at);

-- An answer to several askers, until a second person approves it.
CREATE TABLE ticket_proposal (
    grp    TEXT PRIMARY KEY REFERENCES ticket (number) ON DELETE CASCADE,
    id     TEXT NOT NULL,
    answer BYTEA NOT NULL, -- sealed
    owner  TEXT NOT NULL,
    actor  TEXT NOT NULL, -- who may not approve it
    at     BIGINT NOT NULL
);
