-- +goose Up

-- Like questions that nothing published answers. An id is never used again: what tells askers apart is kept by it elsewhere.
CREATE TABLE question_group (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    people     INTEGER NOT NULL, -- the most different people who asked within a week
    last       INTEGER NOT NULL, -- the id of its newest question
    left_after INTEGER NOT NULL, -- the id of its newest question when it was left; 0 for never
    draft      TEXT NOT NULL    -- the content draft that answers it
) STRICT;

CREATE INDEX question_group_last ON question_group (last);

-- Nothing here tells who asked.
CREATE TABLE question (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    grp   INTEGER NOT NULL REFERENCES question_group (id),
    day   INTEGER NOT NULL, -- in China, counted from 1970-01-01
    topic TEXT NOT NULL,
    place TEXT NOT NULL,
    text  BLOB NOT NULL -- sealed
) STRICT;

CREATE INDEX question_grp ON question (grp, id);
CREATE INDEX question_day ON question (day);

-- The intent that was begun of a ticket's question, for all of its group.
ALTER TABLE ticket ADD COLUMN intent TEXT NOT NULL DEFAULT '';
