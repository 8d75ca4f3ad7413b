-- +goose Up

-- Files of city folders, by the SHA-256 of their bytes in hexadecimal.
CREATE TABLE content_file (
    digest TEXT PRIMARY KEY,
    text   BYTEA NOT NULL
);

-- Whole folders, by revision.Folder.Digest: a JSON object from path to content_file.digest.
CREATE TABLE content_folder (
    digest TEXT PRIMARY KEY,
    files  TEXT NOT NULL
);

-- What is in force has the greatest number. Rows are never changed.
CREATE TABLE content_revision (
    number   BIGINT PRIMARY KEY,
    kind     TEXT NOT NULL,
    folder   TEXT NOT NULL REFERENCES content_folder (digest),
    title    TEXT NOT NULL,
    draft    TEXT NOT NULL,
    notice   TEXT NOT NULL,
    next     TEXT NOT NULL,
    back     BIGINT NOT NULL,
    author   TEXT NOT NULL, -- staff ids
    approver TEXT NOT NULL,
    at       BIGINT NOT NULL
);

-- Drafts: doc is all of them but their files.
CREATE TABLE content_draft (
    num        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status     TEXT NOT NULL,
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    doc        TEXT NOT NULL
);

CREATE INDEX content_draft_changed ON content_draft (changed_at, num);

-- What drafts make of files; NULL for one that they take away.
CREATE TABLE content_draft_file (
    draft BIGINT NOT NULL REFERENCES content_draft (num),
    path  TEXT NOT NULL,
    file  TEXT REFERENCES content_file (digest),
    PRIMARY KEY (draft, path)
);
