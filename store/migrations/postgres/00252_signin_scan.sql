-- +goose Up

-- That an account was bound by who had just given a second factor: only such a one lets in. NULL for every other.
ALTER TABLE staff_wechat ADD COLUMN proof BYTEA;                             -- HMAC over person, account and bound_at
ALTER TABLE staff_wechat_code ADD COLUMN proven SMALLINT NOT NULL DEFAULT 0 CHECK (proven IN (0, 1));

-- Sign-ins that wait for an answer in WeChat. Whoever asked with a wrong passphrase waits, too: for nobody.
CREATE TABLE signin_scan (
    token       BYTEA PRIMARY KEY, -- SHA-256 of what the browser that waits has in its cookie
    code        BYTEA NOT NULL,    -- SHA-256 of what the QR code says
    person      TEXT REFERENCES staff (id),
    number      TEXT NOT NULL,    -- on the page, to be answered
    qr          TEXT NOT NULL,    -- what the QR code holds; it opens nothing for anybody but the person
    address     TEXT NOT NULL,
    until       BIGINT NOT NULL,
    openid_find BYTEA,             -- of the person's account, once it scanned the code
    passed      SMALLINT CHECK (passed IN (0, 1)), -- NULL until it was answered
    login       BYTEA NOT NULL,    -- HMAC over the passphrase and the rights that the person had
    mac         BYTEA NOT NULL     -- HMAC over the row
);

CREATE UNIQUE INDEX signin_scan_code ON signin_scan (code);
CREATE INDEX signin_scan_openid ON signin_scan (openid_find) WHERE openid_find IS NOT NULL;
CREATE INDEX signin_scan_person ON signin_scan (person) WHERE person IS NOT NULL;
