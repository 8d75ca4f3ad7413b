-- +goose Up

-- Files of city folders, by the SHA-256 of their bytes in hexadecimal.
CREATE TABLE content_file (
    digest TEXT PRIMARY KEY,
    text   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Whole folders, by revision.Folder.Digest: a JSON object from path to content_file.digest.
CREATE TABLE content_folder (
    digest TEXT PRIMARY KEY,
    files  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is in force has the greatest number. Rows are never changed.
CREATE TABLE content_revision (
    number   INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL,
    folder   TEXT NOT NULL REFERENCES content_folder (digest),
    title    TEXT NOT NULL,
    draft    TEXT NOT NULL,
    notice   TEXT NOT NULL,
    next     TEXT NOT NULL,
    back     INTEGER NOT NULL,
    author   TEXT NOT NULL, -- staff ids
    approver TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

-- Drafts: doc is all of them but their files.
CREATE TABLE content_draft (
    num        INTEGER PRIMARY KEY,
    status     TEXT NOT NULL,
    version    INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    doc        TEXT NOT NULL
) STRICT;

CREATE INDEX content_draft_changed ON content_draft (changed_at, num);

-- What drafts make of files; NULL for one that they take away.
CREATE TABLE content_draft_file (
    draft INTEGER NOT NULL REFERENCES content_draft (num),
    path  TEXT NOT NULL,
    file  TEXT REFERENCES content_file (digest),
    PRIMARY KEY (draft, path)
) STRICT, WITHOUT ROWID;
