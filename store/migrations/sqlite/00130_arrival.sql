-- +goose Up

-- How many deliveries were accepted, arrived, or did not, in each minute since 1970 UTC, written with the tally. What happened stays counted:
-- a delivery that was accepted and then delivered is in both columns. part is as in tally.
CREATE TABLE arrival (
    broadcast INTEGER NOT NULL,
    minute    INTEGER NOT NULL,
    channel   TEXT NOT NULL,
    part      INTEGER NOT NULL,
    accepted  INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    PRIMARY KEY (broadcast, minute, channel, part)
) STRICT, WITHOUT ROWID;
