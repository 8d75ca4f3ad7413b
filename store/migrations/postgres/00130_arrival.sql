-- +goose Up

-- How many deliveries were accepted, arrived, or did not, in each minute since 1970 UTC, written with the tally. What happened stays counted:
-- a delivery that was accepted and then delivered is in both columns. part is as in tally.
CREATE TABLE arrival (
    broadcast BIGINT NOT NULL,
    minute    BIGINT NOT NULL,
    channel   TEXT NOT NULL,
    part      BIGINT NOT NULL,
    accepted  BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    failed    BIGINT NOT NULL,
    PRIMARY KEY (broadcast, minute, channel, part)
);
