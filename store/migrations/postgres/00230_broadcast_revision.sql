-- +goose Up

-- What a broadcast or a series said each time that somebody wrote, submitted or judged it. lines is what people read of it then, as JSON;
-- '' for an approval and a return, which are of the version before.
CREATE TABLE broadcast_revision (
    subject TEXT NOT NULL, -- the broadcast's or the series' id
    version BIGINT NOT NULL,
    act     TEXT NOT NULL,
    author  TEXT NOT NULL, -- staff id
    at      BIGINT NOT NULL,
    why     TEXT NOT NULL,
    lines   TEXT NOT NULL,
    PRIMARY KEY (subject, version)
);
