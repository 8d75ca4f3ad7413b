-- +goose Up

-- Of what members of staff were told that it waits for them.
CREATE TABLE staff_told (
    person TEXT NOT NULL REFERENCES staff (id),
    thing  TEXT NOT NULL,    -- its kind, its id, and since when it waits
    at     BIGINT NOT NULL,
    PRIMARY KEY (person, thing)
);

-- Messages to members of staff that are being sent. No broadcast's call to the same account begins meanwhile.
CREATE TABLE staff_call (
    person   TEXT PRIMARY KEY REFERENCES staff (id),
    resident BIGINT,        -- whose account it is, too
    until    BIGINT NOT NULL
);

CREATE INDEX staff_call_resident ON staff_call (resident);

-- What members of staff do not want to hear of.
CREATE TABLE staff_unwanted (
    person TEXT NOT NULL REFERENCES staff (id),
    kind   TEXT NOT NULL,
    PRIMARY KEY (person, kind)
);
