-- +goose Up

-- The WeChat accounts of staff, apart from residents.
CREATE TABLE staff_wechat (
    person      TEXT PRIMARY KEY REFERENCES staff (id),
    openid      BLOB NOT NULL,    -- sealed together with the person
    openid_find BLOB NOT NULL,
    bound_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX staff_wechat_openid ON staff_wechat (openid_find);

-- Codes by which an account is bound. Each is gone once it was answered.
CREATE TABLE staff_wechat_code (
    person      TEXT PRIMARY KEY REFERENCES staff (id),
    code        BLOB NOT NULL,    -- SHA-256 of 128 random bits
    openid_find BLOB,             -- of the account that scanned it; NULL before
    until       INTEGER NOT NULL,
    mac         BLOB NOT NULL     -- HMAC over the row
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_wechat_code_code ON staff_wechat_code (code);
CREATE INDEX staff_wechat_code_openid ON staff_wechat_code (openid_find) WHERE openid_find IS NOT NULL;
