-- +goose Up

-- A broadcast as it was written and as it stands. doc is JSON; the other columns are what queries and the ledger ask for.
CREATE TABLE broadcast (
    num         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    version     INTEGER NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'approved', 'scheduled', 'held', 'freezing', 'sending',
        'paused', 'done', 'cancelled', 'expired')),
    committee   TEXT NOT NULL,
    author      TEXT NOT NULL,
    topic       TEXT NOT NULL,
    emergency   INTEGER NOT NULL CHECK (emergency IN (0, 1)),
    series      TEXT,
    due_at      INTEGER,
    doubtful    INTEGER NOT NULL CHECK (doubtful IN (0, 1)), -- fallback goes on from what may have arrived
    wait        INTEGER NOT NULL,                            -- milliseconds without a receipt until then; 0 never
    doc         TEXT NOT NULL,
    freezing_at INTEGER,                    -- when its audience began to be frozen
    frontier    TEXT NOT NULL DEFAULT '',   -- the candidate behind whom freezing goes on
    last        INTEGER NOT NULL DEFAULT 0, -- number of the last recipient
    frozen      INTEGER NOT NULL DEFAULT 0, -- recipients
    frozen_at   INTEGER,                    -- when the audience was whole
    ended_at    INTEGER,                    -- when it was done, cancelled or expired
    forgotten_at INTEGER,                   -- when its rows came to lead to nobody any more
    UNIQUE (series, due_at),
    CHECK ((series IS NULL) = (due_at IS NULL))
) STRICT;

CREATE INDEX broadcast_status ON broadcast (status, num);
CREATE INDEX broadcast_ended ON broadcast (ended_at) WHERE forgotten_at IS NULL;

CREATE TABLE series (
    id      TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    doc     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is in a frozen audience. resident leads nowhere once they are erased: ids of residents are not used again.
CREATE TABLE recipient (
    broadcast INTEGER NOT NULL REFERENCES broadcast (num),
    n         INTEGER NOT NULL, -- from 1
    resident  INTEGER NOT NULL,
    subject   BLOB NOT NULL,    -- the resident's random id
    given     INTEGER NOT NULL CHECK (given IN (0, 1)), -- a channel was planned: counts for the frequency cap
    PRIMARY KEY (broadcast, n)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX recipient_resident ON recipient (resident, broadcast);

-- Leases on ranges of deliveries, one a call or a round of calls to a provider.
CREATE TABLE claim (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    broadcast    INTEGER NOT NULL REFERENCES broadcast (num),
    channel      TEXT NOT NULL,
    first        INTEGER NOT NULL,
    last         INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    leased_until INTEGER,                   -- NULL once none of its deliveries is sending
    sending      INTEGER NOT NULL,          -- deliveries not settled by the caller
    handle       TEXT NOT NULL DEFAULT '',  -- the provider's, of a call that carried all
    waiting      INTEGER NOT NULL,          -- 1: fallback may go on from it
    open         INTEGER NOT NULL DEFAULT 1 -- 0: what had no receipt is unknown
) STRICT;

CREATE INDEX claim_lease ON claim (leased_until) WHERE leased_until IS NOT NULL;
CREATE INDEX claim_handle ON claim (handle) WHERE handle <> '';
CREATE INDEX claim_waiting ON claim (at) WHERE waiting = 1;
CREATE INDEX claim_open ON claim (at) WHERE open = 1;

-- The ledger. Channels of one recipient and round have rising ids in the order in which they are tried. Conditions on its states are
-- written with OR, the many's first: for each row that changes SQLite makes a table of an IN list anew (40 % of a claim's time), and
-- it would not see that state = 'failed' implies one, for delivery_odd.
CREATE TABLE delivery (
    id         INTEGER PRIMARY KEY,
    broadcast  INTEGER NOT NULL,
    recipient  INTEGER NOT NULL,
    resident   INTEGER NOT NULL,
    channel    TEXT NOT NULL CHECK (channel = 'sms' OR channel = 'template' OR channel = 'subscription' OR channel = ''), -- '' of a recipient without any
    round      INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state = 'accepted' OR state = 'sending' OR state = 'pending' OR state = 'delivered'
        OR state = 'planned' OR state = 'undelivered' OR state = 'failed' OR state = 'in_doubt' OR state = 'unknown'
        OR state = 'suppressed' OR state = 'cancelled' OR state = 'expired'),
    claim      INTEGER,                    -- the newest
    tries      INTEGER NOT NULL DEFAULT 0,
    due_at     INTEGER NOT NULL DEFAULT 0, -- pending: not before; in doubt: when to ask
    absent     INTEGER NOT NULL DEFAULT 0, -- how often the provider knew nothing of it
    passed     INTEGER NOT NULL DEFAULT 0, -- 1: fallback went on although it may have arrived
    handle     TEXT NOT NULL DEFAULT '',   -- the provider's, of a call of its own
    class      TEXT NOT NULL DEFAULT '',
    code       TEXT NOT NULL DEFAULT '',
    reason     TEXT NOT NULL DEFAULT '',
    parts      INTEGER NOT NULL DEFAULT 0, -- delivered texts: as how many it is billed; 0 when the receipt does not say
    updated_at INTEGER NOT NULL
) STRICT;

