-- +goose Up

-- Results that WeChat told of a follower to whom one call was open, under an id that was not known then: they count once the call's answer
-- names that id, or when nobody will ever say.
CREATE TABLE early_event (
    delivery BIGINT NOT NULL,
    handle   TEXT NOT NULL, -- the platform's id
    state    TEXT NOT NULL,
    class    TEXT NOT NULL,
    code     TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (delivery, handle)
);
