-- +goose Up

-- The number that proves a member of staff. It is sealed together with the id of whose it is.
ALTER TABLE staff ADD COLUMN phone BYTEA;
ALTER TABLE staff ADD COLUMN phone_find BYTEA; -- HMAC
ALTER TABLE staff ADD COLUMN phone_by TEXT NOT NULL DEFAULT ''; -- who entered it, as the audit log names actors
CREATE UNIQUE INDEX staff_phone ON staff (phone_find) WHERE phone_find IS NOT NULL;

-- Keys that were made before there were invitations end like those of a city that is being set up. Those of people who
-- are disabled end now: enabling a person opens no old key.
ALTER TABLE staff_key ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE staff_key ADD COLUMN setup SMALLINT NOT NULL DEFAULT 0 CHECK (setup IN (0, 1));
UPDATE staff_key SET setup = 1, expires_at = (floor(extract(epoch FROM now()))::bigint + 90 * 86400) * 1000;
UPDATE staff_key SET revoked_at = floor(extract(epoch FROM now()))::bigint * 1000
    WHERE revoked_at IS NULL AND person IN (SELECT id FROM staff WHERE disabled_at IS NOT NULL);

-- How a person gets a key: staff/invitation.go draws the states.
CREATE TABLE staff_invitation (
    id           TEXT PRIMARY KEY,
    person       TEXT NOT NULL REFERENCES staff (id),
    issued_by    TEXT NOT NULL,
    issued_at    BIGINT NOT NULL,
    confirmed_by TEXT NOT NULL DEFAULT '',
    confirmed_at BIGINT,
    in_person    SMALLINT NOT NULL DEFAULT 0 CHECK (in_person IN (0, 1)),
    phone        BYTEA,    -- sealed together with the id
    phone_by     TEXT NOT NULL DEFAULT '',
    opened_at    BIGINT,
    revoked_at   BIGINT,
    expires_at   BIGINT NOT NULL,
    mac          BYTEA NOT NULL -- HMAC over the digest of the secret and all that decides; empty once it cannot be opened
);

CREATE INDEX staff_invitation_person ON staff_invitation (person);
CREATE INDEX staff_invitation_issued ON staff_invitation (issued_at);