-- Nobody twice on a channel in a round.
CREATE UNIQUE INDEX delivery_once ON delivery (broadcast, recipient, round, channel);
CREATE INDEX delivery_pending ON delivery (broadcast, channel, id, due_at) WHERE state = 'pending';
CREATE INDEX delivery_planned ON delivery (broadcast, id) WHERE state = 'planned';
CREATE INDEX delivery_doubt ON delivery (channel, due_at) WHERE state = 'in_doubt';
CREATE INDEX delivery_handle ON delivery (handle) WHERE handle <> '';
CREATE INDEX delivery_list ON delivery (broadcast, id);
-- What officials look at. The states of the many are left out: a page of them is found at once in the list.
CREATE INDEX delivery_odd ON delivery (broadcast, state, id) WHERE state = 'undelivered' OR state = 'failed'
    OR state = 'in_doubt' OR state = 'unknown' OR state = 'suppressed';
-- At most one WeChat call a resident is under way or in doubt (43108: no parallel calls to one openid).
CREATE UNIQUE INDEX delivery_wechat ON delivery (resident) WHERE channel <> 'sms' AND state IN ('sending', 'in_doubt');

-- Counts of deliveries, changed with them. part spreads them where several write at once: sum over it.
CREATE TABLE tally (
    broadcast INTEGER NOT NULL,
    channel   TEXT NOT NULL,
    state     TEXT NOT NULL,
    part      INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (broadcast, channel, state, part)
) STRICT, WITHOUT ROWID;

-- Long-term consents to WeChat templates' notifications.
CREATE TABLE subscription (
    resident  INTEGER NOT NULL REFERENCES resident (id) ON DELETE CASCADE,
    template  TEXT NOT NULL,
    agreed_at INTEGER NOT NULL,
    PRIMARY KEY (resident, template)
) STRICT, WITHOUT ROWID;

CREATE TABLE number_list (
    id         TEXT PRIMARY KEY,
    title      TEXT NOT NULL,
    committee  TEXT NOT NULL,
    numbers    INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE list_number (
    phone_find BLOB NOT NULL, -- HMAC of the number
    list       TEXT NOT NULL REFERENCES number_list (id),
    PRIMARY KEY (phone_find, list)
) STRICT, WITHOUT ROWID;

CREATE INDEX list_number_list ON list_number (list);

-- A number or an openid that goes takes with it what stands under it.
-- +goose StatementBegin
CREATE TRIGGER resident_removed AFTER DELETE ON resident WHEN OLD.phone_find IS NOT NULL BEGIN
    DELETE FROM list_number WHERE phone_find = OLD.phone_find;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resident_number AFTER UPDATE OF phone_find ON resident WHEN OLD.phone_find <> NEW.phone_find OR NEW.phone_find IS NULL BEGIN
    DELETE FROM list_number WHERE phone_find = OLD.phone_find;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER resident_openid AFTER UPDATE OF openid_find ON resident WHEN OLD.openid_find <> NEW.openid_find OR NEW.openid_find IS NULL BEGIN
    DELETE FROM subscription WHERE resident = OLD.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER suppression_added AFTER INSERT ON suppression WHEN NEW.reason = 'erased' BEGIN
    DELETE FROM list_number WHERE phone_find = NEW.phone_find;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER suppression_changed AFTER UPDATE ON suppression WHEN NEW.reason = 'erased' BEGIN
    DELETE FROM list_number WHERE phone_find = NEW.phone_find;
END;
-- +goose StatementEnd
