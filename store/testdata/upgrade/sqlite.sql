-- note activation tca_wocch6tlwt_d3qtsmp3xix5gvfwp4cwexsnhq
-- note audit 69:bf9e38092de5c98031b0e28c5e27ddccafc9ee5e2f2ebb30356be924cea9d5dd
-- note bearer tck_bscly5vjxm_th7fsi2xk6jj4s6ajrpromyhzq
-- note ended tck_mcccdnn3od_fgkpouenamt62vgecubqnsuo2o
-- note export pjpu7xl3ib
-- note undo hnmp6oqzpy
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
CREATE TABLE sealing (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    proof BLOB NOT NULL
) STRICT;
CREATE TABLE ticket_day (
    day  TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;
CREATE TABLE seal_key (
    id         INTEGER PRIMARY KEY CHECK (id BETWEEN 0 AND 65535),
    wrapped    BLOB NOT NULL,
    made_at    INTEGER NOT NULL,
    settled_at INTEGER           -- when every row was under this key or a newer one; NULL while a rotation is under way
, finds INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    hash    BLOB NOT NULL
, origin TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE audit_mark (
    name TEXT PRIMARY KEY CHECK (name IN ('anchor', 'head')),
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL,
    mac  BLOB NOT NULL
) STRICT;
CREATE TABLE staff (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('author', 'approver', 'committee', 'auditor', 'admin')),
    committee   TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    disabled_at INTEGER, phone BLOB, phone_find BLOB, phone_by TEXT NOT NULL DEFAULT '',
    CHECK ((role = 'committee') = (committee <> ''))
) STRICT;
CREATE TABLE staff_key (
    id           TEXT PRIMARY KEY,
    person       TEXT NOT NULL REFERENCES staff (id),
    secret       BLOB NOT NULL, -- SHA-256
    created_at   INTEGER NOT NULL,
    revoked_at   INTEGER,
    last_used_at INTEGER           -- to the hour
, expires_at INTEGER NOT NULL DEFAULT 0, setup INTEGER NOT NULL DEFAULT 0 CHECK (setup IN (0, 1))) STRICT;
CREATE TABLE committee (
    code   TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    street TEXT NOT NULL,
    area   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE community (
    committee TEXT NOT NULL REFERENCES committee (code) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    PRIMARY KEY (committee, name)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE consent (
    resident INTEGER NOT NULL REFERENCES resident (id) ON DELETE CASCADE,
    what     TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    how      TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('consent', 'duty', 'emergency')),
    PRIMARY KEY (resident, what)
) STRICT, WITHOUT ROWID;
CREATE TABLE preference (
    resident  INTEGER NOT NULL REFERENCES resident (id) ON DELETE CASCADE,
    topic     TEXT NOT NULL,
    channel   TEXT NOT NULL CHECK (channel IN ('', 'wechat', 'sms')),
    wants     INTEGER NOT NULL CHECK (wants IN (0, 1)),
    chosen_at INTEGER NOT NULL,
    PRIMARY KEY (resident, topic, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE suppression (
    phone_find BLOB PRIMARY KEY, -- HMAC of the number, as in resident
    reason     TEXT NOT NULL CHECK (reason IN ('stopped', 'erased')),
    at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE idempotency (
    key          BLOB PRIMARY KEY,  -- HMAC of the caller and their key
    request      BLOB NOT NULL,     -- HMAC of what was asked
    leased_until INTEGER NOT NULL,  -- being done until then, unless done
    done         INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
    answer       BLOB,              -- sealed; NULL until done, and when it must not be kept
    resident     INTEGER REFERENCES resident (id) ON DELETE CASCADE, -- whose data the answer holds: it goes with them
    expires_at   INTEGER NOT NULL
, acted INTEGER) STRICT, WITHOUT ROWID;
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
CREATE TABLE series (
    id      TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    doc     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE recipient (
    broadcast INTEGER NOT NULL REFERENCES broadcast (num),
    n         INTEGER NOT NULL, -- from 1
    resident  INTEGER NOT NULL,
    subject   BLOB NOT NULL,    -- the resident's random id
    given     INTEGER NOT NULL CHECK (given IN (0, 1)), -- a channel was planned: counts for the frequency cap
    PRIMARY KEY (broadcast, n)
) STRICT, WITHOUT ROWID;
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
, lost INTEGER NOT NULL DEFAULT 0) STRICT;
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
, named INTEGER NOT NULL DEFAULT 0, named_at INTEGER NOT NULL DEFAULT 0, address BLOB) STRICT;
CREATE TABLE tally (
    broadcast INTEGER NOT NULL,
    channel   TEXT NOT NULL,
    state     TEXT NOT NULL,
    part      INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (broadcast, channel, state, part)
) STRICT, WITHOUT ROWID;
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
, author TEXT NOT NULL DEFAULT '', lines INTEGER NOT NULL DEFAULT 0, digest BLOB) STRICT, WITHOUT ROWID;
CREATE TABLE list_number (
    phone_find BLOB NOT NULL, -- HMAC of the number
    list       TEXT NOT NULL REFERENCES number_list (id),
    PRIMARY KEY (phone_find, list)
) STRICT, WITHOUT ROWID;
CREATE TABLE staff_invitation (
    id           TEXT PRIMARY KEY,
    person       TEXT NOT NULL REFERENCES staff (id),
    issued_by    TEXT NOT NULL,
    issued_at    INTEGER NOT NULL,
    confirmed_by TEXT NOT NULL DEFAULT '',
    confirmed_at INTEGER,
    in_person    INTEGER NOT NULL DEFAULT 0 CHECK (in_person IN (0, 1)),
    phone        BLOB,    -- sealed together with the id
    phone_by     TEXT NOT NULL DEFAULT '',
    opened_at    INTEGER,
    revoked_at   INTEGER,
    expires_at   INTEGER NOT NULL,
    mac          BLOB NOT NULL -- HMAC over the digest of the secret and all that decides; empty once it cannot be opened
) STRICT;
CREATE TABLE test_send (
    id        INTEGER PRIMARY KEY,
    asker     TEXT NOT NULL,
    recipient TEXT NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE TABLE "text" (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    out_id       TEXT NOT NULL UNIQUE, -- ours; comes back in the receipt
    subject      BLOB,                 -- the resident's random id, of whose number it was then, if anybody was known by it
    phone_find   BLOB,                 -- HMAC of the number; NULL once its owner is erased, and after 30 days
    kind         TEXT NOT NULL CHECK (kind IN ('code', 'access')),
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
CREATE TABLE alarm (
    kind     TEXT PRIMARY KEY,
    detail   TEXT NOT NULL,
    since    INTEGER NOT NULL, -- when it was first raised since it was acknowledged
    last     INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    acked_at INTEGER,
    acked_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE "ticket" (
    number       TEXT PRIMARY KEY,
    grp          TEXT NOT NULL REFERENCES "ticket" (number), -- the first ticket of its like
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
CREATE TABLE ticket_message (
    message BLOB PRIMARY KEY, -- HMAC of the message's id, the kind and the text
    number  TEXT NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE ticket_proposal (
    grp    TEXT PRIMARY KEY REFERENCES ticket (number) ON DELETE CASCADE,
    id     TEXT NOT NULL,
    answer BLOB NOT NULL, -- sealed
    owner  TEXT NOT NULL,
    actor  TEXT NOT NULL, -- who may not approve it
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sms_stop (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    phone_find BLOB NOT NULL, -- HMAC of the number
    phone      BLOB NOT NULL, -- sealed
    via        TEXT NOT NULL, -- of a reply: the callback key's id; 'chat' or 'staff' else
    at         INTEGER NOT NULL,
    made       INTEGER NOT NULL CHECK (made IN (0, 1)), -- 0: the number was stopped already
    undone_at  INTEGER
) STRICT;
CREATE TABLE stop_undo (
    id           TEXT PRIMARY KEY,
    via          TEXT NOT NULL,
    since        INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    why          TEXT NOT NULL,
    asked_by     TEXT NOT NULL,
    asked_at     INTEGER NOT NULL,
    confirmed_by TEXT NOT NULL DEFAULT '',
    confirmed_at INTEGER,
    undone       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE early_event (
    delivery INTEGER NOT NULL,
    handle   TEXT NOT NULL, -- the platform's id
    state    TEXT NOT NULL,
    class    TEXT NOT NULL,
    code     TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (delivery, handle)
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_served (
    channel TEXT PRIMARY KEY,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE write_probe (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE numbers_export (
    id           TEXT PRIMARY KEY,
    committee    TEXT NOT NULL, -- code; '' for the city
    why          TEXT NOT NULL,
    asked_by     TEXT NOT NULL, -- actors of the audit log
    asked_at     INTEGER NOT NULL,
    confirmed_by TEXT NOT NULL DEFAULT '',
    confirmed_at INTEGER,
    used_by      TEXT NOT NULL DEFAULT '',
    used_at      INTEGER
) STRICT;
INSERT INTO goose_db_version VALUES (1, 0, 1, '2026-11-29 20:51:47');
INSERT INTO goose_db_version VALUES (10, 11, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (11, 12, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (12, 13, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (13, 16, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (14, 20, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (15, 21, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (16, 22, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (17, 35, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (18, 40, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (19, 50, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (2, 1, 1, '2026-11-29 20:51:47');
INSERT INTO goose_db_version VALUES (20, 51, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (21, 52, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (22, 53, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (23, 70, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (24, 80, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (25, 85, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (26, 86, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (3, 2, 1, '2026-11-29 20:51:47');
INSERT INTO goose_db_version VALUES (4, 3, 1, '2026-11-29 20:51:47');
INSERT INTO goose_db_version VALUES (5, 4, 1, '2026-11-29 20:51:47');
INSERT INTO goose_db_version VALUES (6, 5, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (7, 6, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (8, 7, 1, '2026-11-29 20:51:48');
INSERT INTO goose_db_version VALUES (9, 10, 1, '2026-11-29 20:51:48');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES ('broadcast', 7);
INSERT INTO sqlite_sequence VALUES ('claim', 2);
INSERT INTO sqlite_sequence VALUES ('goose_db_version', 26);
INSERT INTO sqlite_sequence VALUES ('resident', 9);
INSERT INTO sqlite_sequence VALUES ('sms_inbound', 3);
INSERT INTO sqlite_sequence VALUES ('sms_stop', 2);
INSERT INTO sqlite_sequence VALUES ('text', 2);
INSERT INTO ticket_day VALUES ('20300508', 5);
INSERT INTO seal_key VALUES (0, X'27B5417AAB9D7D505E19A7C360D4F160B0C88DE064E36A8CDA4A6A824924DB0E142476E7DA465439E571A81B9BA6840411CEF65932245B9771924A06', 1795985508093, 1795985508093, 0);
INSERT INTO seal_key VALUES (1, X'477DDAA47BF3E8CC4144F35AAE0AC35896CF86AE9A14759C8492062C06461C5EF4352E630BB5F0F7FA0E215D1CA8FBB17A48866F42CD03FA58C4866E', 1795985508093, 1795985508093, 0);
INSERT INTO audit VALUES (1, 'local:root', 'staff.add', 'boss', 'role=admin', 1904432400000, X'C7117086617DA894D556CF67F6AD06F9CC91F8298BC5DCF05FC982F3BAF12FBE', '');
INSERT INTO audit VALUES (10, 'local:root', 'staff.invite', 'boss', 'invitation=wocch6tlwt proof=in-person', 1904432400000, X'55046B5EE8D75AB526321603EAC545A98689E5E6D2F51C6870A70590C98CFC01', '');
INSERT INTO audit VALUES (11, 'staff:boss', 'committee.put', 'C1', 'communities=2 new=yes', 1904432400000, X'EF0B00872F0B1BFC27538A21817411AC4ABC13EA01989EABE16A109F4AFDC8C9', '');
INSERT INTO audit VALUES (12, 'staff:boss', 'committee.put', 'C2', 'communities=0 new=yes', 1904432400000, X'3BC14D42C42F9CFB0DE886EE7FD3CEC89BE1815D108CE5FB1CDB1F1EDE4F222B', '');
INSERT INTO audit VALUES (13, 'staff:boss', 'resident.add', '621d10cbdbeda982aa4b535aed9f152a', '', 1904432400000, X'E3070F76FF9807B341680052CF7979D8C1975A85220C21F6A6A5BEEC27FB441F', '');
INSERT INTO audit VALUES (14, 'staff:boss', 'resident.add', '785a092f9d29a289ebf81966704314cd', '', 1904432400000, X'D41962022E7270D00ACD50039E290E5EDCD9EED35BE6A1CA96234324E49B6127', '');
INSERT INTO audit VALUES (15, 'staff:boss', 'resident.add', '7a246a484d506b95254b8d9cb9728a02', '', 1904432400000, X'BD66C9DB68F5883347B7799C46909BC309D0746056AD5EB9FBB6C8CA73A58E27', '');
INSERT INTO audit VALUES (16, 'staff:boss', 'resident.add', 'd1194563a94f76f5454ededdec80561d', '', 1904432400000, X'82B0EAB62FD0F3FD0F6AB5494DA56170A6B1AEAE571E1671083F68751AE68C62', '');
INSERT INTO audit VALUES (17, 'staff:boss', 'resident.add', 'c8cbdb39aca69b4f01be5778f42e7e73', '', 1904432400000, X'47A134CD2955C4A24F823776456D517D5454420B981CC6E74D039436E43AEFFB', '');
INSERT INTO audit VALUES (18, 'staff:boss', 'resident.add', 'ee42e06de411fd30b16e629fd6c08e17', '', 1904432400000, X'802F102DC270ADD513FCCC1BDCA139B6F821B03B252659281FBA48CA9F5461CD', '');
INSERT INTO audit VALUES (19, 'staff:boss', 'resident.add', '9e1c2b063b5a8862db61ff6f0031b7e3', '', 1904432400000, X'6787D2F7379AEE1B3229EF3ABA6E07D42EA714E3391D94FD8E1820F4611D344E', '');
INSERT INTO audit VALUES (2, 'local:root', 'staff.add', 'wang', 'role=admin', 1904432400000, X'609AAC45BC34FAA79B55FEDD9598DEE42A85D5B9899DA3CA238BE8683E15E1FD', '');
INSERT INTO audit VALUES (20, 'resident', 'resident.bind', '621d10cbdbeda982aa4b535aed9f152a', '', 1904432400000, X'3DCF3617E58ACB20CDAD205899CAC259134DE3DE7C5413145952B91539EDDE71', '');
INSERT INTO audit VALUES (21, 'resident', 'resident.prefer', '621d10cbdbeda982aa4b535aed9f152a', 'topic=dogs channel=wechat wants=true', 1904432400000, X'10F646BE09AE966563CF57561810E9F8B1209F1C897BA3B952BEA0B680E94EBC', '');
INSERT INTO audit VALUES (22, 'resident', 'resident.prefer', '621d10cbdbeda982aa4b535aed9f152a', 'topic=dogs channel=sms wants=false', 1904432400000, X'CFEEEA15832923A451D04892924B653D897DB24294C62185FF8B3A790C4EEF37', '');
INSERT INTO audit VALUES (23, 'resident', 'resident.meet', '5ff4fbfea106fd579ff106d270b40039', '', 1904432400000, X'AF2429E3474EAFC480CAFBE2246BA3AF2677D14DC41D35B64C3766F631A0EA75', '');
INSERT INTO audit VALUES (24, 'resident', 'resident.settle', '5ff4fbfea106fd579ff106d270b40039', 'committee=C2', 1904432400000, X'B28A8D8981027178989A56AB35A03553A9BEA53ADFF8E97613449F965A81A504', '');
INSERT INTO audit VALUES (25, 'resident', 'resident.stop', '7a246a484d506b95254b8d9cb9728a02', 'topic=* channel=sms wants=false', 1904432400000, X'02213E9DA87869292A89F98C4F0108C202290F9C5FA6FFB9B7DFAE58A3F6B41E', '');
INSERT INTO audit VALUES (26, 'staff:boss', 'resident.erase', '9e1c2b063b5a8862db61ff6f0031b7e3', '', 1904432400000, X'1345121AD3A8501DF2AF8F17505AFDE477BF33E7B97A759F4E740373C9664CB4', '');
INSERT INTO audit VALUES (27, 'staff:boss', 'roster.import', '', '', 1904432400000, X'F4014EB053701B54C66125A2C95C54116CF5593C098A3D79DB369C1E623978D3', '');
INSERT INTO audit VALUES (28, 'staff:boss', 'export.ask', 'pjpu7xl3ib', 'committee=C1', 1904432400000, X'5ABF58CF42EB3DB4F9F3FFAD8481DA0D1EC44FD26E0DE1C8AB58DB0FC2275FD6', '');
INSERT INTO audit VALUES (29, 'staff:wang', 'export.confirm', 'pjpu7xl3ib', 'committee=C1', 1904432400000, X'C245C82AD3B082FD14DC9BFED3F774E1855EC4CAA475093874534B4079CCD08B', '');
INSERT INTO audit VALUES (3, 'local:root', 'staff.add', 'li', 'role=author', 1904432400000, X'EAD0EA0B4333FDBEDB84623243BE5B867D2C04157EFE1C887A57A0A773C360AD', '');
INSERT INTO audit VALUES (30, 'resident', 'resident.stop', 'd1194563a94f76f5454ededdec80561d', 'topic=* channel=sms wants=false', 1904432400000, X'1397C7563E023D729A40AFEED0C0AAECBC869ADCDFAA7560361E770CFC6922DB', '');
INSERT INTO audit VALUES (31, 'staff:boss', 'stops.ask', 'k1', 'undo=hnmp6oqzpy since=2030-05-08T00:00:00Z until=2030-05-08T01:00:00Z', 1904432400000, X'979795D2AC7F93CF22A18FD81C077B3FC06E8115152C0C58EBE6E06C21232B0B', '');
INSERT INTO audit VALUES (32, 'staff:wang', 'ticket.answer', '20300508-0001', 'tickets=1', 1904432460000, X'DB4D25157981BB43952AAD6149E464513A84FF9E94CB29CE46B2EADEFCF57D81', '');
INSERT INTO audit VALUES (33, 'staff:wang', 'ticket.answer', '20300508-0002', 'tickets=1', 1904432520000, X'1EACE984650FEAE066EC85C4DB263696A361E9812D984E205628627FEC2921A3', '');
INSERT INTO audit VALUES (34, 'staff:wang', 'ticket.close', '20300508-0003', 'tickets=1', 1904432580000, X'76E8BD7E5EAEA613DA514AE9E266D3ACFB592260159FF853D8F9C67718CA51AF', '');
INSERT INTO audit VALUES (35, 'staff:wang', 'ticket.propose', '20300508-0004', 'proposal=656mf6t53t', 1904432640000, X'6769E1403261F450D519A9CFC3D78CCEE3CBF8B587C388860605FF8F32C922A1', '');
INSERT INTO audit VALUES (36, 'staff:li', 'list.add', 'LUPGRADE001', '', 1904432400000, X'4BE36AEB86E2181046509BDE6156CA5884E863D650714DE78A5BF7F76D42B464', '');
INSERT INTO audit VALUES (37, 'staff:li', 'list.numbers', 'LUPGRADE001', '', 1904432400000, X'4F3423FF1AD11CBB3650DA0D497A2E454964316BCAC8BBBFE1D8999C4423674D', '');
INSERT INTO audit VALUES (38, 'staff:li', 'series.new', 'SGOQYLK7MT3', 'cron=0_9_*_*_1 hash=e70fb1568b1e', 1904432400000, X'BFCB34F370752164F3B3E638A23ED358C079DE6EF10B15552A5D6E744512E8F1', '');
INSERT INTO audit VALUES (39, 'staff:chen', 'series.approve', 'SGOQYLK7MT3', 'cron=0_9_*_*_1 hash=e70fb1568b1e', 1904432400000, X'6D5C165A416E08AA5AAD2FA83C272C9B5B3B8597FC8389F500112203FE247591', '');
INSERT INTO audit VALUES (4, 'local:root', 'staff.add', 'chen', 'role=approver', 1904432400000, X'23B88A256C166BE765A567B813FBB62239A557C68E7A276123634CBAE0905B0C', '');
INSERT INTO audit VALUES (40, 'staff:li', 'broadcast.new', 'B5AI5Y4ZLBI', 'status=draft', 1904432400000, X'C485273FAE88A15B59FF745E767B40FCCA2815E48D9E988A29358BB917F6BB0E', '');
INSERT INTO audit VALUES (41, 'staff:li', 'broadcast.new', 'BDIF4XKA36C', 'status=draft', 1904432400000, X'15C3879880FD9D0FE51E7ED3771DBEA9810CCDB0493FD738C051F651504FD9F8', '');
INSERT INTO audit VALUES (42, 'staff:li', 'broadcast.submit', 'BDIF4XKA36C', 'status=submitted hash=25f73a3d911b', 1904432400000, X'0B26A0D3A5AD7FD33110F72E1A07D3E3A261673B00F8ED235089351F3906363D', '');
INSERT INTO audit VALUES (43, 'staff:li', 'broadcast.new', 'BFNWV4Y5LUG', 'status=draft', 1904432400000, X'200A1F56762CB6FEC81F52A13C9D9F11BC138EA1DE7E919333A50B084B694AB3', '');
INSERT INTO audit VALUES (44, 'staff:li', 'broadcast.submit', 'BFNWV4Y5LUG', 'status=submitted hash=101bf126076a', 1904432400000, X'D15E3CC022FD23C65687B5548966147249332680087487E6188A989302CD3E7C', '');
INSERT INTO audit VALUES (45, 'staff:chen', 'broadcast.approve', 'BFNWV4Y5LUG', 'status=approved hash=101bf126076a', 1904432400000, X'39B66C32D3B531B84E89BCF00B56882CE99361693E5FFBC1DCFB396072E77C51', '');
INSERT INTO audit VALUES (46, 'staff:li', 'broadcast.new', 'BTP67FHEKVO', 'status=draft', 1904432400000, X'3B4685CE01F7C22FFD37B641C5649DFDCC58E46134D11552F28F65E87EC1E61C', '');
INSERT INTO audit VALUES (47, 'staff:li', 'broadcast.submit', 'BTP67FHEKVO', 'status=submitted hash=64c5c7c8f785', 1904432400000, X'858E5DABD8C2231798AF95D34854F548FA08A3B73CEDE3911EA4F49D5FE5ED1F', '');
INSERT INTO audit VALUES (48, 'staff:chen', 'broadcast.approve', 'BTP67FHEKVO', 'status=approved hash=64c5c7c8f785', 1904432400000, X'A50DEE5AF3FAD4851F79776B01016D0AB830C1203CC05CF4F1BDF5E45CD7064B', '');
INSERT INTO audit VALUES (49, 'staff:li', 'broadcast.schedule', 'BTP67FHEKVO', 'status=scheduled hash=64c5c7c8f785', 1904432400000, X'84ABF1CC5E29D04D1B9721A77BABF51A00BA77CAC8A636212B334D1DB5786ECA', '');
INSERT INTO audit VALUES (5, 'local:root', 'staff.add', 'gone', 'role=auditor', 1904432400000, X'4FDC2BBFDB7B9A30309DCE9A258CAC2A7AF092C0C733C7ECE1CC56738E4E7309', '');
INSERT INTO audit VALUES (50, 'staff:li', 'broadcast.new', 'BRG2KWXHDJT', 'status=draft', 1904432400000, X'05671A9FE9426DEE4D3FD34D84DA47610264205761C11A3EDB8AD304F015D101', '');
INSERT INTO audit VALUES (51, 'staff:li', 'broadcast.submit', 'BRG2KWXHDJT', 'status=submitted hash=3249f3310715', 1904432400000, X'5CCB8763507411C63D3B26EDCD6047C0C0EF305CD676BB39E6EF312FC99ACF58', '');
INSERT INTO audit VALUES (52, 'staff:chen', 'broadcast.approve', 'BRG2KWXHDJT', 'status=approved hash=3249f3310715', 1904432400000, X'28FCA1D0710B73B0001B4AE63399B37BEF32FFA0B8F6041FA9DC0CFA719B5EC2', '');
INSERT INTO audit VALUES (53, 'staff:li', 'broadcast.schedule', 'BRG2KWXHDJT', 'status=scheduled hash=3249f3310715', 1904432400000, X'83C22D3379278458D0A6AB7A7D28121100C6E832E5CFB8294054DAB037C094B5', '');
INSERT INTO audit VALUES (54, 'staff:li', 'broadcast.cancel', 'BRG2KWXHDJT', 'status=cancelled hash=3249f3310715', 1904432400000, X'4E99CCCA34CDFD00EBC1BCBBCCF8EC7B31D5B1CCD2DB364E651FD155B8215394', '');
INSERT INTO audit VALUES (55, 'staff:li', 'broadcast.new', 'BPSNTEQFC2Z', 'status=draft', 1904432400000, X'71BA46D791F6FF5880600C30C602B0A5431A5767020C2065597D13279029828D', '');
INSERT INTO audit VALUES (56, 'staff:li', 'broadcast.submit', 'BPSNTEQFC2Z', 'status=submitted hash=283ca9b8792d', 1904432400000, X'AFC7863677AE28BA388B05B644CA78C955A4A24FFEE97EA4C7AC57D33F292365', '');
INSERT INTO audit VALUES (57, 'staff:chen', 'broadcast.approve', 'BPSNTEQFC2Z', 'status=approved hash=283ca9b8792d', 1904432400000, X'4DA72F9662C3E750AB1BB8CFCB414C8346D205AC40826815A0CA2995A65BF90C', '');
INSERT INTO audit VALUES (58, 'staff:li', 'broadcast.schedule', 'BPSNTEQFC2Z', 'status=scheduled hash=283ca9b8792d', 1904432400000, X'CAD8F5019B4C47CCA2D5E757002D411BCD0C04693AFEEFE1A3EE276573028C3E', '');
INSERT INTO audit VALUES (59, 'staff:li', 'broadcast.new', 'B7QIS43IRVO', 'status=draft', 1904432400000, X'06CCE859D4FE238DE713B94F1D46632F5D16970172EEA406C258E1F505B50402', '');
INSERT INTO audit VALUES (6, 'local:root', 'staff.key', 'li', 'key=bscly5vjxm', 1904432400000, X'8E16EB648F24EE7E7A9F63AC7AF0E6404621437DBDEF6B9837F58AB0DF3AE287', '');
INSERT INTO audit VALUES (60, 'staff:li', 'broadcast.submit', 'B7QIS43IRVO', 'status=submitted hash=6019fd6c3453', 1904432400000, X'5369CAB028C66E9C5008E329F68B03CD6E5C6FE521605A88C87F504CD61CC473', '');
INSERT INTO audit VALUES (61, 'staff:chen', 'broadcast.approve', 'B7QIS43IRVO', 'status=approved hash=6019fd6c3453', 1904432400000, X'E11F9F3282CFA202FC595B634A67516CB8737E3971626084574790E1BE0051BD', '');
INSERT INTO audit VALUES (62, 'staff:li', 'broadcast.schedule', 'B7QIS43IRVO', 'status=scheduled hash=6019fd6c3453', 1904432400000, X'B3F88BDA8519D5B48ADB0CA3D78D4C1AFE6483F150ADB3E1717387F6BBE27AF9', '');
INSERT INTO audit VALUES (63, 'system:broadcast', 'broadcast.start', 'BPSNTEQFC2Z', 'status=freezing hash=283ca9b8792d', 1904436000000, X'4A09C32173536807649035CE53DC3AB4F6EE767EDB676A073F274780D3041BFA', '');
INSERT INTO audit VALUES (64, 'system:broadcast', 'broadcast.freeze', 'BPSNTEQFC2Z', 'status=sending hash=283ca9b8792d', 1904436000000, X'50AA6EC273E788DE64626A4143169CC06C8D1B792AD3DE74301A143DB4FEBEFE', '');
INSERT INTO audit VALUES (65, 'system:broadcast', 'broadcast.start', 'B7QIS43IRVO', 'status=freezing hash=6019fd6c3453', 1904436000000, X'0E57DF5A7042EA359AE558A8DCC908869E785292CBD842FC6FD768EB1A6CDF4B', '');
INSERT INTO audit VALUES (66, 'system:broadcast', 'broadcast.freeze', 'B7QIS43IRVO', 'status=sending hash=6019fd6c3453', 1904436000000, X'DADAEE8ECEB3A86C3D7A96C9E89C37A6D84F61C289175A1492683AB1F66E15B5', '');
INSERT INTO audit VALUES (67, 'system:broadcast', 'broadcast.finish', 'B7QIS43IRVO', 'status=done hash=6019fd6c3453', 1904436000000, X'B5EA39EC6B7ACEA9095194089ACC6EFFBDB0901DB8E37BA82975B103CEF221AB', '');
INSERT INTO audit VALUES (68, 'staff:li', 'test.act', 'y', '', 1904436000000, X'E9DDC97CB03475DEE2F127F3AD9CCE3FA7D68BBED289536FAEE878BCE84B2130', '');
INSERT INTO audit VALUES (69, 'staff:boss', 'alarm.acknowledge', 'sms-codes-capped', '', 1904436000000, X'BF9E38092DE5C98031B0E28C5E27DDCCAFC9EE5E2F2EBB30356BE924CEA9D5DD', '');
INSERT INTO audit VALUES (7, 'local:root', 'staff.key', 'gone', 'key=mcccdnn3od', 1904432400000, X'C002CA524EAB8C265C18E9F2C3D0F58388764C68C4ABF17A519EF23A73C78F5B', '');
INSERT INTO audit VALUES (8, 'local:root', 'staff.disable', 'gone', '', 1904432400000, X'ECBDFC60C68CD682D88E76956A5541FEA39B75450C0AF9F7499B2300F55B977B', '');
INSERT INTO audit VALUES (9, 'local:root', 'staff.phone', 'wang', '', 1904432400000, X'C97D5EAAF97CF8A822320FA1E1F8209FA8E260250BCB6301A28749DF28C7872B', '');
INSERT INTO audit_mark VALUES ('anchor', 0, X'', X'EDED5850E551B6C41D234D4BA2E00B575DBEE0077BD67A8FB4EFBFDC23F2D464');
INSERT INTO audit_mark VALUES ('head', 69, X'BF9E38092DE5C98031B0E28C5E27DDCCAFC9EE5E2F2EBB30356BE924CEA9D5DD', X'F1FD700AE897D8E317F338BADEF1921A6454C6E3ABD4387404FEEE2824A284C1');
INSERT INTO staff VALUES ('boss', '管理员甲', 'admin', '', 1904432400000, NULL, NULL, NULL, '');
INSERT INTO staff VALUES ('chen', '审批人', 'approver', '', 1904432400000, NULL, NULL, NULL, '');
INSERT INTO staff VALUES ('gone', '已离职', 'auditor', '', 1904432400000, 1904432400000, NULL, NULL, '');
INSERT INTO staff VALUES ('li', '作者', 'author', '', 1904432400000, NULL, NULL, NULL, '');
INSERT INTO staff VALUES ('wang', '管理员乙', 'admin', '', 1904432400000, NULL, X'01000169F5658D632CED9780AC82464490ED571983EECB235A2DEF8B8B84FD4AA4CFF16A8997ABED54A91299ECD49A', X'225A85568E3040CF038ECE4D5030A385BAB5941304A2301E244321FBD55E836E', 'local:root');
INSERT INTO staff_key VALUES ('bscly5vjxm', 'li', X'0A0815C21DDB58017466CEAA07C9EFA8C299AFD2E5F377F90EDBB278F3591F76', 1904432400000, NULL, NULL, 1912208400000, 1);
INSERT INTO staff_key VALUES ('mcccdnn3od', 'gone', X'', 1904432400000, 1904432400000, NULL, 1912208400000, 1);
INSERT INTO committee VALUES ('C1', '一社区居委会', '东街', '某区');
INSERT INTO committee VALUES ('C2', '二社区居委会', '西街', '某区');
INSERT INTO community VALUES ('C1', '柳园');
INSERT INTO community VALUES ('C1', '桃园');
INSERT INTO resident VALUES (1, X'621D10CBDBEDA982AA4B535AED9F152A', X'0AE800C5C8EF89128AB9FD8F239640D0', X'0100019C41D79E627ECD5D16F3C1755BF9DBF1D6DDBE1F4B252C810B9D8879ECD0407CA89B991809DE07', 'staff', X'66E3A4D62C0F530B8EE3313C2A45D241B3C7C4E01D05507EE976CA490307A3F2', X'010001C0B56FA585F9838B2BB89EF4F730D44B9E43EC8B6946FD2B3AA93FF357AF0F310FD74D2F0BA328A383', 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO resident VALUES (2, X'785A092F9D29A289EBF81966704314CD', X'BECA7FD8AB13D7C34C39EC04029A1B2C', X'010001758B5DB28B83C767E775F9D19841DA4A1B1678B0704F81E2B5797BD2EB9ADE5962D8096E098EB0', 'staff', NULL, NULL, 'C1', '桃园', 'staff', '["独居","高龄"]', 1904432400000, 1904432400000);
INSERT INTO resident VALUES (3, X'7A246A484D506B95254B8D9CB9728A02', X'B9764D675192EBA45A610B72BA505108', X'010001D6A0879BD8E9ACC24837A273EB04E283F715C97BBF67978B0BB1BC601D9F7EA1F4CD6E1559B623', 'staff', NULL, NULL, 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO resident VALUES (4, X'D1194563A94F76F5454EDEDDEC80561D', X'D03AF1FE3D88E01EE8A51183F0DA6330', X'0100012235B4751A2273E71B299DD9034554121CA1FF438D90625EFAC17485FBBA650D33B9F342DD336D', 'staff', NULL, NULL, 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO resident VALUES (5, X'C8CBDB39ACA69B4F01BE5778F42E7E73', X'BBCC99F3A9B2488B85520C85A4CC797B', X'010001DB800C959D07448EC7F5E6B6184B35BC9BAB432BF033EDAA4A1E8B644B620BC4FB0861A234332D', 'staff', NULL, NULL, 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO resident VALUES (6, X'EE42E06DE411FD30B16E629FD6C08E17', X'6A2B359EAB29E5C206A6B92F698631CC', X'010001A971928ECF3A982F04CA11F064416DD20AC5579D08E0A89D246764526951AB8301E8EA95D37FC6', 'staff', NULL, NULL, 'C2', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO resident VALUES (8, X'5FF4FBFEA106FD579FF106D270B40039', NULL, NULL, '', X'D29AB8696161564FA47B4393B02C410B5DA617F51ADD270511F34695CBDC153D', X'01000162946307A76983555E244C1FB31D635F4C41159954C78C826FCC637438F361C8B2F8A638E60495854D', 'C2', '', 'chat', '[]', 1904432400000, 1904432400000);
INSERT INTO resident VALUES (9, X'01A22914071435F74D169B2681A15E7F', X'9AE38FF10DA57C169D71293155A806E5', X'010001120ADA2B5CC16143BB1FB47393D0CCF783566347BD086236F714C3C822A001D6B6703CC7265FC3', 'import', NULL, NULL, 'C2', '', 'import', '[]', 1904432400000, 1904432400000);
INSERT INTO consent VALUES (1, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO consent VALUES (1, 'phone', 1904432400000, 'chat', 'consent');
INSERT INTO consent VALUES (2, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO consent VALUES (3, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO consent VALUES (4, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO consent VALUES (5, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO consent VALUES (6, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO consent VALUES (9, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO preference VALUES (1, 'dogs', 'sms', 0, 1904432400000);
INSERT INTO preference VALUES (1, 'dogs', 'wechat', 1, 1904432400000);
INSERT INTO preference VALUES (3, '', 'sms', 0, 1904432400000);
INSERT INTO preference VALUES (4, '', 'sms', 0, 1904432400000);
INSERT INTO suppression VALUES (X'4D46656CC3F8C980551A6FE57A323046', 'erased', 1904432400000);
INSERT INTO suppression VALUES (X'B9764D675192EBA45A610B72BA505108', 'stopped', 1904432400000);
INSERT INTO suppression VALUES (X'D03AF1FE3D88E01EE8A51183F0DA6330', 'stopped', 1904432400000);
INSERT INTO roster_import VALUES ('7xlmjvsrzzwb3533yhnkomydbc', X'0100000000000000000000000000000000000000000000000000000000000000', 1904432400000, 1, NULL, 1, 0, 0, 0, 0);
INSERT INTO sms_inbound VALUES (1, X'C7461BE73DC5FCB7D6BBB2032DB9102FCE90E96EF1F4C6262045C61712E4D3FB', 'receipt', 'call-of-t1', X'BECA7FD8AB13D7C34C39EC04029A1B2C', X'01000197FE7750E7F6E8C5346A613F3A9AF1D01454D5032A2590E3E5B2A3AF73021B993C9F45104C50E91E1EBF35F8FA367EB59154779E54AB15E8E1A38D3A184779BEE2F02C6D502A1456F7E6FF0215914B387339517C795536A4E825C11544B17D98AFA2001C031E83A66EFF6C5C534BB9B9E10B882AC946615B03C0F15356F8345C08FB8F1D6A2CE6452B1BABD867C26F00C7902C057C7FAA26746C83A28750FA2EB61731BA7D75E1C4C2E952083022A45727DF21EF3B4A1361366B156DE3BFE3CCE2CFB8E421C90F269F1A333748A888E2EBF5459B767E6F1608A78F41169D7C76C664DAFDDC017701E1', 1904432400000, 1904432460000, 1, 1904432400000);
INSERT INTO sms_inbound VALUES (2, X'828511BBF9F36202E2B0B62DA3311916E534AEBB9B5269AFA79C5D0EE19A9CDF', 'reply', '', X'D03AF1FE3D88E01EE8A51183F0DA6330', X'010001930577557ED613173358234B25CA430AFB4848606C9666FFF0AAF3B2BBB237BBBB6CE6F2CCA27BD7EE372AFFF242711F31331F88F95E13B36483D92EF175FC40131A8D7E2784EDC1D2C2C641F02C483F1E8E6E7E786B7565DF46A858A36E36ADD8895CE20AAB08355873FE33B7AF6F2B65C3429D1B15F6324AE8DA1BE9FC3A49BA0F1810830CDCBA33F92DE3E993CB0DCD67E31523D484FA7286', 1904432400000, 1904432460000, 1, 1904432400000);
INSERT INTO sms_inbound VALUES (3, X'3B5C90EF6BB7E6C3C02FA6B90E149111CD837A8FC94B8F0868C7F32DE9E02A77', 'reply', '', X'BBCC99F3A9B2488B85520C85A4CC797B', X'010001AB383FB23197E5927C8D0BD3FB4A97B4FD097A52A174ED0FA4AC9BE8093C43F021500AAAF984BD3890D734C72F4E8207CAD29F6336BB131A1954021A803D0739B798449E16C750B137DEADF9A98F8EAE29E9C6356476F65415D9FA8BC70B8864E7BBA8A0CDB06E8164C200A906630E16602924AA3FCD97C847F2666021BD10B748BE1EE2E8B81E7C5F5659619F7D4B4CDA0284A6ED1639990FEC87A568DF07', 1904432400000, 1904432400000, 0, NULL);
INSERT INTO idempotency VALUES (X'00543F401578C153609050733E2BCD2DAA2EF30F24D117BABA0710C380DADB19', X'BBEBDC03125206655D73C4D0D051246F6186CEF9E139AE77151A2D4EA9FB2DFA', 1904436060000, 1, X'01000177674F4C8C8DDF7F4C1E0DB1AF1CDA9D03DB64D697C3E66B5EC32015993C9D11E3D51122926C', NULL, 1904522400000, NULL);
INSERT INTO idempotency VALUES (X'35D8B7351B4B41EE64FC269840CFD596E55AACC931EC0842B7E64EF772E7A497', X'FCB473B59DBCFAC1AE11A13430A398E173D9826D69F29D9297A3359EC58C718B', 1904436060000, 0, NULL, NULL, 1904522400000, 68);
INSERT INTO broadcast VALUES (1, 'B5AI5Y4ZLBI', 1, 'draft', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"B5AI5Y4ZLBI","Version":1,"Status":"draft","Why":"","Title":"草稿","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"草稿"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":null,"Nonce":"kl+vZqHhKx+hq94LCx9jXw==","Size":0,"Expected":{"parts":0,"cost":0,"cost_most":0,"saved":0},"Approver":"","ApprovedAt":"0001-01-01T00:00:00Z","Confirmer":"","ReleasedAt":"0001-01-01T00:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO broadcast VALUES (2, 'BDIF4XKA36C', 2, 'submitted', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BDIF4XKA36C","Version":2,"Status":"submitted","Why":"","Title":"待批","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"待批"}}],"Audience":{"list":"LUPGRADE001"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"Jfc6PZEbwwEG1StpA89CdgblUihE1W6Q9Uk/8NnCz2Q=","HashVersion":2,"Nonce":"oBlhNjJfk+poKT3I4b9UFA==","Lists":[{"ID":"LUPGRADE001","Lines":24,"Numbers":24,"Digest":"VgA7oi91G6e+ImpLQGVEv91FitBmUGk4+wyNjeQ9Zi8="}],"Size":7,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"","ApprovedAt":"0001-01-01T00:00:00Z","Confirmer":"","ReleasedAt":"0001-01-01T00:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO broadcast VALUES (3, 'BFNWV4Y5LUG', 3, 'approved', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BFNWV4Y5LUG","Version":3,"Status":"approved","Why":"","Title":"已批","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"已批"}}],"Audience":{"list":"LUPGRADE001"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"EBvxJgdqpQIjZFaMKaddjAdUkglqiPxZTsM1nwNyZis=","HashVersion":2,"Nonce":"0UMjSVhlQbl6bjo6Ft0JQw==","Lists":[{"ID":"LUPGRADE001","Lines":24,"Numbers":24,"Digest":"VgA7oi91G6e+ImpLQGVEv91FitBmUGk4+wyNjeQ9Zi8="}],"Size":7,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"0001-01-01T00:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO broadcast VALUES (4, 'BTP67FHEKVO', 4, 'scheduled', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BTP67FHEKVO","Version":4,"Status":"scheduled","Why":"","Title":"待发","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"待发"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"ZMXHyPeFfUW/4e/tl2uTfPTzYDYFKHnat8b8SLG7P60=","HashVersion":2,"Nonce":"VE+mRyIfmk7TZr7fNOW2vQ==","Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO broadcast VALUES (5, 'BRG2KWXHDJT', 5, 'cancelled', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BRG2KWXHDJT","Version":5,"Status":"cancelled","Why":"不发了","Title":"撤销","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"撤销"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"MknzMQcVWKHL5wj91IFTVOcUazuR1l5SuAKy9DRcqo0=","HashVersion":2,"Nonce":"mx5d/NqQhyc0famHpY7A/A==","Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, 1904432400000, NULL);
INSERT INTO broadcast VALUES (6, 'BPSNTEQFC2Z', 6, 'sending', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BPSNTEQFC2Z","Version":6,"Status":"sending","Why":"","Title":"在发","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"在发"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"KDypuHktAC2HS9yYUwEXw0eG63pycSV44gWgO4A/DXs=","HashVersion":2,"Nonce":"2yncwnlXJpJiDb8C+YJDcA==","Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"2030-05-08T02:00:00Z","FrozenAt":"2030-05-08T02:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T02:00:00Z"}', 1904436000000, '', 8, 8, 1904436000000, NULL, NULL);
INSERT INTO broadcast VALUES (7, 'B7QIS43IRVO', 7, 'done', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"B7QIS43IRVO","Version":7,"Status":"done","Why":"","Title":"已发","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"已发"}}],"Audience":{"committee":"C2"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"YBn9bDRTA0idrM7CcNJUh+4TXYcgj2xCikSzjEZ71pM=","HashVersion":2,"Nonce":"TunTnNuZK3EXynVwxSfj5w==","Size":3,"Expected":{"parts":1,"cost":90,"cost_most":90,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"2030-05-08T02:00:00Z","FrozenAt":"2030-05-08T02:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T02:00:00Z"}', 1904436000000, '', 3, 3, 1904436000000, 1904436000000, NULL);
INSERT INTO series VALUES ('SGOQYLK7MT3', 2, '{"v":1,"ID":"SGOQYLK7MT3","Version":2,"Cron":"0 9 * * 1","Until":"2030-06-08T01:00:00Z","Expire":0,"Proposal":{"title":"每周提醒","topic":"dogs","cites":[{"notice":"N1","passage":1}],"messages":[{"channel":"sms","template":"text","data":{"what":"每周提醒"}}],"audience":{"area":"某区"},"window":{"From":0,"To":0},"send_at":"0001-01-01T00:00:00Z","expire_at":"0001-01-01T00:00:00Z","fallback":{},"emergency":false,"committee":""},"Author":"li","Editors":["li"],"Hash":"5w+xVosexbElS3cBq8OvAtVsH+7bYFs8az2/D/gMhJc=","HashVersion":2,"Nonce":"IgOYham09NDtoX+Ag6Ileg==","AnyFew":true,"Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Next":"2030-05-13T01:00:00Z","Stopped":false,"Why":"","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}');
INSERT INTO recipient VALUES (6, 1, 1, X'621D10CBDBEDA982AA4B535AED9F152A', 0);
INSERT INTO recipient VALUES (6, 2, 2, X'785A092F9D29A289EBF81966704314CD', 1);
INSERT INTO recipient VALUES (6, 3, 3, X'7A246A484D506B95254B8D9CB9728A02', 0);
INSERT INTO recipient VALUES (6, 4, 4, X'D1194563A94F76F5454EDEDDEC80561D', 0);
INSERT INTO recipient VALUES (6, 5, 5, X'C8CBDB39ACA69B4F01BE5778F42E7E73', 1);
INSERT INTO recipient VALUES (6, 6, 6, X'EE42E06DE411FD30B16E629FD6C08E17', 1);
INSERT INTO recipient VALUES (6, 7, 8, X'5FF4FBFEA106FD579FF106D270B40039', 0);
INSERT INTO recipient VALUES (6, 8, 9, X'01A22914071435F74D169B2681A15E7F', 1);
INSERT INTO recipient VALUES (7, 1, 6, X'EE42E06DE411FD30B16E629FD6C08E17', 1);
INSERT INTO recipient VALUES (7, 2, 8, X'5FF4FBFEA106FD579FF106D270B40039', 0);
INSERT INTO recipient VALUES (7, 3, 9, X'01A22914071435F74D169B2681A15E7F', 1);
INSERT INTO claim VALUES (1, 6, 'sms', 2, 6, 1904436000000, NULL, 0, '', 0, 1, 0);
INSERT INTO claim VALUES (2, 7, 'sms', 9, 11, 1904436000000, NULL, 0, 'biz-2', 0, 1, 0);
INSERT INTO delivery VALUES (1, 6, 1, 1, '', 1, 'suppressed', NULL, 0, 0, 0, 0, '', '', '', 'opted_out', 0, 1904436000000, 0, 0, NULL);
INSERT INTO delivery VALUES (10, 7, 2, 8, '', 1, 'suppressed', NULL, 0, 0, 0, 0, '', '', '', 'no_channel', 0, 1904436000000, 0, 0, NULL);
INSERT INTO delivery VALUES (11, 7, 3, 9, 'sms', 1, 'accepted', 2, 1, 0, 0, 0, '', '', '', '', 0, 1904436000000, 0, 0, X'1950531AE315851E');
INSERT INTO delivery VALUES (2, 6, 2, 2, 'sms', 1, 'accepted', 1, 1, 0, 0, 0, 'biz-1', '', '', '', 0, 1904436000000, 0, 0, X'7E63A595ACC124DE');
INSERT INTO delivery VALUES (3, 6, 3, 3, '', 1, 'suppressed', NULL, 0, 0, 0, 0, '', '', '', 'opted_out', 0, 1904436000000, 0, 0, NULL);
INSERT INTO delivery VALUES (4, 6, 4, 4, '', 1, 'suppressed', NULL, 0, 0, 0, 0, '', '', '', 'opted_out', 0, 1904436000000, 0, 0, NULL);
INSERT INTO delivery VALUES (5, 6, 5, 5, 'sms', 1, 'failed', 1, 1, 0, 0, 0, '', 'permanent', 'isv.MOBILE', '', 0, 1904436000000, 0, 0, X'8BFDA8CCAA0DF19B');
INSERT INTO delivery VALUES (6, 6, 6, 6, 'sms', 1, 'in_doubt', 1, 1, 1904436060000, 0, 0, '', '', '', '', 0, 1904436000000, 0, 0, X'33C099D6FDF7C052');
INSERT INTO delivery VALUES (7, 6, 7, 8, '', 1, 'suppressed', NULL, 0, 0, 0, 0, '', '', '', 'no_channel', 0, 1904436000000, 0, 0, NULL);
INSERT INTO delivery VALUES (8, 6, 8, 9, 'sms', 1, 'pending', NULL, 0, 0, 0, 0, '', '', '', '', 0, 1904436000000, 0, 0, NULL);
INSERT INTO delivery VALUES (9, 7, 1, 6, 'sms', 1, 'delivered', 2, 1, 0, 0, 0, '', '', 'DELIVERED', '', 1, 1904436000000, 0, 0, X'2349193006A63F34');
INSERT INTO tally VALUES (6, '', 'suppressed', 0, 4);
INSERT INTO tally VALUES (6, 'sms', 'accepted', 0, 1);
INSERT INTO tally VALUES (6, 'sms', 'failed', 0, 1);
INSERT INTO tally VALUES (6, 'sms', 'in_doubt', 0, 1);
INSERT INTO tally VALUES (6, 'sms', 'pending', 0, 1);
INSERT INTO tally VALUES (6, 'sms', 'sending', 0, 0);
INSERT INTO tally VALUES (7, '', 'suppressed', 0, 1);
INSERT INTO tally VALUES (7, 'sms', 'accepted', 0, 1);
INSERT INTO tally VALUES (7, 'sms', 'delivered', 0, 1);
INSERT INTO tally VALUES (7, 'sms', 'pending', 0, 0);
INSERT INTO tally VALUES (7, 'sms', 'sending', 0, 0);
INSERT INTO subscription VALUES (1, 'template-1', 1904432400000);
INSERT INTO number_list VALUES ('LUPGRADE001', '名单', '', 24, 1904432400000, 'li', 24, X'56003BA22F751BA7BE226A4B406544BFDD458AD066506938FB0C8D8DE43D662F');
INSERT INTO list_number VALUES (X'0994F5D7ADB7A861AA1EDABC29D88E7E', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'0AE800C5C8EF89128AB9FD8F239640D0', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'1685553BE0E35B86FE2C20FD16E601C9', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'360C67988321758040BDB1853E026BC1', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'446EC5A5A0426154AD31909A63374594', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'5BE0120B01868E9C2BC4675F4252DFD1', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'6283BF455D44B52AC0BEA70395520966', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'6A2B359EAB29E5C206A6B92F698631CC', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'796BCCA2913F2FA19D1C7A4F241056FD', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'852ED0FBAB8CE6EFAEF1CFE7F6947966', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'9AE38FF10DA57C169D71293155A806E5', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'9CD5131F5FBD4EA3647681B06463BDE1', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'A74B77B1D61F6E64D36B472FA90C4694', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'B4D7DCF39FC560A97698BBCEDEE03D78', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'B9764D675192EBA45A610B72BA505108', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'BBCC99F3A9B2488B85520C85A4CC797B', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'BECA7FD8AB13D7C34C39EC04029A1B2C', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'CD38D9D8375ABD2A5FBCC841F3AA647D', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'CDFC9F9D753304AECA8B58FF464FF476', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'D03AF1FE3D88E01EE8A51183F0DA6330', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'DCD87606C8BB343004C8A4FA5894D3FE', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'E6C66AA382BAF40954E24698858AF2DC', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'E93E2BF21C7B079723CE23587F32E6AF', 'LUPGRADE001');
INSERT INTO list_number VALUES (X'FBDCEBBE9DFE8A63F918927923F3148B', 'LUPGRADE001');
INSERT INTO staff_invitation VALUES ('wocch6tlwt', 'boss', 'local:root', 1904432400000, 'local:root', 1904432400000, 1, NULL, '', NULL, NULL, 1904518800000, X'3BD41D3D9282A3B648EF767E7C435611009B7B283873E4B5A7C4C13D00BCD253');
INSERT INTO test_send VALUES (1, 'li', 'li', 1904436000000);
INSERT INTO text VALUES (1, 't1', X'785A092F9D29A289EBF81966704314CD', X'BECA7FD8AB13D7C34C39EC04029A1B2C', 'code', 'SMS_2', 'delivered', 'call-of-t1', 'DELIVERED', 1, 1904432400000, NULL, 1904432400000);
INSERT INTO text VALUES (2, 't2', X'785A092F9D29A289EBF81966704314CD', X'BECA7FD8AB13D7C34C39EC04029A1B2C', 'code', 'SMS_2', 'accepted', 'call-of-t2', '', 0, 1904432400000, NULL, 1904432400000);
INSERT INTO alarm VALUES ('sms-codes-capped', 'codes=9', 1904436000000, 1904436000000, 1, 1904436000000, 'staff:boss');
INSERT INTO alarm VALUES ('sms-stops', 'stops=9', 1904436000000, 1904436000000, 1, NULL, '');
INSERT INTO ticket VALUES ('20300508-0001', '20300508-0001', 'suggestion', 'answered', 'lamps', X'F887EAD93CEC0724328BBA432FF499234B85E8B470892C8966F1B381BDA37F94', X'0100015931721ADAB7AAC05E0849B384C3CD353E01DA855DE54DCF1583CD78FEB5672CD693257623819A20E8', X'01000177B8F0DA75E6D5CAA1B0DB8D8F7140E4FB3D3019B74DA709300E724BDB2BB858BBC6780C9078C3C5', X'010001652AAB27748C0A15F36432DB86837B3905AAE68D8A97E86381C6863D57455D693431', '市民中心', X'01000128ED4BA4534D597279010550BDAF52621776C4D276BEAC9949433F6230259852A08A55A2F3', 1904432460000, 1905091199000, 1904432460000, NULL, NULL, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO ticket VALUES ('20300508-0002', '20300508-0002', 'suggestion', 'answered', 'lamps', X'4AFDEC87E46E52C1C92B05946AA2AD46A1CED3D5B2D6224A3A6CF6B270084F80', X'01000138C818B56300883873F255C55FCFA05D2FEFCA27DA69603D5521022E2F2DF6630A18847FE3689F12B8', X'010001EE8E0CD4D4A8757CA72187E1877F2883D13E34C7DA9C5DF71034C6D95208288954CB1DA65CA949D8', X'0100014DA3151FB105FF6186A3ACD869C3CB80A4D6C5DCB3E3D02CEBC8582FB18B381B69F2', '市民中心', X'010001A4B6AC7D6D3C7A9CCF1CC75C59D441B3D07A3BB5F9D5A12FBC8DB5FFEEBDAF0776763BD9DD', 1904432520000, 1905091199000, 1904432520000, NULL, 1904432520000, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO ticket VALUES ('20300508-0003', '20300508-0003', 'handoff', 'closed', 'lamps', X'F887EAD93CEC0724328BBA432FF499234B85E8B470892C8966F1B381BDA37F94', X'0100011093329AC590C356AB7B30F201A1DC0071E9C4793F7CC1E0086010F12AF355FE0D22DB69C398AC4420', X'010001FC655311A498A537ED3589107C5336649AC765645A4F47EC5C763948DC07D9C93ECD2FCE9E', X'0100019B4F9C39595FE245B5ACB456818516D3839C9DBFDC9CC68E4CEF78397F66FD7833E8', '市民中心', NULL, 1904432580000, 1905091199000, NULL, 1904432580000, NULL, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO ticket VALUES ('20300508-0004', '20300508-0004', 'question', 'open', 'lamps', X'F887EAD93CEC0724328BBA432FF499234B85E8B470892C8966F1B381BDA37F94', X'010001E5D3CFFD722D79F947A7C47A575CE81D1969C6BF0E9968C40F9E0370690CDE13B15F54F94E88F0932E', X'010001FE80F3309B781F64E04506CA668F8DAC1C16D90A43472157723D71D4C96DFD52FC38D504F5E16D8A49FA7CD2584B', X'01000117B63E714E433FEF115F4A6147CADDFE2053D74322120A16CD1DDB08E58D5E027525', '', NULL, 1904432640000, 1905091199000, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO ticket VALUES ('20300508-0005', '20300508-0005', 'reply', 'open', '', NULL, NULL, X'010001AD3CE29F7101D0A2F25D629767942FE1CAC3EB356A678C1E9253B925737A1466C3A5', X'010001400F63E04F959F114B51DC2D03107BC02A27B109BE551AC3F47E90E6', '', NULL, 1904432640000, 1905091199000, NULL, NULL, NULL, NULL, 0, 0, X'BECA7FD8AB13D7C34C39EC04029A1B2C', X'010001D2360C700F755E91BC595DFDA305EDD4BA9D325886CABEAB20FFE42CD1A613BE478951416BF459', 1);
INSERT INTO ticket_message VALUES (X'523EF4AD9989E31E63C2A5B52CE2091CE3443A4A90A811A263478E92005607D4', '20300508-0001', 1904432460000);
INSERT INTO ticket_message VALUES (X'5D3DEB2594AE7D666B0487EF0898AE20C9C50FB139F988DD24BC76893A593FBC', '20300508-0002', 1904432520000);
INSERT INTO ticket_message VALUES (X'5E61856DA5D547FA97F975A412B31BF61FBCC7377637B1B5339D8C99D0640A86', '20300508-0002', 1904432520000);
INSERT INTO ticket_message VALUES (X'614A57F887E7B636B8CC20AF21D144ADD96152DAB103F27B306C806102DD80DB', '20300508-0003', 1904432580000);
INSERT INTO ticket_message VALUES (X'69249D842A0AE1393DA7F489C8E40DDD4072E56B77016F7DD283EEB904E04D56', '20300508-0005', 1904432640000);
INSERT INTO ticket_message VALUES (X'E4C4FE2B7659665BFBDAC3D2962D359E017DA7A4DB0E0E54F4E1E482569DF431', '20300508-0004', 1904432640000);
INSERT INTO ticket_proposal VALUES ('20300508-0004', '656mf6t53t', X'010001920A6E87E13C2C89296AC84099FBC280E176E608671B7F6958AA5A4D49F1E5E9F46D07BAD6', '市民中心', 'staff:wang', 1904432640000);
INSERT INTO sms_stop VALUES (1, X'B9764D675192EBA45A610B72BA505108', X'010001EF7AF62B5B2D7ADE9050A4A0A3264927FE5DE0E9B7C0F90357677C7C08876CB49412A33122C093', 'chat', 1904432400000, 1, NULL);
INSERT INTO sms_stop VALUES (2, X'D03AF1FE3D88E01EE8A51183F0DA6330', X'01000180AB6EAE5190697A9F8F332C205DDFD1B46EF24D4A655F7B250F85ED1DD086C5EA2E451A4CCC2E', 'k1', 1904432400000, 1, NULL);
INSERT INTO stop_undo VALUES ('hnmp6oqzpy', 'k1', 1904428800000, 1904432400000, '密钥泄露', 'staff:boss', 1904432400000, '', NULL, 0);
INSERT INTO channel_served VALUES ('sms', 1904436000000);
INSERT INTO write_probe VALUES (1, 0);
INSERT INTO numbers_export VALUES ('pjpu7xl3ib', 'C1', '打电话', 'staff:boss', 1904432400000, 'staff:wang', 1904432400000, '', NULL);
CREATE UNIQUE INDEX goose_db_version_once ON goose_db_version (version_id);
CREATE INDEX audit_subject ON audit (subject, seq) WHERE subject <> '';
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX staff_key_person ON staff_key (person);
CREATE UNIQUE INDEX resident_phone ON resident (phone_find) WHERE phone_find IS NOT NULL;
CREATE UNIQUE INDEX resident_openid ON resident (openid_find) WHERE openid_find IS NOT NULL;
CREATE INDEX resident_committee ON resident (committee) WHERE committee IS NOT NULL;
CREATE INDEX sms_inbound_due ON sms_inbound (due_at) WHERE handled_at IS NULL;
CREATE INDEX sms_inbound_handle ON sms_inbound (handle) WHERE handled_at IS NULL AND handle <> '';
CREATE INDEX sms_inbound_phone ON sms_inbound (phone_find) WHERE phone_find IS NOT NULL;
CREATE INDEX sms_inbound_received ON sms_inbound (kind, received_at);
CREATE INDEX idempotency_resident ON idempotency (resident);
CREATE INDEX idempotency_expires ON idempotency (expires_at);
CREATE INDEX broadcast_status ON broadcast (status, num);
CREATE INDEX broadcast_ended ON broadcast (ended_at) WHERE forgotten_at IS NULL;
CREATE UNIQUE INDEX recipient_resident ON recipient (resident, broadcast);
CREATE INDEX claim_lease ON claim (leased_until) WHERE leased_until IS NOT NULL;
CREATE INDEX claim_handle ON claim (handle) WHERE handle <> '';
CREATE INDEX claim_waiting ON claim (at) WHERE waiting = 1;
CREATE INDEX claim_open ON claim (at) WHERE open = 1;
CREATE UNIQUE INDEX delivery_once ON delivery (broadcast, recipient, round, channel);
CREATE INDEX delivery_pending ON delivery (broadcast, channel, id, due_at) WHERE state = 'pending';
CREATE INDEX delivery_planned ON delivery (broadcast, id) WHERE state = 'planned';
CREATE INDEX delivery_doubt ON delivery (channel, due_at) WHERE state = 'in_doubt';
CREATE INDEX delivery_handle ON delivery (handle) WHERE handle <> '';
CREATE INDEX delivery_list ON delivery (broadcast, id);
CREATE INDEX delivery_odd ON delivery (broadcast, state, id) WHERE state = 'undelivered' OR state = 'failed'
    OR state = 'in_doubt' OR state = 'unknown' OR state = 'suppressed';
CREATE INDEX list_number_list ON list_number (list);
CREATE TRIGGER resident_removed AFTER DELETE ON resident WHEN OLD.phone_find IS NOT NULL BEGIN
    DELETE FROM list_number WHERE phone_find = OLD.phone_find;
END;
CREATE TRIGGER resident_number AFTER UPDATE OF phone_find ON resident WHEN OLD.phone_find <> NEW.phone_find OR NEW.phone_find IS NULL BEGIN
    DELETE FROM list_number WHERE phone_find = OLD.phone_find;
END;
CREATE TRIGGER resident_openid AFTER UPDATE OF openid_find ON resident WHEN OLD.openid_find <> NEW.openid_find OR NEW.openid_find IS NULL BEGIN
    DELETE FROM subscription WHERE resident = OLD.id;
END;
CREATE TRIGGER suppression_added AFTER INSERT ON suppression WHEN NEW.reason = 'erased' BEGIN
    DELETE FROM list_number WHERE phone_find = NEW.phone_find;
END;
CREATE TRIGGER suppression_changed AFTER UPDATE ON suppression WHEN NEW.reason = 'erased' BEGIN
    DELETE FROM list_number WHERE phone_find = NEW.phone_find;
END;
CREATE UNIQUE INDEX staff_phone ON staff (phone_find) WHERE phone_find IS NOT NULL;
CREATE INDEX staff_invitation_person ON staff_invitation (person);
CREATE INDEX staff_invitation_issued ON staff_invitation (issued_at);
CREATE INDEX test_send_at ON test_send (at);
CREATE INDEX text_subject ON text (subject, created_at) WHERE subject IS NOT NULL;
CREATE INDEX text_phone ON text (phone_find, created_at) WHERE phone_find IS NOT NULL;
CREATE INDEX text_number ON text (created_at) WHERE phone_find IS NOT NULL;
CREATE INDEX text_handle ON text (handle) WHERE handle <> '';
CREATE INDEX text_open ON text (state, created_at) WHERE state IN ('pending', 'sending', 'accepted', 'in_doubt');
CREATE INDEX ticket_grp ON ticket (grp);
CREATE INDEX ticket_status ON ticket (status, filed_at);
CREATE INDEX ticket_asker ON ticket (asker, filed_at) WHERE asker IS NOT NULL;
CREATE INDEX ticket_untold ON ticket (answered_at) WHERE status = 'answered' AND told_at IS NULL AND asker IS NOT NULL;
CREATE INDEX ticket_phone ON ticket (phone_find, filed_at) WHERE phone_find IS NOT NULL;
CREATE INDEX ticket_message_number ON ticket_message (number);
CREATE INDEX ticket_message_at ON ticket_message (at);
CREATE INDEX sms_stop_phone ON sms_stop (phone_find, at);
CREATE INDEX sms_stop_at ON sms_stop (at);
CREATE UNIQUE INDEX delivery_wechat ON delivery (resident) WHERE channel <> 'sms' AND state = 'sending';
CREATE INDEX delivery_wechat_doubt ON delivery (resident) WHERE channel <> 'sms' AND state = 'in_doubt';
CREATE INDEX claim_lost ON claim (at) WHERE lost = 1;
