-- +goose Up

-- A ticket may be a reply by SMS, which has a number in place of an asker. SQLite changes no CHECK: the table is made anew.
CREATE TABLE ticket_new (
    number       TEXT PRIMARY KEY,
    grp          TEXT NOT NULL REFERENCES ticket_new (number), -- the first ticket of its like
    kind         TEXT NOT NULL CHECK (kind IN ('suggestion', 'question', 'handoff', 'reply')),
    status       TEXT NOT NULL CHECK (status IN ('open', 'answered', 'closed')),
    topic        TEXT NOT NULL,
    asker        BLOB,          -- HMAC of the asker's id; NULL once they are forgotten
    asker_id     BLOB,          -- the id, sealed; NULL with asker
    text         BLOB NOT NULL, -- sealed
    place        BLOB NOT NULL, -- sealed
    owner        TEXT NOT NULL DEFAULT '',
    answer       BLOB,          -- sealed
    filed_at     INTEGER NOT NULL,
    due_at       INTEGER NOT NULL, -- the last second of its last working day
    answered_at  INTEGER,
    closed_at    INTEGER,
    told_at      INTEGER,
    leased_until INTEGER,       -- being pushed to the asker until then
    tries        INTEGER NOT NULL DEFAULT 0,
    deferred     INTEGER NOT NULL DEFAULT 0, -- 1: told when they next write
    phone_find   BLOB,          -- HMAC of the number that replied; NULL for other kinds, and once its owner is erased
    phone        BLOB,          -- the number, sealed; NULL with phone_find
    messages     INTEGER NOT NULL DEFAULT 1, -- how many replies it stands for
    CHECK ((asker IS NULL) = (asker_id IS NULL)),
    CHECK ((phone IS NULL) = (phone_find IS NULL)),
    CHECK ((status = 'answered') = (answer IS NOT NULL))
) STRICT;

-- It was due at the midnight after.
INSERT INTO ticket_new (number, grp, kind, status, topic, asker, asker_id, text, place, owner, answer, filed_at, due_at,
    answered_at, closed_at, told_at, leased_until, tries, deferred)
SELECT number, grp, kind, status, topic, asker, asker_id, text, place, owner, answer, filed_at, due_at - 1000,
    answered_at, closed_at, told_at, leased_until, tries, deferred FROM ticket;

DROP TABLE ticket;
ALTER TABLE ticket_new RENAME TO ticket;

CREATE INDEX ticket_grp ON ticket (grp);
CREATE INDEX ticket_status ON ticket (status, filed_at);
CREATE INDEX ticket_asker ON ticket (asker, filed_at) WHERE asker IS NOT NULL;
CREATE INDEX ticket_untold ON ticket (answered_at) WHERE status = 'answered' AND told_at IS NULL AND asker IS NOT NULL;
CREATE INDEX ticket_phone ON ticket (phone_find, filed_at) WHERE phone_find IS NOT NULL;

-- Which ticket a message was filed as: a message that comes again after a crash finds it.
CREATE TABLE ticket_message (
    message BLOB PRIMARY KEY, -- HMAC of the message's id, the kind and the text
    number  TEXT NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX ticket_message_number ON ticket_message (number);
CREATE INDEX ticket_message_at ON ticket_message (at);

-- An answer to several askers, until a second person approves it.
CREATE TABLE ticket_proposal (
    grp    TEXT PRIMARY KEY REFERENCES ticket (number) ON DELETE CASCADE,
    id     TEXT NOT NULL,
    answer BLOB NOT NULL, -- sealed
    owner  TEXT NOT NULL,
    actor  TEXT NOT NULL, -- who may not approve it
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
