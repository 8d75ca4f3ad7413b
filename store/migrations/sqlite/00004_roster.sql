-- +goose Up

CREATE TABLE committee (
    code   TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    street TEXT NOT NULL,
    area   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The estates and compounds that a committee serves.
CREATE TABLE community (
    committee TEXT NOT NULL REFERENCES committee (code) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    PRIMARY KEY (committee, name)
) STRICT, WITHOUT ROWID;

-- The community and the tags are kept readable: audiences are chosen by them in SQL, and without number and openid
-- they lead to nobody.
CREATE TABLE resident (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    subject     BLOB NOT NULL UNIQUE CHECK (length(subject) = 16), -- random: the id that others know
    phone_find  BLOB,                                              -- HMAC of the number, 16 bytes
    phone       BLOB,                                              -- the number, sealed
    phone_from  TEXT NOT NULL DEFAULT '' CHECK (phone_from IN ('', 'import', 'staff', 'chat')),
    openid_find BLOB,                                              -- HMAC of the openid
    openid      BLOB,                                              -- the openid, sealed
    committee   TEXT REFERENCES committee (code),
    community   TEXT NOT NULL DEFAULT '',
    place_from  TEXT NOT NULL DEFAULT '' CHECK (place_from IN ('', 'import', 'staff', 'chat')),
    tags        TEXT NOT NULL DEFAULT '[]',                        -- JSON array of texts
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    CHECK ((phone_find IS NULL) = (phone IS NULL) AND (phone IS NULL) = (phone_from = '')),
    CHECK ((openid_find IS NULL) = (openid IS NULL))
) STRICT;

-- Most residents have no openid: an index of all would hold a NULL for each.
CREATE UNIQUE INDEX resident_phone ON resident (phone_find) WHERE phone_find IS NOT NULL;
CREATE UNIQUE INDEX resident_openid ON resident (openid_find) WHERE openid_find IS NOT NULL;
CREATE INDEX resident_committee ON resident (committee) WHERE committee IS NOT NULL;

CREATE TABLE consent (
    resident INTEGER NOT NULL REFERENCES resident (id) ON DELETE CASCADE,
    what     TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    how      TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('consent', 'duty', 'emergency')),
    PRIMARY KEY (resident, what)
) STRICT, WITHOUT ROWID;

-- An empty topic or channel means every one.
CREATE TABLE preference (
    resident  INTEGER NOT NULL REFERENCES resident (id) ON DELETE CASCADE,
    topic     TEXT NOT NULL,
    channel   TEXT NOT NULL CHECK (channel IN ('', 'wechat', 'sms')),
    wants     INTEGER NOT NULL CHECK (wants IN (0, 1)),
    chosen_at INTEGER NOT NULL,
    PRIMARY KEY (resident, topic, channel)
) STRICT, WITHOUT ROWID;

-- Numbers that are not to be texted. It outlives the resident.
CREATE TABLE suppression (
    phone_find BLOB PRIMARY KEY, -- HMAC of the number, as in resident
    reason     TEXT NOT NULL CHECK (reason IN ('stopped', 'erased')),
    at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Imports under way: how far each file came.
CREATE TABLE roster_import (
    id        TEXT PRIMARY KEY,
    digest    BLOB NOT NULL UNIQUE, -- SHA-256 of what is imported
    at        INTEGER NOT NULL, -- when it began or went on
    up_to     INTEGER NOT NULL, -- the last row of the slices that are written
    passed    BLOB,             -- the HMAC up to which the next slice is written too
    added     INTEGER NOT NULL DEFAULT 0,
    changed   INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    erased    INTEGER NOT NULL DEFAULT 0,
    stopped   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What residents decided until now about every notice.
INSERT INTO resident (subject, openid_find, openid, created_at, updated_at)
SELECT randomblob(16), resident, resident_id, first, chosen_at
FROM (SELECT *, min(chosen_at) OVER (PARTITION BY resident) AS first, max(id) OVER (PARTITION BY resident) AS newest FROM choice) c
WHERE id = newest ORDER BY id;

INSERT INTO preference (resident, topic, channel, wants, chosen_at)
SELECT r.id, '', '', c.wants, c.chosen_at FROM resident r JOIN choice c ON c.resident = r.openid_find
WHERE c.id = (SELECT max(id) FROM choice d WHERE d.resident = c.resident);

INSERT INTO consent (resident, what, given_at, how, basis)
SELECT resident, 'notices', chosen_at, 'chat', 'consent' FROM preference WHERE wants = 1;

DROP TABLE choice;
