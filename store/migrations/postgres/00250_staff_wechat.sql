-- +goose Up

-- The WeChat accounts of staff, apart from residents.
CREATE TABLE staff_wechat (
    person      TEXT PRIMARY KEY REFERENCES staff (id),
    openid      BYTEA NOT NULL,    -- sealed together with the person
    openid_find BYTEA NOT NULL,
    bound_at    BIGINT NOT NULL
);

CREATE UNIQUE INDEX staff_wechat_openid ON staff_wechat (openid_find);

-- Codes by which an account is bound. Each is gone once it was answered.
CREATE TABLE staff_wechat_code (
    person      TEXT PRIMARY KEY REFERENCES staff (id),
    code        BYTEA NOT NULL,    -- SHA-256 of 128 random bits
    openid_find BYTEA,             -- of the account that scanned it; NULL before
    until       BIGINT NOT NULL,
    mac         BYTEA NOT NULL     -- HMAC over the row
);

CREATE INDEX staff_wechat_code_code ON staff_wechat_code (code);
CREATE INDEX staff_wechat_code_openid ON staff_wechat_code (openid_find) WHERE openid_find IS NOT NULL;
